"""One suite for the bus in memory and on a real JetStream server."""

import asyncio
from collections import Counter
from datetime import UTC, datetime

import pytest
from prometheus_client import REGISTRY

from atiende.cases.v1.events_pb2 import CaseOpened, CaseResolved
from atiende.channels.v1.events_pb2 import SendMessage
from atiende_kit.bus import Workers, each
from atiende_kit.context import correlation_id
from atiende_kit.contract import Consume, ServiceContract
from atiende_kit.errors import (
    AlreadyExists,
    FailedPrecondition,
    InvalidInput,
    NotYetVisible,
    Unavailable,
    VersionMismatch,
)
from atiende_kit.provision import ProvisionRefused
from atiende_kit.store import Event, OutboxEntry
from atiende_kit.testing.fake_bus import FakeBus

pytestmark = pytest.mark.contract
CITY = "sanaurelio"
NOW = datetime(2026, 5, 4, 12, 0, 0, 125000, UTC)

ON_OPENED = Consume(CaseOpened, "routing-on-case-opened", ack_wait_seconds=2, max_deliver=2)
CASES = ServiceContract(
    "cases", publishes=(CaseOpened, CaseResolved, SendMessage), feeds=(CaseOpened,)
)
ROUTING = ServiceContract("routing", consumes=(ON_OPENED,))
CHANNELS = ServiceContract(
    "channels", consumes=(Consume(SendMessage, "channels-do-send-message", ack_wait_seconds=2),)
)


@pytest.fixture(params=["fake", "nats"])
async def bus(request, bus_for):
    if request.param == "fake":
        yield FakeBus(CASES, ROUTING, CHANNELS)
    else:
        yield await bus_for(CASES, ROUTING, CHANNELS)


def opened(number, tenant=CITY, event_id=None):
    message = CaseOpened()
    message.case.case_id = f"c{number}"
    event = Event(message, event_id or f"e{number}", time=NOW)
    return OutboxEntry.of(event, tenant=tenant, document_id="d", collection="cases", now=NOW)


class Taker:
    """A handler that notes what it got, answers as told, and can be awaited."""

    def __init__(self, *answers):
        self.answers = list(answers)
        self.seen = []
        self.batches = []
        self.changed = asyncio.Condition()

    async def one(self, delivery):
        self.seen.append(delivery)
        async with self.changed:
            self.changed.notify_all()
        answer = self.answers.pop(0) if self.answers else None
        if answer is not None:
            raise answer

    async def until(self, count, seconds=15):
        async with asyncio.timeout(seconds), self.changed:
            await self.changed.wait_for(lambda: len(self.seen) >= count)


@pytest.fixture
async def working(bus):
    """Run a handler of routing on the bus until the test is over."""
    running = []

    async def run(handler):
        workers = Workers(bus, ROUTING, {"routing-on-case-opened": handler})
        await workers.start()
        running.append(workers)
        return workers

    yield run
    for workers in running:
        await workers.stop()


async def dead_letters(bus, wanted):
    """Return the headers of the dead letters once there are as many as wanted."""
    if isinstance(bus, FakeBus):
        async with asyncio.timeout(10), bus._grown:
            await bus._grown.wait_for(lambda: len(bus.streams["DLQ"]) >= wanted)
        return [one.headers for one in bus.streams["DLQ"]]
    subscription = await bus.jetstream.pull_subscribe("dlq.>", durable="test", stream="DLQ")
    return [(await subscription.fetch(1, timeout=10))[0].headers for _ in range(wanted)]


async def test_a_delivery_carries_all_that_was_published(bus, working):
    taker = Taker()
    await working(each(taker.one))
    assert await bus.publish([opened(1)]) == [None]
    await taker.until(1)
    [delivery] = taker.seen
    assert delivery.message.case.case_id == "c1"
    assert (delivery.tenant, delivery.event_id, delivery.time) == (CITY, "e1", NOW)
    assert (delivery.attempt, delivery.correlation_id) == (1, "e1")
    assert delivery.subject == "evt.cases.case.opened.v1.sanaurelio"


async def test_the_same_event_published_again_is_held_once(bus, working):
    taker = Taker()
    await working(each(taker.one))
    await bus.publish([opened(1), opened(1)])
    await bus.publish([opened(1), opened(2)])
    await taker.until(2)
    assert sorted(one.event_id for one in taker.seen) == ["e1", "e2"]


