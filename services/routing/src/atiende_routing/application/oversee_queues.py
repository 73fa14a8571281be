"""Figures of the queues: for supervisors, for the desk, and for those who are about to wait."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta

from atiende_routing.application.moments import Clocks
from atiende_routing.application.ports import Agents, Cities, Served, UnitCounts, WorkItems
from atiende_routing.domain.agent import Agent, PresenceStatus
from atiende_routing.domain.waits import WaitEstimate, estimate_wait, percentile
from atiende_routing.domain.work_item import WorkState

RECENT = timedelta(hours=24)
RECENT_LIMIT = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueFigures:
    """One unit's queue now, and its waits of the last 24 hours of domain time.

    Attributes:
        mailbox: items held for the next opening.
        oldest_wait_seconds: None when nobody waits.
        wait_p50_seconds: from when it could be offered until an agent had it; None without data.
        right_agent_p50_seconds: from the opening of the case until its present agent had it.
        first_transfer_rate: share of those items that were transferred at least once.
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
    free_slots: int


@dataclass(frozen=True, slots=True)
class OverseeQueues:
    """Reads queues and agents; changes nothing."""

    items: WorkItems
    agents: Agents
    cities: Cities
    clocks: Clocks

    async def queues(self, tenant: str, units: frozenset[str] | None) -> list[QueueFigures]:
        """Lists the queues of units, None for all that have ever had work or people."""
        counts = {c.unit_id: c for c in await self.items.counts(tenant)}
        agents = await self.agents.of_tenant(tenant)
        shown = units if units is not None else counts.keys() | {u for a in agents for u in a.units}
        now = self.clocks.now()
        served: dict[str, list[Served]] = defaultdict(list)
        for one in await self.items.served(tenant, now - RECENT, RECENT_LIMIT):
            served[one.unit_id].append(one)
        return [
            await self._figures(
                tenant, counts.get(unit) or UnitCounts(unit_id=unit), agents, served[unit], now
            )
            for unit in sorted(shown)
        ]

    async def estimate(self, tenant: str, unit_id: str, skills: frozenset[str]) -> WaitEstimate:
        """Estimates the wait of a new item in a unit's queue."""
        counts = {c.unit_id: c for c in await self.items.counts(tenant)}
        now = self.clocks.now()
        served = await self.items.served(tenant, now - RECENT, RECENT_LIMIT)
        agents = await self.agents.of_tenant(tenant)
        mine = [one for one in served if one.unit_id == unit_id]
        return await self._estimate(
            tenant,
            counts.get(unit_id) or UnitCounts(unit_id=unit_id),
            agents,
            mine,
            now=now,
            skills=skills,
        )

    async def _estimate(
        self,
        tenant: str,
        counts: UnitCounts,
        agents: list[Agent],
        served: list[Served],
        *,
        now: datetime,
        skills: frozenset[str] = frozenset(),
    ) -> WaitEstimate:
        city = await self.cities.get(tenant)
        there = self._there(agents, counts.unit_id, skills)
        waiting = (WorkState.QUEUED, WorkState.OFFERED, WorkState.HELD)
        return estimate_wait(
            queue_length=sum(counts.by_state.get(state, 0) for state in waiting),
            slots=sum(a.capacity for a in there),
            free_slots=sum(a.free_slots for a in there),
            recent_services=[
                timedelta(seconds=s.service_seconds)
                for s in served
                if s.service_seconds is not None
            ],
            open_now=city.schedule(counts.unit_id).is_open(now),
            rules=city.rules,
        )

    def _there(self, agents: list[Agent], unit: str, skills: frozenset[str]) -> list[Agent]:
        real_now = self.clocks.real_now()
        return [
            a
            for a in agents
            if a.status is PresenceStatus.ONLINE
            and a.is_available(real_now)
            and unit in a.units
            and skills <= a.skills
            and not a.supervisor
        ]

    async def _figures(
        self,
        tenant: str,
        counts: UnitCounts,
        agents: list[Agent],
        served: list[Served],
        now: datetime,
    ) -> QueueFigures:
        unit = counts.unit_id
        city = await self.cities.get(tenant)
        schedule = city.schedule(unit)
        wait = await self._estimate(tenant, counts, agents, served, now=now)
        there = self._there(agents, unit, frozenset())
        waits = [one.wait_seconds for one in served]
        oldest = counts.oldest_wait_since
        return QueueFigures(
            unit_id=unit,
            name=city.unit_name(unit, "es"),
            open_now=wait.open_now,
            next_opening=None if wait.open_now else schedule.next_opening(now),
            queued=counts.by_state.get(WorkState.QUEUED, 0),
            mailbox=counts.by_state.get(WorkState.HELD, 0),
            offered=counts.by_state.get(WorkState.OFFERED, 0),
            assigned=counts.by_state.get(WorkState.ASSIGNED, 0),
            waiting_citizen=counts.by_state.get(WorkState.PARKED, 0),
            oldest_wait_seconds=(
                None if oldest is None else max(0, int((now - oldest).total_seconds()))
            ),
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
            free_slots=sum(a.free_slots for a in there),
        )
