"""Which conversation may take a message, and the entry that it becomes."""

from __future__ import annotations

from atiende_cases.domain.citizen import Citizen
from atiende_cases.domain.conversation import Conversation
from atiende_cases.domain.inbound import Inbound
from atiende_cases.domain.message import Message
from atiende_cases.domain.values import Actor, Direction


def may_join(conversation: Conversation, inbound: Inbound, sender: Citizen | None) -> bool:
    """A conversation belongs to one citizen: a stranger who knows a thread's key stays outside.

    The exception is an address that was given for this very matter: what it answers was sent
    to it by us.
    """
    if sender is not None and conversation.citizen_id == sender.citizen_id:
        return True
    return any(point.key == inbound.sender_key for point in conversation.given_points)


def generation(conversation: Conversation, key: str) -> int:
    """Which turn of a thread a conversation has; -1 when the thread is not its own."""
    thread = conversation.thread(key)
    return -1 if thread is None else thread.generation


def entry_of(
    inbound: Inbound, conversation: Conversation, citizen: Actor, suggestion: str
) -> Message:
    """The timeline's entry of a citizen's message."""
    return Message(
        message_id=inbound.message_id,
        tenant=inbound.tenant,
        conversation_id=conversation.conversation_id,
        case_id=conversation.case_id,
        citizen_id=conversation.citizen_id,
        direction=Direction.INBOUND,
        actor=citizen,
        order_time=inbound.order_time,
        receive_time=inbound.receive_time,
        text=inbound.text,
        channel=inbound.sender.channel,
        account_id=inbound.account_id,
        address=inbound.sender.address,
        sender_verified=inbound.sender.verified,
        subject=inbound.subject,
        folded_text=inbound.folded_text,
        attachments=inbound.attachments,
        place=inbound.place,
        provider_message_id=inbound.provider_message_id,
        quality=inbound.quality,
        mentions_folio=suggestion,
    )
