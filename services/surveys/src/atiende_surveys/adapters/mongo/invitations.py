"""The port `Invitations` over the document store."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, fields
from datetime import datetime
from typing import Any

from atiende_kit.clock import Clock
from atiende_kit.store import Database, Document, Index, Insert, Outcome, Replace
from atiende_surveys.adapters.messages import issued, responded
from atiende_surveys.application.ports import Dimension, ResponseFilter, Score, Write
from atiende_surveys.domain.invitation import (
    TOP_BOX,
    Comment,
    Disposition,
    Invitation,
    InvitationState,
    Response,
    Task,
    TaskKind,
)

_FIELDS = frozenset(field.name for field in fields(Invitation)) - {"invitation_id"}
_GROUPS: dict[Dimension, str | None] = {
    "all": None,
    "unit": "$unit_id",
    "channel": "$channel",
    "agent": "$agent_id",
}
INDEXES = (
    # The promise itself: one invitation for one resolution.
    Index([("case_id", 1), ("resolution_number", 1)], unique=True),
    Index([("state", 1), ("expire_time", 1)], tenant_first=False),
    Index([("answer_time", -1), ("_id", -1)]),
    Index([("task_open", 1), ("task_due_time", 1)]),
    Index([("issue_time", 1)]),
    Index([("token_hash", 1)], partial={"token_hash": {"$gt": ""}}),
)


class MongoInvitations:
    """Invitations, each with its response, its task and its pending events."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._invitations = database.collection("invitations", INDEXES, outbox=True)
        self._clock = clock

    async def get(self, tenant: str, invitation_id: str) -> Invitation | None:
        """See the port."""
        found = await self._invitations.get(tenant, invitation_id)
        return None if found is None else _invitation(found)

    async def by_token(self, tenant: str, token_hash: str) -> Invitation | None:
        """See the port."""
        found = await self._invitations.find_one(tenant, {"token_hash": token_hash})
        return None if found is None else _invitation(found)

    async def of_case(self, tenant: str, case_id: str) -> Invitation | None:
        """See the port."""
        found = await self._invitations.find(
            tenant, {"case_id": case_id}, sort=[("resolution_number", -1)], limit=1
        )
        return _invitation(found[0]) if found else None

    async def get_many(self, tenant: str, ids: Iterable[str]) -> dict[str, Invitation]:
        """See the port."""
        found = await self._invitations.get_many(tenant, ids)
        return {key: _invitation(document) for key, document in found.items()}

    async def reserve(self, writes: Sequence[Write]) -> list[bool]:
        """See the port."""
        operations = [
            Insert(w.invitation.tenant, _document(w.invitation), issued(w)) for w in writes
        ]
        return [one is Outcome.DONE for one in await self._invitations.write(operations)]

    async def save(self, writes: Sequence[Write]) -> list[bool]:
        """See the port."""
        now = self._clock.now()
        operations = [
            Replace(w.invitation.tenant, _document(w.invitation), responded(w, now)) for w in writes
        ]
        return [one is Outcome.DONE for one in await self._invitations.write(operations)]

    async def lapse_due(self, now: datetime, limit: int) -> list[Invitation]:
        """See the port."""
        query = {"state": "issued", "expire_time": {"$lte": now}}
        found = await self._invitations.across_tenants(
            query, sort=[("expire_time", 1)], limit=limit
        )
        return [_invitation(document) for document in found]

    async def find(self, tenant: str, wanted: ResponseFilter) -> list[Invitation]:
        """See the port."""
        query: Document = {"state": "answered", **_units(wanted.units)}
        if wanted.needs_recovery is not None:
            query["needs_recovery"] = wanted.needs_recovery
        if wanted.has_task is not None:
            query["has_task"] = wanted.has_task
        if wanted.task_open is not None:
            query["task_open"] = wanted.task_open
        if wanted.overdue_at is not None:
            query |= {"task_open": True, "task_due_time": {"$lte": wanted.overdue_at}}
        if wanted.after is not None:
            time, invitation_id = wanted.after
            query["$or"] = [
                {"answer_time": {"$lt": time}},
                {"answer_time": time, "_id": {"$lt": invitation_id}},
            ]
        order = [("answer_time", -1), ("_id", -1)]
        found = await self._invitations.find(tenant, query, sort=order, limit=wanted.limit)
        return [_invitation(document) for document in found]

    async def scores(
        self,
        tenant: str,
        dimension: Dimension,
        *,
        units: frozenset[str] | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
    ) -> list[Score]:
        """See the port."""
        span: Document = {}
        if since is not None:
            span["$gte"] = since
        if until is not None:
            span["$lt"] = until
        match = {**_units(units), **({"issue_time": span} if span else {})}
        found = await self._invitations.aggregate(
            tenant,
            [
                {"$match": match},
                {
                    "$group": {
                        "_id": {"key": _GROUPS[dimension]},
                        "invitations": {"$sum": 1},
                        "answered": {"$sum": "$answered"},
                        "responses": {"$sum": "$scored"},
                        "top": {"$sum": "$top_box"},
                        "total": {"$sum": "$score"},
                    }
                },
            ],
        )
        return sorted((_score(one) for one in found), key=lambda score: score.key)

    async def count_tasks(
        self, tenant: str, units: frozenset[str] | None, overdue_at: datetime | None
    ) -> int:
        """See the port."""
        query: Document = {"task_open": True, **_units(units)}
        if overdue_at is not None:
            query["task_due_time"] = {"$lte": overdue_at}
        return await self._invitations.count(tenant, query)


def _units(units: frozenset[str] | None) -> Document:
    return {} if units is None else {"unit_id": {"$in": sorted(units)}}


def _score(group: Document) -> Score:
    invitations, responses = group["invitations"], group["responses"]
    return Score(
        key=group["_id"]["key"] or "",
        invitations=invitations,
        answered=group["answered"],
        responses=responses,
        response_rate=group["answered"] / invitations if invitations else None,
        csat=group["top"] / responses if responses else None,
        mean_score=group["total"] / responses if responses else None,
    )


def _document(invitation: Invitation) -> Document:
    document: Document = asdict(invitation)
    document["_id"] = document.pop("invitation_id")
    document["state"] = invitation.state.value
    document["comments"] = list(document["comments"])
    response, task = invitation.response, invitation.task
    if task is not None:
        disposition = task.disposition.value if task.disposition else None
        document["task"] |= {"kind": task.kind.value, "disposition": disposition}
    score = response.score if response else 0
    # Fields that only queries need; figures are sums over them.
    return document | {
        "answer_time": response.receive_time if response else None,
        "needs_recovery": bool(response and response.needs_recovery),
        "answered": int(response is not None),
        "scored": int(score > 0),
        "score": score,
        "top_box": int(score >= TOP_BOX),
        "has_task": task is not None,
        "task_open": bool(task and task.is_open),
        "task_due_time": task.due_time if task else None,
    }


def _invitation(document: Document) -> Invitation:
    known: dict[str, Any] = {key: document[key] for key in _FIELDS if key in document}
    known["invitation_id"] = document["_id"]
    known["state"] = InvitationState(known["state"])
    known["comments"] = tuple(Comment(**comment) for comment in known["comments"])
    if known["response"] is not None:
        known["response"] = Response(**known["response"])
    if known["task"] is not None:
        task = dict(known["task"])
        task["kind"] = TaskKind(task["kind"])
        task["disposition"] = Disposition(task["disposition"]) if task["disposition"] else None
        known["task"] = Task(**task)
    return Invitation(**known)
