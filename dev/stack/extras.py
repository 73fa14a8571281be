"""Processes and settings beyond the platform itself: what the demo needs around it.

To add a process, return it from `extra_processes`; to give a service a setting, from `extra_env`.
Ports come from `context.ports.get(name, usual)`, secrets from `context.credentials.secret(name)`:
both stay the same between starts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dev.stack.context import Context
    from dev.stack.process import Process


def extra_processes(context: Context) -> list[Process]:
    """Returns what is supervised beside the platform."""
    del context
    return []


def extra_env(context: Context, service: str) -> dict[str, str]:
    """Returns settings of one service that only the local stack gives it."""
    if service == "channels":
        return {
            "ATIENDE_EXAMPLE_CITY": "true",
            "ATIENDE_LMTP__PORT": str(context.ports.get("lmtp")),
            "ATIENDE_WEBCHAT__TOKEN_SECRET": context.credentials.secret("webchat/token"),
        }
    if service == "catalog":
        return {"ATIENDE_DEFAULT_TENANT": "sanaurelio"}
    return {}
