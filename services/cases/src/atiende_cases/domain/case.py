"""The case: the matter itself, with its state, clocks, unit and assignee."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from atiende_cases.domain.values import ACTIVE, Actor, Channel, Place, Status


@dataclass(frozen=True, slots=True)
class Transfer:
    """A case that one unit offers to another; the other must take it or return it."""

    from_unit_id: str
    to_unit_id: str
    reason: str
    request_time: datetime
    requested_by: Actor


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """What staff or a rule did to the case, shown in the timeline between the messages.

    Attributes:
        kind: "submitted" (at the counter), "assigned", "released", "state", "transfer_requested",
            "transfer_accepted", "transfer_returned", "resolved", "reopened", "reclassified",
            "merged", "unmerged" (of a duplicate), "duplicate_added", "duplicate_removed" (of the
            case under which it is attended), "incident_linked", "incident_unlinked",
            "incident_not_resolved".
        detail: codes of what changed: "nuevo → en-gestion".
        note: what the person wrote about it.
    """

    time: datetime
    actor: Actor
    kind: str
    detail: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Tick:
    """What staff said last about a requirement of the procedure."""

    requirement_id: str
    done: bool
    actor: Actor
    time: datetime


@dataclass(frozen=True, slots=True)
class Claim:
    """What one request asks of the city.

    Attributes:
        answered: the first answer was given.
    """

    legal_time: datetime
    first_answer_due_time: datetime
    due_time: datetime
    priority: int
    emergency: bool
    needs_answer: bool
    answered: bool

    @property
    def next_due_time(self) -> datetime:
        """The clock that runs now: the first answer's until it is given, then the matter's."""
        return self.due_time if self.answered else min(self.first_answer_due_time, self.due_time)


def strictest(claims: Sequence[Claim]) -> Claim:
    """What the city owes when several requests are one matter: the most that any of them asks."""
    waiting = [claim for claim in claims if not claim.answered] or claims
    return Claim(
        legal_time=min(claim.legal_time for claim in claims),
        first_answer_due_time=min(claim.first_answer_due_time for claim in waiting),
        due_time=min(claim.due_time for claim in claims),
        priority=min(claim.priority for claim in claims),
        emergency=any(claim.emergency for claim in claims),
        needs_answer=any(claim.needs_answer for claim in claims),
        answered=all(claim.answered for claim in claims),
    )


class Phase(StrEnum):
    """How far a duplicate has come in or out: two documents are not written at once.

    The duplicate's own pointer says what holds; whoever finds another phase than `JOINED` looks
    at it and settles the matter.
    """

    JOINING = "joining"
    JOINED = "joined"
    LEAVING = "leaving"


@dataclass(frozen=True, slots=True)
class Duplicate:
    """Another request for the same matter, as the case knows it under which it is attended.

    Attributes:
        actor: who joined it, or takes it out.
        reason: why.
    """

    case_id: str
    folio: str
    citizen_id: str
    conversation_id: str
    claim: Claim
    phase: Phase
    actor: Actor
    reason: str
    time: datetime

    def heard(self, *, asks: bool) -> Duplicate:
        """The citizen of it wrote."""
        needs_answer = self.claim.needs_answer or asks
        return replace(self, claim=replace(self.claim, needs_answer=needs_answer))

    def told(self, *, answered: bool) -> Duplicate:
        """The city owes it no word; `answered` says that staff wrote one."""
        known = self.claim.answered or answered
        return replace(self, claim=replace(self.claim, needs_answer=False, answered=known))


@dataclass(frozen=True, slots=True)
class Case:
    """One matter of one citizen.

    What is asked of the city stands in `claim`; the clocks and the priority here are those of
    this request alone, so that taking a duplicate out again leaves no trace of it.

    Attributes:
        state: of the procedure's machine; `status` says what it means.
        channel: of the last inbound message.
        priority: 0 is most urgent, 4 least.
        open_time: effective time of entry, when the first message became durable.
        legal_time: first instant of the unit's hours at or after it: the instant from which
            the law counts (Ley 39/2015 art. 31, Ley 1755/2015 art. 14).
        first_answer_time: when staff first answered the citizen; set once.
        first_answer_working_seconds: the same, counted in the unit's hours.
        resolution_number: how often it has been resolved; a survey goes out once per number.
        reopen_until: until then a message of the citizen reopens it.
        needs_answer: the citizen wrote last, or what the city wrote did not arrive.
        undelivered: an answer of the city did not arrive, or nobody knows whether it did.
        checklist: which requirements of the procedure are there.
        history: the last 100 things done to it.
        merged_into: id of the case under which this one is attended; empty when it stands alone.
        duplicates: other requests that are attended under this one.
        incident_id: what happened in the city that this case is about, with others.
        incident_answer: number of the last answer of the incident that it has heard.
        calendar_missing: the city's calendar does not cover its year, so its clocks could not be
            computed: it is due at once and stands first, until somebody mends the calendar.
        effects: keys of the events that changed it, so that none changes it twice.
        terms: what full-text search finds it by.
    """

    case_id: str
    tenant: str
    folio: str
    citizen_id: str
    conversation_id: str
    procedure_code: str
    unit_id: str
    state: str
    status: Status
    priority: int
    channel: Channel
    language: str
    open_time: datetime
    legal_time: datetime
    first_answer_due_time: datetime
    due_time: datetime
    update_time: datetime
    release_version: int
    opened_by_message_id: str
    subject: str = ""
    description: str = ""
    opened_channel: Channel | None = None
    out_of_hours: bool = False
    unreadable: bool = False
    calendar_missing: bool = False
    emergency: bool = False
    public: bool = False
    mentions_folio: str = ""
    linked_case_id: str = ""
    merged_into: str = ""
    duplicates: tuple[Duplicate, ...] = ()
    incident_id: str = ""
    incident_answer: int = 0
    place: Place | None = None
    media_url: str = ""
    assignee_id: str = ""
    assignee_name: str = ""
    work_item_id: str = ""
    work_version: int = 0
    transfer: Transfer | None = None
    outcome_code: str = ""
    resolution_number: int = 0
    resolve_time: datetime | None = None
    reopen_until: datetime | None = None
    reopen_count: int = 0
    first_answer_time: datetime | None = None
    first_answer_seconds: int | None = None
    first_answer_working_seconds: int | None = None
    last_inbound_time: datetime | None = None
    last_outbound_time: datetime | None = None
    needs_answer: bool = True
    undelivered: bool = False
    checklist: tuple[Tick, ...] = ()
    history: tuple[HistoryEntry, ...] = ()
    effects: tuple[str, ...] = ()
    terms: tuple[str, ...] = ()
    version: int = 0

    @property
    def is_active(self) -> bool:
        """Whether the city still owes something under this folio."""
        return self.status in ACTIVE and not self.merged_into

    @property
    def own_claim(self) -> Claim:
        """What this request asks of the city."""
        return Claim(
            legal_time=self.legal_time,
            first_answer_due_time=self.first_answer_due_time,
            due_time=self.due_time,
            priority=self.priority,
            emergency=self.emergency,
            needs_answer=self.needs_answer,
            answered=self.first_answer_time is not None,
        )

    @property
    def claim(self) -> Claim:
        """What this request and those attended under it ask of the city together."""
        if not self.duplicates:
            return self.own_claim
        return strictest([self.own_claim, *(one.claim for one in self.duplicates)])

    @property
    def next_due_time(self) -> datetime:
        """The clock that ends first of all that run."""
        running = [self.own_claim, *(one.claim for one in self.duplicates)]
        return min(claim.next_due_time for claim in running)

    def duplicate(self, case_id: str) -> Duplicate | None:
        """What it knows of another request."""
        return next((one for one in self.duplicates if one.case_id == case_id), None)

    @property
    def visible_units(self) -> tuple[str, ...]:
        """Units whose staff may see it: the one that has it and the one that is asked to."""
        if self.transfer is None or self.transfer.to_unit_id == self.unit_id:
            return (self.unit_id,)
        return (self.unit_id, self.transfer.to_unit_id)

    def has_effect(self, key: str) -> bool:
        """Whether an event was applied before."""
        return key in self.effects
