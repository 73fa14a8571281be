"""Notifications in MongoDB."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from atiende_kit.store import Database, Index, Insert, Outcome, Replace
from atiende_notifications.adapters.events_out import events_of
from atiende_notifications.adapters.mongo.documents import from_document, to_document
from atiende_notifications.application.ports import Query, Step
from atiende_notifications.domain.notification import Notification, State

UNDECIDED = [State.SCHEDULED.value, State.SENDING.value]


class MongoNotifications:
    """The port `Notifications` on one collection."""

    def __init__(self, database: Database) -> None:
        self._collection = database.collection(
            "notifications",
            outbox=True,
            indexes=[
                Index([("create_time", -1), ("_id", -1)]),
                Index([("state", 1), ("create_time", -1), ("_id", -1)]),
                Index([("case_id", 1), ("create_time", -1)]),
                Index(
                    [("not_before", 1)],
                    tenant_first=False,
                    partial={"state": State.SCHEDULED.value},
                ),
                Index([("state", 1), ("create_time", 1)], tenant_first=False),
            ],
        )

    async def add(self, steps: Sequence[Step]) -> None:
        """Stores new ones; an id that exists is left as it is."""
        await self._collection.write(
            [
                Insert(s.notification.tenant, to_document(s.notification), events_of(s.emits))
                for s in steps
            ]
        )

    async def save(self, steps: Sequence[Step]) -> bool:
        """Compare-and-set of each."""
        outcomes = await self._collection.write(
            [
                Replace(s.notification.tenant, to_document(s.notification), events_of(s.emits))
                for s in steps
            ]
        )
        return all(outcome is Outcome.DONE for outcome in outcomes)

    async def get(self, tenant: str, ids: Sequence[str]) -> list[Notification]:
        """Those that exist."""
        return [from_document(d) for d in (await self._collection.get_many(tenant, ids)).values()]

    async def page(self, tenant: str, query: Query) -> list[Notification]:
        """Newest first."""
        wanted: dict[str, Any] = {}
        if query.state is not None:
            wanted["state"] = query.state
        if query.case_id is not None:
            wanted["case_id"] = query.case_id
        if query.units is not None:
            wanted["unit_id"] = {"$in": sorted(query.units)}
        if query.after is not None:
            time, last_id = query.after
            wanted["$or"] = [
                {"create_time": {"$lt": time}},
                {"create_time": time, "_id": {"$lt": last_id}},
            ]
        documents = await self._collection.find(
            tenant, wanted, sort=[("create_time", -1), ("_id", -1)], limit=query.limit
        )
        return [from_document(d) for d in documents]

    async def figures(self, tenant: str) -> list[Mapping[str, object]]:
        """Counts by state, last channel and template."""
        rows = await self._collection.aggregate(
            tenant,
            [
                {
                    "$group": {
                        "_id": {
                            "state": "$state",
                            "channel": {"$ifNull": [{"$last": "$attempts.channel"}, "$channel"]},
                            "template_key": "$template_key",
                        },
                        "count": {"$sum": 1},
                    }
                },
                {"$sort": {"_id": 1}},
            ],
        )
        return [{**row["_id"], "count": row["count"]} for row in rows]

    async def due(self, now: datetime, limit: int) -> list[Notification]:
        """Scheduled ones whose time has come."""
        documents = await self._collection.across_tenants(
            {"state": State.SCHEDULED.value, "not_before": {"$lte": now}},
            sort=[("not_before", 1)],
            limit=limit,
        )
        return [from_document(d) for d in documents]

    async def overdue(self, before: datetime, limit: int) -> list[Notification]:
        """Undecided ones that are too old."""
        documents = await self._collection.across_tenants(
            {"state": {"$in": UNDECIDED}, "create_time": {"$lt": before}},
            sort=[("create_time", 1)],
            limit=limit,
        )
        return [from_document(d) for d in documents]
