"""Provisioning, permissions, dead letters and outages on a real nats-server."""

import asyncio
import contextlib
from datetime import UTC, datetime

import nats
import pytest
from nats.js.errors import APIError
from pydantic import SecretStr
from rich.console import Console
from typer.testing import CliRunner

from atiende.cases.v1.events_pb2 import CaseOpened, CaseResolved
from atiende.channels.v1.events_pb2 import MessageReceived, SendMessage
from atiende_kit import dlq
from atiende_kit.bus import Bus, Workers, each
from atiende_kit.contract import Consume, ServiceContract
from atiende_kit.errors import InvalidInput, NotFound, Unavailable
from atiende_kit.permissions import NatsPorts, nats_permissions, render_nats_config
from atiende_kit.provision import ProvisionRefused, provision
from atiende_kit.settings import NatsSettings
from atiende_kit.store import Event, OutboxEntry
from atiende_kit.testing.servers import NatsServer, free_port

pytestmark = pytest.mark.integration
CITY = "sanaurelio"
NOW = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)
ON_OPENED = Consume(CaseOpened, "routing-on-case-opened", ack_wait_seconds=2)
CASES = ServiceContract(
    "cases",
    publishes=(CaseOpened, CaseResolved, SendMessage),
    consumes=(Consume(MessageReceived, "cases-on-message-received"),),
    feeds=(CaseOpened,),
)
ROUTING = ServiceContract("routing", consumes=(ON_OPENED,))
CHANNELS = ServiceContract(
    "channels",
    publishes=(MessageReceived,),
    consumes=(Consume(SendMessage, "channels-do-send-message"),),
)
# Declares nothing: an administration that works over HTTP alone.
SILENT = ServiceContract(name="silent")
ALL = (CASES, ROUTING, CHANNELS, SILENT)
WORDS = {
    "operator": "op-word",
    "cases": "ca-word",
    "routing": "ro-word",
    "channels": "ch-word",
    "silent": "si-word",
}


def entry(message_type=CaseOpened, event_id="e1", body=None):
    event = Event(message_type() if body is None else body, event_id, time=NOW)
    return OutboxEntry.of(event, tenant=CITY, document_id="d", collection="c", now=NOW)


async def test_provisioning_twice_changes_nothing(bus_for):
    bus = await bus_for(*ALL)
    again = await provision(bus.jetstream, ALL)
    assert again.created == ()
    assert set(again.kept) == {
        "ADVISORY",
        "CMD_CHANNELS",
        "DLQ",
        "EVT_CASES",
        "EVT_CHANNELS",
        "EVT_CASES/routing-on-case-opened",
        "EVT_CHANNELS/cases-on-message-received",
        "CMD_CHANNELS/channels-do-send-message",
    }
    await provision(bus.jetstream, ALL, create=False)


async def test_streams_have_the_promised_configuration(bus_for):
    bus = await bus_for(*ALL)
    events = (await bus.jetstream.stream_info("EVT_CASES")).config
    commands = (await bus.jetstream.stream_info("CMD_CHANNELS")).config
    assert events.subjects == ["evt.cases.>"]
    assert (events.retention, events.discard, events.max_age) == ("limits", "new", 30 * 86400)
    assert (commands.retention, commands.discard, commands.max_age) == ("workqueue", "new", 0)
    assert events.duplicate_window == 600
    assert events.storage == "file"


async def test_a_difference_on_the_server_is_refused_by_name(bus_for):
    bus = await bus_for(*ALL)
    config = (await bus.jetstream.stream_info("EVT_CASES")).config
    config.max_age = 3600
    await bus.jetstream.update_stream(config)
    with pytest.raises(ProvisionRefused, match="EVT_CASES: max_age") as refused:
        await provision(bus.jetstream, ALL)
    assert (refused.value.wanted, refused.value.found) == (30 * 86400, 3600)


