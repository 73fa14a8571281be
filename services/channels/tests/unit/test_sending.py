"""Sending: once where it must be once, again where that helps, and every fate is told."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from atiende.channels.v1 import events_pb2 as pb
from atiende.common.v1 import common_pb2
from atiende_channels.adapters.mongo.accounts import ConfiguredAccounts
from atiende_channels.application.deliveries import Deliveries
from atiende_channels.application.inbox import real_now
from atiende_channels.application.send_message import SendMessages
from atiende_channels.channels.base import Capability, ChannelAdapter
from atiende_channels.contract import CONTRACT
from atiende_channels.domain.delivery import DeliveryState
from atiende_channels.domain.errors import (
    ChannelError,
    ConnectionFailed,
    RecipientOptedOut,
    Throttled,
)
from atiende_channels.domain.model import (
    Account,
    Channel,
    OutboundMessage,
    ParsedStatus,
    SendResult,
    StoredAttachment,
)
from atiende_kit.bus import Delivery
from atiende_kit.clock import FixedClock
from atiende_kit.errors import InvalidInput, NotFound, RateLimited, Unavailable
from atiende_kit.store import MemoryDatabase, OutboxEntry

pytestmark = pytest.mark.unit

NOW = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)
TENANT = "sanaurelio"


class Provider(ChannelAdapter):
    """A provider that answers as it is told."""

    channel = Channel.WHATSAPP
    capabilities = frozenset({Capability.SEND_TEXT})
    max_text_characters = 20

    def __init__(self) -> None:
        self.taken: list[OutboundMessage] = []
        self.answers: list[Exception | None] = []
        self.before: Any = None
        self.carries_files = False

    def parse(self, raw: Any) -> Any:
        return []

    def parts_of(self, message: OutboundMessage) -> list[OutboundMessage]:
        if self.carries_files:
            # What a declared capability of the class does.
            self.__dict__["capabilities"] = frozenset(Capability)
        return super().parts_of(message)

    async def send(self, message: OutboundMessage, account: Account) -> SendResult:
        if self.before is not None:
            await self.before(message)
        answer = self.answers.pop(0) if self.answers else None
        if answer is not None:
            raise answer
        self.taken.append(message)
        return SendResult(f"wamid.{message.message_id}.{message.part}")


class Bench:
    """The use case over memory."""

    def __init__(self) -> None:
        self.clock = FixedClock(NOW)
        self.database = MemoryDatabase(CONTRACT, clock=self.clock)
        self.events: list[pb.DeliveryUpdated] = []
        self.database.attach(self._heard)
        self.deliveries = Deliveries(self.database, self.clock)
        self.provider = Provider()
        accounts = ConfiguredAccounts(
            self.database,
            [
                Account(TENANT, Channel.WHATSAPP, "1"),
                Account("otraciudad", Channel.WHATSAPP, "2"),
            ],
        )
        self.send = SendMessages(
            self.deliveries,
            {Channel.WHATSAPP: self.provider},
            accounts,
            self.read_file,
            self.clock,
            max_attempts=3,
        )

    async def read_file(
        self, tenant: str, attachment_id: str, offset: int, limit: int
    ) -> tuple[StoredAttachment, bytes]:
        if attachment_id == "gone":
            raise NotFound("ATTACHMENT_NOT_FOUND", "…")
        if attachment_id == "down":
            raise Unavailable("STORE_DOWN", "…")
        data = f"bytes of {attachment_id}".encode()[offset : offset + limit]
        return StoredAttachment(attachment_id, "a.pdf", "application/pdf", limit, ""), data

    def _heard(self, entries: list[OutboxEntry]) -> None:
        self.events += [pb.DeliveryUpdated.FromString(entry.body) for entry in entries]

    @property
    def states(self) -> list[str]:
        return [pb.DeliveryState.Name(e.state)[15:] for e in self.events]

    def command(self, message_id: str = "m1", **fields: Any) -> Delivery[pb.SendMessage]:
        values = {
            "message_id": message_id,
            "conversation_id": "c1",
            "recipient": common_pb2.ContactPoint(
                channel=common_pb2.CHANNEL_KIND_WHATSAPP, address="573005550142"
            ),
            "text": "Hola",
            "purpose": "reply",
            "purpose_id": "p1",
        } | fields
        return Delivery(
            message=pb.SendMessage(**values),
            tenant=TENANT,
            event_id=f"e-{message_id}",
            time=NOW,
            attempt=1,
            correlation_id="x",
        )

    async def attempt(self, message_id: str = "m1") -> dict[str, Any]:
        found = await self.deliveries.attempts.get(TENANT, message_id)
        assert found is not None
        return found


@pytest.fixture
def bench() -> Bench:
    return Bench()


async def test_message_is_sent_once_however_often_it_is_delivered(bench: Bench) -> None:
    assert await bench.send([bench.command()]) == {}
    assert await bench.send([bench.command()]) == {}
    assert await bench.send([bench.command(), bench.command()]) == {}
    assert len(bench.provider.taken) == 1
    assert bench.states == ["SENT"]
    assert bench.events[0].provider_message_id == "wamid.m1.0"


async def test_one_failure_touches_no_neighbour(bench: Bench) -> None:
    bench.provider.answers = [RecipientOptedOut("no")]
    assert await bench.send([bench.command("a"), bench.command("b")]) == {}
    assert sorted(bench.states) == ["PERMANENT_FAILURE", "SENT"]
    [failed] = [e for e in bench.events if e.error_code]
    assert failed.error_code == "RECIPIENT_OPTED_OUT"


async def test_throttled_message_waits_as_long_as_the_provider_asks(bench: Bench) -> None:
    bench.provider.answers = [Throttled("429", retry_after=33)]
    errors = await bench.send([bench.command()])
    [error] = errors.values()
    assert isinstance(error, RateLimited)
    assert error.retry_after == 33
    assert await bench.send([bench.command()]) == {}
    assert bench.states == ["TEMPORARY_FAILURE", "SENT"]


async def test_tries_end_in_a_visible_failure(bench: Bench) -> None:
    bench.provider.answers = [ConnectionFailed("x") for _ in range(9)]
    for _ in range(5):
        await bench.send([bench.command()])
    assert bench.states == ["TEMPORARY_FAILURE", "TECHNICAL_FAILURE"]
    assert len(bench.provider.answers) == 6


async def test_unknown_outcome_is_not_repeated_where_repeating_harms(bench: Bench) -> None:
    bench.provider.answers = [ConnectionFailed("time-out", outcome_unknown=True)]
    assert await bench.send([bench.command(at_most_once=True)]) == {}
    assert await bench.send([bench.command(at_most_once=True)]) == {}
    assert bench.provider.taken == []
    assert bench.states == ["TECHNICAL_FAILURE"]


async def crash(bench: Bench, **fields: Any) -> None:
    """A process that died between intent and outcome, some time ago."""

    async def die(message: OutboundMessage) -> None:
        raise asyncio.CancelledError

    bench.provider.before = die
    with pytest.raises(asyncio.CancelledError):
        await bench.send([bench.command(**fields)])
    bench.provider.before = None
    stored = await bench.attempt()
    stored["lease_until"] = real_now() - timedelta(seconds=1)
    await bench.deliveries.attempts.replace(TENANT, stored)


async def test_message_left_by_a_crash_is_sent_again_with_the_same_key(bench: Bench) -> None:
    await crash(bench)
    assert await bench.send([bench.command()]) == {}
    assert [m.idempotency_key for m in bench.provider.taken] == ["m1.0"]
    assert bench.states == ["SENT"]


async def test_at_most_once_message_left_by_a_crash_is_not_sent_again(bench: Bench) -> None:
    await crash(bench, at_most_once=True)
    assert await bench.send([bench.command(at_most_once=True)]) == {}
    assert bench.provider.taken == []
    assert bench.states == ["TECHNICAL_FAILURE"]


async def test_process_that_slept_sends_no_more_and_writes_nothing(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = "Primera parte aquí.\n\nSegunda parte.\n\nTercera."
    left_by_the_other: list[dict[str, Any]] = []

    async def sleep(message: OutboundMessage) -> None:
        bench.provider.before = None
        later = real_now() + timedelta(seconds=100)
        monkeypatch.setattr("atiende_channels.application.send_message.real_now", lambda: later)
        assert await bench.send([bench.command(text=text)]) == {}
        left_by_the_other.append(await bench.attempt())

    bench.provider.before = sleep
    errors = await bench.send([bench.command(text=text)])
    # The part that was being handed over when it fell asleep is the one that nobody can take back.
    assert [message.part for message in bench.provider.taken] == [0, 1, 2, 0]
    assert [type(error) for error in errors.values()] == [RateLimited]
    assert [await bench.attempt()] == left_by_the_other
    assert bench.states == ["SENT"]


async def test_message_in_the_hands_of_another_process_is_left_alone(bench: Bench) -> None:
    again: list[Any] = []

    async def meanwhile(message: OutboundMessage) -> None:
        bench.provider.before = None
        again.append(await bench.send([bench.command()]))

    bench.provider.before = meanwhile
    await bench.send([bench.command()])
    assert len(bench.provider.taken) == 1
    [error] = again[0].values()
    assert isinstance(error, RateLimited)


async def test_long_text_goes_in_parts_and_a_retry_continues(bench: Bench) -> None:
    bench.provider.answers = [None, ConnectionFailed("x")]
    text = "Primera parte aquí.\n\nSegunda parte.\n\nTercera."
    assert await bench.send([bench.command(text=text)])
    assert await bench.send([bench.command(text=text)]) == {}
    assert [m.part for m in bench.provider.taken] == [0, 1, 2]
    assert bench.states == ["TEMPORARY_FAILURE", "SENT"]
    assert len((await bench.attempt())["provider_ids"]) == 3


async def test_status_that_overtakes_our_own_note_wins(bench: Bench) -> None:
    async def early(message: OutboundMessage) -> None:
        stored = await bench.attempt()
        stored["provider_ids"] = ["wamid.m1.0"]
        await bench.deliveries.attempts.replace(TENANT, stored)
        status = ParsedStatus("wamid.m1.0", DeliveryState.DELIVERED.value, update_time=NOW)
        assert not await bench.deliveries.apply(TENANT, Channel.WHATSAPP, [status])

    bench.provider.before = early
    assert await bench.send([bench.command()]) == {}
    assert (await bench.attempt())["state"] == "delivered"
    assert bench.states == ["DELIVERED"]


async def test_late_and_repeated_statuses_change_nothing(bench: Bench) -> None:
    await bench.send([bench.command()])
    for state in ("delivered", "sent", "delivered", "read", "delivered"):
        status = ParsedStatus("wamid.m1.0", state, update_time=NOW)
        assert not await bench.deliveries.apply(TENANT, Channel.WHATSAPP, [status])
    assert bench.states == ["SENT", "DELIVERED", "READ"]
    unknown = ParsedStatus("wamid.other", "read", update_time=NOW)
    assert await bench.deliveries.apply(TENANT, Channel.WHATSAPP, [unknown]) == {"wamid.other"}
    other_city = ParsedStatus("wamid.m1.0", "read", update_time=NOW)
    unknown_there = await bench.deliveries.apply("otraciudad", Channel.WHATSAPP, [other_city])
    assert unknown_there == {"wamid.m1.0"}


async def test_a_batch_of_statuses_is_one_write_with_every_word_once(bench: Bench) -> None:
    await bench.send([bench.command()])
    before = (await bench.attempt())["version"]
    words = ("delivered", "sent", "delivered", "read")
    statuses = [ParsedStatus("wamid.m1.0", word, update_time=NOW) for word in words]
    stranger = ParsedStatus("wamid.other", "read", update_time=NOW)
    unknown = await bench.deliveries.apply(TENANT, Channel.WHATSAPP, [*statuses, stranger])
    assert unknown == {"wamid.other"}
    assert bench.states == ["SENT", "DELIVERED", "READ"]
    attempt = await bench.attempt()
    assert attempt["version"] == before + 1
    assert [entry["state"] for entry in attempt["history"]][-2:] == ["delivered", "read"]


async def test_account_of_another_city_sends_nothing(bench: Bench) -> None:
    assert await bench.send([bench.command(account_id="2")]) == {}
    assert bench.provider.taken == []
    assert bench.events[0].error_code == "CHANNEL_CONFIG_INVALID"


async def test_command_without_channel_or_id_is_refused(bench: Bench) -> None:
    errors = await bench.send(
        [bench.command("x", recipient=common_pb2.ContactPoint()), bench.command("")]
    )
    assert [type(error) for error in errors.values()] == [InvalidInput, InvalidInput]


async def test_bug_of_an_adapter_is_shown_and_not_repeated(bench: Bench) -> None:
    bench.provider.answers = [ZeroDivisionError()]
    assert await bench.send([bench.command()]) == {}
    assert bench.states == ["TECHNICAL_FAILURE"]
    assert issubclass(ConnectionFailed, ChannelError)


def file(attachment_id: str) -> common_pb2.AttachmentRef:
    return common_pb2.AttachmentRef(
        attachment_id=attachment_id,
        filename=f"{attachment_id}.pdf",
        content_type="application/pdf",
        size_bytes=100,
    )


async def test_files_go_with_the_last_part_and_carry_their_bytes(bench: Bench) -> None:
    bench.provider.carries_files = True
    assert not await bench.send([bench.command(text="a" * 45, attachments=[file("f1")])])
    parts = bench.provider.taken
    assert [[f.data for f in part.files] for part in parts] == [[], [], [b"bytes of f1"]]


async def test_channel_that_carries_no_files_sends_nothing_of_such_a_message(bench: Bench) -> None:
    await bench.send([bench.command(attachments=[file("f1")])])
    assert bench.provider.taken == []
    attempt = await bench.attempt()
    assert (attempt["state"], attempt["error_code"]) == ("technical_failure", "CONTENT_UNSUPPORTED")


@pytest.mark.parametrize(
    ("attachment_id", "state"), [("gone", "technical_failure"), ("down", "temporary_failure")]
)
async def test_file_that_cannot_be_read_is_tried_again_only_when_that_may_help(
    bench: Bench, attachment_id: str, state: str
) -> None:
    bench.provider.carries_files = True
    await bench.send([bench.command(attachments=[file(attachment_id)])])
    assert (await bench.attempt())["state"] == state
    assert bench.provider.taken == []
