"""Notices from outside of it that the event loop does not turn."""

import asyncio
import sys
import threading
import time
import traceback

from atiende_kit import telemetry
from atiende_kit.errors import Unavailable

log = telemetry.get_logger()

STALL_SECONDS = 5.0


class LoopWatch:
    """Sees from a thread that the event loop does not turn, and says where it hangs.

    One blocking call stops every request, lease and heartbeat of the process at once, and nothing
    inside the loop can report it.
    """

    current: "LoopWatch | None" = None

    def __init__(self, stall_seconds: float = STALL_SECONDS) -> None:
        self.stall_seconds = stall_seconds
        self.stalls = 0
        self._beat_at = time.monotonic()
        self._reported = False
        self._stop = threading.Event()
        self._handle: asyncio.TimerHandle | None = None
        self._thread: threading.Thread | None = None
        self._loop_thread = threading.get_ident()

    def lag_seconds(self) -> float:
        """Return how long ago the loop last turned."""
        return time.monotonic() - self._beat_at

    def start(self) -> None:
        """Begin; must be called from the loop's own thread."""
        self._loop_thread = threading.get_ident()
        self._beat(asyncio.get_running_loop())
        self._thread = threading.Thread(target=self._watch, name="loop-watch", daemon=True)
        self._thread.start()
        LoopWatch.current = self

    def stop(self) -> None:
        """End the thread."""
        self._stop.set()
        if self._handle is not None:
            self._handle.cancel()
        if self._thread is not None:
            self._thread.join(timeout=2)
        if LoopWatch.current is self:
            LoopWatch.current = None

    def _beat(self, loop: asyncio.AbstractEventLoop) -> None:
        self._beat_at = time.monotonic()
        self._reported = False
        self._handle = loop.call_later(min(0.5, self.stall_seconds / 4), self._beat, loop)

    def _watch(self) -> None:
        while not self._stop.wait(min(1.0, self.stall_seconds / 4)):
            lag = self.lag_seconds()
            if lag < self.stall_seconds or self._reported:
                continue
            self._reported = True
            frame = sys._current_frames().get(self._loop_thread)  # noqa: SLF001 -- the documented way to see another thread's stack
            stack = [line.strip() for line in traceback.format_stack(frame)] if frame else []
            log.error("event loop stalled", lag_seconds=round(lag, 1), stack=stack[-15:])
            self.stalls += 1


def check_alive() -> None:
    """What /livez asks.

    Raises:
        Unavailable: The loop has not turned for too long.
    """
    watch = LoopWatch.current
    if watch is not None and watch.lag_seconds() > watch.stall_seconds:
        raise Unavailable("LOOP_STALLED", "El servicio no responde.")
