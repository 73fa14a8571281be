"""What the chat's routes and sockets share."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from atiende_channels.application.deliveries import Deliveries
from atiende_channels.application.ports import Accepted, Accounts, Intake
from atiende_channels.application.read_attachment import ReadAttachment
from atiende_channels.application.uploads import Uploads
from atiende_channels.channels.webchat.models import (
    ChatEntry,
    ChatPage,
    ContactAnswer,
    MessageAnswer,
    NewContact,
    NewMessage,
    SessionAnswer,
)
from atiende_channels.channels.webchat.store import ChatStore
from atiende_channels.channels.webchat.tokens import Session, SessionTokens
from atiende_channels.domain.addresses import mail_address, phone_address
from atiende_channels.domain.delivery import DeliveryState
from atiende_channels.domain.model import Channel, ParsedStatus, RawIntake, StoredAttachment
from atiende_city.release import Release
from atiende_kit.clock import Clock
from atiende_kit.errors import Conflict, FailedPrecondition, NotFound, Unprocessable
from atiende_kit.http import Limiter
from atiende_kit.ids import new_id

_CONTACT_TEXTS = {
    "email": "Quiero seguir por correo: {}",
    "whatsapp": "Quiero seguir por WhatsApp: +{}",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatService:
    """Sessions, messages in, entries out.

    Attributes:
        intake: Takes what citizens write.
        accounts: Which chats there are.
        store: What was said.
        deliveries: Told when a page has a message.
        uploads: Files that wait for their message.
        read_attachment: Files of messages.
        tokens: Proves sessions.
        clock: Domain time.
        release: Release of a city.
        session_limit: By visitor address.
        message_limit: By session; files count as messages.
    """

    intake: Intake
    accounts: Accounts
    store: ChatStore
    deliveries: Deliveries
    uploads: Uploads
    read_attachment: ReadAttachment
    tokens: SessionTokens
    clock: Clock
    release: Callable[[str], Awaitable[Release]]
    session_limit: Limiter
    message_limit: Limiter

    async def open(self, account_id: str, visitor: str) -> SessionAnswer:
        """Opens a session.

        Raises:
            NotFound: There is no such chat.
            RateLimited: This visitor opened many just now.
        """
        self.session_limit.take(visitor)
        account = await self.accounts.find(Channel.WEBCHAT, account_id)
        if account is None:
            raise NotFound("CHAT_NOT_FOUND", "No existe ese chat.")
        session, token = self.tokens.issue(account.tenant, account.account_id, self.clock.now())
        return SessionAnswer(
            session_id=session.session_id, token=token, expire_time=session.expire_time
        )

    def session(self, token: str) -> Session:
        """The session of a token; raises Unauthenticated."""
        return self.tokens.verify(token, self.clock.now())

    def now(self) -> datetime:
        """Domain time."""
        return self.clock.now()

    async def say(self, session: Session, message: NewMessage) -> MessageAnswer:
        """Takes a message of the visitor; durable when this returns.

        Raises:
            Conflict: The id was used for another text; both are kept.
            Unprocessable: A file is not there.
            RateLimited: Too many at once.
        """
        self.message_limit.take(session.session_id)
        body = message.model_dump(exclude={"attachment_ids"})
        if message.attachment_ids:
            files = await self.uploads.require(session.tenant, message.attachment_ids)
            body["files"] = [
                {
                    "upload_id": file.attachment_id,
                    "filename": file.filename,
                    "content_type": file.content_type,
                }
                for file in files
            ]
        accepted = await self._accept(session, message.client_message_id, body)
        if accepted.conflict:
            raise Conflict(
                "CLIENT_MESSAGE_ID_REUSED", "Ese identificador ya se usó con otro texto."
            )
        return MessageAnswer(
            message_id=accepted.message_id,
            client_message_id=message.client_message_id,
            receive_time=accepted.receive_time,
            duplicate=accepted.duplicate,
        )

    async def upload(self, session: Session, filename: str, data: bytes) -> StoredAttachment:
        """Takes a file for one of the visitor's next messages; durable when this returns.

        Raises:
            Unprocessable: It is of a kind or size that is not taken.
            RateLimited: Too many at once.
        """
        self.message_limit.take(session.session_id)
        return await self.uploads.add(session.tenant, filename, data)

    async def file(self, session: Session, attachment_id: str) -> tuple[StoredAttachment, bytes]:
        """A file of the chat.

        Raises:
            NotFound: No line of this chat has it.
        """
        if not await self.store.has_file(session.tenant, session.session_id, attachment_id):
            raise NotFound("ATTACHMENT_NOT_FOUND", "No se encontró el adjunto.")
        about, _ = await self.read_attachment(session.tenant, attachment_id, 0, 0)
        return await self.read_attachment(session.tenant, attachment_id, 0, about.size_bytes)

    async def leave_contact(
        self, session: Session, contact: NewContact, key: str | None
    ) -> ContactAnswer:
        """Notes where the visitor wants to go on with the same case; durable when this returns.

        Raises:
            Unprocessable: It is no address; or the key came with another one.
            FailedPrecondition: Nothing was said in this chat yet.
            RateLimited: Too many at once.
        """
        self.message_limit.take(session.session_id)
        address = await self._address(session.tenant, contact)
        if await self.store.first_said(session.tenant, session.session_id) is None:
            raise FailedPrecondition("CHAT_WITHOUT_CASE", "Escriba primero su mensaje.")
        digest = hashlib.sha256((key or new_id()).encode()).hexdigest()[:32]
        body = {
            "contact": {"channel": contact.channel, "address": address},
            "text": _CONTACT_TEXTS[contact.channel].format(address),
        }
        accepted = await self._accept(session, f"contact.{digest}", body)
        if accepted.conflict:
            raise Unprocessable("IDEMPOTENCY_KEY_REUSED", "Esa clave ya se usó con otros datos.")
        return ContactAnswer(
            message_id=accepted.message_id,
            channel=contact.channel,
            address=address,
            receive_time=accepted.receive_time,
        )

    async def _accept(self, session: Session, key: str, body: dict[str, Any]) -> Accepted:
        whole = {"session_id": session.session_id, **body}
        raw = RawIntake(
            tenant=session.tenant,
            channel=Channel.WEBCHAT,
            account_id=session.account_id,
            provider_id=f"{session.session_id}/{key}",
            body=json.dumps(whole, ensure_ascii=True, sort_keys=True).encode(),
            receive_time=self.clock.now(),
        )
        return await self.intake.accept(raw)

    async def _address(self, tenant: str, contact: NewContact) -> str:
        if contact.channel == "email":
            address, what = mail_address(contact.address), "No es un correo válido."
        else:
            release = await self.release(tenant)
            address = phone_address(contact.address, release.city.country)
            what = "No es un número de teléfono válido."
        if not address:
            raise Unprocessable("CONTACT_INVALID", what, fields={"/address": what})
        return address

    async def page(self, session: Session, cursor: int, limit: int) -> ChatPage:
        """Lines after the cursor; asking for them says that all before have arrived."""
        await self.acknowledge(session, cursor)
        return await self.entries(session, cursor, limit)

    async def entries(self, session: Session, cursor: int, limit: int = 100) -> ChatPage:
        """Lines after the cursor, acknowledging nothing."""
        found = await self.store.after(session.tenant, session.session_id, cursor, limit)
        entries = [ChatEntry.of(entry) for entry in found]
        return ChatPage(entries=entries, cursor=entries[-1].sequence if entries else cursor)

    async def acknowledge(self, session: Session, cursor: int) -> None:
        """Notes that the visitor's page has everything up to the cursor."""
        if cursor <= 0:
            return
        for key in await self.store.acknowledge(session.tenant, session.session_id, cursor):
            status = ParsedStatus(key, DeliveryState.DELIVERED.value, update_time=self.clock.now())
            await self.deliveries.apply(session.tenant, Channel.WEBCHAT, [status])
