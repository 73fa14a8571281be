"""The conformance suite of a channel: what every adapter must stand, built in or plugged in.

A channel gives a `ChannelCase`; the checks raise AssertionError with a sentence. The suite of this
repository runs them over the registry, so that a channel without a case is a failure too.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from atiende_channels.channels.base import Capability, ChannelAdapter, Unreadable
from atiende_channels.domain.errors import ChannelError
from atiende_channels.domain.model import (
    Account,
    ParsedItem,
    ParsedMessage,
    ParsedStatus,
    RawIntake,
    Refusal,
    SendResult,
)

MALFORMED = (
    b"",
    b"\0" * 100,
    b"{",
    b"[]",
    b"null",
    b'{"a": NaN}',
    b"<xml/>",
    b"\xff\xfe" * 50,
    b"[" * 10_000,
    b'{"a":' * 5_000,
    "texto suelto ñ".encode("latin-1"),
)


class Answer(StrEnum):
    """How the provider behind an adapter answers in a check."""

    OK = "ok"
    TOO_MANY = "429"
    BROKEN = "5xx"
    NONSENSE = "nonsense"
    SILENT = "silent"


Sender = Callable[[Answer], Awaitable[SendResult]]


@dataclass(frozen=True, slots=True)
class ChannelCase:
    """What the suite needs of a channel.

    Attributes:
        raws: Raw items made of the recorded fixtures.
        send: Sends one ordinary message against a provider that answers so; None if it cannot.
        file: Sends one message with a file, if the channel carries files.
        template: A message by template, if the channel has templates.
        signed: A body with headers that the account's secret signed, if webhooks are signed.
        impossible: Answers that this channel cannot get, with the reason.
    """

    adapter: ChannelAdapter
    account: Account
    raws: Sequence[RawIntake]
    send: Sender | None = None
    file: Callable[[], Awaitable[SendResult]] | None = None
    template: Callable[[], Awaitable[SendResult]] | None = None
    signed: tuple[bytes, dict[str, str]] | None = None
    impossible: dict[Answer, str] = field(default_factory=dict)


def _require(holds: object, sentence: str) -> None:
    """Asserts; also where Python runs optimised."""
    if not holds:
        raise AssertionError(sentence)


def read(adapter: ChannelAdapter, raw: RawIntake) -> list[ParsedItem] | str:
    """The items of a raw item, or the reason why it is unreadable."""
    try:
        return list(adapter.parse(raw))
    except Unreadable as error:
        return error.reason


def check_parsing_is_pure(case: ChannelCase) -> None:
    """Reading twice gives the same, and never nothing."""
    _require(case.raws, "no fixtures")
    for raw in case.raws:
        first, second = read(case.adapter, raw), read(case.adapter, raw)
        _require(first == second, f"{raw.provider_id} reads differently the second time")
        _require(first, f"{raw.provider_id} gives nothing, not even a refusal")
        for item in first if isinstance(first, list) else []:
            check_item(item)


def check_item(item: ParsedItem) -> None:
    """An item is complete."""
    if isinstance(item, ParsedMessage):
        _require(item.sender.address, "a message without a sender")
        _require(item.thread_key, "a message without a thread")
        _require(item.provider_message_id, "a message without a key")
    elif isinstance(item, Refusal):
        _require(item.reason.replace("_", "").isupper(), f"reason {item.reason!r}")
    else:
        _require(item.provider_message_id, "a status of nothing")


def check_malformed_bodies(case: ChannelCase) -> None:
    """Foreign bytes give a refusal or `Unreadable`, never another error."""
    for number, body in enumerate(MALFORMED):
        raw = RawIntake(
            case.account.tenant,
            case.account.channel,
            case.account.account_id,
            f"malformed-{number}",
            body,
            receive_time=case.raws[0].receive_time,
        )
        found = read(case.adapter, raw)
        messages = [i for i in found if isinstance(i, ParsedMessage)] if found else []
        _require(not messages, f"{body[:20]!r} became a message")


def check_capabilities(case: ChannelCase) -> None:
    """Each declared capability is shown by a fixture or by a send, and none is left out."""
    readings = [read(case.adapter, raw) for raw in case.raws]
    items = [item for found in readings if isinstance(found, list) for item in found]
    messages = [item for item in items if isinstance(item, ParsedMessage)]
    shown: set[Capability] = set()
    if any(message.text for message in messages):
        shown.add(Capability.RECEIVE_TEXT)
    if any(message.attachments for message in messages):
        shown.add(Capability.RECEIVE_ATTACHMENTS)
    if any(message.place for message in messages):
        shown.add(Capability.RECEIVE_PLACE)
    if any(isinstance(item, ParsedStatus) for item in items):
        shown.add(Capability.DELIVERY_STATUSES)
    shown |= {Capability.SEND_TEXT} if case.send else set()
    shown |= {Capability.SEND_ATTACHMENTS} if case.file else set()
    shown |= {Capability.SEND_TEMPLATES} if case.template else set()
    shown |= {Capability.SIGNED_WEBHOOK} if case.signed else set()
    missing = set(case.adapter.capabilities) - shown
    _require(not missing, f"declared and not shown: {sorted(missing)}")
    hidden = shown - set(case.adapter.capabilities)
    _require(not hidden, f"shown and not declared: {sorted(hidden)}")


def check_signature(case: ChannelCase) -> None:
    """The right signature passes; a changed body, a forged or missing one does not."""
    if case.signed is None:
        return
    body, headers = case.signed
    adapter, account = case.adapter, case.account
    _require(adapter.is_authentic(body, headers, account), "its own signature is refused")
    _require(not adapter.is_authentic(body + b" ", headers, account), "a changed body passes")
    _require(not adapter.is_authentic(body, {}, account), "no signature passes")
    for name, value in headers.items():
        forged = {**headers, name: value[:-1] + ("0" if value[-1] != "0" else "1")}
        _require(not adapter.is_authentic(body, forged, account), "a forged signature passes")


async def check_sending(case: ChannelCase) -> None:
    """Success has a key; each failure is of the closed list, and of the right kind."""
    if case.send is None:
        return
    result = await case.send(Answer.OK)
    _require(result.provider_message_id, "sent without a key")
    for answer in Answer:
        if answer is Answer.OK or answer in case.impossible:
            continue
        try:
            await case.send(answer)
        except ChannelError as error:
            wanted = answer is not Answer.NONSENSE
            _require(error.retryable or not wanted, f"{answer}: {error.code} is not tried again")
        else:
            raise AssertionError(f"{answer} counts as sent")
    if case.file is not None:
        result = await case.file()
        _require(result.provider_message_id, "a file sent without a key")
    if case.template is not None:
        result = await case.template()
        _require(result.provider_message_id, "a template sent without a key")


__all__ = [
    "MALFORMED",
    "Answer",
    "ChannelCase",
    "check_capabilities",
    "check_item",
    "check_malformed_bodies",
    "check_parsing_is_pure",
    "check_sending",
    "check_signature",
    "read",
]