async def test_a_consumer_that_differs_or_is_missing_is_refused(bus_for):
    bus = await bus_for(*ALL)
    other = ServiceContract("routing", consumes=(Consume(CaseOpened, ON_OPENED.durable),))
    with pytest.raises(ProvisionRefused, match="ack_wait"):
        await provision(bus.jetstream, [other])
    await bus.jetstream.delete_consumer("EVT_CASES", ON_OPENED.durable)
    with pytest.raises(ProvisionRefused, match="missing"):
        await provision(bus.jetstream, ALL, create=False)
    workers = Workers(bus, ROUTING, {ON_OPENED.durable: each(lambda _: asyncio.sleep(0))})
    with pytest.raises(ProvisionRefused, match="missing"):
        await workers.start()


async def test_a_patient_worker_waits_for_who_makes_its_consumer(bus_for, nats_url):
    bus = await bus_for(*ALL)
    await bus.jetstream.delete_consumer("EVT_CASES", ON_OPENED.durable)
    patient = Bus.connect(NatsSettings(url=nats_url, patience_seconds=30), "routing")
    await patient.start()
    try:
        waiting = asyncio.create_task(patient.verify(ON_OPENED))
        # Long enough for its first look, which finds nothing.
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(asyncio.shield(waiting), 0.3)
        await provision(bus.jetstream, ALL)
        await asyncio.wait_for(waiting, 10)
    finally:
        await patient.stop()


@pytest.fixture
async def guarded(tmp_path):
    """A server with the rendered configuration, provisioned by the operator."""
    port = free_port()
    config = render_nats_config(ALL, WORDS, NatsPorts(port), tmp_path / "jetstream")
    server = NatsServer(tmp_path / "nats", config, port)
    server.start()
    operator = await nats.connect(server.url, user="operator", password=WORDS["operator"])
    await provision(operator.jetstream(), ALL)
    await operator.close()
    yield server
    server.kill()


def settings(server, name):
    return NatsSettings(url=server.url, user=name, password=SecretStr(WORDS[name]))


async def test_a_service_works_with_its_own_permissions_only(guarded):
    cases = Bus.connect(settings(guarded, "cases"), "cases")
    routing = Bus.connect(settings(guarded, "routing"), "routing")
    await cases.start()
    await routing.start()
    seen, done = [], asyncio.Event()

    async def handler(delivery):
        seen.append(delivery.event_id)
        if delivery.event_id == "bad":
            raise InvalidInput("BAD", "No.")
        if len(seen) == 2:
            done.set()

    workers = Workers(routing, ROUTING, {ON_OPENED.durable: each(handler)})
    await workers.start()
    feed = cases.feed(CASES.feeds, CITY, after_sequence=0)
    assert (
        await cases.publish([entry(event_id="bad"), entry(event_id="e2"), entry(SendMessage)])
        == [None] * 3
    )
    async with asyncio.timeout(10):
        await done.wait()
        assert [(await anext(feed))[1].event_id for _ in range(2)] == ["bad", "e2"]
    await feed.aclose()
    await workers.stop()
    # Settled is settled: with a refused acknowledgement it would come again.
    operator = await nats.connect(guarded.url, user="operator", password=WORDS["operator"])
    info = await operator.jetstream().consumer_info("EVT_CASES", ON_OPENED.durable)
    assert (info.num_ack_pending, info.num_pending) == (0, 0)
    assert len(await dlq.list_dead_letters(operator.jetstream())) == 1
    await operator.close()
    await cases.stop()
    await routing.stop()


class Violations:
    """A raw connection of a service that notes what the server refuses."""

    def __init__(self):
        self.told = asyncio.Queue()

    async def connect(self, server, name):
        self.client = await nats.connect(
            server.url,
            user=name,
            password=WORDS[name],
            inbox_prefix=f"_INBOX_{name}",
            error_cb=self._error,
            allow_reconnect=False,
        )
        return self.client

    async def _error(self, error):
        self.told.put_nowait(str(error))

    async def refused(self):
        async with asyncio.timeout(5):
            return await self.told.get()


