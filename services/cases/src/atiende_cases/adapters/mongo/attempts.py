"""The port `Attempts`: sliding windows in the database, so that all processes share them."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from atiende_cases.application.citizen.ports import Limit
from atiende_kit.errors import RateLimited
from atiende_kit.store import Database, Index, Insert, Outcome, Replace

_ROUNDS: Final = 12


class MongoAttempts:
    """One document a subject with the times of its last attempts.

    The document is compared and set, so that of many attempts at once no more than the limit are
    counted; whoever loses a dozen times in a row is one of too many.

    Args:
        database: where the collection is declared.
        now: real time; a limit against guessing does not follow the domain's clock.
    """

    def __init__(
        self, database: Database, *, now: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self._attempts = database.collection(
            "attempts",
            indexes=[Index([("expire_time", 1)], tenant_first=False, expire_after_seconds=0)],
        )
        self._now = now

    async def take(self, tenant: str, limit: Limit, subject: str) -> None:
        """Counts one attempt.

        Raises:
            RateLimited: There were too many.
        """
        for turn in range(_ROUNDS):
            now = self._now()
            document = await self._attempts.get(tenant, _id(tenant, limit, subject))
            times = _recent(document, limit, now)
            if len(times) >= limit.most:
                oldest = times[-limit.most] + timedelta(seconds=limit.seconds)
                raise _too_many((oldest - now).total_seconds())
            if await self._save(tenant, limit, subject, document, [*times, now], now):
                return
            await asyncio.sleep(random.uniform(0, 0.004 * 2 ** min(turn, 5)))  # noqa: S311 - jitter
        raise _too_many(1.0)

    async def give_back(self, tenant: str, limit: Limit, subject: str) -> None:
        """Takes the newest attempt back; when others are in the way it is left to expire."""
        for _ in range(_ROUNDS):
            now = self._now()
            document = await self._attempts.get(tenant, _id(tenant, limit, subject))
            times = _recent(document, limit, now)
            if document is None or not times:
                return
            if await self._save(tenant, limit, subject, document, times[:-1], now):
                return
            await asyncio.sleep(random.uniform(0, 0.02))  # noqa: S311 - jitter

    async def _save(
        self,
        tenant: str,
        limit: Limit,
        subject: str,
        document: dict[str, Any] | None,
        times: list[datetime],
        now: datetime,
    ) -> bool:
        fields = {"times": times, "expire_time": now + timedelta(seconds=limit.seconds)}
        op: Insert | Replace
        if document is None:
            op = Insert(tenant, {"_id": _id(tenant, limit, subject), **fields})
        else:
            op = Replace(tenant, {**document, **fields})
        [outcome] = await self._attempts.write([op])
        return outcome is Outcome.DONE


def _id(tenant: str, limit: Limit, subject: str) -> str:
    return f"{tenant}/{limit.purpose}/{subject}"


def _recent(document: dict[str, Any] | None, limit: Limit, now: datetime) -> list[datetime]:
    since = now - timedelta(seconds=limit.seconds)
    return [] if document is None else [at for at in document["times"] if at > since]


def _too_many(seconds: float) -> RateLimited:
    return RateLimited(
        "TOO_MANY_ATTEMPTS",
        "Hubo demasiados intentos; espere un momento antes de volver a intentarlo.",
        retry_after=max(1.0, seconds),
    )
