"""Use case: what notifications told citizens stands in the timeline; its question is open."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from atiende_cases.application.ports import Cases, Conversations, Messages, SaveMessage
from atiende_cases.domain.case import Case
from atiende_cases.domain.conversation import Conversation, Prompt
from atiende_cases.domain.events import MessageAdded
from atiende_cases.domain.message import Message
from atiende_cases.domain.values import Actor, ActorKind, Channel, DeliveryState, Direction
from atiende_kit.errors import NotYetVisible, VersionMismatch
from atiende_kit.store import Outcome, retry_stale
from atiende_kit.store.operations import Cause
from atiende_kit.tenants import by_tenant, side_by_side

_NOTIFICATIONS = Actor(ActorKind.SERVICE, "notifications")


@dataclass(frozen=True, slots=True)
class Told:
    """A notification on its way; `key` is the event that says so."""

    key: str
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
    cause: Cause | None = None


class RecordNotification:
    """Enters notifications."""

    def __init__(self, *, messages: Messages, conversations: Conversations, cases: Cases) -> None:
        self._messages = messages
        self._conversations = conversations
        self._cases = cases

    async def __call__(self, batch: Sequence[Told]) -> dict[str, Exception]:
        """Opens the questions first and enters the messages last, so a crash repeats both.

        Returns:
            By key what could not be entered: `NotYetVisible` while the conversation is not there.
        """
        failed: dict[str, Exception] = {}
        for theirs in await side_by_side(by_tenant(batch), self._record):
            failed |= theirs
        return failed

    async def _record(self, tenant: str, batch: Sequence[Told]) -> dict[str, Exception]:
        async def open_prompts() -> Mapping[str, Conversation]:
            return await self._open_prompts(tenant, batch)

        conversations = await retry_stale(open_prompts)
        found = await self._cases.get_many(tenant, {c.case_id for c in conversations.values()})
        cases = {case.case_id: case for case in found}
        failed: dict[str, Exception] = {}
        saves: list[SaveMessage] = []
        for told in batch:
            conversation = conversations.get(told.conversation_id)
            case = cases.get(conversation.case_id) if conversation else None
            if case is None:
                failed[told.key] = NotYetVisible("CASE_NOT_FOUND", "El caso aún no existe.")
            else:
                saves.append(_entry(told, case))
        # A duplicate is a redelivery: the entry stands.
        await self._messages.write(saves)
        return failed

    async def _open_prompts(self, tenant: str, batch: Sequence[Told]) -> Mapping[str, Conversation]:
        """The conversations, with every question of the batch open in them."""
        found = await self._conversations.get_many(tenant, {t.conversation_id for t in batch})
        before = {conversation.conversation_id: conversation for conversation in found}
        after = dict(before)
        for told in batch:
            conversation = after.get(told.conversation_id)
            if conversation is None or not told.prompt_id or told.prompt_expire_time is None:
                continue
            prompt = Prompt(
                told.prompt_id, told.prompt_kind, told.send_time, told.prompt_expire_time
            )
            after[told.conversation_id] = conversation.with_prompt(prompt)
        changed = [asked for key, asked in after.items() if asked != before[key]]
        outcomes = await self._conversations.write(changed)
        if any(outcome is not Outcome.DONE for outcome in outcomes):
            raise VersionMismatch("CONVERSATION_BUSY", "La conversación cambió.")
        return after


def _entry(told: Told, case: Case) -> SaveMessage:
    in_portal = told.channel is Channel.PORTAL
    message = Message(
        message_id=told.message_id,
        tenant=told.tenant,
        conversation_id=told.conversation_id,
        case_id=case.case_id,
        citizen_id=case.citizen_id,
        direction=Direction.AUTOMATIC,
        actor=_NOTIFICATIONS,
        order_time=told.send_time,
        receive_time=told.send_time,
        text=told.text,
        kind=f"template:{told.template_key}",
        channel=told.channel,
        address=told.address,
        delivery=DeliveryState.AVAILABLE if in_portal else DeliveryState.QUEUED,
    )
    added = MessageAdded(told.message_id, Direction.AUTOMATIC, _NOTIFICATIONS, needs_answer=False)
    return SaveMessage(message, case, (added,), told.cause)
