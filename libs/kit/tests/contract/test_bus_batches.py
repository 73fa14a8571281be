"""What shares a batch, and what is tried again together when a batch has failed."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from atiende.cases.v1.events_pb2 import CaseOpened
from atiende_kit.bus import Workers
from atiende_kit.contract import Consume, ServiceContract
from atiende_kit.errors import Unavailable
from atiende_kit.pace import Pace
from atiende_kit.store import Event, OutboxEntry
from atiende_kit.testing.fake_bus import FakeBus

pytestmark = pytest.mark.contract
CITY = "sanaurelio"
NOW = datetime(2026, 5, 4, 12, 0, 0, 125000, UTC)
ON_OPENED = Consume(CaseOpened, "routing-on-case-opened", ack_wait_seconds=2, max_deliver=2)
CASES = ServiceContract("cases", publishes=(CaseOpened,), feeds=(CaseOpened,))
ROUTING = ServiceContract("routing", consumes=(ON_OPENED,))


def opened(number, tenant=CITY):
    message = CaseOpened()
    message.case.case_id = f"c{number}"
    event = Event(message, f"e{number}", time=NOW)
    return OutboxEntry.of(event, tenant=tenant, document_id="d", collection="cases", now=NOW)


async def test_what_comes_within_the_pace_shares_a_batch_and_the_first_does_not_wait():
    pace = replace(ON_OPENED, pace=Pace(0.5))
    bus = FakeBus(CASES, ServiceContract("routing", consumes=(pace,)))
    batches: asyncio.Queue[list[str]] = asyncio.Queue()

    async def handler(deliveries):
        batches.put_nowait([one.event_id for one in deliveries])

    contract = ServiceContract("routing", consumes=(pace,))
    workers = Workers(bus, contract, {"routing-on-case-opened": handler})
    await workers.start()
    try:
        async with asyncio.timeout(10):
            await bus.publish([opened(1)])
            assert await batches.get() == ["e1"]
            for number in (2, 3, 4):
                await bus.publish([opened(number)])
            assert await batches.get() == ["e2", "e3", "e4"]
    finally:
        await workers.stop()


async def test_a_tenant_that_cannot_be_served_leaves_the_others_their_batch():
    bus = FakeBus(CASES, ROUTING)
    tried: list[list[str]] = []
    done = asyncio.Event()

    async def handler(deliveries):
        tried.append([one.event_id for one in deliveries])
        if any(one.tenant == "otraciudad" for one in deliveries):
            raise Unavailable("NOT_PUBLISHED", "Aún no.")
        done.set()

    await bus.publish([opened(n, tenant=("otraciudad", CITY)[n % 2]) for n in range(6)])
    workers = Workers(bus, ROUTING, {"routing-on-case-opened": handler})
    await workers.start()
    try:
        async with asyncio.timeout(10):
            await done.wait()
    finally:
        await workers.stop()
    together, theirs = [f"e{n}" for n in range(6)], ["e0", "e2", "e4"]
    assert tried == [together, theirs, *([one] for one in theirs), ["e1", "e3", "e5"]]
