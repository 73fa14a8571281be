"""What a release says, as frozen values. Pure: no I/O, no clock, no randomness."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any, Literal
from zoneinfo import ZoneInfo

from atiende_city.text import Text

StateKind = Literal["open", "waiting_citizen", "resolved", "closed"]
STATE_KINDS: tuple[StateKind, ...] = ("open", "waiting_citizen", "resolved", "closed")

DeadlineKind = Literal["working_days", "working_hours", "hours"]
DEADLINE_KINDS: tuple[DeadlineKind, ...] = ("working_days", "working_hours", "hours")

Trigger = Literal["claim", "citizen_message", "resolve", "reopen", "close_timer"]
TRIGGERS: tuple[Trigger, ...] = ("claim", "citizen_message", "resolve", "reopen", "close_timer")
"""What makes a transition happen by rule; a transition without one is a button of the desk."""

ROLES = ("agent", "supervisor", "unit_manager", "admin", "system")
CONTACT_WAYS = ("portal", "webchat", "whatsapp", "email", "open311", "kiosk", "counter", "phone")
"""Ways to reach the city with a matter: its channels, and the telephone."""
IN_PERSON = frozenset({"counter", "phone"})
"""Ways for people who cannot or will not use a screen; every procedure keeps one."""

Asked = Literal["none", "optional", "required"]
ASKED: tuple[Asked, ...] = ("none", "optional", "required")
PLACE = "@place"
ATTACHMENTS = "@attachments"
"""How a page of a form names the position and the files, which are no fields of it."""

Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
WEEKDAYS: tuple[Weekday, ...] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@dataclass(frozen=True, slots=True)
class QuietHours:
    """Local time in which a citizen is not disturbed; it may pass midnight."""

    start: time
    end: time
    timezone: ZoneInfo

    def contains(self, instant: datetime) -> bool:
        """Says whether an instant lies in the quiet hours."""
        local = instant.astimezone(self.timezone).time()
        if self.start <= self.end:
            return self.start <= local < self.end
        return local >= self.start or local < self.end

    def next_allowed(self, instant: datetime) -> datetime:
        """Returns the first instant from ``instant`` on that is not quiet."""
        if not self.contains(instant):
            return instant
        local = instant.astimezone(self.timezone)
        day = local.date()
        if local.time() >= self.end:
            day += timedelta(days=1)
        return datetime.combine(day, self.end, self.timezone).astimezone(instant.tzinfo)


@dataclass(frozen=True, slots=True)
class EmergencyNumber:
    """A number to call when life is in danger."""

    number: str
    name: Text


@dataclass(frozen=True, slots=True)
class Emergency:
    """Words that tell of danger and what the city then says at once."""

    phrases: tuple[str, ...]
    numbers: tuple[EmergencyNumber, ...]
    text: Text


@dataclass(frozen=True, slots=True)
class City:
    """The city itself."""

    name: Text
    short_name: str
    country: str
    timezone: ZoneInfo
    default_language: str
    languages: tuple[str, ...]
    folio_prefix: str
    default_procedure: str
    jurisdiction_id: str
    portal_url: str
    email: str
    whatsapp: str
    phone: str
    address: str
    quiet_hours: QuietHours
    emergency: Emergency
    categories: Mapping[str, Text] = field(default_factory=dict)
    """What procedures are sorted by, with its translations; a category may lack an entry."""

    def category(self, name: str, language: str) -> str:
        """Returns the name of a category in a language, or as it is when it is not translated."""
        known = self.categories.get(name)
        return known.to(language) if known else name


@dataclass(frozen=True, slots=True)
class Crisis:
    """Crisis mode: while active, its text goes first on every channel."""

    active: bool
    text: Text
    procedures: tuple[str, ...]
    priority: int


@dataclass(frozen=True, slots=True)
class Unit:
    """A department that answers."""

    id: str
    name: Text
    parent: str | None
    email: str
    phone: str
    address: str
    hours: Mapping[int, tuple[tuple[int, int], ...]]
    """Weekday (0 is Monday) to intervals in minutes of the local day, ordered and apart."""


@dataclass(frozen=True, slots=True)
class Skill:
    """Something an agent can do and a case may need."""

    id: str
    name: Text


@dataclass(frozen=True, slots=True)
class Holiday:
    """A day on which the city does not work."""

    day: date
    name: str


@dataclass(frozen=True, slots=True)
class State:
    """A state of a procedure's machine."""

    id: str
    name: Text
    kind: StateKind
    public_text: Text


