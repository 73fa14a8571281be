"""Who is calling this RPC and how much of its time is left."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

TENANT = "atiende-tenant"
ON_BEHALF_OF = "atiende-on-behalf-of"


@dataclass(frozen=True, slots=True)
class Caller:
    """A service whose token was verified, and for whom it asks.

    Args:
        service: `notifications`.
        tenant: The city the call is about.
        on_behalf_of: Subject id of the member of staff who set the call off, when there is one.
            Stated by the calling service, not proven; for records and for rules about persons.
    """

    service: str
    tenant: str
    on_behalf_of: str | None = None


_caller: ContextVar[Caller] = ContextVar("atiende_grpc_caller")
_deadline: ContextVar[float | None] = ContextVar("atiende_deadline", default=None)


def caller(context: Any) -> Caller:
    """Return the caller of the RPC being served.

    Args:
        context: Of the RPC; named so that a use case cannot ask outside of one by accident.

    Raises:
        LookupError: Nothing is being served.
    """
    del context
    return _caller.get()


@contextmanager
def as_caller(who: Caller) -> Iterator[None]:
    """Serve as if `who` called: what the server does, and what a unit test of a servicer needs."""
    token = _caller.set(who)
    try:
        yield
    finally:
        _caller.reset(token)


@contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """Let calls made inside know when the work in hand has to be done."""
    mine = time.monotonic() + seconds
    outer = _deadline.get()
    token = _deadline.set(mine if outer is None else min(mine, outer))
    try:
        yield
    finally:
        _deadline.reset(token)


def remaining_seconds() -> float | None:
    """Return what is left of the inbound call's time; None when nobody set a limit."""
    deadline = _deadline.get()
    return None if deadline is None else deadline - time.monotonic()
