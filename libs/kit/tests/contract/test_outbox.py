"""The relay over memory and over real servers, with crashes at every step."""

import asyncio

import pytest

from atiende.cases.v1.events_pb2 import CaseOpened
from atiende_kit.bus import Workers, each
from atiende_kit.contract import Consume, ServiceContract
from atiende_kit.errors import InvalidInput, Unavailable
from atiende_kit.ids import new_id
from atiende_kit.outbox import Relay
from atiende_kit.store import Event, Insert, MemoryDatabase
from atiende_kit.testing.fake_bus import FakeBus

pytestmark = pytest.mark.contract
CITY = "sanaurelio"
ON_OPENED = Consume(CaseOpened, "routing-on-case-opened")
CASES = ServiceContract("cases", publishes=(CaseOpened,))
ROUTING = ServiceContract("routing", consumes=(ON_OPENED,))


class Spy:
    """A bus between relay and bus that notes publications and can fail."""

    def __init__(self, bus):
        self._bus = bus
        self.published = []
        self.problem = None
        self.failures = asyncio.Semaphore(0)

    async def publish(self, entries):
        if self.problem is not None:
            self.failures.release()
            raise self.problem
        results = await self._bus.publish(entries)
        self.published += [one.event_id for one in entries]
        return results


@pytest.fixture(params=["memory", "real"])
async def parts(request, bus_for, database):
    if request.param == "memory":
        store, bus = MemoryDatabase(CASES), FakeBus(CASES, ROUTING)
    else:
        store, bus = database, await bus_for(CASES, ROUTING)
    cases = store.collection("cases", outbox=True)
    await store.ensure_indexes()
    return store, cases, bus


async def all_of(bus, count):
    """Return the event ids that the stream holds, in order."""
    if isinstance(bus, FakeBus):
        return [one.headers["ce-id"] for one in bus.streams["EVT_CASES"]]
    state = (await bus.jetstream.stream_info("EVT_CASES")).state
    assert state.messages == count
    stored = [await bus.jetstream.get_msg("EVT_CASES", n + 1) for n in range(count)]
    return [one.headers["ce-id"] for one in stored]


def event(name):
    message = CaseOpened()
    message.case.case_id = name
    return Event(message, name)


async def left(store, cases):
    """Return ids of the events that documents still hold; a durable write makes forgetting seen."""
    await cases.insert("otraciudad", {"_id": f"mark-{new_id()}"})
    documents = await cases._engine.find({"outbox.0": {"$exists": True}})
    return sorted(one["event_id"] for document in documents for one in document["outbox"])


async def test_what_is_written_is_published_in_order_and_removed(parts):
    store, cases, bus = parts
    relay = Relay(store, bus)
    await relay.start()
    await cases.write(
        [Insert(CITY, {"_id": f"c{n}"}, [event(f"e{n}a"), event(f"e{n}b")]) for n in range(50)]
    )
    await relay.drained()
    assert await all_of(bus, 100) == [f"e{n}{s}" for n in range(50) for s in "ab"]
    await relay.stop()
    assert await left(store, cases) == []


async def test_a_crash_between_write_and_publish_is_made_good_by_a_sweeper(parts):
    store, cases, bus = parts
    await cases.insert(CITY, {"_id": "c1"}, [event("e1")])  # and the process dies here
    assert await left(store, cases) == ["e1"]
    relay = Relay(store, bus, sweep_age_seconds=-1)
    await relay.start()
    await relay.sweep()
    await relay.drained()
    assert await all_of(bus, 1) == ["e1"]
    await relay.stop()
    assert await left(store, cases) == []


async def test_a_young_event_is_left_to_the_relay_of_its_own_process(parts):
    store, cases, bus = parts
    await cases.insert(CITY, {"_id": "c1"}, [event("e1")])
    relay = Relay(store, bus, sweep_age_seconds=30)
    await relay.start()
    assert await relay.sweep() == 0
    await relay.stop()


