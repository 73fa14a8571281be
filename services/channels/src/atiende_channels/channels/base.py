"""The port of a channel adapter, and what the base does for every channel.

An adapter translates: bytes of its provider into `ParsedItem`s, an `OutboundMessage` into a call.
It knows nothing of databases, events or cases. The base around it stores the raw bytes before
anything is answered, de-duplicates by provider id, stores attachments, publishes, splits long
texts, retries and keeps the state of each delivery.
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import replace
from enum import StrEnum
from typing import ClassVar

from atiende_channels.domain.errors import ContentUnsupported
from atiende_channels.domain.model import (
    Account,
    Attachment,
    Channel,
    OutboundMessage,
    ParsedItem,
    RawIntake,
    RemoteMedia,
    SendResult,
)


class Capability(StrEnum):
    """What a channel can do; the meta-test demands that each declared one is exercised."""

    RECEIVE_TEXT = "receive_text"
    RECEIVE_ATTACHMENTS = "receive_attachments"
    RECEIVE_PLACE = "receive_place"
    SEND_TEXT = "send_text"
    SEND_ATTACHMENTS = "send_attachments"
    SEND_TEMPLATES = "send_templates"
    DELIVERY_STATUSES = "delivery_statuses"
    SIGNED_WEBHOOK = "signed_webhook"


class ChannelAdapter(ABC):
    """One channel.

    Attributes:
        channel: Which one.
        capabilities: What it can do.
        max_text_characters: Longest text of one message; 0 is unlimited. The base splits.
        max_body_bytes: Longest raw item that is taken.
        files_by_reference: Its page fetches files itself, so that sending needs no bytes.
    """

    channel: ClassVar[Channel]
    capabilities: ClassVar[frozenset[Capability]]
    max_text_characters: ClassVar[int] = 0
    max_body_bytes: ClassVar[int] = 1024 * 1024
    files_by_reference: ClassVar[bool] = False

    @abstractmethod
    def parse(self, raw: RawIntake) -> Sequence[ParsedItem]:
        """Reads one raw item; pure, so that a redelivery reads the same.

        Raises:
            Unreadable: When nothing sensible can be read; the base keeps the raw bytes and
                publishes the message as unreadable, so that a person looks at it.
        """

    async def read(self, raw: RawIntake) -> Sequence[ParsedItem]:
        """Reads one raw item; channels with costly parsers do it elsewhere than in this process."""
        return self.parse(raw)

    async def send(self, message: OutboundMessage, account: Account) -> SendResult:
        """Hands one message to the provider.

        Raises:
            ChannelError: One of the closed list.
        """
        del message, account
        raise ContentUnsupported("this channel cannot send")

    def parts_of(self, message: OutboundMessage) -> list[OutboundMessage]:
        """Cuts a message into what one call of the provider takes; the same at every try.

        Raises:
            ChannelError: It cannot be sent so; nothing of it was.
        """
        if message.files and Capability.SEND_ATTACHMENTS not in self.capabilities:
            raise ContentUnsupported("this channel carries no files")
        texts = split_text(message.text, self.max_text_characters)
        last = len(texts) - 1
        return [
            replace(message, text=text, part=number, files=message.files if number == last else ())
            for number, text in enumerate(texts)
        ]

    def provider_ids_of(self, message: OutboundMessage) -> list[str]:
        """Keys that the provider will know the message by, where we choose them ourselves.

        They are stored with the intent, so that a bounce that comes back before our own note
        finds its message.
        """
        del message
        return []

    async def fetch(self, media: RemoteMedia, account: Account) -> Attachment:
        """Fetches a file that lies at the provider.

        Raises:
            ChannelError: Retryable ones are tried again; others leave a note in the message.
        """
        del media, account
        raise ContentUnsupported("this channel has no remote media")

    def is_authentic(self, body: bytes, headers: Mapping[str, str], account: Account) -> bool:
        """Checks the provider's signature over the exact bytes (channels with SIGNED_WEBHOOK).

        Args:
            body: The bytes exactly as they came.
            headers: Lower-case names.
            account: The account whose secret signs.
        """
        del body, headers, account
        return False


class Unreadable(Exception):  # noqa: N818 - it names the state that the message gets
    """The raw bytes cannot be read as a message.

    Args:
        reason: UPPER_SNAKE, shown in the intake list, e.g. `LIMIT_PARTS`, `NOT_JSON`.
        provider_message_id: The key if at least that could be read.
        sender_address: The address if at least that could be read.
    """

    def __init__(
        self, reason: str, *, provider_message_id: str = "", sender_address: str = ""
    ) -> None:
        super().__init__(reason)
        self.reason = reason
        self.provider_message_id = provider_message_id
        self.sender_address = sender_address


_BREAKS = (re.compile(r"\n\n"), re.compile(r"\n"), re.compile(r"(?<=[.!?…])\s"), re.compile(r"\s"))


def split_text(text: str, limit: int) -> list[str]:
    """Splits a text into parts of at most `limit` characters at the best breaks there are.

    Returns:
        At least one part; only white space at the cuts is dropped.
    """
    if limit <= 0 or len(text) <= limit:
        return [text]
    parts: list[str] = []
    rest = text
    while len(rest) > limit:
        cut = _cut_at(rest, limit)
        parts.append(rest[:cut].rstrip())
        rest = rest[cut:].lstrip()
    if rest:
        parts.append(rest)
    return parts


def _cut_at(text: str, limit: int) -> int:
    """The best place to cut: the last break of the strongest kind in the second half."""
    window = text[: limit + 1]
    for pattern in _BREAKS:
        places = [m.start() for m in pattern.finditer(window) if m.start() > limit // 2]
        if places:
            return places[-1]
    return limit
