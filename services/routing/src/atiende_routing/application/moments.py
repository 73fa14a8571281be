"""The two times of routing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from atiende_kit.clock import Clock


@dataclass(frozen=True, slots=True)
class Clocks:
    """Domain time for offers, waits and hours; real time for heartbeats and reservations.

    A demonstration compresses the domain's day; a browser's heartbeat keeps its real pace.
    """

    domain: Clock
    real: Clock

    def now(self) -> datetime:
        """Domain time."""
        return self.domain.now()

    def real_now(self) -> datetime:
        """Real time."""
        return self.real.now()
