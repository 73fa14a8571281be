"""Content on its way in: bytes, checks and the errors of both."""

from __future__ import annotations

import asyncio
import json
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from atiende_catalog.domain.problem import Problem
from atiende_catalog.domain.validation import validate
from atiende_city.content import canonical_bytes
from atiende_kit.errors import FailedPrecondition, NotFound, Unprocessable


def to_bytes(content: Any) -> bytes:
    """Writes content canonically.

    Raises:
        Unprocessable: it holds what canonical JSON cannot (NaN, half a surrogate pair).
    """
    try:
        return canonical_bytes(content)
    except (ValueError, RecursionError) as error:
        raise Unprocessable(
            "CONTENT_NOT_JSON", "El contenido tiene valores que no se pueden guardar."
        ) from error


async def problems_of(content: bytes, now: datetime) -> list[Problem]:
    """Validates content, off the event loop: a large one takes a tenth of a second."""
    tree = json.loads(content)
    return await asyncio.to_thread(validate, tree, today=_today(tree, now))


def _today(tree: Any, now: datetime) -> Any:
    try:
        return now.astimezone(ZoneInfo(tree["city"]["timezone"])).date()
    except (KeyError, TypeError, ValueError, OSError, ZoneInfoNotFoundError):
        return now.date()  # what is wrong with the zone is a problem of its own


class ContentInvalid(FailedPrecondition):
    """A draft that cannot be published; the fields are JSON pointers to what is wrong."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__(
            "RELEASE_INVALID",
            f"El borrador tiene {len(problems)} problemas y no se puede publicar.",
            fields={p.path or "/": f"{p.what} {p.fix}" for p in problems},
        )
        self.problems = problems


def no_release() -> NotFound:
    """The error of a city that has published nothing."""
    return NotFound("RELEASE_NOT_PUBLISHED", "La ciudad aún no ha publicado su configuración.")


def no_version(version: int) -> NotFound:
    """The error of a version that does not exist."""
    return NotFound("RELEASE_NOT_FOUND", f"No existe la publicación {version}.")


def no_draft() -> NotFound:
    """The error of a draft that does not exist."""
    return NotFound("DRAFT_NOT_FOUND", "No existe ese borrador.")


def no_entry() -> NotFound:
    """The error of a part of a draft that is not there."""
    return NotFound("ENTRY_NOT_FOUND", "El borrador no tiene eso.")