async def test_many_messages_come_in_batches_and_each_once(bus, working):
    sizes, seen, complete = [], Counter(), asyncio.Event()

    async def handler(deliveries):
        sizes.append(len(deliveries))
        seen.update(one.event_id for one in deliveries)
        if len(seen) == 1000:
            complete.set()

    await bus.publish([opened(n) for n in range(1000)])
    await working(handler)
    async with asyncio.timeout(20):
        await complete.wait()
    assert set(seen.values()) == {1}
    assert max(sizes) == 100


async def test_a_failing_message_does_not_fail_its_neighbours(bus, working):
    attempts, done = Counter(), asyncio.Event()

    async def handler(deliveries):
        attempts.update(one.event_id for one in deliveries)
        if any(one.event_id == "e3" for one in deliveries):
            raise InvalidInput("NOT_GOOD", "No.")
        if len(attempts) == 8:
            done.set()

    await bus.publish([opened(n) for n in range(8)])
    await working(handler)
    [letter] = await dead_letters(bus, 1)
    assert letter["ce-id"] == "e3"
    assert letter["atiende-dlq-reason"] == "NOT_GOOD"
    assert letter["atiende-dlq-subject"] == "evt.cases.case.opened.v1.sanaurelio"
    async with asyncio.timeout(5):
        await done.wait()


async def test_the_age_of_what_was_done_is_noted_and_of_nothing_else(bus, working):
    def noted() -> float:
        labels = {"durable": "routing-on-case-opened"}
        return REGISTRY.get_sample_value("atiende_event_age_seconds_count", labels) or 0.0

    before, done = noted(), asyncio.Event()

    async def handler(deliveries):
        failed = {d.event_id: InvalidInput("NO", "No.") for d in deliveries if d.event_id == "e1"}
        if any(delivery.event_id == "e2" for delivery in deliveries):
            done.set()
        return failed

    await bus.publish([opened(1), opened(2)])
    workers = await working(handler)
    async with asyncio.timeout(10):
        await done.wait()
        await workers.stop()
    assert noted() - before == 1


async def test_errors_returned_by_name_settle_only_those(bus, working):
    seen, complete = [], asyncio.Event()

    async def handler(deliveries):
        seen.extend(one.event_id for one in deliveries)
        if len(seen) >= 5:
            complete.set()
        fresh = [one for one in deliveries if one.event_id == "e2" and one.attempt == 1]
        return {one.event_id: VersionMismatch("STALE", "Otra vez.") for one in fresh}

    await bus.publish([opened(n) for n in range(4)])
    await working(handler)
    async with asyncio.timeout(10):
        await complete.wait()
    assert Counter(seen) == {"e0": 1, "e1": 1, "e2": 2, "e3": 1}


@pytest.mark.parametrize(
    "error",
    [
        NotYetVisible("LATER", "Aún no."),
        VersionMismatch("STALE", "Otra vez."),
        Unavailable("AWAY", "No responde.", retry_after=0.1),
        RuntimeError("a bug"),
    ],
    ids=lambda error: type(error).__name__,
)
async def test_what_may_pass_is_delivered_again(bus, working, error):
    taker = Taker(error)
    await working(each(taker.one))
    await bus.publish([opened(1)])
    await taker.until(2)
    assert [one.attempt for one in taker.seen] == [1, 2]


async def test_an_unknown_failure_ends_as_a_dead_letter_at_the_limit(bus, working):
    taker = Taker(RuntimeError("secret text"), RuntimeError("secret text"))
    await working(each(taker.one))
    await bus.publish([opened(1)])
    [letter] = await dead_letters(bus, 1)
    assert letter["atiende-dlq-attempts"] == "2"
    assert letter["atiende-dlq-error"] == "RuntimeError"
    assert "secret" not in str(dict(letter))


async def test_what_exists_already_is_done(bus, working):
    taker = Taker(AlreadyExists("TWICE", "Ya."))
    await working(each(taker.one))
    await bus.publish([opened(1)])
    await taker.until(1)
    await bus.publish([opened(2)])
    await taker.until(2)
    assert [one.event_id for one in taker.seen] == ["e1", "e2"]


async def test_an_unreadable_body_is_a_dead_letter_and_the_rest_goes_on(bus, working):
    taker = Taker()
    await working(each(taker.one))
    broken = opened(1)
    broken = OutboxEntry(
        **{**{f: getattr(broken, f) for f in broken.__slots__}, "body": b"\xff\xff"}
    )
    await bus.publish([broken, opened(2)])
    await taker.until(1)
    [letter] = await dead_letters(bus, 1)
    assert (letter["atiende-dlq-reason"], letter["ce-id"]) == ("EVENT_UNREADABLE", "e1")
    assert [one.event_id for one in taker.seen] == ["e2"]


