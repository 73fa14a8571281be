"""Giving an item to one agent, exclusively, and taking it back.

Two documents change: the agent's (a slot) and the item's (its owner). The order makes every
interruption safe:

1. read the item; 2. reserve a slot on the agent by compare-and-set; 3. give the item, at the
version read in 1, by compare-and-set. A failure of 3 frees the slot. A crash after 2 leaves a slot
without an item, which `ReconcileSlots` frees, after it has moved the item's version on so that a
process that slept through all of it can no longer do 3.

Taking back goes the other way round, so the slots of an agent always cover what they hold and
capacity is never exceeded.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from atiende_kit.errors import VersionMismatch
from atiende_kit.ids import new_id
from atiende_routing.application.moments import Clocks
from atiende_routing.application.ports import Agents, Cities, ItemWrite, WorkItems
from atiende_routing.domain.agent import Agent
from atiende_routing.domain.errors import (
    AgentNotFound,
    NotTheOwner,
    WorkItemNotFound,
    WorkNotYetVisible,
)
from atiende_routing.domain.facts import ReleaseReason
from atiende_routing.domain.work_item import (
    Change,
    WorkItem,
    WorkState,
    accept,
    hand_over,
    release,
    take,
)

Transition = Callable[[WorkItem, str, str, datetime], Change]

# Each attempt that fails means that another one succeeded, so this many is a very busy item.
MAX_ATTEMPTS = 50


@dataclass(frozen=True, slots=True)
class AssignWork:
    """Claims, acceptances and releases."""

    items: WorkItems
    agents: Agents
    cities: Cities
    clocks: Clocks

    async def claim(self, tenant: str, item_id: str, agent_id: str) -> WorkItem:
        """Gives a waiting item to an agent who asks for it.

        Raises:
            WorkItemNotFound: there is no such item.
            WorkAlreadyAssigned: somebody else has it.
            WorkCompleted: it needs nobody.
            CapacityFull: the agent has as many as they may have.
        """
        return await self._give(tenant, item_id, agent_id, take)

    async def accept(self, tenant: str, item_id: str, agent_id: str) -> WorkItem:
        """Gives an offered item to the agent to whom it was offered.

        Raises:
            OfferLapsed: the offer is not, or no longer, theirs.
            CapacityFull: the agent has as many as they may have.
        """
        return await self._give(tenant, item_id, agent_id, accept)

    async def assign(self, tenant: str, item_id: str, agent_id: str) -> WorkItem:
        """Gives an item to the agent whom a supervisor chose, also when another one has it.

        Raises:
            WorkItemNotFound: there is no such item.
            AgentNotFound: there is no such agent.
            WorkCompleted: it needs nobody.
            CapacityFull: the agent has as many as they may have.
        """
        return await self._give(tenant, item_id, agent_id, hand_over)

    async def claim_case(self, tenant: str, case_id: str, agent_id: str) -> WorkItem:
        """Claims by case, for a caller that has checked the agent's right to the case.

        Raises:
            WorkNotYetVisible: the case's first event has not arrived yet.
        """
        item = await self.items.of_case(tenant, case_id)
        if item is None:
            raise WorkNotYetVisible
        await self._ensure_agent(tenant, agent_id)
        return await self.claim(tenant, item.item_id, agent_id)

    async def release(
        self, tenant: str, item_id: str, agent_id: str, reason: ReleaseReason
    ) -> WorkItem:
        """Takes an item from the agent who has it; it waits again.

        Raises:
            NotTheOwner: they do not have it.
        """
        city = await self.cities.get(tenant)
        for _ in range(MAX_ATTEMPTS):
            item = await self._item(tenant, item_id)
            back, facts = release(
                item,
                agent_id,
                reason,
                now=self.clocks.now(),
                schedule=city.schedule(item.unit_id),
                rules=city.rules,
            )
            if (await self.items.save([ItemWrite(back, facts)]))[0]:
                if item.slot_token is not None:
                    await self.free(tenant, agent_id, frozenset({item.slot_token}))
                return replace(back, version=item.version + 1)
        raise VersionMismatch("WORK_CONTENDED", "La tarea cambió muchas veces; intente otra vez.")

    async def free(self, tenant: str, agent_id: str, tokens: frozenset[str]) -> None:
        """Frees slots of an agent; they need not be there."""
        for _ in range(MAX_ATTEMPTS):
            agent = await self.agents.get(tenant, agent_id)
            if agent is None:
                return
            dropped = agent.drop(tokens)
            if dropped is agent or (await self.agents.save([dropped]))[0]:
                return
        # The reconciler frees what is left: too many slots held is the safe side.

    async def _give(
        self, tenant: str, item_id: str, agent_id: str, transition: Transition
    ) -> WorkItem:
        for _ in range(MAX_ATTEMPTS):
            item = await self._item(tenant, item_id)
            token = new_id()
            # Refuses what can be seen to be impossible before anything is reserved.
            given, facts = transition(item, agent_id, token, self.clocks.now())
            if item.holder_id == agent_id:
                return item
            await self._reserve(tenant, agent_id, item_id, token)
            if (await self.items.save([ItemWrite(given, facts)]))[0]:
                if item.holder_id is not None and item.slot_token is not None:
                    await self.free(tenant, item.holder_id, frozenset({item.slot_token}))
                return replace(given, version=item.version + 1)
            await self.free(tenant, agent_id, frozenset({token}))
        raise VersionMismatch("WORK_CONTENDED", "La tarea cambió muchas veces; intente otra vez.")

    async def _reserve(self, tenant: str, agent_id: str, item_id: str, token: str) -> None:
        for _ in range(MAX_ATTEMPTS):
            agent = await self.agents.get(tenant, agent_id)
            if agent is None:
                raise AgentNotFound
            now, real_now = self.clocks.now(), self.clocks.real_now()
            if (await self.agents.save([agent.reserve(item_id, token, now, real_now)]))[0]:
                return
        raise VersionMismatch("AGENT_CONTENDED", "Hay muchos cambios a la vez; intente otra vez.")

    async def _item(self, tenant: str, item_id: str) -> WorkItem:
        item = await self.items.get(tenant, item_id)
        if item is None:
            raise WorkItemNotFound
        return item

    async def _ensure_agent(self, tenant: str, agent_id: str) -> None:
        """Makes the agent of a claim that came before they ever signed presence."""
        if await self.agents.get(tenant, agent_id) is not None:
            return
        city = await self.cities.get(tenant)
        now, real_now = self.clocks.now(), self.clocks.real_now()
        capacity = city.rules.default_capacity
        unseen = Agent(
            agent_id=agent_id,
            tenant=tenant,
            status_time=now,
            seen_time=real_now,
            idle_since=now,
            capacity=capacity,
        )
        # Too late means that they are there by now.
        await self.agents.save([unseen])


def owner_of(item: WorkItem) -> str:
    """Returns who has an item.

    Raises:
        NotTheOwner: nobody has it.
    """
    owned = item.state in {WorkState.ASSIGNED, WorkState.PARKED}
    if not owned or item.agent_id is None:
        raise NotTheOwner
    return item.agent_id
