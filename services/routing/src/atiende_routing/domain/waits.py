"""How long a new item would wait."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from math import ceil

from atiende_routing.domain.rules import RoutingRules


@dataclass(frozen=True, slots=True)
class WaitEstimate:
    """What is told to somebody who is about to wait.

    Attributes:
        expected_wait: None when nobody is there, since then any figure would be a guess.
    """

    queue_length: int
    expected_wait: timedelta | None
    open_now: bool


def estimate_wait(
    *,
    queue_length: int,
    slots: int,
    free_slots: int,
    recent_services: Sequence[timedelta],
    open_now: bool,
    rules: RoutingRules,
) -> WaitEstimate:
    """Estimates the wait from the queue, the people and recent service times.

    Every slot ends an item each mean service time, so the new item is reached after
    (items before it that find no free slot + 1) / slots of those.
    """
    if slots == 0 or not open_now:
        return WaitEstimate(queue_length, None, open_now)
    if queue_length < free_slots:
        return WaitEstimate(queue_length, timedelta(0), open_now)
    mean = rules.default_service
    if recent_services:
        mean = sum(recent_services, timedelta(0)) / len(recent_services)
    turns = (queue_length - free_slots + 1) / slots
    expected = timedelta(seconds=ceil((mean * turns).total_seconds()))
    return WaitEstimate(queue_length, expected, open_now)


def percentile(values: Sequence[int], share: float) -> int | None:
    """Returns the nearest-rank percentile, or None without values."""
    if not values:
        return None
    ordered = sorted(values)
    return ordered[max(0, ceil(share * len(ordered)) - 1)]
