"""Publications and drafts as values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from atiende_city.content import sha256_hex


@dataclass(frozen=True, slots=True)
class Publication:
    """A release as it was published; its bytes never change."""

    version: int
    sha256: str
    content: bytes
    publish_time: datetime
    publisher: str
    """Subject of the administrator's token, or "cli"."""
    note: str
    rollback_of: int | None
    """Version whose bytes this one brings back."""
    request_id: str = ""
    """Request of the crisis switch that led to it."""
    publisher_name: str = ""
    """Name that the administrator had then; empty for a command."""


@dataclass(frozen=True, slots=True)
class Draft:
    """Work on the next release; its content may be wrong in every way but JSON."""

    id: str
    title: str
    content: bytes
    base_version: int
    """Version in force when it was begun; 0 when there was none."""
    revision: int
    """Counts writes; an edit names the one it saw."""
    author: str
    create_time: datetime
    update_time: datetime
    published_version: int | None
    author_name: str = ""


def next_publication(
    previous_version: int,
    content: bytes,
    *,
    publisher: str,
    note: str,
    now: datetime,
    rollback_of: int | None = None,
    request_id: str = "",
    publisher_name: str = "",
) -> Publication:
    """Makes the publication that follows a version; 0 stands for none."""
    return Publication(
        version=previous_version + 1,
        sha256=sha256_hex(content),
        content=content,
        publish_time=now,
        publisher=publisher,
        note=note,
        rollback_of=rollback_of,
        request_id=request_id,
        publisher_name=publisher_name,
    )
