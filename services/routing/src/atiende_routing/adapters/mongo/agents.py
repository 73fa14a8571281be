"""The port `Agents` over the document store."""

from __future__ import annotations

from collections.abc import Sequence

from atiende_kit.store import Collection, Database, GroupCommit, Index, Insert, Outcome, Replace
from atiende_routing.adapters.mongo.documents import agent_document, agent_key, agent_of
from atiende_routing.domain.agent import Agent

INDEXES = (
    Index([("status", 1)], tenant_first=False),
    Index([("holds", 1)], partial={"holds": True}, tenant_first=False),
    Index([("agent_id", 1)]),
)


class MongoAgents:
    """Agents; presence and slots in one document, so that both change together or not at all."""

    def __init__(self, database: Database) -> None:
        self._agents: Collection = database.collection("agents", INDEXES)
        self._group: GroupCommit[Insert | Replace, Outcome] = GroupCommit(self._flush)

    async def _flush(self, operations: list[Insert | Replace]) -> list[Outcome | Exception]:
        return list(await self._agents.write(operations))

    async def get(self, tenant: str, agent_id: str) -> Agent | None:
        """See the port."""
        found = await self._agents.get(tenant, agent_key(tenant, agent_id))
        return None if found is None else agent_of(found)

    async def save(self, agents: Sequence[Agent]) -> list[bool]:
        """See the port."""
        operations = [self._operation(agent) for agent in agents]
        if len(operations) == 1:
            return [await self._group.submit(operations[0]) is Outcome.DONE]
        return [outcome is Outcome.DONE for outcome in await self._agents.write(operations)]

    @staticmethod
    def _operation(agent: Agent) -> Insert | Replace:
        document = agent_document(agent)
        if agent.version == 0:
            return Insert(agent.tenant, document)
        return Replace(agent.tenant, document)

    async def online(self) -> list[Agent]:
        """See the port."""
        return [agent_of(one) for one in await self._agents.across_tenants({"status": "online"})]

    async def not_offline(self) -> list[Agent]:
        """See the port."""
        there = {"status": {"$in": ["online", "away"]}}
        return [agent_of(one) for one in await self._agents.across_tenants(there)]

    async def holding(self) -> list[Agent]:
        """See the port."""
        return [agent_of(one) for one in await self._agents.across_tenants({"holds": True})]

    async def of_tenant(self, tenant: str) -> list[Agent]:
        """See the port."""
        found = await self._agents.find(tenant, sort=[("agent_id", 1)])
        return [agent_of(one) for one in found]
