"""What a change of a case means for its work item.

Events of one case may arrive in any order, several times, and in one batch. Each carries the
facts of the case after the change and the case's version, so that a late event is recognised:
facts older than those known change nothing, and steps of a transfer have a counter of their own,
because a newer message must not hide the order to move the work.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from atiende_routing.domain.facts import Assigned, Released, WorkFact
from atiende_routing.domain.rules import RoutingRules, Schedule, clamp_priority
from atiende_routing.domain.work_item import (
    WAITING,
    Change,
    WorkItem,
    WorkKind,
    WorkState,
    complete,
    enqueue,
    park,
    rank_of,
    release,
)

StateKind = Literal["open", "waiting_citizen", "resolved", "closed"]
Happening = Literal[
    "opened",
    "assigned",
    "state_changed",
    "reclassified",
    "transfer_requested",
    "transfer_accepted",
    "transfer_returned",
    "resolved",
    "reopened",
    "message_needs_answer",
    "message_answered",
]
OVER: frozenset[StateKind] = frozenset({"resolved", "closed"})
MAX_EFFECTS = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseChange:
    """One event of a case.

    Attributes:
        skills: what its procedure asks of an agent, from the release.
        to_unit_id: receiving unit of a transfer; empty otherwise.
        bad_score: True when a reopening follows a bad survey answer.
    """

    event_id: str
    happening: Happening
    item_id: str
    tenant: str
    case_id: str
    folio: str
    citizen_id: str
    conversation_id: str
    procedure_code: str
    unit_id: str
    state_kind: StateKind
    assignee_id: str
    channel: str
    language: str
    priority: int
    case_version: int
    open_time: datetime
    first_answer_due_time: datetime | None = None
    due_time: datetime | None = None
    skills: tuple[str, ...] = ()
    to_unit_id: str = ""
    bad_score: bool = False


def new_item(change: CaseChange, now: datetime) -> WorkItem:
    """Makes the item of a case that is seen for the first time; it is not queued yet."""
    return WorkItem(
        item_id=change.item_id,
        tenant=change.tenant,
        case_id=change.case_id,
        folio=change.folio,
        citizen_id=change.citizen_id,
        conversation_id=change.conversation_id,
        procedure_code=change.procedure_code,
        unit_id=change.unit_id,
        language=change.language,
        channel=change.channel,
        state=WorkState.COMPLETED,
        priority=clamp_priority(change.priority),
        skills=change.skills,
        create_time=change.open_time,
        first_answer_due_time=change.first_answer_due_time,
        due_time=change.due_time,
        queue_time=now,
        available_time=now,
        rank_time=now,
        complete_time=now,
        round=0,
    )


def apply(
    item: WorkItem | None,
    change: CaseChange,
    now: datetime,
    schedule: Schedule,
    rules: RoutingRules,
) -> Change:
    """Applies one event of a case to its item.

    Args:
        item: the item as it is, or None when this is the first event of the case seen here.
        change: the event.
        now: domain time.
        schedule: working time of the unit that has the case after the change.
        rules: the city's rules.

    Returns:
        The item after the event and what happened to it; the same item when the event is a
        repetition or too late to matter.
    """
    before = item or new_item(change, now)
    if change.event_id in before.effects:
        return before, ()
    after, facts = _apply(before, change, now, schedule, rules, first=item is None)
    effects = (*before.effects, change.event_id)[-MAX_EFFECTS:]
    # However late it arrives: an answer that was given stays given.
    answered = after.answered or change.happening == "message_answered"
    return replace(after, effects=effects, answered=answered), facts


def _apply(
    item: WorkItem,
    change: CaseChange,
    now: datetime,
    schedule: Schedule,
    rules: RoutingRules,
    *,
    first: bool,
) -> Change:
    transfer = change.happening.startswith("transfer_")
    late = change.case_version < item.case_version
    if transfer and change.case_version > item.transfer_version and change.state_kind not in OVER:
        if late and item.state is WorkState.COMPLETED:
            return replace(item, transfer_version=change.case_version), ()
        known = _with_facts(item, change, late=late)
        return _transfer(replace(known, transfer_version=change.case_version), change, now,
                         schedule, rules)  # fmt: skip
    if late or (transfer and not first):
        return item, ()
    repeated = change.case_version == item.case_version
    known = _with_facts(item, change, late=False)
    if change.happening == "message_needs_answer":
        return _wake(known, now, schedule, rules, urgent=False)
    # The same version means the same facts, unless a message has brought the work back since;
    # a reply of staff and a reopening say more than the facts do.
    if repeated and not first and change.happening not in {"message_answered", "reopened"}:
        return known, ()
    if change.state_kind in OVER:
        return complete(known, now)
    if change.state_kind == "waiting_citizen":
        return _wait_for_citizen(known, now)
    if change.happening == "message_answered":
        return known, ()
    if change.happening == "reopened":
        return _begin_again(_reopened(known, change, rules), now, schedule, rules)
    if item.unit_id != known.unit_id:
        return _move(known, now, schedule, rules)
    if known.state in {WorkState.COMPLETED, WorkState.PARKED}:
        return _wake(known, now, schedule, rules, urgent=False)
    if known.state in WAITING and known.priority != item.priority:
        ranked = rank_of(known.waited_since(), known.priority, rules)
        return replace(known, rank_time=ranked), ()
    return known, ()


def _reopened(item: WorkItem, change: CaseChange, rules: RoutingRules) -> WorkItem:
    """A citizen who must come back goes before others."""
    raised = clamp_priority(change.priority - 1)
    if not change.bad_score:
        return replace(item, kind=WorkKind.CASE, priority=raised)
    return replace(item, kind=WorkKind.RECOVERY, priority=min(raised, rules.recovery_priority))


def _with_facts(item: WorkItem, change: CaseChange, *, late: bool) -> WorkItem:
    """Takes over what the event says of the case, unless newer facts are known."""
    if late:
        return item
    pending = item.home_unit_id is not None
    # What a ladder or a reopening made more urgent stays so.
    raised = item.escalation_level > 0 or item.kind is WorkKind.RECOVERY
    priority = min(item.priority, change.priority) if raised else change.priority
    return replace(
        item,
        folio=change.folio or item.folio,
        citizen_id=change.citizen_id,
        conversation_id=change.conversation_id,
        procedure_code=change.procedure_code,
        # While a transfer is pending the item is in the receiver's queue, the case is not.
        unit_id=item.unit_id if pending else change.unit_id,
        skills=() if pending else change.skills,
        channel=change.channel or item.channel,
        language=change.language or item.language,
        priority=clamp_priority(priority),
        first_answer_due_time=change.first_answer_due_time or item.first_answer_due_time,
        due_time=change.due_time or item.due_time,
        case_version=change.case_version,
    )


def _transfer(
    item: WorkItem, change: CaseChange, now: datetime, schedule: Schedule, rules: RoutingRules
) -> Change:
    """Moves the work with the steps of a transfer between units."""
    if change.happening == "transfer_requested":
        moved, facts = _let_go(item, now, schedule, rules)
        asked = replace(
            moved,
            kind=WorkKind.TRANSFER,
            unit_id=change.to_unit_id,
            skills=(),
            home_unit_id=item.unit_id,
            home_agent_id=item.agent_id or item.preferred_agent_id,
            preferred_agent_id=None,
            prefer_until=None,
            transfers=item.transfers + 1,
            round=item.round + 1,
        )
        queued, more = enqueue(asked, now, schedule, rules)
        return queued, (*facts, *more)
    settled = replace(
        item,
        kind=WorkKind.CASE,
        unit_id=change.unit_id,
        skills=change.skills,
        home_unit_id=None,
        home_agent_id=None,
    )
    if change.happening == "transfer_accepted" and item.home_unit_id is not None:
        return _accepted(settled, change, now, schedule, rules)
    if change.happening == "transfer_accepted":
        # The request has not been seen: nobody of the new unit can have it yet.
        return _hand_over(settled, change.assignee_id or None, now, schedule, rules)
    return _hand_over(settled, item.home_agent_id, now, schedule, rules)


def _accepted(
    item: WorkItem, change: CaseChange, now: datetime, schedule: Schedule, rules: RoutingRules
) -> Change:
    """The receiving unit took it: whoever has the item has the case now."""
    holder = item.holder_id
    if holder is not None and change.assignee_id in {"", holder}:
        # Said again, as the first assignment was one of the transfer, not of the case.
        return item, (Assigned(holder, item.assign_time or now),)
    if item.state in WAITING and not change.assignee_id:
        return item, ()
    return _hand_over(item, change.assignee_id or None, now, schedule, rules)


def _hand_over(
    item: WorkItem, to_agent: str | None, now: datetime, schedule: Schedule, rules: RoutingRules
) -> Change:
    """Queues the item anew, kept for one agent for a while when there is one."""
    moved, facts = _let_go(item, now, schedule, rules)
    theirs = replace(moved, preferred_agent_id=to_agent, round=item.round + 1)
    queued, more = enqueue(theirs, now, schedule, rules)
    return _resuming(queued, rules), (*facts, *more)


def _let_go(item: WorkItem, now: datetime, schedule: Schedule, rules: RoutingRules) -> Change:
    """Takes the item from whoever has it or was offered it, because it moves."""
    if item.agent_id is not None and item.state in {WorkState.ASSIGNED, WorkState.PARKED}:
        freed, facts = release(
            item, item.agent_id, "transferred", now=now, schedule=schedule, rules=rules
        )
        kept: tuple[WorkFact, ...] = tuple(f for f in facts if isinstance(f, Released))
        return freed, kept
    return _withdrawn(item, now), ()


def _withdrawn(item: WorkItem, now: datetime) -> WorkItem:
    """Ends an open offer in the history."""
    if item.open_offer is None:
        return item
    ended = replace(item.offers[-1], outcome="withdrawn", end_time=now)
    return replace(item, state=WorkState.QUEUED, offers=(*item.offers[:-1], ended))


def _move(item: WorkItem, now: datetime, schedule: Schedule, rules: RoutingRules) -> Change:
    """Another unit answers for the case: it waits in that unit's queue from now on."""
    moved, facts = _let_go(item, now, schedule, rules)
    queued, more = enqueue(replace(moved, round=item.round + 1), now, schedule, rules)
    return queued, (*facts, *more)


