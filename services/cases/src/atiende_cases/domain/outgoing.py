"""Words of staff on their way to a citizen: by which channel, in which thread."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from atiende_cases.domain.answering import Refusal, last_inbound_at, reply_options
from atiende_cases.domain.case import Case
from atiende_cases.domain.citizen import Citizen, ContactPoint
from atiende_cases.domain.conversation import Conversation
from atiende_cases.domain.events import MessageAdded, MessageEvent, SendMessage
from atiende_cases.domain.message import Message
from atiende_cases.domain.values import Actor, Attachment, Channel, DeliveryState, Direction
from atiende_city.release import Release
from atiende_city.render import render, standard_values
from atiende_kit.errors import FailedPrecondition, Unprocessable

WRITABLE: Final = ("reply_waiting", "case_update")
"""Templates that a person may choose; the others are sent by rule."""


class NoChannel(FailedPrecondition):
    """The citizen cannot be reached that way."""


def choose_point(
    case: Case,
    citizen: Citizen,
    conversation: Conversation,
    channel: Channel | None,
    now: datetime,
    *,
    template: bool = False,
) -> ContactPoint:
    """Chooses where an answer goes: the best way that is open, or the one asked for.

    Raises:
        NoChannel: none is left, or the one asked for is not.
    """
    options = reply_options(case, citizen, conversation, now)
    asked = [o for o in options if channel in {None, o.channel}]
    for option in asked:
        open_now = option.takes_template if template else option.refusal is None
        if open_now and option.point is not None:
            return option.point
    if channel is not None and any(o.refusal is Refusal.WINDOW_CLOSED for o in asked):
        raise NoChannel(
            "WINDOW_CLOSED",
            "Pasaron más de 24 horas desde el último mensaje de la persona: "
            "use una plantilla u otro medio.",
        )
    raise NoChannel(
        "NO_CHANNEL_TO_ANSWER",
        "No hay un medio consentido por el que se pueda responder a esta persona.",
    )


@dataclass(frozen=True, slots=True)
class Words:
    """What is said: free text, or a template that a provider approved.

    Attributes:
        values: of the template's parameters, in their order.
    """

    text: str
    kind: str = "text"
    template_name: str = ""
    template_language: str = ""
    values: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Outgoing:
    """An entry and what is said with it: nothing is sent in the portal, where it is read."""

    message: Message
    events: tuple[MessageEvent, ...]


def outgoing(
    case: Case,
    conversation: Conversation,
    point: ContactPoint,
    words: Words,
    *,
    message_id: str,
    actor: Actor,
    at: datetime,
    attachments: tuple[Attachment, ...] = (),
    copy_of: str = "",
    of_campaign: str = "",
) -> Outgoing:
    """Makes the entry of an answer and the command that sends it."""
    in_portal = point.channel is Channel.PORTAL
    thread = conversation.thread_on(point.channel, point.address)
    subject = _subject(case) if point.channel is Channel.EMAIL else ""
    account_id = thread.account_id if thread else point.account_id
    message = Message(
        message_id=message_id,
        tenant=case.tenant,
        conversation_id=case.conversation_id,
        case_id=case.case_id,
        citizen_id=case.citizen_id,
        direction=Direction.OUTBOUND,
        actor=actor,
        order_time=at,
        receive_time=at,
        text=words.text,
        kind=words.kind,
        channel=point.channel,
        account_id=account_id,
        address=point.address,
        subject=subject,
        attachments=attachments,
        delivery=DeliveryState.AVAILABLE if in_portal else DeliveryState.QUEUED,
        case_untold=True,
        copy_of=copy_of,
        campaign=of_campaign,
    )
    send = SendMessage(
        message_id=message_id,
        conversation_id=case.conversation_id,
        recipient=point,
        account_id=account_id,
        thread_key=thread.thread_key if thread else "",
        reply_to_keys=thread.reply_to_keys if thread else (),
        subject=subject,
        text=words.text,
        last_inbound_time=last_inbound_at(conversation, point),
        template_name=words.template_name,
        template_language=words.template_language,
        template_values=words.values,
        attachments=attachments,
    )
    added = MessageAdded(message_id, Direction.OUTBOUND, actor, needs_answer=False)
    # In the portal the entry itself is the answer: there is nothing to send.
    return Outgoing(message, (added,) if in_portal else (added, send))


def unsendable(
    case: Case,
    words: Words,
    *,
    message_id: str,
    actor: Actor,
    at: datetime,
    error: str,
    copy_of: str = "",
    of_campaign: str = "",
) -> Outgoing:
    """The entry of an answer that cannot reach its citizen, so that staff sees it."""
    message = Message(
        message_id=message_id,
        tenant=case.tenant,
        conversation_id=case.conversation_id,
        case_id=case.case_id,
        citizen_id=case.citizen_id,
        direction=Direction.OUTBOUND,
        actor=actor,
        order_time=at,
        receive_time=at,
        text=words.text,
        kind=words.kind,
        delivery=DeliveryState.PERMANENT_FAILURE,
        delivery_error=error,
        delivery_time=at,
        copy_of=copy_of,
        campaign=of_campaign,
    )
    added = MessageAdded(message_id, Direction.OUTBOUND, actor, needs_answer=False)
    return Outgoing(message, (added,))


def campaign(incident_id: str, number: int) -> str:
    """Names the entries of one answer of an incident."""
    return f"{incident_id}:{number}"


def _subject(case: Case) -> str:
    subject = case.subject or "Su solicitud"
    answered = subject if subject.lower().startswith("re:") else f"Re: {subject}"
    return answered if case.folio in answered else f"{answered} [{case.folio}]"


def templated(case: Case, citizen: Citizen, release: Release, key: str, now: datetime) -> Words:
    """Fills a template that a person may send outside of WhatsApp's window.

    Raises:
        Unprocessable: the city has no such template, or it is not for people to send.
    """
    template = release.template(key, Channel.WHATSAPP, case.language)
    if key not in WRITABLE or template is None or not template.provider_name:
        raise Unprocessable(
            "TEMPLATE_UNKNOWN",
            "La ciudad no tiene esa plantilla.",
            fields={"/template": "no existe"},
        )
    values = standard_values(
        release,
        language=template.language,
        now=now,
        folio=case.folio,
        citizen_name=citizen.display_name,
        procedure_code=case.procedure_code,
        unit_id=case.unit_id,
        state=case.state,
        outcome_code=case.outcome_code,
        due_time=case.due_time,
    )
    return Words(
        text=render(template, values).text,
        kind=f"template:{key}",
        template_name=template.provider_name,
        template_language=template.language,
        values=tuple(values[name] for name in template.provider_parameters),
    )
