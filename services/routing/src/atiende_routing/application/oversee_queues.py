"""Figures of the queues: for supervisors, for the desk, and for those who are about to wait."""

from __future__ import annotations

import asyncio
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from atiende_routing.application.kept import Kept
from atiende_routing.application.moments import Clocks
from atiende_routing.application.ports import (
    Agents,
    Cities,
    CityRouting,
    EndedOffer,
    Overdue,
    Served,
    UnitCounts,
    WorkItems,
)
from atiende_routing.domain.agent import Agent, PresenceStatus
from atiende_routing.domain.errors import ProcedureNotFound, UnitNotFound
from atiende_routing.domain.waits import WaitEstimate, estimate_wait, percentile
from atiende_routing.domain.work_item import WorkState

RECENT = timedelta(hours=24)
RECENT_LIMIT = 2000
_WAITING = (WorkState.QUEUED, WorkState.OFFERED, WorkState.HELD)


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueFigures:
    """One unit's queue now, and its waits and offers of the last 24 hours of domain time.

    Attributes:
        mailbox: items held for the next opening.
        oldest_wait_seconds: None when nobody waits.
        wait_p50_seconds: from when it could be offered until an agent had it; None without data.
        right_agent_p50_seconds: from the opening of the case until its present agent had it.
        first_transfer_rate: share of those items that were transferred at least once.
        capacity: items that the agents who are there may have at once.
        occupancy: share of that capacity in use; None when nobody is there.
        offers_lapsed: offers that nobody answered in time.
        overdue: items past the time by which their matter is due.
        first_answer_overdue: items without an answer of staff, past the time for it.
    """

    unit_id: str
    name: str
    open_now: bool
    next_opening: datetime | None
    queued: int
    mailbox: int
    offered: int
    assigned: int
    waiting_citizen: int
    oldest_wait_seconds: int | None
    wait_p50_seconds: int | None
    wait_p90_seconds: int | None
    right_agent_p50_seconds: int | None
    first_transfer_rate: float | None
    expected_wait_seconds: int | None
    agents_online: int
    agents_away: int
    agents_offline: int
    capacity: int
    free_slots: int
    occupancy: float | None
    offers_accepted: int
    offers_declined: int
    offers_lapsed: int
    overdue: int
    first_answer_overdue: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicWait:
    """What is told to somebody before they write."""

    unit_id: str
    unit_name: str
    open_now: bool
    next_opening: datetime | None
    queued: int
    expected_wait: timedelta | None


@dataclass(frozen=True, slots=True)
class Picture:
    """All that the figures of one city are made from, read at one moment."""

    now: datetime
    counts: Mapping[str, UnitCounts]
    agents: Sequence[Agent]
    served: Mapping[str, Sequence[Served]]
    offers: Sequence[EndedOffer]
    overdue: Mapping[str, Overdue]

    def count(self, unit_id: str) -> UnitCounts:
        """Items of a unit by state."""
        return self.counts.get(unit_id) or UnitCounts(unit_id=unit_id)


