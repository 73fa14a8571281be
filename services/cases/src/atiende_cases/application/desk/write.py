"""Use cases: answering the citizen, and notes that they never see."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Final

from atiende_cases.application.desk.access import Desk, Staff
from atiende_cases.application.ports import SaveCase, SaveMessage
from atiende_cases.domain import lifecycle
from atiende_cases.domain.case import Case
from atiende_cases.domain.citizen import Citizen, ContactPoint
from atiende_cases.domain.conversation import Conversation
from atiende_cases.domain.events import MessageAdded, SendMessage
from atiende_cases.domain.message import Message
from atiende_cases.domain.values import Channel, DeliveryState, Direction
from atiende_kit.errors import FailedPrecondition, VersionMismatch
from atiende_kit.ids import derived_id, new_id
from atiende_kit.store import Outcome, retry_stale

_ANSWERABLE: Final = (Channel.WEBCHAT, Channel.WHATSAPP, Channel.EMAIL)


class NoChannel(FailedPrecondition):
    """The citizen cannot be reached that way."""


def choose_point(
    case: Case, citizen: Citizen, conversation: Conversation, channel: Channel | None
) -> ContactPoint:
    """Chooses where an answer goes.

    Without a wish: where the citizen last wrote from in this matter. Open311 carries no answers,
    so a report from there is answered at the address given with it, then at any other point of
    the person. A point that a stranger could have claimed is never written to, except within
    the very matter it was given for.

    Raises:
        NoChannel: none is left, or the one asked for is not agreed to.
    """
    own = [p for p in citizen.points if p.may_be_written_to and citizen.consents_to(p)]
    given = [p for p in conversation.given_points if p.consent]
    by_last = sorted(own, key=lambda p: _written_at(conversation, p) or case.open_time)
    by_last.sort(key=lambda p: _written_at(conversation, p) is not None)
    candidates = [p for p in (*reversed(by_last), *given) if p.channel in _ANSWERABLE]
    if channel is not None:
        candidates = [p for p in candidates if p.channel is channel]
    elif case.channel in _ANSWERABLE:
        on_last = [p for p in candidates if p.channel is case.channel]
        candidates = on_last or candidates
    elif given and citizen.preferred_channel is None:
        candidates = [*(p for p in given if p.channel in _ANSWERABLE), *candidates]
    if (
        citizen.preferred_channel is not None
        and channel is None
        and case.channel not in _ANSWERABLE
    ):
        candidates.sort(key=lambda p: p.channel is not citizen.preferred_channel)
    if not candidates:
        raise NoChannel(
            "NO_CHANNEL_TO_ANSWER",
            "No hay un medio consentido por el que se pueda responder a esta persona.",
        )
    return candidates[0]


def _written_at(conversation: Conversation, point: ContactPoint) -> datetime | None:
    times = [
        thread.last_inbound_time
        for thread in conversation.threads
        if thread.channel is point.channel and thread.address == point.address
    ]
    return max((time for time in times if time is not None), default=None)


async def reply(
    desk: Desk,
    staff: Staff,
    case_id: str,
    *,
    text: str,
    channel: Channel | None = None,
    key: str | None = None,
) -> Message:
    """Answers the citizen.

    The entry and the command to send it are one write; the case is told next, and by the sweeper
    if this process dies in between.

    Args:
        desk: what is needed.
        staff: who answers.
        case_id: id or folio.
        text: plain text.
        channel: another channel than the last one.
        key: of the request: the same key makes the same entry.
    """
    case = await desk.work_on(staff, case_id)
    if not case.is_active and case.status.value == "closed":
        raise FailedPrecondition("CASE_CLOSED", "El caso está cerrado: reábralo para responder.")
    conversation = await desk.conversations.get(staff.tenant, case.conversation_id)
    citizen = await desk.citizens.get(staff.tenant, case.citizen_id)
    if conversation is None or citizen is None:
        raise VersionMismatch("CASE_INCOMPLETE", "El caso aún se está abriendo.")
    point = choose_point(case, citizen, conversation, channel)
    now = desk.clock.now()
    message_id = (
        derived_id(case.open_time, staff.tenant, case.case_id, "reply", staff.subject, key)
        if key
        else new_id()
    )
    thread = conversation.thread_on(point.channel, point.address)
    subject = _subject(case) if point.channel is Channel.EMAIL else ""
    message = Message(
        message_id=message_id,
        tenant=staff.tenant,
        conversation_id=case.conversation_id,
        case_id=case.case_id,
        citizen_id=case.citizen_id,
        direction=Direction.OUTBOUND,
        actor=staff.actor,
        order_time=now,
        receive_time=now,
        text=text,
        channel=point.channel,
        account_id=thread.account_id if thread else point.account_id,
        address=point.address,
        subject=subject,
        delivery=DeliveryState.QUEUED,
        case_untold=True,
    )
    send = SendMessage(
        message_id=message_id,
        conversation_id=case.conversation_id,
        recipient=point,
        account_id=message.account_id,
        thread_key=thread.thread_key if thread else "",
        reply_to_keys=thread.reply_to_keys if thread else (),
        subject=subject,
        text=text,
        last_inbound_time=thread.last_inbound_time if thread else point.last_inbound_time,
    )
    added = MessageAdded(message_id, Direction.OUTBOUND, staff.actor, needs_answer=False)
    # A duplicate is the same request again: its entry stands, and is told once more.
    await desk.messages.write([SaveMessage(message, case, (added, send))])
    await tell_case(desk, message)
    return message


async def tell_case(desk: Desk, message: Message) -> None:
    """Lets the case of an answer know of it; the first answer's time is set once."""

    async def attempt() -> None:
        case = await desk.cases.get(message.tenant, message.case_id)
        stored = await desk.messages.get(message.tenant, message.message_id)
        if case is None or stored is None or not stored.case_untold:
            return
        effect = f"reply:{message.message_id}"
        if not case.has_effect(effect):
            release = await desk.releases.get(message.tenant)
            hours = release.working_time(case.unit_id)
            told = lifecycle.answered(case, at=stored.order_time, hours=hours, text=stored.text)
            saved = SaveCase(lifecycle.with_effect(told, effect))
            [outcome] = await desk.cases.write([saved])
            if outcome is not Outcome.DONE:
                raise VersionMismatch("CASE_CHANGED", "El caso cambió mientras tanto.")
        [outcome] = await desk.messages.write(
            [SaveMessage(replace(stored, case_untold=False), case)]
        )
        if outcome is not Outcome.DONE:
            raise VersionMismatch("MESSAGE_CHANGED", "El mensaje cambió mientras tanto.")

    await retry_stale(attempt)


def _subject(case: Case) -> str:
    subject = case.subject or "Su solicitud"
    answered = subject if subject.lower().startswith("re:") else f"Re: {subject}"
    return answered if case.folio in answered else f"{answered} [{case.folio}]"


async def add_note(desk: Desk, staff: Staff, case_id: str, *, text: str) -> Message:
    """Writes a note that only staff sees. Whoever sees a case may note something."""
    case = await desk.see(staff, case_id)
    now = desk.clock.now()
    note = Message(
        message_id=new_id(),
        tenant=staff.tenant,
        conversation_id=case.conversation_id,
        case_id=case.case_id,
        citizen_id=case.citizen_id,
        direction=Direction.NOTE,
        actor=staff.actor,
        order_time=now,
        receive_time=now,
        text=text,
        kind="note",
    )
    added = MessageAdded(note.message_id, Direction.NOTE, staff.actor, needs_answer=False)
    await desk.messages.write([SaveMessage(note, case, (added,))])
    return note