@pytest.mark.parametrize(
    "subject",
    [
        "evt.cases.case.opened.v1.sanaurelio",
        "evt.routing.work.queued.v1.sanaurelio",
        "cmd.channels.message.send.v1.sanaurelio",
        "dlq.cases.x.sanaurelio",
        "$JS.API.STREAM.DELETE.EVT_CASES",
        "$JS.API.STREAM.PURGE.EVT_CASES",
        "$JS.API.STREAM.CREATE.MINE",
        "$JS.API.STREAM.RESTORE.EVT_CASES",
        "$JS.API.STREAM.MSG.GET.EVT_CASES",
        "$JS.API.CONSUMER.CREATE.EVT_CASES.mine",
        "$JS.API.CONSUMER.DELETE.EVT_CASES.routing-on-case-opened",
        "$JS.API.CONSUMER.MSG.NEXT.EVT_CHANNELS.cases-on-message-received",
        "$JS.ACK.EVT_CHANNELS.cases-on-message-received.1.1.1.1.0",
        "_INBOX_cases.guess",
    ],
)
@pytest.mark.parametrize("service", ["routing", "silent"])
async def test_publishing_outside_the_list_is_refused(guarded, subject, service):
    violations = Violations()
    client = await violations.connect(guarded, service)
    await client.publish(subject, b"{}")
    assert "permissions violation for publish" in (await violations.refused()).lower()
    await client.close()


@pytest.mark.parametrize(
    "subject", [">", "evt.cases.>", "_INBOX_cases.>", "_INBOX.>", "$JS.EVENT.>"]
)
async def test_listening_outside_the_list_is_refused(guarded, subject):
    violations = Violations()
    client = await violations.connect(guarded, "routing")
    await client.subscribe(subject)
    await client.flush()
    assert "permissions violation for subscription" in (await violations.refused()).lower()
    await client.close()


async def test_nobody_connects_without_the_right_word(guarded):
    wrong = NatsSettings(url=guarded.url, user="cases", password=SecretStr("wrong"))
    for bad in (wrong, NatsSettings(url=guarded.url)):
        with pytest.raises(Unavailable):
            await Bus.connect(bad, "cases").start()


def test_permissions_name_only_what_the_contract_declares():
    allowed = nats_permissions(ALL)
    assert "cmd.channels.message.send.v1.*" in allowed["cases"].publish
    assert not any("STREAM" in one for one in allowed["routing"].publish)
    assert allowed["routing"].subscribe == ("_INBOX_routing.>",)
    with pytest.raises(ValueError, match="begin with"):
        render_nats_config(ALL, {**WORDS, "cases": "$2a$11$hash"}, NatsPorts(1), "x")


async def test_dead_letters_are_listed_replayed_and_discarded(bus_for, nats_url):
    bus = await bus_for(*ALL)
    body = CaseOpened()
    body.case.folio = "SA-2026-0000001-K"
    failing, seen = True, []
    done = asyncio.Event()

    async def handler(delivery):
        seen.append(delivery.event_id)
        if failing:
            raise InvalidInput("NOT_GOOD", "No.")
        done.set()

    workers = Workers(bus, ROUTING, {ON_OPENED.durable: each(handler)})
    await workers.start()
    await bus.publish([entry(event_id="e1", body=body), entry(event_id="e2", body=body)])
    subscription = await bus.jetstream.pull_subscribe("dlq.>", durable="wait", stream="DLQ")
    got = []
    while len(got) < 2:
        got += await subscription.fetch(2, timeout=10)
    letters = await dlq.list_dead_letters(bus.jetstream, durable=ON_OPENED.durable)
    assert [(one.event_id, one.reason, one.attempts) for one in letters] == [
        ("e1", "NOT_GOOD", 1),
        ("e2", "NOT_GOOD", 1),
    ]
    failing = False
    await dlq.replay(bus.jetstream, letters[0].sequence)
    async with asyncio.timeout(10):
        await done.wait()
    assert seen == ["e1", "e2", "e1"]
    await workers.stop()

    run = CliRunner()
    options = ["--url", nats_url]
    shown = await asyncio.to_thread(run.invoke, dlq.app, ["list", *options])
    assert shown.exit_code == 0, shown.output
    assert "e2" in shown.output
    assert "NOT_GOOD" in shown.output
    assert "SA-2026" not in shown.output
    number = str(letters[1].sequence)
    gone = await asyncio.to_thread(
        run.invoke, dlq.app, ["discard", number, "--reason", "prueba", *options]
    )
    assert gone.exit_code == 0, gone.output
    missing = await asyncio.to_thread(run.invoke, dlq.app, ["replay", number, *options])
    assert missing.exit_code == 1
    assert await dlq.list_dead_letters(bus.jetstream) == []
    with pytest.raises(NotFound):
        await dlq.replay(bus.jetstream, 999)


