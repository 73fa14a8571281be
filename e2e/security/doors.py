"""Every entry of the platform with the policy that its code states: the oracle of the matrix."""

from __future__ import annotations

import importlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from atiende_kit.http import policies
from atiende_kit.http.security import Policy
from atiende_kit.ids import new_id
from atiende_kit.runtime import HasApp
from dev.contracts.catalogue import services

ENDLESS: Final = "GET /api/cases/v1/changes"
"""Answers as long as somebody listens; asked with a stream."""
_PARAMETER: Final = re.compile(r"\{(\w+)(?::\w+)?\}")
_WORDS: Final[Mapping[str, str]] = {
    "requirement_id": "0123456789ab",
    "version": "999999",
    "number": "999999",
    "inbox_id": "0" * 40,
    "section": "units",
    "key": "alumbrado",
    "code": "alumbrado-publico",
    "agent_id": "00000000-0000-4000-8000-000000000000",
    "person_id": "00000000-0000-4000-8000-000000000000",
}


@dataclass(frozen=True)
class Door:
    """One route.

    Attributes:
        name: `GET /api/cases/v1/cases/{case_id}`.
        policy: what its dependency admits.
    """

    service: str
    name: str
    policy: Policy

    @property
    def method(self) -> str:
        """Of HTTP."""
        return self.name.split(" ", 1)[0]

    def path(self, **given: str) -> str:
        """Its address: parameters are filled with what is given, else with what is nowhere."""

        def fill(found: re.Match[str]) -> str:
            name = found[1]
            return given.get(name) or _WORDS.get(name) or new_id()

        return _PARAMETER.sub(fill, self.name.split(" ", 1)[1])

    @property
    def parameters(self) -> frozenset[str]:
        """Names of what stands in its address."""
        return frozenset(_PARAMETER.findall(self.name))


def doors() -> list[Door]:
    """All routes of all services, web sockets left out."""
    return [
        Door(service, name, policy)
        for service in services()
        for name, policy in policies(_app(service))
        if policy is not None and not name.startswith("WS ")
    ]


def _app(service: str) -> Any:
    settings = importlib.import_module(f"atiende_{service}.settings").Settings
    build = importlib.import_module(f"atiende_{service}.bootstrap").build
    [server] = [c for c in build(settings.example(), "api") if isinstance(c, HasApp)]
    return server.app
