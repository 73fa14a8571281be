"""Helpers of routing's tests."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta

import pytest

from atiende_kit.clock import FixedClock
from atiende_kit.store import Database, MemoryDatabase
from atiende_routing.adapters.mongo.agents import MongoAgents
from atiende_routing.adapters.mongo.turns import MongoTurns
from atiende_routing.adapters.mongo.work_items import MongoWorkItems
from atiende_routing.application.apply_case_changes import ApplyCaseChanges
from atiende_routing.application.assign_work import AssignWork
from atiende_routing.application.dispatch import Dispatch
from atiende_routing.application.moments import Clocks
from atiende_routing.application.oversee_queues import OverseeQueues
from atiende_routing.application.ports import CityRouting
from atiende_routing.application.reconcile import Reconcile
from atiende_routing.application.sign_presence import SignPresence, StaffMember
from atiende_routing.application.take_turns import TakeTurns
from atiende_routing.contract import CONTRACT
from atiende_routing.domain.agent import Agent, PresenceStatus
from atiende_routing.domain.case_changes import CaseChange
from atiende_routing.domain.rules import RoutingRules, Schedule
from atiende_routing.domain.work_item import WorkItem, WorkState

# A Monday, 09:00 in Bogotá.
NOW = datetime(2026, 3, 2, 14, 0, tzinfo=UTC)
TENANT = "sanaurelio"


class OfficeHours:
    """Open every day from 13:00 to 22:00 UTC."""

    def is_open(self, instant: datetime) -> bool:
        return 13 <= instant.hour < 22

    def next_opening(self, instant: datetime) -> datetime:
        if self.is_open(instant):
            return instant
        day = instant.replace(hour=13, minute=0, second=0, microsecond=0)
        return day if instant.hour < 13 else day + timedelta(days=1)

    def add_minutes(self, instant: datetime, minutes: int) -> datetime:
        left = timedelta(minutes=minutes)
        at = self.next_opening(instant)
        while True:
            closing = at.replace(hour=22, minute=0, second=0, microsecond=0)
            if left <= closing - at:
                return at + left
            left -= closing - at
            at = self.next_opening(closing)


@dataclass
class FakeCity:
    """Rules of a city for tests; satisfies `CityRouting`."""

    rules: RoutingRules = field(default_factory=RoutingRules)
    hours: OfficeHours = field(default_factory=OfficeHours)
    skills: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def schedule(self, unit_id: str) -> Schedule:
        return self.hours

    def skills_for(self, procedure_code: str, unit_id: str) -> tuple[str, ...]:
        return self.skills.get(procedure_code, ())

    def unit_skills(self, units: Iterable[str]) -> frozenset[str]:
        return frozenset(skill for one in self.skills.values() for skill in one)

    def languages_of(self, skills: Iterable[str]) -> frozenset[str]:
        return frozenset({"es", "en"} if "ingles" in set(skills) else {"es"})

    def unit_name(self, unit_id: str, language: str) -> str:
        return unit_id.capitalize()

    def skill_name(self, skill_id: str, language: str) -> str:
        return skill_id.capitalize()

    def has_unit(self, unit_id: str) -> bool:
        return unit_id in {"alumbrado", "aseo"}

    def unit_of(self, procedure_code: str) -> str | None:
        return {"alumbrado-publico": "alumbrado"}.get(procedure_code)

    @property
    def first_unit(self) -> str | None:
        return "alumbrado"

    def unit_letter(self, unit_id: str) -> str:
        return "A" if unit_id == "alumbrado" else "B"

    def local_day(self, instant: datetime) -> date:
        return (instant - timedelta(hours=5)).date()


@dataclass
class FakeCities:
    city: FakeCity

    async def get(self, tenant: str) -> CityRouting:
        return self.city


@dataclass(frozen=True)
class Dispatchers:
    dispatch: Dispatch
    reconcile: Reconcile


class Desk:
    """All use cases over one database."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.domain_clock = FixedClock(NOW)
        self.real_clock = FixedClock(NOW)
        self.clocks = Clocks(self.domain_clock, self.real_clock)
        self.city = FakeCity()
        self.cities = FakeCities(self.city)
        self.items = MongoWorkItems(database, self.domain_clock)
        self.agents = MongoAgents(database)
        self.assign = AssignWork(self.items, self.agents, self.cities, self.clocks)
        self.apply = ApplyCaseChanges(self.items, self.cities, self.assign, self.clocks)
        self.dispatch = Dispatch(self.items, self.agents, self.cities, self.assign, self.clocks)
        self.reconcile = Reconcile(self.items, self.agents, self.cities, self.assign, self.clocks)
        self.presence = SignPresence(self.agents, self.cities, self.clocks)
        self.oversee = OverseeQueues(self.items, self.agents, self.cities, self.clocks)
        self.turns = MongoTurns(database)
        self.counter = TakeTurns(self.turns, self.cities, self.clocks)
        self.published: list[tuple[str, str]] = []
        database.attach(
            lambda entries: self.published.extend(
                (e.type.rsplit(".", 1)[1], e.document_id) for e in entries
            )
        )

    def twin(self) -> Dispatchers:
        """The loops of a second process over the same database."""
        assign = AssignWork(self.items, self.agents, self.cities, self.clocks)
        parts = (self.items, self.agents, self.cities, assign, self.clocks)
        return Dispatchers(Dispatch(*parts), Reconcile(*parts))

    def advance(self, **span: float) -> None:
        """Moves both times."""
        self.domain_clock.advance(timedelta(**span))
        self.real_clock.advance(timedelta(**span))

    async def online(
        self,
        agent_id: str,
        *units: str,
        skills: Iterable[str] = (),
        capacity: int = 2,
        status: PresenceStatus = PresenceStatus.ONLINE,
        supervisor: bool = False,
        tenant: str = TENANT,
    ) -> None:
        member = StaffMember(
            tenant=tenant,
            agent_id=agent_id,
            name=agent_id.title(),
            units=frozenset(units or {"alumbrado"}),
            supervisor=supervisor,
        )
        await self.presence.sign(member, status)
        await self.presence.settle(tenant, agent_id, skills=skills, capacity=capacity)

    async def beat(self, *agent_ids: str) -> None:
        for agent_id in agent_ids:
            await self.presence.beat(TENANT, agent_id)

    async def event(self, **changes: object) -> None:
        assert await self.apply([change(**changes)]) == {}

    async def item(self, case_id: str = "c1", tenant: str = TENANT) -> WorkItem:
        found = await self.items.of_case(tenant, case_id)
        assert found is not None
        return found

    async def agent(self, agent_id: str, tenant: str = TENANT) -> Agent:
        found = await self.agents.get(tenant, agent_id)
        assert found is not None
        return found

    def facts(self) -> list[str]:
        return [name for name, _ in self.published]


