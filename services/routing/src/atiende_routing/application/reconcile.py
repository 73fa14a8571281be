"""Putting right what crashes, silent desks and sign-offs leave behind."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta

from atiende_kit.errors import AtiendeError
from atiende_kit.telemetry import get_logger
from atiende_routing.application.assign_work import AssignWork
from atiende_routing.application.moments import Clocks
from atiende_routing.application.ports import Agents, Cities, ItemWrite, WorkItems
from atiende_routing.domain.agent import Agent, PresenceStatus
from atiende_routing.domain.work_item import WorkItem

log = get_logger()

# Longer than any claim takes, shorter than anybody would wait for a slot (real time).
RESERVATION_AGE = timedelta(seconds=15)


@dataclass(frozen=True, slots=True)
class Reconcile:
    """One beat of the sweeper."""

    items: WorkItems
    agents: Agents
    cities: Cities
    assign: AssignWork
    clocks: Clocks

    async def __call__(self) -> None:
        """Signs off silent desks, frees slots without an item, hands on work of the absent."""
        await self._sign_off_silent()
        for agent in await self.agents.holding():
            held = await self.items.get_many(agent.tenant, agent.held)
            await self._free_leftovers(agent, held)
            await self._hand_on(agent, held)

    async def _sign_off_silent(self) -> None:
        now, real_now = self.clocks.now(), self.clocks.real_now()
        silent = [a for a in await self.agents.not_offline() if a.heartbeat_expired(real_now)]
        # Too late means that they have just shown up.
        await self.agents.save([agent.lapse(now) for agent in silent])

    async def _free_leftovers(self, agent: Agent, held: dict[str, WorkItem]) -> None:
        real_now = self.clocks.real_now()
        leftovers: set[str] = set()
        for slot in agent.slots:
            item = held.get(slot.item_id)
            rightful = (
                item is not None
                and item.holder_id == agent.agent_id
                and item.slot_token == slot.token
            )
            if rightful or real_now - slot.reserve_time < RESERVATION_AGE:
                continue
            if item is not None:
                # Whoever reserved this and sleeps must not wake up and win the item: its version
                # moves on first. When this is too late the item has changed: look at it again.
                fenced = replace(item, fence=item.fence + 1)
                if not (await self.items.save([ItemWrite(fenced)]))[0]:
                    continue
                held[slot.item_id] = replace(fenced, version=item.version + 1)
            leftovers.add(slot.token)
        if leftovers:
            await self.assign.free(agent.tenant, agent.agent_id, frozenset(leftovers))
            log.info("slots_freed", count=len(leftovers))

    async def _hand_on(self, agent: Agent, held: dict[str, WorkItem]) -> None:
        """Gives others the work of somebody who has been gone for long in working time."""
        if agent.status is not PresenceStatus.OFFLINE:
            return
        city = await self.cities.get(agent.tenant)
        now = self.clocks.now()
        for item in held.values():
            if item.holder_id != agent.agent_id or item.assign_time is None:
                continue
            # Work claimed by hand while offline has its own full term.
            gone_since = max(agent.status_time, item.assign_time)
            schedule = city.schedule(item.unit_id)
            if schedule.add_minutes(gone_since, city.rules.offline_release_minutes) > now:
                continue
            try:
                await self.assign.release(agent.tenant, item.item_id, agent.agent_id, "offline")
            except AtiendeError as error:
                log.info("hand_on_refused", reason=error.reason)
