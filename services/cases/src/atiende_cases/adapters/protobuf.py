"""Domain events as the protobuf messages of the contracts."""

from __future__ import annotations

from typing import Final

from google.protobuf.message import Message as Proto

from atiende.cases.v1 import events_pb2
from atiende.channels.v1 import events_pb2 as channels_pb2
from atiende.common.v1 import common_pb2
from atiende.notifications.v1 import events_pb2 as notifications_pb2
from atiende_cases.application.ports import SaveCase, SaveCitizen, SaveMessage
from atiende_cases.domain import events
from atiende_cases.domain.case import Case
from atiende_cases.domain.merging import with_requesters_told
from atiende_cases.domain.values import Actor, ActorKind
from atiende_cases.wire import CHANNEL, DIRECTION, attachment_ref, contact_point, facts, instant
from atiende_kit.ids import derived_id
from atiende_kit.store import Event

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


def _actor(actor: Actor) -> common_pb2.Actor:
    return common_pb2.Actor(kind=_ACTOR[actor.kind], id=actor.id)


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
        for number, event in enumerate(with_requesters_told(case, save.events))
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
        case events.CaseAnnotated():
            return events_pb2.CaseAnnotated(
                case=after,
                kind=event.kind,
                reference=event.reference,
                actor=_actor(event.actor),
            )
        case events.RequesterTold():
            return _request(event, case, after.version)


def _request(
    told: events.RequesterTold, case: Case, version: int
) -> notifications_pb2.RequestNotification:
    """What notifications would make of the event itself, for another person."""
    one = told.duplicate
    return notifications_pb2.RequestNotification(
        notification_id=derived_id(
            case.update_time, "told", case.case_id, version, told.template_key, one.case_id
        ),
        template_key=told.template_key,
        citizen_id=one.citizen_id,
        conversation_id=one.conversation_id,
        case_id=one.case_id,
        folio=one.folio,
        values={
            "procedure_code": case.procedure_code,
            "unit_id": case.unit_id,
            "state": case.state,
            "outcome_code": told.outcome_code,
            "due_time": case.due_time.isoformat(),
        },
    )


def message_events(save: SaveMessage) -> list[Event]:
    """The events and commands of an entry."""
    message, case = save.message, save.case
    if case is None:
        if save.events:
            raise ValueError("the events of an entry speak of its case")
        return []
    return [
        Event(
            _message_event(event, case),
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
                attachments=map(attachment_ref, event.attachments),
                template_name=event.template_name,
                template_language=event.template_language,
                template_values=event.template_values,
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
