"""What the chat's routes and sockets share."""

from __future__ import annotations

import json
from datetime import datetime

from atiende_channels.application.deliveries import Deliveries
from atiende_channels.application.ports import Accepted, Accounts, Intake
from atiende_channels.channels.webchat.limits import Limiter
from atiende_channels.channels.webchat.models import (
    ChatEntry,
    ChatPage,
    MessageAnswer,
    NewMessage,
    SessionAnswer,
)
from atiende_channels.channels.webchat.store import ChatStore
from atiende_channels.channels.webchat.tokens import Session, SessionTokens
from atiende_channels.domain.delivery import DeliveryState
from atiende_channels.domain.model import Channel, ParsedStatus, RawIntake
from atiende_kit.clock import Clock
from atiende_kit.errors import Conflict, NotFound


class ChatService:
    """Sessions, messages in, entries out.

    Args:
        intake: Takes what citizens write.
        accounts: Which chats there are.
        store: What was said.
        deliveries: Told when a page has a message.
        tokens: Proves sessions.
        clock: Domain time.
        session_limit: By visitor address.
        message_limit: By session.
    """

    def __init__(
        self,
        intake: Intake,
        accounts: Accounts,
        store: ChatStore,
        deliveries: Deliveries,
        tokens: SessionTokens,
        clock: Clock,
        *,
        session_limit: Limiter,
        message_limit: Limiter,
    ) -> None:
        self._intake = intake
        self._accounts = accounts
        self._store = store
        self._deliveries = deliveries
        self._tokens = tokens
        self._clock = clock
        self._session_limit = session_limit
        self._message_limit = message_limit

    async def open(self, account_id: str, visitor: str) -> SessionAnswer:
        """Opens a session.

        Raises:
            NotFound: There is no such chat.
            RateLimited: This visitor opened many just now.
        """
        self._session_limit.take(visitor)
        account = await self._accounts.find(Channel.WEBCHAT, account_id)
        if account is None:
            raise NotFound("CHAT_NOT_FOUND", "No existe ese chat.")
        session, token = self._tokens.issue(account.tenant, account.account_id, self._clock.now())
        return SessionAnswer(
            session_id=session.session_id, token=token, expire_time=session.expire_time
        )

    def session(self, token: str) -> Session:
        """The session of a token; raises Unauthenticated."""
        return self._tokens.verify(token, self._clock.now())

    def now(self) -> datetime:
        """Domain time."""
        return self._clock.now()

    async def say(self, session: Session, message: NewMessage) -> MessageAnswer:
        """Takes a message of the visitor; durable when this returns.

        Raises:
            Conflict: The id was used for another text; both are kept.
            RateLimited: Too many at once.
        """
        self._message_limit.take(session.session_id)
        body = {"session_id": session.session_id, **message.model_dump()}
        raw = RawIntake(
            tenant=session.tenant,
            channel=Channel.WEBCHAT,
            account_id=session.account_id,
            provider_id=f"{session.session_id}/{message.client_message_id}",
            body=json.dumps(body, ensure_ascii=True, sort_keys=True).encode(),
            receive_time=self._clock.now(),
        )
        accepted: Accepted = await self._intake.accept(raw)
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

    async def page(self, session: Session, cursor: int, limit: int) -> ChatPage:
        """Lines after the cursor; asking for them says that all before have arrived."""
        await self.acknowledge(session, cursor)
        return await self.entries(session, cursor, limit)

    async def entries(self, session: Session, cursor: int, limit: int = 100) -> ChatPage:
        """Lines after the cursor, acknowledging nothing."""
        found = await self._store.after(session.tenant, session.session_id, cursor, limit)
        entries = [ChatEntry.of(entry) for entry in found]
        return ChatPage(entries=entries, cursor=entries[-1].sequence if entries else cursor)

    async def acknowledge(self, session: Session, cursor: int) -> None:
        """Notes that the visitor's page has everything up to the cursor."""
        if cursor <= 0:
            return
        for key in await self._store.acknowledge(session.tenant, session.session_id, cursor):
            status = ParsedStatus(key, DeliveryState.DELIVERED.value, update_time=self._clock.now())
            await self._deliveries.apply(session.tenant, Channel.WEBCHAT, status)
