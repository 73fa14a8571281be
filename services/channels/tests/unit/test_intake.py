"""From acknowledged bytes to an event, whatever is in them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from atiende.channels.v1 import events_pb2 as pb
from atiende_channels.adapters.mongo.accounts import ConfiguredAccounts
from atiende_channels.application.accept_raw import AcceptRaw
from atiende_channels.application.deliveries import Deliveries
from atiende_channels.application.inbox import InboxStore, real_now
from atiende_channels.application.process_intake import ProcessIntake
from atiende_channels.channels.base import ChannelAdapter, Unreadable
from atiende_channels.contract import CONTRACT
from atiende_channels.domain.errors import ConnectionFailed, RejectedByProvider
from atiende_channels.domain.model import (
    Account,
    Attachment,
    Channel,
    Contact,
    ParsedItem,
    ParsedMessage,
    ParsedStatus,
    RawIntake,
    Refusal,
    RemoteMedia,
)
from atiende_kit.clock import FixedClock
from atiende_kit.ids import derived_id
from atiende_kit.store import MemoryDatabase, OutboxEntry

pytestmark = pytest.mark.unit

NOW = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)
TENANT = "sanaurelio"
SENDER = Contact(Channel.WHATSAPP, "573005550142", "Rosa", verified=True)


class Scripted(ChannelAdapter):
    """Reads what the test put there."""

    channel = Channel.WHATSAPP
    capabilities = frozenset()

    def __init__(self) -> None:
        self.items: list[ParsedItem] | Exception = []
        self.media: list[Attachment | Exception] = []

    def parse(self, raw: RawIntake) -> list[ParsedItem]:
        if isinstance(self.items, Exception):
            raise self.items
        return self.items

    async def fetch(self, media: RemoteMedia, account: Account) -> Attachment:
        answer = self.media.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer


class Bench:
    def __init__(self) -> None:
        self.clock = FixedClock(NOW)
        database = MemoryDatabase(CONTRACT, clock=self.clock)
        self.events: list[Any] = []
        database.attach(self._heard)
        self.inbox = InboxStore(database)
        self.adapter = Scripted()
        self.deliveries = Deliveries(database, self.clock)
        accounts = ConfiguredAccounts(database, [Account(TENANT, Channel.WHATSAPP, "1")])
        self.processing = ProcessIntake(
            self.inbox, {Channel.WHATSAPP: self.adapter}, accounts, self.deliveries
        )
        self.stored: list[Any] = []
        self.intake = AcceptRaw(self.inbox, self.stored.extend)

    def _heard(self, entries: list[OutboxEntry]) -> None:
        self.events += [pb.MessageReceived.FromString(entry.body) for entry in entries]

    def raw(self, key: str = "w1", body: bytes = b"{}") -> RawIntake:
        return RawIntake(TENANT, Channel.WHATSAPP, "1", key, body, receive_time=self.clock.now())

    async def take(self, key: str = "w1") -> dict[str, Any]:
        """Accepts and handles one item; returns its row."""
        await self.intake.accept(self.raw(key))
        await self.processing.handle([self.stored.pop()])
        return await self.row(key)

    async def row(self, key: str = "w1") -> dict[str, Any]:
        found = await self.inbox.by_provider_id(TENANT, Channel.WHATSAPP, "1", key)
        assert found is not None
        return dict(found)

    async def sweep_later(self) -> int:
        """A sweep after the row has become due."""
        for row in await self.inbox.rows.find(TENANT, {"is_pending": True}):
            row["due_at"] = real_now() - timedelta(seconds=1)
            await self.inbox.rows.replace(TENANT, row)
        return await self.processing.sweep()


@pytest.fixture
def bench() -> Bench:
    return Bench()


def message(**changes: Any) -> ParsedMessage:
    values = {"provider_message_id": "w1", "sender": SENDER, "thread_key": "t", "text": "Hola"}
    return ParsedMessage(**(values | changes))


async def test_ids_are_the_same_for_every_delivery_of_an_item(bench: Bench) -> None:
    first = await bench.intake.accept(bench.raw())
    bench.clock.advance(timedelta(hours=1))
    again = await bench.intake.accept(bench.raw())
    assert (first.message_id, first.case_id_if_new) == (again.message_id, again.case_id_if_new)
    assert (first.duplicate, again.duplicate) == (False, True)
    assert first.case_id_if_new == derived_id(NOW, "case", first.message_id)
    assert len(bench.stored) == 1


async def test_other_bytes_under_the_same_id_are_kept_aside(bench: Bench) -> None:
    first = await bench.intake.accept(bench.raw())
    other = await bench.intake.accept(bench.raw(body=b"{1}"))
    again = await bench.intake.accept(bench.raw(body=b"{1}"))
    assert other.conflict
    assert again.conflict
    assert other.message_id == first.message_id
    rows = await bench.inbox.rows.find(TENANT, {"state": "conflict"})
    assert [await bench.inbox.body(row) for row in rows] == [b"{1}"]
    assert len(bench.stored) == 1


async def test_many_at_once_share_writes_and_keep_their_answers(bench: Bench) -> None:
    raws = [bench.raw(f"w{n % 50}", b"%d" % (n % 50)) for n in range(200)]
    accepted = await bench.intake.accept_all(raws)
    assert len({a.message_id for a in accepted}) == 50
    assert sum(a.duplicate for a in accepted) == 150
    assert not any(a.conflict for a in accepted)


async def test_large_body_is_kept_in_the_blob_store(bench: Bench) -> None:
    body = b"x" * 600_000
    await bench.intake.accept(bench.raw(body=body))
    row = await bench.row()
    assert row.get("body") is None
    assert await bench.inbox.body(row) == body


async def test_message_is_published_once_by_one_write(bench: Bench) -> None:
    bench.adapter.items = [message()]
    row = await bench.take()
    assert row["state"] == "published"
    await bench.processing.handle([{**row, "version": 1}])  # a second process, too late
    [event] = bench.events
    assert event.message_id == row["message_id"]
    assert event.case_id_if_new == row["case_id_if_new"]
    assert event.sender.verified


async def test_parser_bug_and_unreadable_bytes_lose_no_message(bench: Bench) -> None:
    for number, problem in enumerate([Unreadable("NOT_JSON"), ZeroDivisionError()]):
        bench.adapter.items = problem
        row = await bench.take(f"w{number}")
        assert row["state"] == "published"
        assert row["quality"] == "unreadable"
    assert [e.quality for e in bench.events] == [pb.MESSAGE_QUALITY_UNREADABLE] * 2
    assert all(e.sender.address for e in bench.events)


async def test_refused_item_stays_visible_with_its_reason(bench: Bench) -> None:
    bench.adapter.items = [Refusal("REACTION", "👍")]
    row = await bench.take()
    assert (row["state"], row["reason"]) == ("refused", "REACTION")
    assert bench.events == []
    bench.adapter.items = []
    assert (await bench.take("w2"))["reason"] == "NOTHING_INSIDE"


async def test_status_before_its_message_waits_and_is_then_named(bench: Bench) -> None:
    bench.adapter.items = [ParsedStatus("wamid.1", "delivered")]
    row = await bench.take()
    assert (row["state"], row["reason"]) == ("waiting", "STATUS_BEFORE_MESSAGE")
    for _ in range(9):
        await bench.sweep_later()
    row = await bench.row()
    assert (row["state"], row["reason"]) == ("refused", "STATUS_OF_UNKNOWN_MESSAGE")


async def test_media_that_cannot_be_fetched_now_is_fetched_later(bench: Bench) -> None:
    bench.adapter.items = [message(attachments=(RemoteMedia("id1", "foto.jpg", "image/jpeg"),))]
    bench.adapter.media = [
        ConnectionFailed("x"),
        Attachment("foto.jpg", "image/jpeg", b"\xff\xd8\xff"),
    ]
    assert (await bench.take())["state"] == "waiting"
    assert bench.events == []
    assert await bench.sweep_later() == 1
    [event] = bench.events
    assert [a.filename for a in event.attachments] == ["foto.jpg"]
    row = await bench.row()
    about, data = await bench.inbox.attachment(TENANT, event.attachments[0].attachment_id, 1, 100)
    assert data == b"\xd8\xff"
    assert about["filename"] == "foto.jpg"
    assert row["state"] == "published"


async def test_words_go_on_without_a_file_that_is_gone(bench: Bench) -> None:
    bench.adapter.items = [message(attachments=(RemoteMedia("id1", "f", "image/jpeg"),))]
    bench.adapter.media = [RejectedByProvider("404")]
    row = await bench.take()
    assert (row["state"], row["reason"]) == ("published", "MEDIA_REJECTED_BY_PROVIDER")
    assert bench.events[0].text == "Hola"
    assert bench.events[0].quality == pb.MESSAGE_QUALITY_PARTIAL


async def test_row_left_by_a_crash_is_found_by_the_sweeper(bench: Bench) -> None:
    bench.adapter.items = [message()]
    await bench.intake.accept(bench.raw())
    assert await bench.processing.sweep() == 0  # not old enough: its own process has it
    assert await bench.sweep_later() == 1
    assert len(bench.events) == 1
    assert await bench.sweep_later() == 0


async def test_several_messages_of_one_item_get_ids_of_their_own(bench: Bench) -> None:
    bench.adapter.items = [message(), message(text="Segundo")]
    row = await bench.take()
    assert len({e.message_id for e in bench.events}) == 2
    assert bench.events[0].message_id == row["message_id"]


async def test_hostile_values_are_cleaned_in_the_event(bench: Bench) -> None:
    bench.adapter.items = [
        message(
            text="a\0b\x1b[2J" + "x" * 70_000,
            subject="uno\r\nBcc: dos",
            sender=Contact(Channel.WHATSAPP, "5", "Rosa\u202egpj"),
            attachments=(Attachment("../../a\r\nb.exe", "image/png", b"MZ" + b"\0" * 60),),
        )
    ]
    row = await bench.take()
    [event] = bench.events
    assert event.text.startswith("ab[2Jxxx")
    assert len(event.text.encode()) <= 65_536
    assert event.subject == "uno Bcc: dos"
    assert event.sender.display_name == "Rosagpj"
    assert event.quality == pb.MESSAGE_QUALITY_PARTIAL
    assert row["attachments"][0]["filename"] == "a_b.exe"
    assert "EXECUTABLE" in row["attachments"][0]["flags"]
