"""Events of cases as changes of the domain."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from atiende.cases.v1 import events_pb2 as cases
from atiende_city.channels import channel_name
from atiende_kit.bus.delivery import Delivery
from atiende_kit.errors import InvalidInput
from atiende_kit.ids import derived_id
from atiende_routing.domain.case_changes import CaseChange, Happening, StateKind

_KINDS: dict[int, StateKind] = {
    cases.STATE_KIND_OPEN: "open",
    cases.STATE_KIND_WAITING_CITIZEN: "waiting_citizen",
    cases.STATE_KIND_RESOLVED: "resolved",
    cases.STATE_KIND_CLOSED: "closed",
}
_STEPS: dict[int, Happening] = {
    cases.TRANSFER_STEP_REQUESTED: "transfer_requested",
    cases.TRANSFER_STEP_ACCEPTED: "transfer_accepted",
    cases.TRANSFER_STEP_RETURNED: "transfer_returned",
}
_SIMPLE: dict[type, Happening] = {
    cases.CaseOpened: "opened",
    cases.CaseAssigned: "assigned",
    cases.CaseStateChanged: "state_changed",
    cases.CaseReclassified: "reclassified",
    cases.CaseResolved: "resolved",
    cases.CaseReopened: "reopened",
}
_UUID7 = 7


def item_id_of(tenant: str, case_id: str) -> str:
    """Returns the id of the work item of a case; every event of the case gives the same."""
    try:
        parsed = uuid.UUID(case_id)
    except ValueError:
        parsed = uuid.UUID(int=0)
    # The milliseconds that lead a UUIDv7, so that items sort like their cases.
    epoch = (parsed.int >> 80) / 1000 if parsed.version == _UUID7 else 0
    return derived_id(datetime.fromtimestamp(epoch, UTC), "work", tenant, case_id)


def happening_of(message: Any) -> Happening | None:
    """Returns what an event means to the work, None when it means nothing.

    Raises:
        InvalidInput: a transfer without a step.
    """
    if isinstance(message, cases.ConversationMessageAdded):
        if message.needs_answer:
            return "message_needs_answer"
        replied = message.direction == cases.MESSAGE_DIRECTION_OUTBOUND
        return "message_answered" if replied else None
    if isinstance(message, cases.CaseTransferred):
        step = _STEPS.get(message.step)
        if step is None:
            raise InvalidInput("TRANSFER_STEP_UNKNOWN", "El paso del traslado no se conoce.")
        return step
    return _SIMPLE[type(message)]


def to_change(
    delivery: Delivery[Any], skills_for: Callable[[str, str], tuple[str, ...]]
) -> CaseChange | None:
    """Translates a delivery.

    Args:
        delivery: of any event of a case.
        skills_for: skills that a procedure asks of a unit.

    Raises:
        InvalidInput: the event says nothing of its case.
    """
    message = delivery.message
    happening = happening_of(message)
    if happening is None:
        return None
    facts: cases.CaseFacts = message.case
    kind = _KINDS.get(facts.state_kind)
    if not facts.case_id or not facts.unit_id or kind is None:
        raise InvalidInput("CASE_FACTS_MISSING", "El evento no dice de qué caso habla.")
    transfer = message if isinstance(message, cases.CaseTransferred) else None
    reopened = message if isinstance(message, cases.CaseReopened) else None
    opened = facts.open_time.ToDatetime(UTC) if facts.HasField("open_time") else delivery.time
    return CaseChange(
        event_id=delivery.event_id,
        happening=happening,
        item_id=item_id_of(delivery.tenant, facts.case_id),
        tenant=delivery.tenant,
        case_id=facts.case_id,
        folio=facts.folio,
        citizen_id=facts.citizen_id,
        conversation_id=facts.conversation_id,
        procedure_code=facts.procedure_code,
        unit_id=facts.unit_id,
        state_kind=kind,
        assignee_id=facts.assignee_id,
        channel=channel_name(facts.channel),
        language=facts.language or "es",
        priority=facts.priority,
        case_version=facts.version,
        open_time=_milliseconds(opened),
        first_answer_due_time=(
            _milliseconds(facts.first_answer_due_time.ToDatetime(UTC))
            if facts.HasField("first_answer_due_time")
            else None
        ),
        due_time=(
            _milliseconds(facts.due_time.ToDatetime(UTC)) if facts.HasField("due_time") else None
        ),
        skills=skills_for(facts.procedure_code, facts.unit_id),
        to_unit_id=transfer.to_unit_id if transfer else "",
        bad_score=reopened is not None and reopened.reason == "bad_score",
    )


def _milliseconds(instant: datetime) -> datetime:
    # What is written must equal what is read back, and the database keeps milliseconds.
    return instant.replace(microsecond=instant.microsecond // 1000 * 1000)
