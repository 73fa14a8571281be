"""Puts the plan together: servers, one-off jobs, services, edge and extras."""

from __future__ import annotations

from collections.abc import Collection

from dev.stack import services
from dev.stack.context import Context
from dev.stack.extras import extra_processes
from dev.stack.process import Process, save_plan
from dev.stack.servers import caddy, keycloak, mongo, nats


def prepare(context: Context, only: Collection[str] | None = None) -> list[Process]:
    """Installs what is missing, writes every generated file and returns the plan it saved.

    Args:
        context: of the start.
        only: names of the processes to start; what they come after must be among them.
    """
    # Chosen first, because other pieces' configuration names them.
    for name in ("edge", "keycloak", "nats", "mongo"):
        context.ports.get(name)
    plan = [
        *nats.processes(context),
        *mongo.processes(context),
        *keycloak.processes(context),
        *services.processes(context),
        *caddy.processes(context),
        *extra_processes(context),
    ]
    if only is not None:
        plan = [process for process in plan if process.name in only]
    context.ports.save()
    save_plan(context.layout.run / "plan.json", plan)
    return plan
