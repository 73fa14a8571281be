"""The dispatcher: lets work into the queues, offers it, and does not let anything wait unseen.

It runs in every worker; each change is a compare-and-set, so several dispatchers only waste a
little work. The loop beats by real time and compares with domain time.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from atiende_kit.errors import AtiendeError
from atiende_kit.telemetry import get_logger
from atiende_routing.application.assign_work import AssignWork
from atiende_routing.application.moments import Clocks
from atiende_routing.application.ports import Agents, Cities, CityRouting, ItemWrite, WorkItems
from atiende_routing.domain.agent import Agent
from atiende_routing.domain.matching import Proposal, match
from atiende_routing.domain.work_item import (
    WorkItem,
    end_offer,
    escalate,
    offer,
    open_mailbox,
)

log = get_logger()

SWEEP_LIMIT = 1000
# A few items at the head may be passed over (kept for somebody, just declined); looking a bit
# further than the free slots keeps the queue moving behind them.
LOOK_PAST = 200


@dataclass(frozen=True, slots=True)
class Dispatch:
    """One beat of the dispatcher."""

    items: WorkItems
    agents: Agents
    cities: Cities
    assign: AssignWork
    clocks: Clocks

    async def __call__(self) -> None:
        """Opens mailboxes, ends offers, climbs ladders, and offers what waits."""
        await self._open_mailboxes()
        online = await self.agents.online()
        outstanding = await self._settle_offers(online)
        await self._escalate()
        await self._offer(online, outstanding)

    async def _open_mailboxes(self) -> None:
        now = self.clocks.now()
        due = await self.items.mailbox_due(now, SWEEP_LIMIT)
        await self.items.save([ItemWrite(*open_mailbox(item, now)) for item in due])

    async def _settle_offers(self, online: Sequence[Agent]) -> Counter[tuple[str, str]]:
        """Ends what lapsed or belongs to somebody who left; counts what stays open."""
        now, real_now = self.clocks.now(), self.clocks.real_now()
        there = {(a.tenant, a.agent_id) for a in online if a.is_available(real_now)}
        outstanding: Counter[tuple[str, str]] = Counter()
        writes: list[ItemWrite] = []
        for item in await self.items.open_offers(SWEEP_LIMIT):
            pending = item.open_offer
            if pending is None:
                continue
            key = (item.tenant, pending.agent_id)
            if pending.expire_time <= now:
                writes.append(await self._lapse(item))
            elif key not in there:
                writes.append(ItemWrite(*end_offer(item, "withdrawn", now)))
            else:
                outstanding[key] += 1
        await self.items.save(writes)
        return outstanding

    async def _lapse(self, item: WorkItem) -> ItemWrite:
        city = await self.cities.get(item.tenant)
        back, facts = end_offer(item, "lapsed", self.clocks.now())
        ladder = len(city.rules.escalate_after_minutes)
        missed = back.missed_offers >= city.rules.offers_before_escalation
        if not missed or back.escalation_level >= ladder:
            return ItemWrite(back, facts)
        climbed, more = escalate(back, "offers_lapsed", city.schedule(back.unit_id), city.rules)
        return ItemWrite(climbed, (*facts, *more))

    async def _escalate(self) -> None:
        now = self.clocks.now()
        writes: list[ItemWrite] = []
        for item in await self.items.escalation_due(now, SWEEP_LIMIT):
            city = await self.cities.get(item.tenant)
            schedule = city.schedule(item.unit_id)
            writes.append(ItemWrite(*escalate(item, "waited", schedule, city.rules)))
        await self.items.save(writes)

    async def _offer(self, online: Sequence[Agent], outstanding: Counter[tuple[str, str]]) -> None:
        real_now = self.clocks.real_now()
        by_tenant: dict[str, list[Agent]] = defaultdict(list)
        for agent in online:
            if agent.is_available(real_now):
                by_tenant[agent.tenant].append(agent)
        for tenant, agents in by_tenant.items():
            theirs = {a.agent_id: outstanding[tenant, a.agent_id] for a in agents}
            free = sum(max(0, a.free_slots - theirs[a.agent_id]) for a in agents)
            if free == 0:
                continue
            city = await self.cities.get(tenant)
            candidates = await self._candidates(tenant, agents, free + LOOK_PAST)
            proposals = match(
                candidates.values(), agents, theirs,
                now=self.clocks.now(), real_now=real_now, rules=city.rules,
            )  # fmt: skip
            await self._carry_out(tenant, city, candidates, proposals)

    async def _candidates(
        self, tenant: str, agents: Sequence[Agent], limit: int
    ) -> dict[str, WorkItem]:
        """Reads only queues that somebody who is there can serve, so none blocks another."""
        found: dict[str, WorkItem] = {}
        for group in await self.items.queue_groups(tenant):
            served = any(
                group.unit_id in a.units and set(group.skills) <= a.skills and not a.supervisor
                for a in agents
            )
            if served:
                queued = await self.items.queued(tenant, group, limit)
                found.update({item.item_id: item for item in queued})
        watched = frozenset(unit for a in agents if a.supervisor for unit in a.units)
        extra: list[WorkItem] = []
        if watched:
            extra += await self.items.queued_escalated(tenant, watched, limit)
        ids = frozenset(a.agent_id for a in agents)
        extra += await self.items.queued_for(tenant, ids, self.clocks.now(), limit)
        found.update({item.item_id: item for item in extra})
        return found

    async def _carry_out(
        self,
        tenant: str,
        city: CityRouting,
        candidates: dict[str, WorkItem],
        proposals: Sequence[Proposal],
    ) -> None:
        now = self.clocks.now()
        writes = [
            ItemWrite(*offer(candidates[p.item_id], p.agent_id, p.reasons, now, city.rules))
            for p in proposals
            if not p.direct
        ]
        await self.items.save(writes)
        for proposal in proposals:
            if not proposal.direct:
                continue
            try:
                await self.assign.claim(tenant, proposal.item_id, proposal.agent_id)
            except AtiendeError as error:
                # Somebody was faster, or the agent took something else: the next beat looks again.
                log.info("resume_refused", reason=error.reason)
