"""The power goes: what broker and database acknowledged is on the disk (R3)."""

from __future__ import annotations

import asyncio
import contextlib
import os

import nats
import pytest
from nats.js.api import StreamConfig

from atiende_kit.errors import AtiendeError
from atiende_kit.ids import new_id
from atiende_kit.settings import MongoSettings
from atiende_kit.store import Database, Insert, Outcome
from atiende_kit.store.mongo import MongoBackend
from atiende_kit.testing.servers import MongoServer, NatsServer
from dev.nemesis.disk import LoopDisk

pytestmark = [pytest.mark.integration, pytest.mark.timeout(900, func_only=True)]
Power = tuple[LoopDisk, contextlib.ExitStack]
CITY = "sanaurelio"
CUTS = int(os.environ.get("FAULT_ROUNDS", "3"))
MEGABYTES = 1024
ENOUGH = 300
WRITERS = 8


@pytest.fixture
def power(new_disk):
    disk = new_disk(MEGABYTES)
    with contextlib.ExitStack() as ends:
        yield disk, ends


def broker(power: Power, sync: str) -> NatsServer:
    disk, ends = power
    folder = disk.root / "nats"
    folder.mkdir(exist_ok=True)
    server = NatsServer(folder)
    ends.callback(server.kill)
    path = folder / "nats.conf"
    path.write_text(path.read_text().replace(", sync_interval: always", sync))
    return server


async def published(server: NatsServer, cut: int) -> set[str]:
    """What the broker acknowledged until it was killed in the middle of it."""
    client = await nats.connect(server.url, allow_reconnect=False)
    stream = client.jetstream(timeout=5)
    acked: set[str] = set()
    enough = asyncio.Event()

    async def write(writer: int) -> None:
        number = 0
        with contextlib.suppress(nats.errors.Error, asyncio.CancelledError):
            while True:
                body = f"{cut}-{writer}-{number}"
                await stream.publish("cut.things", body.encode())
                acked.add(body)
                number += 1
                if len(acked) >= ENOUGH:
                    enough.set()

    writers = [asyncio.create_task(write(n)) for n in range(WRITERS)]
    await enough.wait()
    server.kill()
    for writer in writers:
        writer.cancel()
    await asyncio.gather(*writers)
    await client.close()
    return acked


async def stored(server: NatsServer) -> set[str]:
    """What the stream holds; nothing when it is gone."""
    client = await nats.connect(server.url)
    stream = client.jetstream()
    found: set[str] = set()
    with contextlib.suppress(nats.js.errors.NotFoundError):
        state = (await stream.stream_info("CUT")).state
        for sequence in range(max(1, state.first_seq), state.last_seq + 1):
            found.add((await stream.get_msg("CUT", sequence)).data.decode())
    await client.close()
    return found


async def lost_by(power: Power, sync: str, cuts: int) -> tuple[int, int]:
    """Acknowledged and lost messages over all cuts; the stream itself is on the disk."""
    disk, _ = power
    server = broker(power, sync)
    await asyncio.to_thread(server.start)
    client = await nats.connect(server.url)
    await client.jetstream().add_stream(StreamConfig("CUT", subjects=["cut.>"]))
    await client.close()
    await asyncio.to_thread(disk.sync)
    acked: set[str] = set()
    for cut in range(cuts):
        acked |= await published(server, cut)
        await asyncio.to_thread(disk.cut)
        await asyncio.to_thread(server.start)
    left = await stored(server)
    return len(acked), len(acked - left)


async def test_broker_keeps_what_it_acknowledged(power):
    acked, lost = await lost_by(power, ", sync_interval: always", CUTS)
    print(f"{acked} acknowledged over {CUTS} power cuts, {lost} lost")  # noqa: T201 - figures for docs/reliability.md
    assert acked >= CUTS * ENOUGH
    assert lost == 0


async def test_broker_by_its_default_loses_so_the_test_can_see_a_loss(power):
    """Negative control: every two minutes is the server's default."""
    _, lost = await lost_by(power, "", 1)
    assert lost > 0


async def test_database_keeps_what_it_acknowledged(power):
    disk, ends = power
    folder = disk.root / "mongo"
    folder.mkdir()
    server = MongoServer(folder)
    ends.callback(server.kill)
    acked: set[str] = set()
    for cut in range(CUTS):
        await asyncio.to_thread(server.start)
        backend = MongoBackend(MongoSettings.model_validate({"url": server.url, "database": "cut"}))
        things = Database(backend).collection("things")
        enough = asyncio.Event()

        async def write(writer: int, things=things, cut=cut, enough=enough) -> None:
            number = 0
            with contextlib.suppress(AtiendeError, asyncio.CancelledError):
                while True:
                    key = f"{cut}-{writer}-{number}-{new_id()}"
                    [outcome] = await things.write([Insert(CITY, {"_id": key})])
                    assert outcome is Outcome.DONE
                    acked.add(key)
                    number += 1
                    if len(acked) >= (cut + 1) * ENOUGH:
                        enough.set()

        writers = [asyncio.create_task(write(n)) for n in range(WRITERS)]
        await enough.wait()
        server.kill()
        for writer in writers:
            writer.cancel()
        await asyncio.gather(*writers)
        await backend.close()
        await asyncio.to_thread(disk.cut)
    await asyncio.to_thread(server.start)
    backend = MongoBackend(MongoSettings.model_validate({"url": server.url, "database": "cut"}))
    left = {doc["_id"] for doc in await Database(backend).collection("things").find(CITY)}
    await backend.close()
    print(f"{len(acked)} acknowledged over {CUTS} power cuts, {len(acked - left)} lost")  # noqa: T201 - as above
    assert len(acked) >= CUTS * ENOUGH
    assert acked - left == set()