def _wake(
    item: WorkItem, now: datetime, schedule: Schedule, rules: RoutingRules, *, urgent: bool
) -> Change:
    """Brings an item that needed nobody back, first to the one who had it."""
    if item.state is WorkState.ASSIGNED:
        return item, ()
    if item.state in WAITING:
        if not urgent:
            return item, ()
        ranked = rank_of(item.waited_since(), item.priority, rules)
        return replace(item, rank_time=ranked), ()
    previous = item.agent_id or item.preferred_agent_id
    again = replace(item, preferred_agent_id=previous, round=item.round + 1)
    queued, facts = enqueue(again, now, schedule, rules)
    return _resuming(queued, rules), facts


def _begin_again(item: WorkItem, now: datetime, schedule: Schedule, rules: RoutingRules) -> Change:
    """Brings back what was resolved, first to the one who had it."""
    if item.state in {WorkState.ASSIGNED, WorkState.PARKED}:
        # The resolution in between is still on its way, and ended whoever's work this was: the
        # case names nobody any more.
        return _hand_over(item, item.agent_id, now, schedule, rules)
    return _wake(item, now, schedule, rules, urgent=True)


def _resuming(item: WorkItem, rules: RoutingRules) -> WorkItem:
    """Keeps the item for its previous agent for a while."""
    if item.preferred_agent_id is None:
        return item
    return replace(item, prefer_until=item.available_time + rules.resume_grace)


def _wait_for_citizen(item: WorkItem, now: datetime) -> Change:
    """The citizen has the word: an owner keeps the case, a queue has nothing to do."""
    if item.state is WorkState.ASSIGNED:
        return park(item), ()
    if item.state in WAITING:
        return complete(_withdrawn(item, now), now)
    return item, ()
