"""Domain time. Nothing in a domain asks the machine what time it is.

Timeouts of the machinery (leases, outbox age, acknowledgement waits) use real time and never this.
"""

import json
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Protocol


class Clock(Protocol):
    """Where domain time comes from."""

    def now(self) -> datetime:
        """Return the present instant, aware, in UTC, whole milliseconds."""
        ...


def _milliseconds(epoch: float) -> datetime:
    # BSON dates keep milliseconds: what is written must equal what is read back.
    return datetime.fromtimestamp(int(epoch * 1000) / 1000, UTC)


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """Return the present instant."""
        return _milliseconds(time.time())


class FixedClock:
    """A clock that stands still until it is told to move; for tests."""

    def __init__(self, start: datetime) -> None:
        if start.tzinfo is None:
            raise ValueError("FixedClock wants an aware time")
        self._now = start.astimezone(UTC)

    def now(self) -> datetime:
        """Return the instant it stands at."""
        return self._now

    def advance(self, by: timedelta) -> None:
        """Move forward (or back, with a negative span)."""
        self._now += by


class FileClock:
    """Virtual time: a JSON file says where the virtual day began and how fast it runs.

    The file holds ``{"real_epoch": s, "virtual_epoch": s, "rate": r}`` and virtual time is
    ``virtual_epoch + (real - real_epoch) * rate``. It is read again when it changes, so that all
    processes of a machine follow one hand. Without the file real time is told.
    """

    _LOOK_AGAIN_SECONDS = 0.1

    def __init__(self, path: Path) -> None:
        self._path = path
        self._stamp: int | None = None
        self._looked = float("-inf")
        self._real = self._virtual = 0.0
        self._rate = 1.0

    def now(self) -> datetime:
        """Return the virtual instant."""
        self._refresh()
        return _milliseconds(self._virtual + (time.time() - self._real) * self._rate)

    def _refresh(self) -> None:
        moment = time.monotonic()
        if moment - self._looked < self._LOOK_AGAIN_SECONDS:
            return
        self._looked = moment
        try:
            stamp = self._path.stat().st_mtime_ns
            if stamp == self._stamp:
                return
            document = json.loads(self._path.read_text())
            real, virtual = float(document["real_epoch"]), float(document["virtual_epoch"])
            rate = float(document["rate"])
        except FileNotFoundError:
            self._stamp, self._real, self._virtual, self._rate = None, 0.0, 0.0, 1.0
            return
        except (ValueError, KeyError):
            # A writer is halfway through: keep the last hand and look again.
            return
        self._stamp, self._real, self._virtual, self._rate = stamp, real, virtual, rate


def domain_clock(file: Path | None) -> Clock:
    """Return the clock of a process: the machine's, or the virtual one that a file drives."""
    return SystemClock() if file is None else FileClock(file)
