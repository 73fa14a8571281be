"""The database's disk is full: nothing acknowledged is lost, and what failed is there once (R6).

mongod ends itself when it cannot write its journal; an orchestrator starts it again, which helps
once there is room.
"""

from __future__ import annotations

import asyncio
import os
import time

import pytest
import pytest_asyncio

from atiende_kit.errors import AlreadyExists, AtiendeError
from atiende_kit.settings import MongoSettings
from atiende_kit.store import Database
from atiende_kit.store.mongo import MongoBackend
from atiende_kit.testing.servers import MongoServer

pytestmark = [pytest.mark.integration, pytest.mark.timeout(240, func_only=True)]
CITY = "sanaurelio"
MEGABYTES = 900
BODY = os.urandom(50_000)  # what can be compressed would fit for ever
WRITERS = 8
ENOUGH = 100
BACK_WITHIN_SECONDS = 30


@pytest.fixture
def disk(new_disk):
    return new_disk(MEGABYTES)


@pytest.fixture
def server(disk):
    server = MongoServer(disk.root / "mongo")
    server.start()
    yield server
    server.kill()


@pytest_asyncio.fixture
async def things(server):
    settings = {"url": server.url, "database": "full"}
    backend = MongoBackend(MongoSettings.model_validate(settings))
    yield Database(backend).collection("things")
    await backend.close()


class Sender:
    """A provider: repeats with the same id until it is acknowledged."""

    def __init__(self, things) -> None:
        self._things = things
        self.acked: set[str] = set()
        self.unknown: set[str] = set()

    async def send(self, key: str) -> bool:
        try:
            await self._things.insert(CITY, {"_id": key, "body": BODY})
        except AlreadyExists:
            pass  # its first attempt was stored and the answer lost
        except AtiendeError:
            self.unknown.add(key)
            return False
        self.acked.add(key)
        self.unknown.discard(key)
        return True


async def test_nothing_acknowledged_is_lost_while_the_databases_disk_is_full(
    disk, server, things
) -> None:
    sender = Sender(things)
    for number in range(ENOUGH):
        assert await sender.send(f"m{number}")
    await asyncio.to_thread(disk.fill)
    number = ENOUGH
    while len(sender.unknown) < WRITERS:
        keys = [f"m{number + writer}" for writer in range(WRITERS)]
        number += WRITERS
        await asyncio.gather(*(sender.send(key) for key in keys))
    before = len(sender.acked)
    assert before >= ENOUGH
    await asyncio.to_thread(disk.free)
    began = time.monotonic()
    while sender.unknown:
        if not server.is_running:
            await asyncio.to_thread(server.start)
        await sender.send(next(iter(sender.unknown)))
        assert time.monotonic() - began < BACK_WITHIN_SECONDS
    back = time.monotonic() - began
    found = await things.find(CITY, {}, projection={"_id": 1}, limit=100_000)
    print(f"{before} acknowledged until full, back {back:.1f} s after there was room")  # noqa: T201 - figures for docs/reliability.md
    assert {one["_id"] for one in found} == sender.acked
