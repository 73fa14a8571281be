"""The bodies of the plan's own jobs: `python -m dev.stack job <name>`."""

from __future__ import annotations

from collections.abc import Callable

from dev.stack.context import Context


def run_job(name: str, context: Context) -> None:
    """Runs one job in this process; an exception ends it with a code that the supervisor sees."""
    _JOBS[name](context)


def _mongo(context: Context) -> None:
    from dev.stack.servers import mongo

    mongo.job(context)


def _nats(context: Context) -> None:
    del context


def _realm(context: Context) -> None:
    del context


_JOBS: dict[str, Callable[[Context], None]] = {"mongo": _mongo, "nats": _nats, "realm": _realm}
