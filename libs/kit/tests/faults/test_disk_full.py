"""The broker's disk is full: nothing acknowledged is lost, its health says so, a restart mends it (R6).

A stream that could not write once stays shut until the server starts again, also when there is
room; `/healthz` without parameters is the only probe that tells.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from pathlib import Path

import httpx
import nats
import pytest
from nats.js.api import StreamConfig

from atiende_kit.testing.servers import NatsServer, free_port

pytestmark = [pytest.mark.integration, pytest.mark.timeout(180, func_only=True)]
MEGABYTES = 64
BODY = b"x" * 20_000
BACK_WITHIN_SECONDS = 30
REFUSED_ENOUGH = 5


@pytest.fixture
def disk(new_disk):
    return new_disk(MEGABYTES)


class Watched:
    """A broker whose orchestrator looks at its health and starts it again."""

    def __init__(self, folder: Path) -> None:
        port, self.monitor = free_port(), free_port()
        config = f"""
            listen: "127.0.0.1:{port}"
            http: "127.0.0.1:{self.monitor}"
            jetstream {{ store_dir: "{folder / "jetstream"}", sync_interval: always }}
        """
        self.server = NatsServer(folder, config, port)

    async def is_well(self) -> bool:
        async with httpx.AsyncClient() as http:
            answer = await http.get(f"http://127.0.0.1:{self.monitor}/healthz")
        return answer.status_code == 200

    async def tend(self) -> None:
        if not await self.is_well():
            self.server.kill()
            await asyncio.to_thread(self.server.start)


@pytest.fixture
def watched(disk):
    watched = Watched(disk.root / "nats")
    watched.server.start()
    yield watched
    watched.server.kill()


async def test_nothing_acknowledged_is_lost_while_the_disk_is_full(disk, watched):
    client = await nats.connect(watched.server.url, reconnect_time_wait=0.1)
    stream = client.jetstream(timeout=1)
    await stream.add_stream(StreamConfig("FULL", subjects=["full.>"]))
    acked: list[str] = []

    async def publish(number: int) -> bool:
        """As the outbox does: no answer means unknown, and the same id goes again."""
        with contextlib.suppress(nats.errors.Error):
            headers = {"Nats-Msg-Id": str(number)}
            await stream.publish("full.things", BODY, headers=headers)
            acked.append(str(number))
            return True
        return False

    assert all([await publish(number) for number in range(20)])
    await asyncio.to_thread(disk.fill)
    number = 20
    refused: list[int] = []
    while len(refused) < REFUSED_ENOUGH:
        if not await publish(number):
            refused.append(number)
        number += 1
    before = len(acked)
    assert not await watched.is_well()
    await asyncio.to_thread(disk.free)
    began = time.monotonic()
    while refused:
        await watched.tend()
        if await publish(refused[0]):
            refused.pop(0)
        assert time.monotonic() - began < BACK_WITHIN_SECONDS
    back = time.monotonic() - began
    state = (await stream.stream_info("FULL")).state
    found = []
    for sequence in range(state.first_seq, state.last_seq + 1):
        with contextlib.suppress(nats.js.errors.NotFoundError):
            message = await stream.get_msg("FULL", sequence)
            found.append((message.headers or {})["Nats-Msg-Id"])
    await client.close()
    print(f"{before} acknowledged until and while full, back {back:.1f} s after there was room")  # noqa: T201 - figures for docs/reliability.md
    assert set(acked) - set(found) == set()
    assert len(found) == len(set(found))
