"""Notices that the database stands still, so that nobody waits for the driver's time-outs."""

import asyncio
import contextvars
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager

from atiende_kit import telemetry
from atiende_kit.context import somebody_waits
from atiende_kit.errors import Unavailable

log = telemetry.get_logger()

TICK_SECONDS = 0.35
SILENT_TICKS = 4
_PING_SECONDS = 3.0


class StallWatch:
    """Ends requests to a database that answers nothing, and refuses new ones until it answers.

    Only where somebody waits for the answer (`atiende_kit.context.answering`). Whoever works in the
    background has time: a note of what was just done must not be given up because the database
    needs some seconds to come back.

    A stall is: operations wait, none has ended for `SILENT_TICKS` ticks, and a ping sent after the
    first of them is not answered either. One slow query is none, because the ping overtakes it;
    neither is a machine that stood still, because then no ticks passed. An operation ends at most
    `(SILENT_TICKS + 1) * TICK_SECONDS` = 1.75 s after the database's last sign of life.

    Costs nothing while nothing is asked: it ticks only while operations run.

    Args:
        ping: Asks the server for a sign of life, without going through the watch.
    """

    def __init__(self, ping: Callable[[], Awaitable[None]]) -> None:
        self.is_stalled = False
        self._ping = ping
        self._running: set[asyncio.Task[object]] = set()
        self._ended: set[asyncio.Task[object]] = set()
        self._signs = 0
        self._signs_seen = 0
        self._silent = 0
        self._next: asyncio.TimerHandle | None = None
        self._question: asyncio.Task[None] | None = None
        self._asked_at = 0.0

    @contextmanager
    def operation(self) -> Iterator[None]:
        """What is done inside waits for the database.

        Raises:
            Unavailable: It stands still, and somebody waits. Whether a write was done is unknown.
        """
        if not somebody_waits.get():
            yield
            self._signs += 1
            return
        if self.is_stalled:
            raise _silence()
        task = asyncio.current_task()
        if task is None:
            raise RuntimeError("an operation belongs to a task")
        self._running.add(task)
        if self._next is None:
            self._tick_later()
        try:
            yield
        except asyncio.CancelledError as error:
            if self._leave(task):
                raise _silence() from error
            raise
        finally:
            self._leave(task)

    def close(self) -> None:
        """End what the watch itself does."""
        if self._next is not None:
            self._next.cancel()
            self._next = None
        if self._question is not None:
            self._question.cancel()

    def _leave(self, task: asyncio.Task[object]) -> bool:
        """Returns whether the watch, and nobody else, has cancelled the operation."""
        if task not in self._running:
            return False
        self._running.discard(task)
        if task not in self._ended:
            self._signs += 1
            return False
        self._ended.discard(task)
        return task.uncancel() == 0

    def _tick_later(self) -> None:
        # An empty context: the watch serves all requests and belongs to none of their traces.
        self._next = asyncio.get_running_loop().call_later(
            TICK_SECONDS, self._tick, context=contextvars.Context()
        )

    def _tick(self) -> None:
        if not self._running and not self.is_stalled:
            self._next = None
            self._silent = 0
            return
        self._tick_later()
        if self._signs != self._signs_seen:
            self._signs_seen, self._silent = self._signs, 0
            return
        self._silent += 1
        if self._silent >= SILENT_TICKS:
            self._end_all()
        self._ask()

    def _end_all(self) -> None:
        if not self.is_stalled:
            self.is_stalled = True
            log.error("database stalled", waiting=len(self._running))
        for task in self._running - self._ended:
            self._ended.add(task)
            task.cancel()

    def _ask(self) -> None:
        if self._question is not None:
            if time.monotonic() - self._asked_at < _PING_SECONDS:
                return
            self._question.cancel()
        self._asked_at = time.monotonic()
        self._question = asyncio.create_task(self._listen(), name="database sign of life")

    async def _listen(self) -> None:
        try:
            await self._ping()
        except Exception:  # noqa: BLE001 -- kit boundary: no answer is what the watch is about
            return
        finally:
            if self._question is asyncio.current_task():
                self._question = None
        self._signs += 1
        if self.is_stalled:
            self.is_stalled = False
            log.info("database answers again")


def _silence() -> Unavailable:
    return Unavailable("STORE_UNAVAILABLE", "El almacén no responde.")
