"""The port `WorkItems` over the document store."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from atiende_kit.clock import Clock
from atiende_kit.store import (
    Collection,
    Database,
    Document,
    GroupCommit,
    Index,
    Insert,
    Outcome,
    Replace,
)
from atiende_routing.adapters.messages import to_events
from atiende_routing.adapters.mongo.documents import (
    SKILLS_SEPARATOR,
    item_document,
    item_of,
    skills_key,
)
from atiende_routing.application.ports import (
    EndedOffer,
    ItemFilter,
    ItemWrite,
    Overdue,
    QueueGroup,
    Served,
    UnitCounts,
)
from atiende_routing.domain.work_item import WorkItem, WorkState

_QUEUE = [("rank_time", 1), ("queue_time", 1), ("_id", 1)]
_OPEN = [state.value for state in WorkState if state is not WorkState.COMPLETED]
MAX_OFFERS = 200
INDEXES = (
    Index([("case_id", 1)], unique=True),
    Index([("state", 1), ("unit_id", 1), ("skills_key", 1), ("rank_time", 1)]),
    Index([("agent_id", 1), ("state", 1)]),
    Index([("rank_time", 1), ("_id", 1)]),
    Index([("assign_time", -1)]),
    Index([("offered_to", 1), ("state", 1)]),
    Index([("offers.end_time", -1)]),
    Index([("due_time", 1), ("state", 1)]),
    Index([("first_answer_due_time", 1), ("state", 1)]),
    Index([("state", 1), ("offer_expire_time", 1)], tenant_first=False),
    Index([("state", 1), ("available_time", 1)], tenant_first=False),
    Index([("state", 1), ("escalate_time", 1)], tenant_first=False),
)


class MongoWorkItems:
    """Work items, each with its pending events in the same document."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._items: Collection = database.collection("work_items", INDEXES, outbox=True)
        self._clock = clock
        # Claims that arrive together share one journaled write.
        self._group: GroupCommit[Insert | Replace, Outcome] = GroupCommit(self._flush)

    async def _flush(self, operations: list[Insert | Replace]) -> list[Outcome | Exception]:
        return list(await self._items.write(operations))

    async def get(self, tenant: str, item_id: str) -> WorkItem | None:
        """See the port."""
        found = await self._items.get(tenant, item_id)
        return None if found is None else item_of(found)

    async def get_many(self, tenant: str, item_ids: Iterable[str]) -> dict[str, WorkItem]:
        """See the port."""
        found = await self._items.get_many(tenant, item_ids)
        return {key: item_of(document) for key, document in found.items()}

    async def of_case(self, tenant: str, case_id: str) -> WorkItem | None:
        """See the port."""
        found = await self._items.find_one(tenant, {"case_id": case_id})
        return None if found is None else item_of(found)

    async def save(self, writes: Sequence[ItemWrite]) -> list[bool]:
        """See the port."""
        operations = [self._operation(write) for write in writes]
        if len(operations) == 1:
            return [await self._group.submit(operations[0]) is Outcome.DONE]
        return [outcome is Outcome.DONE for outcome in await self._items.write(operations)]

    def _operation(self, write: ItemWrite) -> Insert | Replace:
        item = write.item
        events = to_events(item, write.facts, now=self._clock.now(), cause=write.cause)
        document = item_document(item)
        if item.version == 0:
            return Insert(item.tenant, document, events)
        return Replace(item.tenant, document, events)

    async def find(self, tenant: str, wanted: ItemFilter) -> list[WorkItem]:
        """See the port."""
        query: Document = {}
        if wanted.states is not None:
            query["state"] = {"$in": sorted(state.value for state in wanted.states)}
        if wanted.units is not None:
            query["unit_id"] = {"$in": sorted(wanted.units)}
        if wanted.kind is not None:
            query["kind"] = wanted.kind
        if wanted.agent_id is not None:
            mine = {"agent_id": wanted.agent_id}
            query["$and"] = [{"$or": [mine, {"offered_to": wanted.agent_id}]}]
        if wanted.after is not None:
            rank, item_id = wanted.after
            later = {"rank_time": {"$gt": rank}}
            same = {"rank_time": rank, "_id": {"$gt": item_id}}
            query.setdefault("$and", []).append({"$or": [later, same]})
        order = [("rank_time", 1), ("_id", 1)]
        return _items(await self._items.find(tenant, query, sort=order, limit=wanted.limit))

    async def offers_to(self, tenant: str, agent_id: str) -> list[WorkItem]:
        """See the port."""
        query = {"offered_to": agent_id, "state": "offered"}
        order = [("offer_expire_time", 1), ("_id", 1)]
        return _items(await self._items.find(tenant, query, sort=order, limit=MAX_OFFERS))

    async def open_offers(self, limit: int) -> list[WorkItem]:
        """See the port."""
        return await self._sweep({"state": "offered"}, "offer_expire_time", limit)

    async def mailbox_due(self, now: datetime, limit: int) -> list[WorkItem]:
        """See the port."""
        query = {"state": "held", "available_time": {"$lte": now}}
        return await self._sweep(query, "available_time", limit)

    async def held(self, tenant: str, limit: int) -> list[WorkItem]:
        """See the port."""
        query = {"state": "held"}
        return _items(await self._items.find(tenant, query, sort=_QUEUE, limit=limit))

    async def escalation_due(self, now: datetime, limit: int) -> list[WorkItem]:
        """See the port."""
        query = {"state": {"$in": ["queued", "offered"]}, "escalate_time": {"$lte": now}}
        return await self._sweep(query, "escalate_time", limit)

    async def _sweep(self, query: Mapping[str, Any], field: str, limit: int) -> list[WorkItem]:
        return _items(await self._items.across_tenants(query, sort=[(field, 1)], limit=limit))

    async def queue_groups(self, tenant: str) -> list[QueueGroup]:
        """See the port."""
        found = await self._items.aggregate(
            tenant,
            [
                {"$match": {"state": "queued"}},
                {
                    "$group": {
                        "_id": {"unit": "$unit_id", "skills": "$skills_key"},
                        "count": {"$sum": 1},
                    }
                },
            ],
        )
        return [
            QueueGroup(
                one["_id"]["unit"],
                tuple(s for s in one["_id"]["skills"].split(SKILLS_SEPARATOR) if s),
                one["count"],
            )
            for one in found
        ]

    async def queued(self, tenant: str, group: QueueGroup, limit: int) -> list[WorkItem]:
        """See the port."""
        query = {"unit_id": group.unit_id, "skills_key": skills_key(group.skills)}
        return await self._queued(tenant, query, limit)

    async def queued_escalated(
        self, tenant: str, units: frozenset[str], limit: int
    ) -> list[WorkItem]:
        """See the port."""
        query = {"unit_id": {"$in": sorted(units)}, "escalation_level": {"$gt": 0}}
        return await self._queued(tenant, query, limit)

    async def queued_for(
        self, tenant: str, agent_ids: frozenset[str], now: datetime, limit: int
    ) -> list[WorkItem]:
        """See the port."""
        query = {
            "preferred_agent_id": {"$in": sorted(agent_ids)},
            "prefer_until": {"$gt": now},
        }
        return await self._queued(tenant, query, limit)

    async def _queued(self, tenant: str, query: Mapping[str, Any], limit: int) -> list[WorkItem]:
        wanted = {"state": "queued", **query}
        return _items(await self._items.find(tenant, wanted, sort=_QUEUE, limit=limit))

    async def counts(self, tenant: str) -> list[UnitCounts]:
        """See the port."""
        found = await self._items.aggregate(
            tenant,
            [
                {"$match": {"state": {"$in": _OPEN}}},
                {
                    "$group": {
                        "_id": {"unit": "$unit_id", "state": "$state"},
                        "count": {"$sum": 1},
                        "since": {"$min": "$waiting_since"},
                    }
                },
            ],
        )
        states: dict[str, dict[WorkState, int]] = defaultdict(dict)
        oldest: dict[str, datetime] = {}
        for one in found:
            unit, state = one["_id"]["unit"], WorkState(one["_id"]["state"])
            states[unit][state] = one["count"]
            since = one["since"]
            if since is not None and state is not WorkState.HELD:
                oldest[unit] = min(since, oldest.get(unit, since))
        return [
            UnitCounts(unit_id=unit, by_state=by_state, oldest_wait_since=oldest.get(unit))
            for unit, by_state in states.items()
        ]

    async def served(self, tenant: str, since: datetime, limit: int) -> list[Served]:
        """See the port."""
        found = await self._items.find(
            tenant,
            {"assign_time": {"$gte": since}},
            sort=[("assign_time", -1)],
            limit=limit,
            projection=[
                "unit_id",
                "state",
                "wait_seconds",
                "assign_time",
                "complete_time",
                "create_time",
                "transfers",
            ],
        )
        return [_served(one) for one in found]

    async def ended_offers(self, tenant: str, since: datetime, limit: int) -> list[EndedOffer]:
        """See the port."""
        found = await self._items.find(
            tenant,
            {"offers.end_time": {"$gte": since}},
            sort=[("_id", -1)],
            limit=limit,
            projection=["unit_id", "offers"],
        )
        return [
            EndedOffer(one["unit_id"], record["agent_id"], record["outcome"])
            for one in found
            for record in one["offers"]
            if record["end_time"] is not None and record["end_time"] >= since
        ]

    async def overdue(self, tenant: str, now: datetime) -> dict[str, Overdue]:
        """See the port."""
        late = {"$lte": now}
        cases = await self._count_open(tenant, {"due_time": late})
        answers = await self._count_open(tenant, {"first_answer_due_time": late, "answered": False})
        return {
            unit: Overdue(cases.get(unit, 0), answers.get(unit, 0))
            for unit in cases.keys() | answers.keys()
        }

    async def _count_open(self, tenant: str, query: Mapping[str, Any]) -> dict[str, int]:
        found = await self._items.aggregate(
            tenant,
            [
                {"$match": {"state": {"$in": _OPEN}, **query}},
                {"$group": {"_id": "$unit_id", "count": {"$sum": 1}}},
            ],
        )
        return {one["_id"]: one["count"] for one in found}


def _items(documents: Iterable[Document]) -> list[WorkItem]:
    return [item_of(document) for document in documents]


def _served(document: Document) -> Served:
    assigned, completed = document["assign_time"], document["complete_time"]
    done = document["state"] == WorkState.COMPLETED.value and completed is not None
    return Served(
        unit_id=document["unit_id"],
        wait_seconds=document["wait_seconds"] or 0,
        service_seconds=int((completed - assigned).total_seconds()) if done else None,
        from_creation_seconds=max(0, int((assigned - document["create_time"]).total_seconds())),
        transferred=document["transfers"] > 0,
    )
