"""Use case: what notifications told a citizen stands in the timeline; its question is open."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from atiende_cases.application.ports import Cases, Conversations, Messages, SaveMessage
from atiende_cases.domain.conversation import Prompt
from atiende_cases.domain.events import MessageAdded
from atiende_cases.domain.message import Message
from atiende_cases.domain.values import Actor, ActorKind, Channel, DeliveryState, Direction
from atiende_kit.errors import NotYetVisible, VersionMismatch
from atiende_kit.store import Outcome, retry_stale
from atiende_kit.store.operations import Cause


@dataclass(frozen=True, slots=True)
class Told:
    """A notification on its way."""

    tenant: str
    message_id: str
    conversation_id: str
    template_key: str
    text: str
    channel: Channel | None
    address: str
    send_time: datetime
    prompt_id: str = ""
    prompt_kind: str = ""
    prompt_expire_time: datetime | None = None


class RecordNotification:
    """Enters one notification."""

    def __init__(self, *, messages: Messages, conversations: Conversations, cases: Cases) -> None:
        self._messages = messages
        self._conversations = conversations
        self._cases = cases

    async def __call__(self, told: Told, cause: Cause | None = None) -> None:
        """Opens the question first and enters the message last, so a crash repeats both.

        Raises:
            NotYetVisible: the conversation is not there yet.
        """

        async def open_prompt() -> str:
            conversation = await self._conversations.get(told.tenant, told.conversation_id)
            if conversation is None:
                raise NotYetVisible("CONVERSATION_NOT_FOUND", "La conversación aún no existe.")
            if told.prompt_id and told.prompt_expire_time is not None:
                prompt = Prompt(
                    told.prompt_id, told.prompt_kind, told.send_time, told.prompt_expire_time
                )
                asked = conversation.with_prompt(prompt)
                if asked != conversation:
                    [outcome] = await self._conversations.write([asked])
                    if outcome is not Outcome.DONE:
                        raise VersionMismatch("CONVERSATION_BUSY", "La conversación cambió.")
            return conversation.case_id

        case = await self._cases.get(told.tenant, await retry_stale(open_prompt))
        if case is None:
            raise NotYetVisible("CASE_NOT_FOUND", "El caso aún no existe.")
        actor = Actor(ActorKind.SERVICE, "notifications")
        message = Message(
            message_id=told.message_id,
            tenant=told.tenant,
            conversation_id=told.conversation_id,
            case_id=case.case_id,
            citizen_id=case.citizen_id,
            direction=Direction.AUTOMATIC,
            actor=actor,
            order_time=told.send_time,
            receive_time=told.send_time,
            text=told.text,
            kind=f"template:{told.template_key}",
            channel=told.channel,
            address=told.address,
            delivery=DeliveryState.QUEUED,
        )
        added = MessageAdded(told.message_id, Direction.AUTOMATIC, actor, needs_answer=False)
        # A duplicate is a redelivery: the entry stands.
        await self._messages.write([SaveMessage(message, case, (added,), cause)])