async def test_events_written_by_a_handler_continue_its_story(bus, working):
    written = []

    async def handler(delivery):
        written.append((correlation_id.get(), Event(CaseResolved())))
        await taker.one(delivery)

    taker = Taker()
    await working(each(handler))
    message = CaseOpened()
    event = Event(message, "e9", headers={"atiende-correlation-id": "story-1"})
    entry = OutboxEntry.of(event, tenant=CITY, document_id="d", collection="c", now=NOW)
    await bus.publish([entry, opened(10)])
    await taker.until(2)
    stories = {event.headers["atiende-causation-id"]: current for current, event in written}
    assert stories == {"e9": "story-1", "e10": "e10"}
    for current, event in written:
        assert event.headers["atiende-correlation-id"] == current


async def test_a_handler_that_hangs_is_cut_off_and_tried_again(bus, working):
    taker = Taker()

    async def handler(delivery):
        await taker.one(delivery)
        if delivery.attempt == 1:
            await asyncio.Event().wait()

    await working(each(handler))
    await bus.publish([opened(1)])
    await taker.until(2, 20)
    assert [one.attempt for one in taker.seen] == [1, 2]


async def test_what_a_dead_worker_held_is_delivered_again(bus, working):
    source = await bus.pull(ON_OPENED)
    await bus.publish([opened(1)])
    [lost] = await source.next_batch()
    assert lost.attempt == 1
    await source.close()
    taker = Taker()
    await working(each(taker.one))
    await taker.until(1)
    assert taker.seen[0].attempt == 2


async def test_stopping_finishes_the_batch_in_hand(bus):
    started, release, finished = asyncio.Event(), asyncio.Event(), []

    async def handler(deliveries):
        started.set()
        await release.wait()
        finished.extend(one.event_id for one in deliveries)

    workers = Workers(bus, ROUTING, {"routing-on-case-opened": handler})
    await workers.start()
    await bus.publish([opened(1)])
    await started.wait()
    stopping = asyncio.create_task(workers.stop())
    await asyncio.sleep(0)
    release.set()
    await stopping
    assert finished == ["e1"]
    await workers.stop()


async def test_undeclared_handlers_and_other_consumers_are_refused(bus):
    with pytest.raises(ValueError, match="routing-on-case-opened"):
        Workers(bus, ROUTING, {})
    other = Consume(CaseOpened, "routing-on-case-opened", ack_wait_seconds=9, max_deliver=2)
    contract = ServiceContract("routing", consumes=(other,))
    workers = Workers(bus, contract, {"routing-on-case-opened": each(Taker().one)})
    with pytest.raises(ProvisionRefused):
        await workers.start()


async def test_a_feed_follows_one_city_in_order_and_resumes(bus):
    await bus.publish([opened(1), opened(2, tenant="otraciudad"), opened(3)])
    feed = bus.feed(CASES.feeds, CITY, after_sequence=0)
    first = await anext(feed)
    second = await anext(feed)
    assert [first[1].event_id, second[1].event_id] == ["e1", "e3"]
    waiting = asyncio.create_task(anext(feed))
    await bus.publish([opened(4, tenant="otraciudad"), opened(5)])
    assert (await asyncio.wait_for(waiting, 10))[1].event_id == "e5"
    await feed.aclose()
    again = bus.feed(CASES.feeds, CITY, after_sequence=first[0])
    assert (await anext(again))[1].event_id == "e3"
    await again.aclose()


async def test_a_feed_from_now_skips_the_past_and_refuses_a_lost_position(bus):
    await bus.publish([opened(1)])
    feed = bus.feed(CASES.feeds, CITY)
    waiting = asyncio.create_task(anext(feed))
    await asyncio.sleep(0.2)  # the feed must have taken its position before the next event
    await bus.publish([opened(2)])
    assert (await asyncio.wait_for(waiting, 10))[1].event_id == "e2"
    await feed.aclose()
    with pytest.raises(FailedPrecondition):
        await anext(bus.feed(CASES.feeds, CITY, after_sequence=99))


async def test_a_command_reaches_the_service_that_obeys(bus):
    taker = Taker()
    workers = Workers(bus, CHANNELS, {"channels-do-send-message": each(taker.one)})
    await workers.start()
    event = Event(SendMessage(), "m1")
    entry = OutboxEntry.of(event, tenant=CITY, document_id="d", collection="c", now=NOW)
    await bus.publish([entry])
    await taker.until(1)
    await workers.check()
    await workers.stop()
