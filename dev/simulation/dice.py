"""What goes wrong, and when: drawn from the seed."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import dataclass, field
from enum import StrEnum


class Fault(StrEnum):
    """What can happen to one call of a process to the world outside it."""

    NONE = "none"
    CRASH_BEFORE = "crash before"
    CRASH_AFTER = "crash after"
    REFUSED = "refused"
    LOST_REPLY = "reply lost"
    PARTIAL = "half done"
    PAUSE = "pause"


READING = (Fault.CRASH_BEFORE, Fault.CRASH_AFTER, Fault.REFUSED, Fault.PAUSE)
WRITING = (*READING, Fault.LOST_REPLY)
BULK = (*WRITING, Fault.PARTIAL)
_RATES = (0.0, 0.003, 0.01, 0.03)
_LATENCIES = (0.0005, 0.004, 0.03)


@dataclass
class Coverage:
    """How often each point was passed, and which faults struck there."""

    passed: Counter[str] = field(default_factory=Counter)
    struck: Counter[tuple[str, Fault]] = field(default_factory=Counter)

    def add(self, other: Coverage) -> None:
        """Take over what another run saw."""
        self.passed.update(other.passed)
        self.struck.update(other.struck)

    def share(self, at_least: int) -> float:
        """Share of the points passed at least so often at which something struck."""
        often = {point for point, count in self.passed.items() if count >= at_least}
        hit = {point for point, _ in self.struck} & often
        return len(hit) / len(often) if often else 1.0

    def untouched(self, at_least: int) -> list[str]:
        """Points passed at least so often at which nothing ever struck."""
        hit = {point for point, _ in self.struck}
        return sorted(p for p, count in self.passed.items() if count >= at_least and p not in hit)


class Dice:
    """All chance of a run.

    Args:
        seed: Gives the same run again.
    """

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)  # noqa: S311 - chance that can be repeated
        self.rate = self.random.choice(_RATES)
        self.latency_mean = self.random.choice(_LATENCIES)
        self.coverage = Coverage()
        self.calm = False

    def heal(self) -> None:
        """Let nothing go wrong any more."""
        self.calm = True

    def strike(self, point: str, possible: tuple[Fault, ...]) -> Fault:
        """Decide what happens to one call."""
        self.coverage.passed[point] += 1
        if self.calm or self.random.random() >= self.rate:
            return Fault.NONE
        fault = self.random.choice(possible)
        self.coverage.struck[point, fault] += 1
        return fault

    def happens(self, chance: float) -> bool:
        """Whether something happens that is possible only while not healed."""
        return not self.calm and self.random.random() < chance

    def latency(self) -> float:
        """Seconds that a call takes one way."""
        return self.random.expovariate(1 / self.latency_mean)

    def between(self, low: float, high: float) -> float:
        """Seconds between two bounds."""
        return self.random.uniform(low, high)
