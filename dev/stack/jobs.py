"""Processes of the plan that run this package itself, or a service's command, once."""

from __future__ import annotations

import os

from dev.stack.context import Context
from dev.stack.process import Process

# The stack's own variables that its jobs must see as `up` saw them.
_PASSED_ON = (
    "ATIENDE_NATS_URL",
    "ATIENDE_MONGO_URL",
    "ATIENDE_KEYCLOAK_URL",
    "ATIENDE_KEYCLOAK_ADMIN",
    "ATIENDE_KEYCLOAK_PASSWORD",
)


def stack_job(context: Context, name: str, command: str, after: tuple[str, ...]) -> Process:
    """Returns a job that runs `python -m dev.stack job <command>` on this layout.

    A process of its own keeps the supervisor small and gives the job a log file and a time limit.
    """
    passed = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
    return Process(
        name,
        (str(context.layout.python), "-m", "dev.stack", "job", command),
        {**context.system_env(), "ATIENDE_VAR": str(context.layout.var), **passed},
        kind="job",
        after=after,
        cwd=str(context.layout.root),
        start_seconds=120,
    )
