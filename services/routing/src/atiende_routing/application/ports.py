"""What the use cases need of the outside."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal, Protocol

from atiende_kit.store.operations import Cause
from atiende_routing.domain.agent import Agent
from atiende_routing.domain.facts import WorkFact
from atiende_routing.domain.rules import RoutingRules, Schedule
from atiende_routing.domain.turn import Turn
from atiende_routing.domain.work_item import OfferOutcome, WorkItem, WorkState


class CityRouting(Protocol):
    """What one city's release says about routing."""

    @property
    def rules(self) -> RoutingRules:
        """The rules of offers, ladders and capacity."""
        ...

    def schedule(self, unit_id: str) -> Schedule:
        """Working time of a unit; a unit that the release does not know is always open."""
        ...

    def skills_for(self, procedure_code: str, unit_id: str) -> tuple[str, ...]:
        """Skills that a procedure asks of its own unit.

        None for another unit: nobody of the receiver of a transfer has the giver's skills, and
        the case would wait for ever for somebody who does.
        """
        ...

    def unit_skills(self, units: Iterable[str]) -> frozenset[str]:
        """Skills that the procedures of these units ask for."""
        ...

    def languages_of(self, skills: Iterable[str]) -> frozenset[str]:
        """Languages that people with these skills speak; the city's own always."""
        ...

    def unit_name(self, unit_id: str, language: str) -> str:
        """Name of a unit for the screen; the id when the release does not know it."""
        ...

    def skill_name(self, skill_id: str, language: str) -> str:
        """Name of a skill for the screen; the id when the release does not know it."""
        ...

    def has_unit(self, unit_id: str) -> bool:
        """Tells whether the release knows the unit."""
        ...

    def unit_of(self, procedure_code: str) -> str | None:
        """Unit that answers for a procedure; None when the release does not know it."""
        ...

    @property
    def first_unit(self) -> str | None:
        """Unit of whatever fits no procedure; None when nothing is published."""
        ...

    def unit_letter(self, unit_id: str) -> str:
        """Letter of a unit on tickets: by its place among the units, from A."""
        ...

    def local_day(self, instant: datetime) -> date:
        """Date of an instant in the city."""
        ...


class Cities(Protocol):
    """The releases in force."""

    async def get(self, tenant: str) -> CityRouting:
        """Returns the routing part of a city's release.

        Raises:
            Unavailable: no release has ever been seen.
        """
        ...


@dataclass(frozen=True, slots=True)
class ItemWrite:
    """One item to write, as a whole, at the version that was read, with what happened to it.

    Attributes:
        cause: the delivery that led to it, so that its events continue that story.
    """

    item: WorkItem
    facts: tuple[WorkFact, ...] = ()
    cause: Cause | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemFilter:
    """A page of items; None leaves a field open.

    Attributes:
        units: units that the caller may see; None is all.
        after: (rank_time, item_id) of the last item of the page before.
    """

    states: frozenset[WorkState] | None = None
    units: frozenset[str] | None = None
    agent_id: str | None = None
    kind: str | None = None
    after: tuple[datetime, str] | None = None
    limit: int = 50


@dataclass(frozen=True, slots=True)
class QueueGroup:
    """Queued items of one unit that ask for the same skills."""

    unit_id: str
    skills: tuple[str, ...]
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitCounts:
    """Items of a unit by state, with the oldest that waits."""

    unit_id: str
    by_state: Mapping[WorkState, int] = field(default_factory=dict)
    oldest_wait_since: datetime | None = None


@dataclass(frozen=True, slots=True)
class Served:
    """Times of one item that an agent had."""

    unit_id: str
    wait_seconds: int
    service_seconds: int | None
    from_creation_seconds: int
    transferred: bool


@dataclass(frozen=True, slots=True)
class EndedOffer:
    """An offer that came to an end."""

    unit_id: str
    agent_id: str
    outcome: OfferOutcome


@dataclass(frozen=True, slots=True)
class Overdue:
    """Items of a unit whose time by the procedure is over.

    Attributes:
        cases: not completed, past the time by which the matter is due.
        first_answers: not completed and without an answer of staff, past the time for it.
    """

    cases: int = 0
    first_answers: int = 0


