"""What is wrong with a draft, said so that an administrator can mend it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

MAX_PROBLEMS = 500
"""More are not read by anybody, and a hostile draft must not fill a response."""


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One thing that keeps a draft from being published.

    ``path`` is an RFC 6901 JSON pointer into the content; ``what`` says what is wrong, ``fix`` what
    to do, both in Spanish.
    """

    path: str
    what: str
    fix: str


def pointer(parts: Iterable[str | int]) -> str:
    """Writes a JSON pointer."""
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in parts)


def listing(values: Iterable[str]) -> str:
    """Lists known values for a message, not too many."""
    ordered = sorted(values)
    shown = ", ".join(ordered[:12])
    return f"{shown} …" if len(ordered) > 12 else shown or "(ninguno)"  # noqa: PLR2004 -- reads well