async def test_what_the_server_gave_up_on_becomes_a_dead_letter(bus_for):
    once = Consume(CaseOpened, "routing-on-case-opened", ack_wait_seconds=1, max_deliver=1)
    bus = await bus_for(CASES, ServiceContract("routing", consumes=(once,)))
    # The backstop is twenty deliveries: each one "crashes" at once.
    await bus.publish([entry()])
    source = await bus.pull(once)
    for attempt in range(1, once.backstop + 1):
        [raw] = await source.next_batch()
        assert raw.attempt == attempt
        await raw.nak(0.01)
    follower = await bus.jetstream.pull_subscribe(
        "$JS.EVENT.ADVISORY.CONSUMER.MAX_DELIVERIES.>", durable="watch", stream="ADVISORY"
    )
    await follower.fetch(1, timeout=10)
    assert await dlq.collect(bus.jetstream) == 1
    [letter] = await dlq.list_dead_letters(bus.jetstream)
    assert (letter.reason, letter.event_id, letter.attempts) == ("MAX_DELIVERIES", "e1", 20)
    assert await dlq.collect(bus.jetstream) == 0
    await source.close()


def test_a_terminal_gets_a_table(capsys):
    letter = dlq.DeadLetter(7, "t", "d", CITY, "s", "T", "e", "WHY", "Error", 1)
    console = Console(force_terminal=True, width=200, record=True)
    dlq.show([letter], console)
    assert "1 dead letters" in console.export_text()
    dlq.show([letter], Console(force_terminal=False))
    assert "7\tt\td" in capsys.readouterr().out


# The client drops its writer unclosed when the server dies during a handshake (seen in nats-py 2.16).
@pytest.mark.filterwarnings("ignore:unclosed <StreamWriter:ResourceWarning")
async def test_a_broker_crash_loses_nothing_and_workers_go_on(tmp_path):
    server = NatsServer(tmp_path / "crash")
    server.start()
    bus = Bus.connect(NatsSettings(url=server.url), "cases")
    await bus.start()
    await provision(bus.jetstream, ALL)
    seen, done = set(), asyncio.Event()

    async def handler(deliveries):
        seen.update(one.event_id for one in deliveries)
        if len(seen) == 40:
            done.set()

    workers = Workers(bus, ROUTING, {ON_OPENED.durable: handler})
    await workers.start()
    assert await bus.publish([entry(event_id=f"a{n}") for n in range(20)]) == [None] * 20
    server.kill()
    with contextlib.suppress(Unavailable):
        await bus.check()
    await asyncio.to_thread(server.start)
    left = [entry(event_id=f"b{n}") for n in range(20)]
    async with asyncio.timeout(30):
        while left:
            results = await bus.publish(left)
            left = [one for one, result in zip(left, results, strict=True) if result is not None]
        await done.wait()
    await bus.check()
    await workers.check()
    await workers.stop()
    await bus.stop()
    server.kill()


async def test_publishing_where_no_stream_listens_is_told(bus_for):
    bus = await bus_for(ROUTING)
    [problem] = await bus.publish([entry(MessageReceived)])
    assert isinstance(problem, Unavailable)
    assert isinstance(problem.__cause__, APIError | nats.errors.Error)
