"""The web chat channel. Its provider is this service itself."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from atiende_channels.application.uploads import Uploads
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
    Attachment,
    Channel,
    Contact,
    OutboundMessage,
    ParsedItem,
    ParsedMessage,
    RawIntake,
    RemoteMedia,
    SendResult,
)
from atiende_kit.errors import AtiendeError
from atiende_kit.tenants import grouped, side_by_side

MAX_TEXT_CHARACTERS = 8000
MAX_SESSION_ID = 64


class WebchatAdapter(ChannelAdapter):
    """Web chat.

    Args:
        store: Where outbound messages become entries; without it the channel only receives.
        on_stored: Hears of sessions that have something new, for sockets of this process.
        uploads: Where the files of a message wait for it.
    """

    channel = Channel.WEBCHAT
    capabilities = frozenset(
        {
            Capability.RECEIVE_TEXT,
            Capability.RECEIVE_ATTACHMENTS,
            Capability.SEND_TEXT,
            Capability.SEND_ATTACHMENTS,
            Capability.DELIVERY_STATUSES,
        }
    )
    max_body_bytes = 64 * 1024
    files_by_reference = True

    def __init__(
        self,
        store: ChatStore | None = None,
        on_stored: Callable[[str], None] | None = None,
        uploads: Uploads | None = None,
    ) -> None:
        self._store = store
        self._on_stored = on_stored
        self._uploads = uploads

    def parse(self, raw: RawIntake) -> Sequence[ParsedItem]:
        """Reads one message of a session, or the contact that its visitor left."""
        try:
            body = json.loads(raw.body)
            return [_contact(raw, body) if "contact" in body else _message(raw, body)]
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            raise Unreadable("NOT_A_CHAT_MESSAGE") from None

    async def fetch(self, media: RemoteMedia, account: Account) -> Attachment:
        """A file that was put up before."""
        if self._uploads is None:
            raise ChannelConfigInvalid("web chat has no uploads")
        return await self._uploads.read(account.tenant, media.media_id)

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
        if not message.text.strip() and not message.files:
            raise ContentUnsupported("empty text")
        entry = NewEntry(
            session_id=session_id,
            key=f"{message.message_id}.{message.part}",
            is_inbound=False,
            text=message.text,
            time=message.send_time or datetime.now(UTC),
            kind=message.purpose.value,
            files=tuple(
                {
                    "attachment_id": file.attachment_id,
                    "filename": file.filename,
                    "content_type": file.content_type,
                }
                for file in message.files
            ),
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
        store = self._store

        async def append(
            tenant: str, theirs: Sequence[tuple[Mapping[str, Any], ParsedMessage]]
        ) -> None:
            entries = [_entry(row, message) for row, message in theirs]
            await store.append(tenant, entries)
            if self._on_stored is not None:
                for entry in entries:
                    self._on_stored(entry.session_id)

        await side_by_side(grouped(told, lambda one: str(one[0]["tenant"])), append)


def _entry(row: Mapping[str, Any], message: ParsedMessage) -> NewEntry:
    return NewEntry(
        session_id=message.sender.address,
        key=message.provider_message_id.partition("/")[2],
        is_inbound=True,
        text=message.text,
        time=row["receive_time"],
        kind="contact" if message.contact_only else "message",
        files=tuple(_files(row["_id"], message)),
    )


def _message(raw: RawIntake, body: Mapping[str, Any]) -> ParsedMessage:
    session_id = str(body["session_id"])
    return ParsedMessage(
        provider_message_id=f"{session_id}/{body['client_message_id']}",
        sender=Contact(Channel.WEBCHAT, session_id, str(body.get("display_name") or "")),
        thread_key=session_id,
        text=str(body["text"]),
        attachments=tuple(
            RemoteMedia(str(file["upload_id"]), str(file["filename"]), str(file["content_type"]))
            for file in body.get("files") or ()
        ),
        provider_time=raw.receive_time,
        language=str(body.get("language") or ""),
    )


def _contact(raw: RawIntake, body: Mapping[str, Any]) -> ParsedMessage:
    session_id, contact = str(body["session_id"]), body["contact"]
    return ParsedMessage(
        provider_message_id=raw.provider_id,
        sender=Contact(Channel.WEBCHAT, session_id),
        thread_key=session_id,
        text=str(body["text"]),
        provider_time=raw.receive_time,
        given_contact_points=(Contact(Channel(contact["channel"]), str(contact["address"])),),
        contact_only=True,
    )


def _files(inbox_id: str, message: ParsedMessage) -> Iterator[dict[str, str]]:
    """The files of a message by the ids under which they are kept with it."""
    for number, file in enumerate(message.attachments):
        if isinstance(file, RemoteMedia):
            yield {
                "attachment_id": f"{inbox_id}-{number}",
                "filename": file.filename,
                "content_type": file.claimed_type,
            }
