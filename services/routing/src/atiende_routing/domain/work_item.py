"""The work item and its state machine.

    held ──opening──▶ queued ──▶ offered ──accept──▶ assigned ──▶ completed
      └────────claim────┴──────────claim──────────────▲  │ ▲          │
                        ▲◀── lapsed, declined ── offered │ │resume    │
                        ▲◀── released ───────────────────┘ │          │
                        └──────── parked (waits for the citizen)      │
                        └──────────────── reopened ◀──────────────────┘

One document per case for its whole life: a transfer or a reopening is another round of the same
item, so two people can never hold one case through two items.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Literal

from atiende_routing.domain.errors import (
    NotTheOwner,
    OfferLapsed,
    WorkAlreadyAssigned,
    WorkCompleted,
)
from atiende_routing.domain.facts import (
    Assigned,
    Completed,
    Escalated,
    EscalationReason,
    Offered,
    Queued,
    Released,
    ReleaseReason,
    WorkFact,
)
from atiende_routing.domain.rules import RoutingRules, Schedule, clamp_priority

MAX_OFFER_RECORDS = 20


class WorkKind(StrEnum):
    """Why a person is needed."""

    CASE = "case"
    RECOVERY = "recovery"
    TRANSFER = "transfer"


class WorkState(StrEnum):
    """Where the item stands."""

    HELD = "held"
    QUEUED = "queued"
    OFFERED = "offered"
    ASSIGNED = "assigned"
    PARKED = "parked"
    COMPLETED = "completed"


WAITING = frozenset({WorkState.HELD, WorkState.QUEUED, WorkState.OFFERED})
OfferOutcome = Literal["pending", "accepted", "declined", "lapsed", "withdrawn", "taken"]


@dataclass(frozen=True, slots=True)
class OfferRecord:
    """One offer, with how it ended."""

    agent_id: str
    offer_time: datetime
    expire_time: datetime
    reasons: tuple[str, ...]
    outcome: OfferOutcome
    end_time: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkItem:
    """Something that waits for a person.

    Attributes:
        queue_time: since when this round waits.
        available_time: when it may be offered: at once, or the unit's next opening.
        rank_time: what the queue is sorted by: the later of queue and available time plus one
            ageing step for each step of priority. It gives FIFO within a priority, lets the
            urgent go first, and bounds by how much anything can be overtaken.
        slot_token: the reservation of the agent's slot that won this item.
        agent_id: who has it while assigned; who had it while parked.
        preferred_agent_id: who had it before, and until `prefer_until` the only one asked.
        home_unit_id: unit that gave it away, while a transfer is pending.
        case_version: version of the case document that this item knows.
        transfer_version: version of the last transfer step seen.
        first_answer_due_time: when the first answer is due by the procedure.
        due_time: when the matter is due by the procedure.
        answered: True once staff has answered the citizen.
        effects: ids of the latest events applied, so that a redelivery changes nothing.
    """

    item_id: str
    tenant: str
    case_id: str
    folio: str
    citizen_id: str
    conversation_id: str
    procedure_code: str
    unit_id: str
    language: str
    channel: str
    kind: WorkKind = WorkKind.CASE
    state: WorkState
    priority: int
    skills: tuple[str, ...] = ()
    create_time: datetime
    queue_time: datetime
    available_time: datetime
    rank_time: datetime
    agent_id: str | None = None
    slot_token: str | None = None
    assign_time: datetime | None = None
    complete_time: datetime | None = None
    wait_seconds: int | None = None
    offers: tuple[OfferRecord, ...] = ()
    missed_offers: int = 0
    preferred_agent_id: str | None = None
    prefer_until: datetime | None = None
    escalation_level: int = 0
    escalate_time: datetime | None = None
    home_unit_id: str | None = None
    home_agent_id: str | None = None
    transfers: int = 0
    round: int = 1
    first_answer_due_time: datetime | None = None
    due_time: datetime | None = None
    answered: bool = False
    case_version: int = 0
    transfer_version: int = 0
    effects: tuple[str, ...] = ()
    fence: int = 0
    version: int = 0

    @property
    def open_offer(self) -> OfferRecord | None:
        """The offer that waits for its agent."""
        if self.state is WorkState.OFFERED and self.offers:
            return self.offers[-1]
        return None

    @property
    def holder_id(self) -> str | None:
        """The agent whose slot the item takes."""
        return self.agent_id if self.state is WorkState.ASSIGNED else None

    def waited_since(self) -> datetime:
        """Since when a person could have taken it."""
        return max(self.queue_time, self.available_time)


Change = tuple[WorkItem, tuple[WorkFact, ...]]


def rank_of(since: datetime, priority: int, rules: RoutingRules) -> datetime:
    """Computes the queue's sort key; see `WorkItem.rank_time`."""
    return since + priority * rules.ageing_step


