"""What only the desk needs from the world."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from atiende_cases.domain.incident import Incident
from atiende_kit.store import Outcome


@dataclass(frozen=True, slots=True)
class SavedViews:
    """The lists that a person keeps by name.

    Attributes:
        version: 0 when nothing is kept yet.
    """

    views: tuple[tuple[str, str], ...] = ()
    version: int = 0


class Views(Protocol):
    """What each member of staff keeps for themselves."""

    async def get(self, tenant: str, subject: str) -> SavedViews:
        """The person's views."""
        ...

    async def put(self, tenant: str, subject: str, views: SavedViews) -> Outcome:
        """Replaces them if they are still as they were read."""
        ...


class Incidents(Protocol):
    """Incidents by id and by state."""

    async def get(self, tenant: str, incident_id: str) -> Incident | None:
        """One incident, or None."""
        ...

    async def newest(self, tenant: str, *, is_open: bool, limit: int) -> list[Incident]:
        """Open or closed ones, newest first."""
        ...

    async def answering(self, limit: int) -> list[Incident]:
        """Those of every tenant that have an answer."""
        ...

    async def write(self, incident: Incident) -> Outcome:
        """Writes one: inserted when its version is 0, else compared and set."""
        ...
