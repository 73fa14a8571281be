"""The case: the matter itself, with its state, clocks, unit and assignee."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

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
        kind: "assigned", "released", "state", "transfer_requested", "transfer_accepted",
            "transfer_returned", "resolved", "reopened", "reclassified".
        detail: codes of what changed: "nuevo → en-gestion".
        note: what the person wrote about it.
    """

    time: datetime
    actor: Actor
    kind: str
    detail: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Case:
    """One matter of one citizen.

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
        history: the last 100 things done to it.
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
    history: tuple[HistoryEntry, ...] = ()
    effects: tuple[str, ...] = ()
    terms: tuple[str, ...] = ()
    version: int = 0

    @property
    def is_active(self) -> bool:
        """Whether the city still owes something."""
        return self.status in ACTIVE

    @property
    def next_due_time(self) -> datetime:
        """The clock that runs now: the first answer's until it is given, then the matter's."""
        if self.first_answer_time is None:
            return min(self.first_answer_due_time, self.due_time)
        return self.due_time

    @property
    def visible_units(self) -> tuple[str, ...]:
        """Units whose staff may see it: the one that has it and the one that is asked to."""
        if self.transfer is None or self.transfer.to_unit_id == self.unit_id:
            return (self.unit_id,)
        return (self.unit_id, self.transfer.to_unit_id)

    def has_effect(self, key: str) -> bool:
        """Whether an event was applied before."""
        return key in self.effects
