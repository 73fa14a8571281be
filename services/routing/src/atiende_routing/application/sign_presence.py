"""Agents: signing presence, and what a supervisor sets for them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from atiende_kit.errors import VersionMismatch
from atiende_routing.application.moments import Clocks
from atiende_routing.application.ports import Agents, Cities
from atiende_routing.domain.agent import Agent, PresenceStatus
from atiende_routing.domain.errors import AgentNotFound

MAX_ATTEMPTS = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffMember:
    """Who signs, as their token says."""

    tenant: str
    agent_id: str
    name: str
    units: frozenset[str]
    supervisor: bool


@dataclass(frozen=True, slots=True)
class SignPresence:
    """Presence, heartbeats, skills and capacity."""

    agents: Agents
    cities: Cities
    clocks: Clocks

    async def sign(self, member: StaffMember, status: PresenceStatus) -> Agent:
        """Sets the status; makes the agent at the first time, with the skills of their units."""
        for _ in range(MAX_ATTEMPTS):
            known = await self.agents.get(member.tenant, member.agent_id)
            before = known or await self._new(member)
            signed = await self._refreshed(before, member)
            signed = signed.with_status(status, self.clocks.now(), self.clocks.real_now())
            if (await self.agents.save([signed]))[0]:
                return signed
        raise VersionMismatch("AGENT_CONTENDED", "Hay muchos cambios a la vez; intente otra vez.")

    async def beat(self, tenant: str, agent_id: str) -> Agent:
        """Notes that the desk is there.

        Raises:
            AgentNotFound: they never signed presence.
        """
        real_now = self.clocks.real_now()
        return await self._change(tenant, agent_id, lambda agent: agent.beat(real_now))

    async def present(self, member: StaffMember) -> Agent:
        """Returns the agent, or what they would be if they signed now."""
        return await self.agents.get(member.tenant, member.agent_id) or await self._new(member)

    async def ensure(self, member: StaffMember) -> None:
        """Makes the agent who takes work before they ever signed presence."""
        if await self.agents.get(member.tenant, member.agent_id) is None:
            # Too late means that they are there by now.
            await self.agents.save([await self._new(member)])

    async def settle(
        self, tenant: str, agent_id: str, *, skills: Iterable[str], capacity: int | None
    ) -> Agent:
        """Sets skills and capacity by a supervisor's word; it outlives the release's defaults.

        Raises:
            AgentNotFound: they never signed presence.
        """
        wanted = frozenset(skills)
        languages = (await self.cities.get(tenant)).languages_of(wanted)

        def settled(agent: Agent) -> Agent:
            room = agent.capacity if capacity is None else capacity
            return replace(agent, skills=wanted, languages=languages, capacity=room, settled=True)

        return await self._change(tenant, agent_id, settled)

    async def _change(self, tenant: str, agent_id: str, change: Callable[[Agent], Agent]) -> Agent:
        for _ in range(MAX_ATTEMPTS):
            agent = await self.agents.get(tenant, agent_id)
            if agent is None:
                raise AgentNotFound
            changed = change(agent)
            if (await self.agents.save([changed]))[0]:
                return changed
        raise VersionMismatch("AGENT_CONTENDED", "Hay muchos cambios a la vez; intente otra vez.")

    async def _new(self, member: StaffMember) -> Agent:
        city = await self.cities.get(member.tenant)
        now = self.clocks.now()
        agent = Agent(
            agent_id=member.agent_id,
            tenant=member.tenant,
            status_time=now,
            seen_time=self.clocks.real_now(),
            idle_since=now,
            capacity=city.rules.default_capacity,
        )
        return await self._refreshed(agent, member)

    async def _refreshed(self, agent: Agent, member: StaffMember) -> Agent:
        """Takes over what the token says: it is newer than the document."""
        city = await self.cities.get(member.tenant)
        skills = agent.skills if agent.settled else city.unit_skills(member.units)
        return replace(
            agent,
            name=member.name or agent.name,
            units=member.units,
            supervisor=member.supervisor,
            skills=skills,
            languages=city.languages_of(skills),
        )
