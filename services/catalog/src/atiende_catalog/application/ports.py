"""What the use cases need of the outside."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from atiende_catalog.domain.crisis import CrisisRequest
from atiende_catalog.domain.publication import Draft, Publication


@dataclass(frozen=True, slots=True)
class Head:
    """What is known of a publication without its content."""

    version: int
    sha256: str
    publish_time: datetime
    publisher: str
    note: str
    rollback_of: int | None
    size_bytes: int
    request_id: str = ""
    publisher_name: str = ""


class Publications(Protocol):
    """Releases as they were published, by tenant; append-only."""

    async def head(self, tenant: str) -> Head | None:
        """Returns what is in force, or None when the city has published nothing."""
        ...

    async def get(self, tenant: str, version: int) -> Publication | None:
        """Returns one publication with its content."""
        ...

    async def listing(self, tenant: str, *, before: int | None, limit: int) -> Sequence[Head]:
        """Returns publications, newest first, those before a version."""
        ...

    async def add(self, tenant: str, publication: Publication) -> None:
        """Appends a publication and announces it, in one write.

        Raises:
            VersionMismatch: that version exists: somebody else published at the same moment.
        """
        ...


class Drafts(Protocol):
    """Work on next releases, by tenant."""

    async def get(self, tenant: str, draft_id: str) -> Draft | None:
        """Returns a draft with its content."""
        ...

    async def listing(self, tenant: str, limit: int) -> Sequence[Draft]:
        """Returns the drafts last worked on, newest first, with empty content."""
        ...

    async def add(self, tenant: str, draft: Draft) -> None:
        """Stores a new draft."""
        ...

    async def save(self, tenant: str, draft: Draft) -> Draft:
        """Writes a draft back if nobody else did since its revision was read; returns it renewed.

        Raises:
            VersionMismatch: somebody else wrote it.
        """
        ...

    async def remove(self, tenant: str, draft_id: str) -> bool:
        """Removes a draft; True when it was there."""
        ...


class CrisisRequests(Protocol):
    """Wishes to switch crisis mode, by tenant; none is ever removed."""

    async def get(self, tenant: str, request_id: str) -> CrisisRequest | None:
        """Returns one request."""
        ...

    async def listing(self, tenant: str, limit: int) -> Sequence[CrisisRequest]:
        """Returns requests, newest first."""
        ...

    async def unfinished(self) -> Sequence[tuple[str, CrisisRequest]]:
        """Returns those of every tenant that were confirmed and not published."""
        ...

    async def add(self, tenant: str, request: CrisisRequest) -> None:
        """Stores a new request.

        Raises:
            Conflict: another one waits.
        """
        ...

    async def save(self, tenant: str, request: CrisisRequest) -> bool:
        """Writes a request back; False when somebody else wrote it since it was read."""
        ...
