"""Facts of the domain as the events of the contract."""

from __future__ import annotations

from datetime import datetime

from google.protobuf.message import Message
from google.protobuf.timestamp_pb2 import Timestamp

from atiende.routing.v1 import events_pb2 as events
from atiende_kit.ids import derived_id
from atiende_kit.store import Cause, Event
from atiende_routing.domain.facts import (
    Assigned,
    Completed,
    Escalated,
    Offered,
    Queued,
    Released,
    WorkFact,
)
from atiende_routing.domain.work_item import WorkItem


def timestamp(instant: datetime) -> Timestamp:
    """Renders an instant."""
    stamp = Timestamp()
    stamp.FromDatetime(instant)
    return stamp


def work_facts(item: WorkItem, version: int) -> events.WorkFacts:
    """Renders what every event says of its item."""
    return events.WorkFacts(
        work_item_id=item.item_id,
        case_id=item.case_id,
        folio=item.folio,
        unit_id=item.unit_id,
        kind=item.kind.value,
        priority=item.priority,
        version=version,
        citizen_id=item.citizen_id,
        conversation_id=item.conversation_id,
    )


def to_events(
    item: WorkItem, happened: tuple[WorkFact, ...], *, now: datetime, cause: Cause | None = None
) -> list[Event]:
    """Renders the facts of one write.

    Ids derive from the version that the write makes. Only one write can make it, so a repetition
    of the same write says the same thing again.
    """
    version = item.version + 1
    facts = work_facts(item, version)
    result = []
    for position, fact in enumerate(happened):
        message = _message(facts, fact)
        name = type(fact).__name__
        event_id = derived_id(item.create_time, "work", item.item_id, version, position, name)
        result.append(Event(message, event_id=event_id, time=now, cause=cause))
    return result


def _message(item: events.WorkFacts, fact: WorkFact) -> Message:
    match fact:
        case Queued():
            return events.WorkQueued(
                item=item,
                available_time=timestamp(fact.available_time),
                out_of_hours=fact.out_of_hours,
            )
        case Offered():
            return events.WorkOffered(
                item=item,
                agent_id=fact.agent_id,
                expire_time=timestamp(fact.expire_time),
                reasons=fact.reasons,
            )
        case Assigned():
            return events.WorkAssigned(
                item=item, agent_id=fact.agent_id, assign_time=timestamp(fact.assign_time)
            )
        case Released():
            return events.WorkReleased(item=item, agent_id=fact.agent_id, reason=fact.reason)
        case Escalated():
            return events.WorkEscalated(item=item, level=fact.level, reason=fact.reason)
        case Completed():
            return events.WorkCompleted(item=item)
