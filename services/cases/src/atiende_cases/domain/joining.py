"""Which conversation may take a message, and the entry that it becomes."""

from __future__ import annotations

from typing import Final

from atiende_cases.domain.case import Case
from atiende_cases.domain.citizen import Citizen
from atiende_cases.domain.conversation import Conversation, Prompt
from atiende_cases.domain.events import MessageAdded, MessageEvent, PromptAnswered
from atiende_cases.domain.inbound import Inbound
from atiende_cases.domain.lifecycle import may_reopen
from atiende_cases.domain.message import Message
from atiende_cases.domain.recognise import is_courtesy, is_prompt_answer
from atiende_cases.domain.values import Actor, Direction
from atiende_city.release import Release

_ANSWER_CHARACTERS: Final = 2_000


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


def is_another_matter(inbound: Inbound, conversation: Conversation, case: Case) -> bool:
    """Whether the case is over for good, so that what is written now is another matter."""
    if case.is_active or conversation.opening.message_id == inbound.message_id:
        return False
    if case.has_effect(inbound.message_id) or is_courtesy(inbound.text) or inbound.contact_only:
        return False
    return not may_reopen(case, inbound.receive_time)


def answer_to(inbound: Inbound, conversation: Conversation, release: Release) -> Prompt | None:
    """The question of the city that a message answers."""
    before = conversation.answered_by(inbound.message_id)
    if before is not None:
        return before
    prompt = conversation.open_prompt(inbound.receive_time)
    if prompt is None or inbound.receive_time < prompt.open_time or inbound.contact_only:
        return None
    survey = release.survey()
    words = (*survey.score_words, *survey.solved_words, *survey.not_solved_words) if survey else ()
    return prompt if is_prompt_answer(inbound.text, words) else None


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
        kind="contact" if inbound.contact_only else "text",
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
        submitted_by=inbound.submitted_by,
    )


def events_of(
    inbound: Inbound, citizen: Actor, answer: Prompt | None, *, asks: bool
) -> tuple[MessageEvent, ...]:
    """What a citizen's message tells the others."""
    added = MessageAdded(inbound.message_id, Direction.INBOUND, citizen, needs_answer=asks)
    if answer is None:
        return (added,)
    answered = PromptAnswered(
        prompt_id=answer.prompt_id,
        prompt_kind=answer.kind,
        message_id=inbound.message_id,
        text=inbound.text[:_ANSWER_CHARACTERS],
        channel=inbound.sender.channel,
        receive_time=inbound.receive_time,
    )
    return (added, answered)


def heard_in(
    conversation: Conversation, inbound: Inbound, answer: Prompt | None, *, is_elsewhere: bool
) -> Conversation:
    """A conversation after one of its messages.

    Args:
        conversation: the message's own.
        inbound: the message.
        answer: the question that it answers.
        is_elsewhere: whether its thread belongs to another matter, and stays there: a folio
            brought this message.
    """
    heard = conversation
    if not is_elsewhere and not inbound.contact_only:
        heard = heard.with_inbound(
            inbound.thread, at=inbound.receive_time, message_key=inbound.provider_message_id
        )
    if inbound.contact_only:
        heard = heard.with_given(inbound.given_points, at=inbound.receive_time)
    if answer is not None:
        heard = heard.with_answer(answer.prompt_id, inbound.message_id)
    return heard