def change(**changes: object) -> CaseChange:
    """An event of case c1; its event id follows from what it says unless given."""
    values: dict[str, object] = {
        "happening": "opened",
        "case_id": "c1",
        "tenant": TENANT,
        "folio": "SA-2026-0000001-K",
        "citizen_id": "ci1",
        "conversation_id": "co1",
        "procedure_code": "alumbrado-publico",
        "unit_id": "alumbrado",
        "state_kind": "open",
        "assignee_id": "",
        "channel": "webchat",
        "language": "es",
        "priority": 2,
        "case_version": 1,
        "open_time": NOW,
        **changes,
    }
    values.setdefault("item_id", f"item-{values['tenant']}-{values['case_id']}")
    values.setdefault(
        "event_id", f"{values['happening']}-{values['case_id']}-{values['case_version']}"
    )
    return CaseChange(**values)  # type: ignore[arg-type] -- values of a test


def queued_item(number: int = 1, **changes: object) -> WorkItem:
    """An item that waits in the queue."""
    values: dict[str, object] = {
        "item_id": f"i{number:03}",
        "tenant": TENANT,
        "case_id": f"c{number:03}",
        "folio": "",
        "citizen_id": "",
        "conversation_id": "",
        "procedure_code": "alumbrado-publico",
        "unit_id": "alumbrado",
        "language": "es",
        "channel": "webchat",
        "state": WorkState.QUEUED,
        "priority": 2,
        "create_time": NOW,
        "queue_time": NOW,
        "available_time": NOW,
        **changes,
    }
    rules = RoutingRules()
    item = WorkItem(**values, rank_time=NOW)  # type: ignore[arg-type] -- values of a test
    return replace(item, rank_time=item.waited_since() + item.priority * rules.ageing_step)


def an_agent(agent_id: str = "ana", **changes: object) -> Agent:
    """An agent who is online."""
    values: dict[str, object] = {
        "agent_id": agent_id,
        "tenant": TENANT,
        "units": frozenset({"alumbrado"}),
        "status": PresenceStatus.ONLINE,
        "status_time": NOW,
        "seen_time": NOW,
        "idle_since": NOW,
        "capacity": 2,
        **changes,
    }
    return Agent(**values)  # type: ignore[arg-type] -- values of a test


@dataclass(frozen=True)
class Makers:
    """Builders for tests, since test modules do not import each other."""

    change = staticmethod(change)
    item = staticmethod(queued_item)
    agent = staticmethod(an_agent)
    now = NOW
    hours = OfficeHours()
    rules = RoutingRules()
    desk = Desk
    tenant = TENANT


@pytest.fixture(scope="session")
def make() -> Makers:
    """Builders of changes, items and agents."""
    return Makers()


@pytest.fixture
def desk() -> Desk:
    """All use cases over a store in memory."""
    return Desk(MemoryDatabase(CONTRACT))
