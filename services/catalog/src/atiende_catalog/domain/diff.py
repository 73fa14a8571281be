"""What changed between two contents, entry by entry."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from atiende_catalog.domain.problem import pointer

MAX_CHANGES = 1_000


@dataclass(frozen=True, slots=True)
class Change:
    """One difference; ``before`` and ``after`` are None where the value does not exist."""

    path: str
    kind: Literal["added", "removed", "changed"]
    before: Any
    after: Any


def diff(before: Any, after: Any) -> list[Change]:
    """Compares two document trees by key; lists are compared position by position."""
    changes: list[Change] = []
    for change in _walk([], before, after):
        changes.append(change)
        if len(changes) == MAX_CHANGES:
            break
    return changes


def _walk(path: list[str | int], before: Any, after: Any) -> Iterator[Change]:
    if isinstance(before, dict) and isinstance(after, dict):
        for key in sorted({*before, *after}):
            yield from _entry(
                [*path, key], key in before, key in after, before.get(key), after.get(key)
            )
    elif isinstance(before, list) and isinstance(after, list):
        for index in range(max(len(before), len(after))):
            old = before[index] if index < len(before) else None
            new = after[index] if index < len(after) else None
            yield from _entry([*path, index], index < len(before), index < len(after), old, new)
    # Types matter: True is not 1 in JSON.
    elif type(before) is not type(after) or before != after:
        yield Change(pointer(path), "changed", before, after)


def _entry(
    path: list[str | int], had: bool, has: bool, before: Any, after: Any
) -> Iterator[Change]:
    if had and has:
        yield from _walk(path, before, after)
    elif has:
        yield Change(pointer(path), "added", None, after)
    else:
        yield Change(pointer(path), "removed", before, None)
