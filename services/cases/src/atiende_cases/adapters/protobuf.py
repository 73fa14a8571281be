"""Domain events as the protobuf messages of the contracts."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from google.protobuf.message import Message as Proto
from google.protobuf.timestamp_pb2 import Timestamp

from atiende.cases.v1 import events_pb2
from atiende.channels.v1 import events_pb2 as channels_pb2
from atiende.common.v1 import common_pb2
from atiende_cases.application.ports import SaveCase, SaveCitizen, SaveMessage
from atiende_cases.domain import events
from atiende_cases.domain.case import Case
from atiende_cases.domain.citizen import ContactPoint
from atiende_cases.domain.values import Actor, ActorKind, Channel, Direction, Place, Status
from atiende_kit.ids import derived_id
from atiende_kit.store import Event

CHANNEL: Final = {
    Channel.WEBCHAT: common_pb2.CHANNEL_KIND_WEBCHAT,
    Channel.EMAIL: common_pb2.CHANNEL_KIND_EMAIL,
    Channel.WHATSAPP: common_pb2.CHANNEL_KIND_WHATSAPP,
    Channel.OPEN311: common_pb2.CHANNEL_KIND_OPEN311,
}
STATUS: Final = {
    Status.OPEN: events_pb2.STATE_KIND_OPEN,
    Status.WAITING_CITIZEN: events_pb2.STATE_KIND_WAITING_CITIZEN,
    Status.RESOLVED: events_pb2.STATE_KIND_RESOLVED,
    Status.CLOSED: events_pb2.STATE_KIND_CLOSED,
}
DIRECTION: Final = {
    Direction.INBOUND: events_pb2.MESSAGE_DIRECTION_INBOUND,
    Direction.OUTBOUND: events_pb2.MESSAGE_DIRECTION_OUTBOUND,
    Direction.NOTE: events_pb2.MESSAGE_DIRECTION_NOTE,
    Direction.AUTOMATIC: events_pb2.MESSAGE_DIRECTION_AUTOMATIC,
}
_ACTOR: Final = {
    ActorKind.STAFF: common_pb2.ACTOR_KIND_STAFF,
    ActorKind.CITIZEN: common_pb2.ACTOR_KIND_CITIZEN,
    ActorKind.SERVICE: common_pb2.ACTOR_KIND_SERVICE,
}
_STEP: Final = {
    events.TransferStep.REQUESTED: events_pb2.TRANSFER_STEP_REQUESTED,
    events.TransferStep.ACCEPTED: events_pb2.TRANSFER_STEP_ACCEPTED,
    events.TransferStep.RETURNED: events_pb2.TRANSFER_STEP_RETURNED,
}
_PURPOSE: Final = "reply"


def instant(moment: datetime | None) -> Timestamp | None:
    """A time as protobuf; None stays away."""
    if moment is None:
        return None
    stamp = Timestamp()
    stamp.FromDatetime(moment)
    return stamp


def place(value: Place | None) -> common_pb2.Place | None:
    """A place as protobuf."""
    if value is None:
        return None
    has_position = value.latitude is not None and value.longitude is not None
    return common_pb2.Place(
        latitude=value.latitude or 0.0,
        longitude=value.longitude or 0.0,
        has_position=has_position,
        address=value.address,
    )


def contact_point(point: ContactPoint) -> common_pb2.ContactPoint:
    """A contact point as protobuf."""
    return common_pb2.ContactPoint(
        channel=CHANNEL[point.channel],
        address=point.address,
        display_name=point.display_name,
        verified=point.verified,
    )


def _actor(actor: Actor) -> common_pb2.Actor:
    return common_pb2.Actor(kind=_ACTOR[actor.kind], id=actor.id)


def facts(case: Case, *, version: int | None = None) -> events_pb2.CaseFacts:
    """What every case event says; `version` is that after the change when it is not written yet."""
    return events_pb2.CaseFacts(
        case_id=case.case_id,
        folio=case.folio,
        citizen_id=case.citizen_id,
        conversation_id=case.conversation_id,
        procedure_code=case.procedure_code,
        unit_id=case.unit_id,
        state=case.state,
        state_kind=STATUS[case.status],
        assignee_id=case.assignee_id,
        channel=CHANNEL[case.channel],
        priority=case.priority,
        version=case.version if version is None else version,
        release_version=case.release_version,
        open_time=instant(case.open_time),
        first_answer_due_time=instant(case.first_answer_due_time),
        due_time=instant(case.due_time),
        language=case.language,
    )


def case_events(save: SaveCase) -> list[Event]:
    """The events of a change of a case.

    Compare-and-set lets one writer make a version, so the version and the place within the
    change name an event once and for all.
    """
    case = save.case
    version = case.version + 1
    after = facts(case, version=version)
    return [
        Event(
            _case_event(event, after, case),
            event_id=derived_id(case.update_time, case.tenant, case.case_id, version, number),
            time=case.update_time,
            cause=save.cause,
        )
        for number, event in enumerate(save.events)
    ]


def _case_event(event: events.CaseEvent, after: events_pb2.CaseFacts, case: Case) -> Proto:
    match event:
        case events.CaseOpened():
            return events_pb2.CaseOpened(
                case=after,
                message_id=event.message_id,
                out_of_hours=event.out_of_hours,
                unreadable=event.unreadable,
            )
        case events.CaseAssigned():
            return events_pb2.CaseAssigned(case=after, work_item_id=event.work_item_id)
        case events.CaseStateChanged():
            return events_pb2.CaseStateChanged(
                case=after, previous_state=event.previous_state, actor=_actor(event.actor)
            )
        case events.CaseReclassified():
            return events_pb2.CaseReclassified(
                case=after,
                previous_procedure_code=event.previous_procedure_code,
                actor=_actor(event.actor),
            )
        case events.CaseTransferred():
            return events_pb2.CaseTransferred(
                case=after,
                step=_STEP[event.step],
                from_unit_id=event.from_unit_id,
                to_unit_id=event.to_unit_id,
                actor=_actor(event.actor),
            )
        case events.CaseResolved():
            return events_pb2.CaseResolved(
                case=after,
                outcome_code=event.outcome_code,
                resolution_number=event.resolution_number,
                actor=_actor(event.actor),
                last_channel=CHANNEL[case.channel],
            )
        case events.CaseReopened():
            return events_pb2.CaseReopened(
                case=after, reason=event.reason, actor=_actor(event.actor)
            )


def message_events(save: SaveMessage) -> list[Event]:
    """The events and commands of an entry."""
    message = save.message
    return [
        Event(
            _message_event(event, save.case),
            event_id=derived_id(
                message.receive_time, message.tenant, message.message_id, type(event).__name__
            ),
            time=message.receive_time,
            cause=save.cause,
        )
        for event in save.events
    ]


def _message_event(event: events.MessageEvent, case: Case) -> Proto:
    match event:
        case events.MessageAdded():
            return events_pb2.ConversationMessageAdded(
                case=facts(case),
                message_id=event.message_id,
                direction=DIRECTION[event.direction],
                actor=_actor(event.actor),
                needs_answer=event.needs_answer,
            )
        case events.PromptAnswered():
            return events_pb2.PromptAnswered(
                prompt_id=event.prompt_id,
                prompt_kind=event.prompt_kind,
                message_id=event.message_id,
                text=event.text,
                case=facts(case),
                channel=CHANNEL[event.channel],
                receive_time=instant(event.receive_time),
            )
        case events.SendMessage():
            return channels_pb2.SendMessage(
                message_id=event.message_id,
                conversation_id=event.conversation_id,
                recipient=contact_point(event.recipient),
                account_id=event.account_id,
                thread_key=event.thread_key,
                reply_to_keys=event.reply_to_keys,
                subject=event.subject,
                text=event.text,
                purpose=_PURPOSE,
                purpose_id=event.message_id,
                last_inbound_time=instant(event.last_inbound_time),
            )


def citizen_events(save: SaveCitizen) -> list[Event]:
    """The events of a change of a citizen."""
    citizen = save.citizen
    version = citizen.version + 1
    return [
        Event(
            events_pb2.CitizenUpdated(citizen_id=citizen.citizen_id, version=version),
            event_id=derived_id(citizen.create_time, citizen.tenant, citizen.citizen_id, version),
            cause=save.cause,
        )
        for _ in save.events
    ]
