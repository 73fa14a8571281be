"""Requests to switch crisis mode, in the document store."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from atiende_catalog.domain.crisis import CrisisRequest, Person, RequestState
from atiende_kit.errors import AlreadyExists, Conflict, VersionMismatch
from atiende_kit.store import Database, Document, Index

_SWEEP_LIMIT = 100


class MongoCrisisRequests:
    """`atiende_catalog.application.ports.CrisisRequests` over the kit's store."""

    def __init__(self, database: Database) -> None:
        self._requests = database.collection(
            "crisis_requests",
            indexes=[
                Index([("create_time", -1)]),
                # Two people confirm one wish, so a city has at most one that waits.
                Index([("waits", 1)], unique=True, partial={"waits": True}),
                Index([("unfinished", 1)], partial={"unfinished": True}, tenant_first=False),
            ],
        )

    async def get(self, tenant: str, request_id: str) -> CrisisRequest | None:
        """See the port."""
        found = await self._requests.get(tenant, request_id)
        return None if found is None else _request(found)

    async def listing(self, tenant: str, limit: int) -> Sequence[CrisisRequest]:
        """See the port."""
        order = [("create_time", -1), ("_id", -1)]
        return [_request(one) for one in await self._requests.find(tenant, sort=order, limit=limit)]

    async def unfinished(self) -> Sequence[tuple[str, CrisisRequest]]:
        """See the port."""
        found = await self._requests.across_tenants({"unfinished": True}, limit=_SWEEP_LIMIT)
        return [(one["tenant"], _request(one)) for one in found]

    async def add(self, tenant: str, request: CrisisRequest) -> None:
        """See the port."""
        try:
            await self._requests.insert(tenant, _document(request))
        except AlreadyExists as error:
            raise Conflict(
                "CRISIS_REQUEST_PENDING",
                "Ya hay una solicitud que espera confirmación; confírmela o retírela.",
            ) from error

    async def save(self, tenant: str, request: CrisisRequest) -> bool:
        """See the port."""
        try:
            await self._requests.replace(tenant, _document(request))
        except VersionMismatch:
            return False
        return True


def _document(request: CrisisRequest) -> Document:
    confirmed = request.state is RequestState.CONFIRMED
    document: Document = {
        "_id": request.id,
        "activate": request.activate,
        "message": [[language, text] for language, text in request.message.items()],
        "reason": request.reason,
        "requester": _plain(request.requester),
        "create_time": request.create_time,
        "expire_time": request.expire_time,
        "state": request.state.value,
        "decider": _plain(request.decider) if request.decider else None,
        "decide_time": request.decide_time,
        "published_version": request.version,
        "waits": request.state is RequestState.PENDING,
        "unfinished": confirmed and request.version is None,
    }
    return document if request.revision == 0 else {**document, "version": request.revision}


def _plain(person: Person) -> dict[str, Any]:
    return {"subject": person.subject, "name": person.name}


def _request(document: Document) -> CrisisRequest:
    decided: datetime | None = document["decide_time"]
    return CrisisRequest(
        id=document["_id"],
        activate=document["activate"],
        message=dict(document["message"]),
        reason=document["reason"],
        requester=Person(**document["requester"]),
        create_time=document["create_time"],
        expire_time=document["expire_time"],
        state=RequestState(document["state"]),
        decider=Person(**document["decider"]) if document["decider"] else None,
        decide_time=decided,
        version=document["published_version"],
        revision=document["version"],
    )
