"""What happened, in order: two runs of a seed must leave the same hash."""

from __future__ import annotations

import hashlib

from dev.simulation.dice import Fault


class Trace:
    """A growing hash of all calls, and their words when somebody wants to read them.

    Args:
        keep: Whether lines are kept.
    """

    def __init__(self, *, keep: bool = False) -> None:
        self.lines: list[str] = []
        self.steps = 0
        self._keep = keep
        self._hash = hashlib.sha256()

    def note(self, at: float, what: str, fault: Fault) -> None:
        """Add one event."""
        line = f"{at:.6f} {what}" + ("" if fault is Fault.NONE else f" [{fault.value}]")
        self.steps += 1
        self._hash.update(line.encode())
        if self._keep:
            self.lines.append(line)

    @property
    def digest(self) -> str:
        """The hash so far."""
        return self._hash.hexdigest()
