"""Slow, stalled and half-open connections to the database and the broker (R5)."""

from __future__ import annotations

import asyncio
import os
import time
from datetime import UTC, datetime

import pytest
import pytest_asyncio

from atiende.cases.v1.events_pb2 import CaseOpened
from atiende_kit.bus import Bus
from atiende_kit.context import answering
from atiende_kit.contract import ServiceContract
from atiende_kit.errors import DeadlineExceeded, Unavailable
from atiende_kit.provision import provision
from atiende_kit.settings import MongoSettings, NatsSettings
from atiende_kit.store import Database, Event, Insert, OutboxEntry, Outcome
from atiende_kit.store.mongo import MongoBackend
from dev.nemesis.proxy import Proxy

pytestmark = [pytest.mark.integration, pytest.mark.timeout(240, func_only=True)]
CITY = "sanaurelio"
NOW = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)
CASES = ServiceContract("cases", publishes=(CaseOpened,))
# Half a second each: the driver looks at the server anew after every broken connection.
LOST = 5 * int(os.environ.get("FAULT_ROUNDS", "3"))
GIVES_UP_WITHIN_SECONDS = 30
ENDS_WITHIN_SECONDS = 4
"""1.6 s by themselves (`StallWatch`); the driver alone would take eleven."""
PUBLISH_ENDS_WITHIN_SECONDS = 8


@pytest_asyncio.fixture
async def to_mongo(mongo_server):
    proxy = Proxy(mongo_server.port)
    await proxy.start()
    yield proxy
    await proxy.stop()


@pytest_asyncio.fixture
async def to_nats(nats_server):
    proxy = Proxy(nats_server.port)
    await proxy.start()
    yield proxy
    await proxy.stop()


@pytest_asyncio.fixture
async def things(to_mongo, mongo_settings):
    url = f"mongodb://127.0.0.1:{to_mongo.port}/?directConnection=true&serverMonitoringMode=poll"
    backend = MongoBackend(
        MongoSettings.model_validate({"url": url, "database": mongo_settings.database})
    )
    yield Database(backend).collection("things")
    await backend.close()


async def until_known(things, key: str) -> Outcome:
    """As callers do: an unknown outcome is tried again, under the same id."""
    while True:
        try:
            [outcome] = await things.write([Insert(CITY, {"_id": key})])
        except Unavailable:
            # Whoever is refused at once must let the watch of the database have its turn.
            await asyncio.sleep(0.05)
        else:
            return outcome


async def test_reply_lost_after_the_write_makes_no_second_one(things, to_mongo):
    await until_known(things, "first")
    for number in range(LOST):
        to_mongo.replies_lost = 1
        assert await until_known(things, str(number)) in {Outcome.DONE, Outcome.DUPLICATE}
        to_mongo.replies_lost = 0
    assert to_mongo.swallowed >= LOST // 2
    found = [doc["_id"] for doc in await things.find(CITY)]
    assert sorted(found) == sorted(["first", *map(str, range(LOST))])


async def test_slow_database_is_slow_and_right(things, to_mongo):
    to_mongo.delay_seconds = 0.2
    outcomes = await asyncio.gather(*(until_known(things, f"slow-{n}") for n in range(20)))
    assert set(outcomes) == {Outcome.DONE}


async def test_stalled_database_ends_a_call_and_then_serves_again(things, to_mongo):
    await until_known(things, "before")
    to_mongo.stall()
    began = time.monotonic()
    with pytest.raises(Unavailable), answering():
        await things.write([Insert(CITY, {"_id": "during"})])
    assert time.monotonic() - began < ENDS_WITHIN_SECONDS
    with pytest.raises(Unavailable):
        await things.write([Insert(CITY, {"_id": "during"})])
    assert time.monotonic() - began < GIVES_UP_WITHIN_SECONDS
    to_mongo.go_on()
    assert await until_known(things, "during") in {Outcome.DONE, Outcome.DUPLICATE}
    assert len(await things.find(CITY)) == 2


@pytest_asyncio.fixture
async def direct(nats_url):
    bus = Bus.connect(NatsSettings(url=nats_url), "cases")
    await bus.start()
    await provision(bus.jetstream, [CASES])
    yield bus
    await bus.stop()


@pytest_asyncio.fixture
async def behind(direct, to_nats):
    bus = Bus.connect(NatsSettings(url=f"nats://127.0.0.1:{to_nats.port}"), "cases")
    await bus.start()
    yield bus
    await bus.stop()


async def stored(bus: Bus) -> int:
    return (await bus.jetstream.stream_info("EVT_CASES")).state.messages


async def test_stalled_broker_ends_a_publication_as_unknown_and_has_it_once(
    direct, behind, to_nats
):
    entry = OutboxEntry.of(
        Event(CaseOpened(), "stalled-1", time=NOW),
        tenant=CITY, document_id="d", collection="c", now=NOW,
    )  # fmt: skip
    before = await stored(direct)
    to_nats.stall()
    began = time.monotonic()
    [outcome] = await behind.publish([entry])
    assert isinstance(outcome, DeadlineExceeded)
    assert time.monotonic() - began < PUBLISH_ENDS_WITHIN_SECONDS
    to_nats.go_on()
    async with asyncio.timeout(60):
        while (await behind.publish([entry]))[0] is not None:
            pass
    assert await stored(direct) == before + 1