class WorkItems(Protocol):
    """The work items of all cities."""

    async def get(self, tenant: str, item_id: str) -> WorkItem | None:
        """Returns one item."""
        ...

    async def get_many(self, tenant: str, item_ids: Iterable[str]) -> dict[str, WorkItem]:
        """Returns those of the items that exist, by id."""
        ...

    async def of_case(self, tenant: str, case_id: str) -> WorkItem | None:
        """Returns the item of a case."""
        ...

    async def save(self, writes: Sequence[ItemWrite]) -> list[bool]:
        """Writes items by compare-and-set, each with its events; False where it was too late."""
        ...

    async def find(self, tenant: str, wanted: ItemFilter) -> list[WorkItem]:
        """Lists items in the order of the queue."""
        ...

    async def offers_to(self, tenant: str, agent_id: str) -> list[WorkItem]:
        """Lists the items offered to an agent, those that lapse first first."""
        ...

    async def open_offers(self, limit: int) -> list[WorkItem]:
        """Lists the offered items of all tenants, those that lapse first first."""
        ...

    async def mailbox_due(self, now: datetime, limit: int) -> list[WorkItem]:
        """Lists held items of all tenants whose opening has come."""
        ...

    async def held(self, tenant: str, limit: int) -> list[WorkItem]:
        """Lists the held items of a tenant."""
        ...

    async def escalation_due(self, now: datetime, limit: int) -> list[WorkItem]:
        """Lists waiting items of all tenants that have waited for the next step."""
        ...

    async def queue_groups(self, tenant: str) -> list[QueueGroup]:
        """Groups the queued items by unit and skills."""
        ...

    async def queued(self, tenant: str, group: QueueGroup, limit: int) -> list[WorkItem]:
        """Lists the first queued items of a group."""
        ...

    async def queued_escalated(
        self, tenant: str, units: frozenset[str], limit: int
    ) -> list[WorkItem]:
        """Lists the first queued items of these units that climbed the ladder."""
        ...

    async def queued_for(
        self, tenant: str, agent_ids: frozenset[str], now: datetime, limit: int
    ) -> list[WorkItem]:
        """Lists queued items that are still kept for one of these agents."""
        ...

    async def counts(self, tenant: str) -> list[UnitCounts]:
        """Counts the items that are not completed, by unit and state."""
        ...

    async def served(self, tenant: str, since: datetime, limit: int) -> list[Served]:
        """Lists times of the items assigned lately, newest first."""
        ...

    async def ended_offers(self, tenant: str, since: datetime, limit: int) -> list[EndedOffer]:
        """Lists the offers that ended since then."""
        ...

    async def overdue(self, tenant: str, now: datetime) -> dict[str, Overdue]:
        """Counts what is past its time, by unit."""
        ...


class Agents(Protocol):
    """The agents of all cities."""

    async def get(self, tenant: str, agent_id: str) -> Agent | None:
        """Returns one agent."""
        ...

    async def save(self, agents: Sequence[Agent]) -> list[bool]:
        """Writes agents by compare-and-set; False where it was too late."""
        ...

    async def online(self) -> list[Agent]:
        """Lists the agents of all tenants who say that they are online."""
        ...

    async def not_offline(self) -> list[Agent]:
        """Lists the agents of all tenants who are online or away."""
        ...

    async def holding(self) -> list[Agent]:
        """Lists the agents of all tenants who hold a slot."""
        ...

    async def of_tenant(self, tenant: str) -> list[Agent]:
        """Lists the agents of a tenant."""
        ...


TurnAdded = Literal["added", "number_taken", "repeated"]


class Turns(Protocol):
    """The turns of all cities."""

    async def get(self, tenant: str, turn_id: str) -> Turn | None:
        """Returns one turn."""
        ...

    async def of_request(self, tenant: str, request: str) -> Turn | None:
        """Returns the turn that a request was given."""
        ...

    async def of_day(self, tenant: str, unit_id: str, day: date) -> list[Turn]:
        """Lists the turns of a unit and day by number."""
        ...

    async def held_by(self, tenant: str, agent_id: str, day: date) -> Turn | None:
        """Returns the turn that an agent called and did not end on that day."""
        ...

    async def add(self, turn: Turn, request: str, real_now: datetime) -> TurnAdded:
        """Stores a new turn unless its number or its request has one.

        Args:
            turn: with the number that it should have.
            request: what tells a repeated request from a new one.
            real_now: from when the turn is kept for a while.
        """
        ...

    async def save(self, turn: Turn) -> bool:
        """Writes a turn back by compare-and-set.

        False when it was too late: somebody else changed it, or its agent holds another one.
        """
        ...