def enqueue(item: WorkItem, now: datetime, schedule: Schedule, rules: RoutingRules) -> Change:
    """Begins a round of waiting: at once when the unit works, else at its next opening."""
    open_now = schedule.is_open(now)
    available = now if open_now else schedule.next_opening(now)
    ladder = rules.escalate_after_minutes
    queued = replace(
        item,
        state=WorkState.QUEUED if open_now else WorkState.HELD,
        priority=clamp_priority(item.priority),
        queue_time=now,
        available_time=available,
        rank_time=rank_of(available, clamp_priority(item.priority), rules),
        agent_id=None,
        assign_time=None,
        complete_time=None,
        missed_offers=0,
        escalation_level=0,
        escalate_time=schedule.add_minutes(available, ladder[0]) if ladder else None,
    )
    return queued, (Queued(available, out_of_hours=not open_now),)


def rehold(item: WorkItem, now: datetime, schedule: Schedule, rules: RoutingRules) -> WorkItem:
    """Works out the opening of a held item anew; the same item when nothing changes.

    An opening that is now goes the usual way, through the mailbox sweep of the dispatcher.
    """
    available = now if schedule.is_open(now) else schedule.next_opening(now)
    if item.state is not WorkState.HELD or available == item.available_time:
        return item
    ladder = rules.escalate_after_minutes
    return replace(
        item,
        available_time=available,
        rank_time=rank_of(available, item.priority, rules),
        escalate_time=schedule.add_minutes(available, ladder[0]) if ladder else None,
    )


def open_mailbox(item: WorkItem, now: datetime) -> Change:
    """Lets a held item into the queue at the opening."""
    return replace(item, state=WorkState.QUEUED), (Queued(now, out_of_hours=False),)


def offer(
    item: WorkItem, agent_id: str, reasons: tuple[str, ...], now: datetime, rules: RoutingRules
) -> Change:
    """Offers a queued item to one agent.

    Raises:
        WorkAlreadyAssigned: it is not waiting in the queue any more.
    """
    if item.state is not WorkState.QUEUED:
        raise WorkAlreadyAssigned
    expire = now + rules.offer_timeout
    record = OfferRecord(agent_id, now, expire, reasons, "pending")
    offers = (*item.offers, record)[-MAX_OFFER_RECORDS:]
    offered = replace(item, state=WorkState.OFFERED, offers=offers)
    return offered, (Offered(agent_id, expire, reasons),)


def _end_offer(item: WorkItem, outcome: OfferOutcome, now: datetime) -> tuple[OfferRecord, ...]:
    """Closes the open offer in the history, if there is one."""
    if item.open_offer is None:
        return item.offers
    return (*item.offers[:-1], replace(item.offers[-1], outcome=outcome, end_time=now))


def take(item: WorkItem, agent_id: str, token: str, now: datetime) -> Change:
    """Gives a waiting item to one agent; the caller has reserved their slot.

    An offer is an invitation, not ownership: whoever takes the item first has it.

    Raises:
        WorkCompleted: it needs nobody.
        WorkAlreadyAssigned: another agent has it.
    """
    if item.state is WorkState.COMPLETED:
        raise WorkCompleted
    if item.state is WorkState.ASSIGNED and item.agent_id == agent_id:
        return item, ()
    parked_for_other = item.state is WorkState.PARKED and item.agent_id != agent_id
    if item.state is WorkState.ASSIGNED or parked_for_other:
        raise WorkAlreadyAssigned
    pending = item.open_offer
    mine = pending is not None and pending.agent_id == agent_id
    taken = replace(
        item,
        state=WorkState.ASSIGNED,
        offers=_end_offer(item, "accepted" if mine else "taken", now),
        agent_id=agent_id,
        slot_token=token,
        assign_time=now,
        wait_seconds=max(0, int((now - item.waited_since()).total_seconds())),
        preferred_agent_id=None,
        prefer_until=None,
        escalate_time=None,
    )
    return taken, (Assigned(agent_id, now),)