class OverseeQueues:
    """Reads queues and agents; changes nothing.

    Args:
        items: Work items.
        agents: Agents.
        cities: Releases.
        clocks: Both times.
        fresh_seconds: How old figures may be (real time), so that a page that many people look at
            costs one reading.
    """

    def __init__(
        self,
        items: WorkItems,
        agents: Agents,
        cities: Cities,
        clocks: Clocks,
        *,
        fresh_seconds: float = 0.0,
    ) -> None:
        self._items = items
        self._agents = agents
        self._cities = cities
        self._clocks = clocks
        self._kept: Kept[Picture] = Kept(fresh_seconds)

    async def queues(
        self, tenant: str, units: frozenset[str] | None, language: str = "es"
    ) -> list[QueueFigures]:
        """Lists the queues of units, None for all that have ever had work or people."""
        picture = await self.picture(tenant)
        city = await self._cities.get(tenant)
        known = picture.counts.keys() | {unit for a in picture.agents for unit in a.units}
        shown = known if units is None else units
        return [self._figures(picture, city, unit, language) for unit in sorted(shown)]

    async def offers_by_agent(self, tenant: str) -> Mapping[str, Counter[str]]:
        """Counts how the offers of the last 24 hours ended, by agent."""
        by_agent: dict[str, Counter[str]] = defaultdict(Counter)
        for offer in (await self.picture(tenant)).offers:
            by_agent[offer.agent_id][offer.outcome] += 1
        return by_agent

    async def estimate(self, tenant: str, unit_id: str, skills: frozenset[str]) -> WaitEstimate:
        """Estimates the wait of a new item in a unit's queue."""
        picture = await self.picture(tenant)
        return self._estimate(picture, await self._cities.get(tenant), unit_id, skills)

    async def public_wait(
        self, tenant: str, unit_id: str | None, procedure_code: str | None, language: str
    ) -> PublicWait:
        """Tells what somebody may expect who writes now.

        Args:
            tenant: The city.
            unit_id: Unit; by default that of the procedure.
            procedure_code: Procedure; without either, the unit of whatever fits nothing else.
            language: Of the unit's name.

        Raises:
            ProcedureNotFound: the city has no such procedure.
            UnitNotFound: the city has no such unit.
        """
        city = await self._cities.get(tenant)
        home = city.first_unit
        if procedure_code is not None:
            home = city.unit_of(procedure_code)
            if home is None:
                raise ProcedureNotFound
        unit = unit_id or home
        if unit is None or not city.has_unit(unit):
            raise UnitNotFound
        skills = frozenset(city.skills_for(procedure_code, unit) if procedure_code else ())
        picture = await self.picture(tenant)
        wait = self._estimate(picture, city, unit, skills)
        return PublicWait(
            unit_id=unit,
            unit_name=city.unit_name(unit, language),
            open_now=wait.open_now,
            next_opening=None if wait.open_now else city.schedule(unit).next_opening(picture.now),
            queued=wait.queue_length,
            expected_wait=wait.expected_wait,
        )

    async def picture(self, tenant: str) -> Picture:
        """Returns what the figures are made from, a moment old at most."""
        return await self._kept.get(tenant, lambda: self._read(tenant))

    async def _read(self, tenant: str) -> Picture:
        now = self._clocks.now()
        since = now - RECENT
        counts, agents, served, offers, overdue = await asyncio.gather(
            self._items.counts(tenant),
            self._agents.of_tenant(tenant),
            self._items.served(tenant, since, RECENT_LIMIT),
            self._items.ended_offers(tenant, since, RECENT_LIMIT),
            self._items.overdue(tenant, now),
        )
        by_unit: dict[str, list[Served]] = defaultdict(list)
        for one in served:
            by_unit[one.unit_id].append(one)
        return Picture(now, {c.unit_id: c for c in counts}, agents, by_unit, offers, overdue)

    def _estimate(
        self,
        picture: Picture,
        city: CityRouting,
        unit_id: str,
        skills: frozenset[str] = frozenset(),
    ) -> WaitEstimate:
        there = [a for a in self._there(picture, unit_id) if skills <= a.skills]
        by_state = picture.count(unit_id).by_state
        return estimate_wait(
            queue_length=sum(by_state.get(state, 0) for state in _WAITING),
            slots=sum(a.capacity for a in there),
            free_slots=sum(a.free_slots for a in there),
            recent_services=[
                timedelta(seconds=s.service_seconds)
                for s in picture.served.get(unit_id, ())
                if s.service_seconds is not None
            ],
            open_now=city.schedule(unit_id).is_open(picture.now),
            rules=city.rules,
        )

    def _there(self, picture: Picture, unit_id: str) -> list[Agent]:
        """Agents of a unit to whom work may be offered now; supervisors get what escalates."""
        real_now = self._clocks.real_now()
        return [
            a
            for a in picture.agents
            if a.is_available(real_now) and unit_id in a.units and not a.supervisor
        ]

    def _by_status(self, picture: Picture, unit_id: str) -> Counter[PresenceStatus]:
        """Counts the people of a unit; whose desk went silent is not there."""
        real_now = self._clocks.real_now()
        return Counter(
            PresenceStatus.OFFLINE if a.heartbeat_expired(real_now) else a.status
            for a in picture.agents
            if unit_id in a.units and not a.supervisor
        )

    def _figures(
        self, picture: Picture, city: CityRouting, unit: str, language: str
    ) -> QueueFigures:
        counts, served = picture.count(unit), picture.served.get(unit, ())
        wait = self._estimate(picture, city, unit)
        there = self._there(picture, unit)
        people = self._by_status(picture, unit)
        offers = Counter(one.outcome for one in picture.offers if one.unit_id == unit)
        late = picture.overdue.get(unit) or Overdue()
        waits = [one.wait_seconds for one in served]
        capacity, free = sum(a.capacity for a in there), sum(a.free_slots for a in there)
        return QueueFigures(
            unit_id=unit,
            name=city.unit_name(unit, language),
            open_now=wait.open_now,
            next_opening=None if wait.open_now else city.schedule(unit).next_opening(picture.now),
            queued=counts.by_state.get(WorkState.QUEUED, 0),
            mailbox=counts.by_state.get(WorkState.HELD, 0),
            offered=counts.by_state.get(WorkState.OFFERED, 0),
            assigned=counts.by_state.get(WorkState.ASSIGNED, 0),
            waiting_citizen=counts.by_state.get(WorkState.PARKED, 0),
            oldest_wait_seconds=_seconds_since(counts.oldest_wait_since, picture.now),
            wait_p50_seconds=percentile(waits, 0.5),
            wait_p90_seconds=percentile(waits, 0.9),
            right_agent_p50_seconds=percentile([s.from_creation_seconds for s in served], 0.5),
            first_transfer_rate=(
                sum(one.transferred for one in served) / len(served) if served else None
            ),
            expected_wait_seconds=(
                None if wait.expected_wait is None else int(wait.expected_wait.total_seconds())
            ),
            agents_online=len(there),
            agents_away=people[PresenceStatus.AWAY],
            agents_offline=people[PresenceStatus.OFFLINE],
            capacity=capacity,
            free_slots=free,
            occupancy=(capacity - free) / capacity if capacity else None,
            offers_accepted=offers["accepted"],
            offers_declined=offers["declined"],
            offers_lapsed=offers["lapsed"],
            overdue=late.cases,
            first_answer_overdue=late.first_answers,
        )


def _seconds_since(instant: datetime | None, now: datetime) -> int | None:
    return None if instant is None else max(0, int((now - instant).total_seconds()))
