"""The hand of the demo's clock: writes the file that all services follow (ADR 8)."""

from __future__ import annotations

import json
import os
import time
from datetime import UTC, date, datetime, timedelta
from datetime import time as time_of_day
from pathlib import Path

from dev.demo.script import ZONE

SATURDAY = 5


class DemoClock:
    """Virtual time: starts at an instant and runs at a rate."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def now(self) -> datetime:
        """The virtual instant, UTC; real time while the file is absent."""
        if not self._path.exists():
            return datetime.now(UTC)
        told = json.loads(self._path.read_text())
        passed = (time.time() - told["real_epoch"]) * told["rate"]
        return datetime.fromtimestamp(told["virtual_epoch"] + passed, UTC)

    def set(self, instant: datetime, rate: float) -> None:
        """Lets virtual time go on from an instant at a rate; written whole or not at all."""
        told = {"real_epoch": time.time(), "virtual_epoch": instant.timestamp(), "rate": rate}
        fresh = self._path.with_suffix(".new")
        fresh.write_text(json.dumps(told))
        os.replace(fresh, self._path)  # noqa: PTH105 - atomic over an existing file

    def next_working_day(self, holidays: frozenset[date]) -> date:
        """The first working day after the present virtual one: time never goes back."""
        day = max(self.now(), datetime.now(UTC)).astimezone(ZONE).date() + timedelta(days=1)
        while day.weekday() >= SATURDAY or day in holidays:
            day += timedelta(days=1)
        return day

    def real_seconds_until(self, instant: datetime) -> float:
        """How long to wait in real time; 0 when it is past."""
        rate = float(json.loads(self._path.read_text())["rate"])
        return max(0.0, (instant - self.now()).total_seconds() / rate)


def early_morning(day: date) -> datetime:
    """When the demo's day begins: before the offices open."""
    return datetime.combine(day, time_of_day(6), tzinfo=ZONE)