def hand_over(item: WorkItem, agent_id: str, token: str, now: datetime) -> Change:
    """Gives an item to the agent whom a supervisor chose, whoever has it now.

    One fact tells it: routing's word about an item counts by its version, and two facts of one
    write would share theirs.

    Raises:
        WorkCompleted: it needs nobody.
    """
    owned = item.state in {WorkState.ASSIGNED, WorkState.PARKED}
    if not owned or item.agent_id == agent_id:
        return take(item, agent_id, token, now)
    waiting = replace(item, state=WorkState.QUEUED, agent_id=None, slot_token=None)
    given, facts = take(waiting, agent_id, token, now)
    # The citizen waited until somebody had it, not until it changed hands.
    return replace(given, wait_seconds=item.wait_seconds), facts


def accept(item: WorkItem, agent_id: str, token: str, now: datetime) -> Change:
    """Takes an item that was offered.

    Raises:
        OfferLapsed: there is no open offer for this agent, or its time is over.
    """
    if item.state is WorkState.ASSIGNED and item.agent_id == agent_id:
        return item, ()
    pending = item.open_offer
    if pending is None or pending.agent_id != agent_id or pending.expire_time <= now:
        raise OfferLapsed
    return take(item, agent_id, token, now)


def end_offer(item: WorkItem, outcome: OfferOutcome, now: datetime) -> Change:
    """Puts an offered item back in the queue, at its old rank.

    Raises:
        OfferLapsed: there is no open offer.
    """
    if item.open_offer is None:
        raise OfferLapsed
    missed = item.missed_offers + (1 if outcome in {"lapsed", "declined"} else 0)
    offers = _end_offer(item, outcome, now)
    return replace(item, state=WorkState.QUEUED, offers=offers, missed_offers=missed), ()


def release(
    item: WorkItem,
    agent_id: str,
    reason: ReleaseReason,
    *,
    now: datetime,
    schedule: Schedule,
    rules: RoutingRules,
) -> Change:
    """Takes an item from its agent; it waits again at its old rank, so it goes first.

    Raises:
        NotTheOwner: this agent does not have it.
    """
    owned = item.state in {WorkState.ASSIGNED, WorkState.PARKED}
    if not owned or item.agent_id != agent_id:
        raise NotTheOwner
    ladder = rules.escalate_after_minutes[item.escalation_level :]
    back = replace(
        item,
        state=WorkState.QUEUED,
        agent_id=None,
        assign_time=None,
        missed_offers=0,
        escalate_time=schedule.add_minutes(now, ladder[0]) if ladder else None,
        preferred_agent_id=None,
        prefer_until=None,
    )
    return back, (Released(agent_id, reason), Queued(item.available_time, out_of_hours=False))


def escalate(
    item: WorkItem, reason: EscalationReason, schedule: Schedule, rules: RoutingRules
) -> Change:
    """Climbs one step of the ladder: more urgent, and supervisors are asked too."""
    level = item.escalation_level + 1
    priority = clamp_priority(item.priority - 1)
    ladder = rules.escalate_after_minutes
    since = item.waited_since()
    following = schedule.add_minutes(since, ladder[level]) if level < len(ladder) else None
    climbed = replace(
        item,
        escalation_level=level,
        priority=priority,
        rank_time=rank_of(since, priority, rules),
        missed_offers=0,
        escalate_time=following,
    )
    return climbed, (Escalated(level, reason),)


def park(item: WorkItem) -> WorkItem:
    """Notes that the citizen has the word: the agent keeps the case but not the slot."""
    return replace(item, state=WorkState.PARKED)


def complete(item: WorkItem, now: datetime) -> Change:
    """Ends the round: the item needs nobody."""
    if item.state is WorkState.COMPLETED:
        return item, ()
    done = replace(
        item,
        state=WorkState.COMPLETED,
        offers=_end_offer(item, "withdrawn", now),
        preferred_agent_id=item.agent_id or item.preferred_agent_id,
        prefer_until=None,
        complete_time=now,
        escalate_time=None,
        home_unit_id=None,
        home_agent_id=None,
    )
    return done, (Completed(),)
