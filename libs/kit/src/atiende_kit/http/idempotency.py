"""Idempotency keys: a repeated unsafe request gets the first one's answer.

Semantics of the IETF draft "The Idempotency-Key HTTP Header Field": 409 while the first request
is being worked on, 422 when the key comes back with another body, else the stored answer.
"""

import hashlib
import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Protocol

from fastapi import Header
from starlette.responses import JSONResponse, Response

from atiende_kit.errors import AlreadyExists, Conflict, Unprocessable, VersionMismatch
from atiende_kit.store import Collection, Index

KEEP_SECONDS = 24 * 3600
# A request that has not ended by then died with its process; the next one takes over.
LEASE_SECONDS = 60

IdempotencyKey = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        min_length=8,
        max_length=128,
        pattern=r"^[\x21-\x7e]+$",
        description="The same key makes a repeated request safe for 24 hours.",
        examples=["0197f9a2-6a52-7c3e-9d0a-1f2e3d4c5b6a"],
    ),
]


class Declares(Protocol):
    """The part of the store's `Database` that is needed here."""

    def collection(self, name: str, indexes: Any = ..., outbox: bool = ...) -> Collection:
        """Declare a collection."""
        ...


@dataclass(frozen=True, slots=True)
class Answer:
    """What a request answered: status and JSON body, as stored and replayed."""

    status: int
    body: Any
    headers: Mapping[str, str] = field(default_factory=dict)

    def response(self) -> Response:
        """Return it as a response."""
        return JSONResponse(self.body, self.status, headers=dict(self.headers))


def body_fingerprint(*parts: Any) -> str:
    """Return a hash of what makes a request the same: its path values and its parsed body."""
    text = json.dumps(parts, sort_keys=True, ensure_ascii=False, default=str)
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()


class IdempotencyKeys:
    """Remembers answers by caller, route and key.

    Args:
        database: Where the collection `idempotency_keys` is declared.
        now: Real time; leases and ages are infrastructure, not domain.
    """

    def __init__(
        self, database: Declares, *, now: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self._now = now
        self._keys = database.collection(
            "idempotency_keys",
            indexes=[
                Index([("create_time", 1)], tenant_first=False, expire_after_seconds=KEEP_SECONDS)
            ],
        )

    async def idempotent(
        self,
        tenant: str,
        caller: str,
        route: str,
        key: str | None,
        body_hash: str,
        fn: Callable[[], Awaitable[Answer]],
    ) -> Answer:
        """Do the work once per key; without a key, simply do it.

        An error lets go of the key, so that the request can be repeated. When the process dies in
        between, the next request after 60 s runs `fn` again: what it writes must have ids
        derived from the key, or stand in one document with it.

        Args:
            tenant: City of the request.
            caller: Subject of the principal, or the session of an anonymous caller. Keys of
                different callers never meet.
            route: Method and path template.
            key: Of the header.
            body_hash: `body_fingerprint(...)`.
            fn: The work.

        Raises:
            Conflict: The first request with this key is still running.
            Unprocessable: The key was used with another body.
        """
        if key is None:
            return await fn()
        identity = hashlib.sha256(f"{tenant}\n{caller}\n{route}\n{key}".encode()).hexdigest()
        stored = await self._reserve(tenant, identity, body_hash)
        if stored is not None:
            return Answer(
                stored["status"],
                json.loads(stored["answer"]),
                {**stored["headers"], "Idempotency-Replayed": "true"},
            )
        try:
            answer = await fn()
        except Exception:
            await self._keys.delete(tenant, identity)
            raise
        reserved = await self._keys.get(tenant, identity)
        if reserved is not None:
            finished = {
                **reserved,
                "state": "done",
                "status": answer.status,
                "answer": json.dumps(answer.body, ensure_ascii=False),
                "headers": dict(answer.headers),
            }
            await self._keys.replace(tenant, finished)
        return answer

    async def _reserve(self, tenant: str, identity: str, body_hash: str) -> dict[str, Any] | None:
        """Take the key (None) or return the finished document."""
        now = self._now()
        fresh = {
            "_id": identity,
            "state": "running",
            "body_hash": body_hash,
            "create_time": now,
            "lease_time": now + timedelta(seconds=LEASE_SECONDS),
        }
        try:
            await self._keys.insert(tenant, fresh)
        except AlreadyExists:
            found = await self._keys.get(tenant, identity)
        else:
            return None
        if found is None:
            raise _in_flight()
        # The server deletes late and in batches; an outdated key is none.
        outdated = found["create_time"] + timedelta(seconds=KEEP_SECONDS) <= now
        if not outdated and found["body_hash"] != body_hash:
            raise Unprocessable("IDEMPOTENCY_KEY_REUSED", "Esa clave ya se usó con otros datos.")
        if not outdated and found["state"] == "done":
            return found
        if not outdated and found["lease_time"] > now:
            raise _in_flight()
        taken = {**found, **fresh}
        try:
            await self._keys.replace(tenant, taken)
        except VersionMismatch:
            raise _in_flight() from None
        return None


def _in_flight() -> Conflict:
    return Conflict(
        "IDEMPOTENCY_IN_FLIGHT", "La misma solicitud se está atendiendo.", retry_after=1.0
    )
