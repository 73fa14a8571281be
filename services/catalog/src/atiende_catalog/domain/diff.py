"""What changed between two contents, entry by entry."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any, Literal

from atiende_catalog.domain.problem import pointer

MAX_CHANGES = 1_000
MAX_ALIGNED = 10_000
"""Pairs of items that are compared to find what moved; beyond, position by position."""


@dataclass(frozen=True, slots=True)
class Change:
    """One difference; ``before`` and ``after`` are None where the value does not exist."""

    path: str
    kind: Literal["added", "removed", "changed"]
    before: Any
    after: Any


def diff(before: Any, after: Any) -> list[Change]:
    """Compares two document trees by key; of lists what stayed is found again where it moved to.

    A pointer of something removed leads into ``before``, every other one into ``after``.
    """
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
        yield from _lists(path, before, after)
    # Types matter: True is not 1 in JSON.
    elif type(before) is not type(after) or before != after:
        yield Change(pointer(path), "changed", before, after)


def _lists(path: list[str | int], before: list[Any], after: list[Any]) -> Iterator[Change]:
    for old_start, old_end, new_start, new_end in _unequal(before, after):
        common = min(old_end - old_start, new_end - new_start)
        for offset in range(common):
            old, new = before[old_start + offset], after[new_start + offset]
            yield from _walk([*path, new_start + offset], old, new)
        for index in range(old_start + common, old_end):
            yield Change(pointer([*path, index]), "removed", before[index], None)
        for index in range(new_start + common, new_end):
            yield Change(pointer([*path, index]), "added", None, after[index])


def _unequal(before: list[Any], after: list[Any]) -> list[tuple[int, int, int, int]]:
    """Returns the stretches that differ, as (start, end) in the old list and in the new one."""
    olds = [json.dumps(one, sort_keys=True) for one in before]
    news = [json.dumps(one, sort_keys=True) for one in after]
    head = 0
    while head < min(len(olds), len(news)) and olds[head] == news[head]:
        head += 1
    tail = 0
    while tail < min(len(olds), len(news)) - head and olds[-1 - tail] == news[-1 - tail]:
        tail += 1
    old_end, new_end = len(olds) - tail, len(news) - tail
    if (old_end - head) * (new_end - head) > MAX_ALIGNED:
        return [(head, old_end, head, new_end)]
    matcher = SequenceMatcher(None, olds[head:old_end], news[head:new_end], autojunk=False)
    return [
        (head + i1, head + i2, head + j1, head + j2)
        for tag, i1, i2, j1, j2 in matcher.get_opcodes()
        if tag != "equal"
    ]


def _entry(
    path: list[str | int], had: bool, has: bool, before: Any, after: Any
) -> Iterator[Change]:
    if had and has:
        yield from _walk(path, before, after)
    elif has:
        yield Change(pointer(path), "added", None, after)
    else:
        yield Change(pointer(path), "removed", before, None)