async def test_a_crash_between_publish_and_removal_publishes_twice_and_holds_once(parts):
    store, cases, bus = parts
    heard = []
    store.attach(heard.extend)
    await cases.insert(CITY, {"_id": "c1"}, [event("e1")])
    assert await bus.publish(heard) == [None]  # and the process dies before it removes the event
    spy = Spy(bus)
    relay = Relay(store, spy, sweep_age_seconds=-1)
    await relay.start()
    await relay.sweep()
    await relay.drained()
    await relay.stop()
    assert spy.published == ["e1"]
    assert await all_of(bus, 1) == ["e1"]
    assert await left(store, cases) == []


async def test_a_broker_that_is_away_costs_delay_and_nothing_else(parts):
    store, cases, bus = parts
    spy = Spy(bus)
    spy.problem = Unavailable("BUS_UNAVAILABLE", "El bus no responde.")
    relay = Relay(store, spy)
    await relay.start()
    await cases.insert(CITY, {"_id": "c1"}, [event("e1")])
    await cases.insert(CITY, {"_id": "c2"}, [event("e2")])
    await spy.failures.acquire()
    await spy.failures.acquire()
    spy.problem = None
    await relay.drained()
    assert await all_of(bus, 2) == ["e1", "e2"]
    await relay.stop()


async def test_nothing_is_published_before_its_hook_succeeded(parts):
    store, cases, bus = parts
    ledger, calls = [], 0

    async def hook(batch):
        nonlocal calls
        calls += 1
        if calls == 1:
            raise Unavailable("LEDGER", "No.")
        ledger.extend(one.event_id for one in batch)

    spy = Spy(bus)
    relay = Relay(store, spy, hook)
    await relay.start()
    await cases.insert(CITY, {"_id": "c1"}, [event("e1")])
    await relay.drained()
    assert (calls, ledger, spy.published) == (2, ["e1"], ["e1"])
    await relay.stop()


async def test_an_event_that_the_bus_refuses_for_ever_does_not_hold_up_the_others(parts):
    store, cases, bus = parts

    class Refusing(Spy):
        async def publish(self, entries):
            good = [one for one in entries if one.event_id != "bad"]
            results = dict(zip(map(id, good), await self._bus.publish(good), strict=True))
            refusal = InvalidInput("EVENT_TOO_LARGE", "No.")
            return [results.get(id(one), refusal) for one in entries]

    relay = Relay(store, Refusing(bus))
    await relay.start()
    await cases.write(
        [Insert(CITY, {"_id": "c1"}, [event("bad")]), Insert(CITY, {"_id": "c2"}, [event("e2")])]
    )
    await relay.drained()
    assert await all_of(bus, 1) == ["e2"]
    await relay.stop()
    assert await left(store, cases) == ["bad"]


async def test_a_write_reaches_a_handler_of_another_service(parts):
    store, cases, bus = parts
    seen, done = [], asyncio.Event()

    async def handler(delivery):
        seen.append((delivery.tenant, delivery.message.case.case_id))
        done.set()

    relay = Relay(store, bus)
    workers = Workers(bus, ROUTING, {"routing-on-case-opened": each(handler)})
    await relay.start()
    await workers.start()
    await cases.insert(CITY, {"_id": "c1"}, [event("c1")])
    async with asyncio.timeout(10):
        await done.wait()
    assert seen == [(CITY, "c1")]
    await workers.stop()
    await relay.stop()


async def test_only_declared_events_can_be_written():
    cases = MemoryDatabase(ServiceContract("cases")).collection("cases", outbox=True)
    with pytest.raises(ValueError, match="does not declare"):
        await cases.insert(CITY, {"_id": "c1"}, [event("e1")])
    plain = MemoryDatabase().collection("cases")
    with pytest.raises(ValueError, match="without an outbox"):
        await plain.insert(CITY, {"_id": "c1"}, [event("e1")])