@dataclass(frozen=True, slots=True)
class Transition:
    """A way from one state to another; the same ``id`` may start from several states."""

    id: str
    name: Text
    source: str
    target: str
    roles: frozenset[str]
    trigger: Trigger | None


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a case may end; ``text`` is what the citizen reads."""

    id: str
    name: Text
    text: Text
    solved: bool


@dataclass(frozen=True, slots=True)
class Deadline:
    """The term of a procedure: working days (*términos*), working hours or plain hours."""

    kind: DeadlineKind
    amount: int


@dataclass(frozen=True, slots=True)
class FormPage:
    """Questions that a form asks together.

    ``fields`` names fields of the form, and ``PLACE`` and ``ATTACHMENTS`` where the procedure asks
    for them.
    """

    id: str
    title: Text
    help: Text | None
    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Procedure:
    """A kind of case, as one declarative document."""

    code: str
    name: Text
    description: Text
    audience: Text
    category: str
    unit_id: str
    skills: tuple[str, ...]
    priority: int
    """0 is most urgent, 4 least."""
    public: bool
    """Shown as an Open311 service: a matter of the street, without personal data."""
    online: bool
    """Can be completed from end to end without a visit."""
    keywords: tuple[str, ...]
    strong_keywords: tuple[str, ...]
    form: Mapping[str, Any]
    requirements: tuple[Text, ...]
    cost: Text
    legal_basis: tuple[str, ...]
    states: tuple[State, ...]
    initial: str
    transitions: tuple[Transition, ...]
    outcomes: tuple[Outcome, ...]
    deadline: Deadline
    first_answer_minutes: int
    """Working minutes of the unit."""
    reopen_hours: int
    pages: tuple[FormPage, ...] = ()
    """The form's questions in groups; empty is one page with all of them."""
    place: Asked = "none"
    """Whether a position on the map is asked for."""
    attachments: Asked = "none"
    """Whether a photo or another file is asked for, beside the form's own files."""
    channels: tuple[str, ...] = CONTACT_WAYS
    """By which ways it can be asked for."""
    offices: tuple[str, ...] = ()
    """Units where people may go; the first is the one that answers."""
    steps: tuple[Text, ...] = ()
    """What happens, one step after the other."""
    result: Text | None = None
    """What the person gets at the end."""

    def state(self, state_id: str) -> State | None:
        """Returns a state by id."""
        return next((s for s in self.states if s.id == state_id), None)

    def outcome(self, outcome_id: str) -> Outcome | None:
        """Returns an outcome by id."""
        return next((o for o in self.outcomes if o.id == outcome_id), None)

    def transitions_from(self, state_id: str) -> tuple[Transition, ...]:
        """Returns the ways out of a state."""
        return tuple(t for t in self.transitions if t.source == state_id)

    def transition(self, state_id: str, transition_id: str) -> Transition | None:
        """Returns the transition of that id out of a state, or None when it is not allowed."""
        ways = self.transitions_from(state_id)
        return next((t for t in ways if t.id == transition_id), None)

    def triggered(self, state_id: str, trigger: Trigger) -> Transition | None:
        """Returns the transition that ``trigger`` causes in a state, or None."""
        return next((t for t in self.transitions_from(state_id) if t.trigger == trigger), None)


@dataclass(frozen=True, slots=True)
class Template:
    """A text for one channel in one language; render it with `atiende_city.render`."""

    key: str
    channel: str
    language: str
    subject: str | None
    text: str
    provider_name: str | None = None
    """Name of the template approved by WhatsApp, for sends outside the 24-hour window."""
    provider_parameters: tuple[str, ...] = ()
    """Placeholders that fill the provider's body parameters, in order."""


@dataclass(frozen=True, slots=True)
class FaqEntry:
    """A question with its answer."""

    key: str
    question: Text
    answer: Text
    procedure: str | None
    keywords: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """A text that somebody of the city has approved; render it with `atiende_city.render`."""

    key: str
    topic: str
    title: Text
    text: Text
    procedures: tuple[str, ...]
    """Procedures that it is offered for; empty is all."""
    keywords: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Survey:
    """A question set after an interaction."""

    key: str
    minimum: int
    maximum: int
    question: Text
    comment_question: Text
    recovery_at_most: int
    """A score up to this one asks for recovery."""
    expire_hours: int
    score_words: Mapping[str, int]
    """Folded word or phrase to score."""
    solved_words: tuple[str, ...]
    not_solved_words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class EscalationStep:
    """What happens to a work item that nobody took."""

    level: int
    after_minutes: int
    """Working minutes of the unit since the item could be offered."""
    role: str
    """Who sees it from then on."""


@dataclass(frozen=True, slots=True)
class RoutingRules:
    """How work is offered."""

    offer_seconds: int
    max_offers: int
    capacity_per_agent: int
    recovery_priority: int
    escalation: tuple[EscalationStep, ...]
