"""The web chat channel. Its provider is this service itself."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from atiende_channels.channels.base import Capability, ChannelAdapter, Unreadable
from atiende_channels.channels.webchat.store import ChatStore, NewEntry
from atiende_channels.domain.errors import (
    ChannelConfigInvalid,
    ConnectionFailed,
    ContentUnsupported,
    RecipientInvalid,
)
from atiende_channels.domain.model import (
    Account,
    Channel,
    Contact,
    OutboundMessage,
    ParsedItem,
    ParsedMessage,
    RawIntake,
    SendResult,
)
from atiende_kit.errors import AtiendeError

MAX_TEXT_CHARACTERS = 8000
MAX_SESSION_ID = 64


class WebchatAdapter(ChannelAdapter):
    """Web chat.

    Args:
        store: Where outbound messages become entries; without it the channel only receives.
        on_stored: Hears of sessions that have something new, for sockets of this process.
    """

    channel = Channel.WEBCHAT
    capabilities = frozenset(
        {Capability.RECEIVE_TEXT, Capability.SEND_TEXT, Capability.DELIVERY_STATUSES}
    )
    max_body_bytes = 64 * 1024

    def __init__(
        self, store: ChatStore | None = None, on_stored: Callable[[str], None] | None = None
    ) -> None:
        self._store = store
        self._on_stored = on_stored

    def parse(self, raw: RawIntake) -> Sequence[ParsedItem]:
        """Reads one message of a session."""
        try:
            body = json.loads(raw.body)
            session_id, key = str(body["session_id"]), str(body["client_message_id"])
            text, name = str(body["text"]), str(body.get("display_name") or "")
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            raise Unreadable("NOT_A_CHAT_MESSAGE") from None
        return [
            ParsedMessage(
                provider_message_id=f"{session_id}/{key}",
                sender=Contact(Channel.WEBCHAT, session_id, name),
                thread_key=session_id,
                text=text,
                provider_time=raw.receive_time,
                language=str(body.get("language") or ""),
            )
        ]

    def provider_ids_of(self, message: OutboundMessage) -> list[str]:
        """The entry's key; we choose it."""
        return [f"{message.message_id}.{message.part}"]

    async def send(self, message: OutboundMessage, account: Account) -> SendResult:
        """Adds an entry to the chat; the page fetches it or has it pushed."""
        if self._store is None:
            raise ChannelConfigInvalid("web chat has no store")
        session_id = message.recipient.address
        if not 0 < len(session_id) <= MAX_SESSION_ID:
            raise RecipientInvalid("not a session")
        if not message.text.strip():
            raise ContentUnsupported("empty text")
        entry = NewEntry(
            session_id=session_id,
            key=f"{message.message_id}.{message.part}",
            is_inbound=False,
            text=message.text,
            time=message.send_time or datetime.now(UTC),
            kind=message.purpose.value,
        )
        try:
            await self._store.append(account.tenant, [entry])
        except AtiendeError as error:
            raise ConnectionFailed(error.reason) from error
        if self._on_stored is not None:
            self._on_stored(session_id)
        return SendResult(entry.key)

    async def remember(self, told: Sequence[tuple[Mapping[str, Any], ParsedMessage]]) -> None:
        """Adds what citizens wrote to their chats; runs before the message is published."""
        if self._store is None:
            return
        by_tenant: dict[str, list[NewEntry]] = {}
        for row, message in told:
            entry = NewEntry(
                session_id=message.sender.address,
                key=message.provider_message_id.partition("/")[2],
                is_inbound=True,
                text=message.text,
                time=row["receive_time"],
            )
            by_tenant.setdefault(row["tenant"], []).append(entry)
        for tenant, entries in by_tenant.items():
            await self._store.append(tenant, entries)
            if self._on_stored is not None:
                for entry in entries:
                    self._on_stored(entry.session_id)
