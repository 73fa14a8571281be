"""From the documents' outboxes to the bus.

The relay publishes right after the write, in one pipeline, and removes what was acknowledged in
one bulk. What a crash or a long outage left behind is found by the sweeper. An event may be
published more than once, always under the same id.
"""

import asyncio
import contextlib
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime, timedelta

from atiende_kit import crash
from atiende_kit.bus.metrics import OUTBOX_QUEUE, OUTBOX_SWEPT, PUBLISHED
from atiende_kit.bus.port import BusPort
from atiende_kit.errors import InvalidInput
from atiende_kit.store.collection import Collection
from atiende_kit.store.database import Database
from atiende_kit.store.operations import OutboxEntry
from atiende_kit.telemetry import describe_exception, get_logger

log = get_logger("atiende_kit.outbox")

BeforePublish = Callable[[list[OutboxEntry]], Awaitable[None]]

_BATCH = 500
_QUEUE_LIMIT = 20_000
_FIRST_PAUSE, _LAST_PAUSE = 0.2, 5.0
_DRAIN_SECONDS = 5.0
KEPT_SECONDS = 0.5
"""How long a published event stays in its document, at least; a backup relies on it (ADR 0039)."""


class Relay:
    """Publishes the events of a database. A component: starts after database and bus.

    Args:
        database: Its collections with an outbox hand their events over after each write.
        bus: Where to.
        before_publish: Awaited with each batch before it is published, e.g. to append it to a
            ledger; when it fails the batch is not published and is tried again.
        sweep_seconds: Real time between two sweeps.
        sweep_age_seconds: Real age from which an event counts as left behind.
    """

    name = "outbox"

    def __init__(
        self,
        database: Database,
        bus: BusPort,
        before_publish: BeforePublish | None = None,
        *,
        sweep_seconds: float = 15.0,
        sweep_age_seconds: float = 30.0,
    ) -> None:
        self._database = database
        self._bus = bus
        self._before_publish = before_publish
        self._sweep_seconds = sweep_seconds
        self._sweep_age = timedelta(seconds=sweep_age_seconds)
        self._collections: dict[str, Collection] = {}
        self._queue: deque[OutboxEntry] = deque()
        self._published: deque[OutboxEntry] = deque()
        # Events in this process's hands, so that the sweeper leaves them to the relay.
        self._known: set[tuple[str, str]] = set()
        self._work, self._done = asyncio.Event(), asyncio.Event()
        self._idle = asyncio.Event()
        self._hurry = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []

    async def start(self) -> None:
        """Attach to the database and begin."""
        self._collections = {one.name: one for one in self._database.outboxes}
        self._database.attach(self.offer)
        self._tasks = [
            asyncio.create_task(self._publish_loop(), name="outbox-publish"),
            asyncio.create_task(self._forget_loop(), name="outbox-forget"),
            asyncio.create_task(self._sweep_loop(), name="outbox-sweep"),
        ]

    async def stop(self) -> None:
        """Publish what is queued if that is quick; the sweeper of another life has the rest."""
        self._database.attach(None)
        if self._tasks:
            with contextlib.suppress(TimeoutError):
                await self.drained(_DRAIN_SECONDS, in_haste=False)
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._tasks = []

    async def check(self) -> None:
        """A broker that is away stops no write: the events wait in their documents."""

    async def drained(self, seconds: float = 10.0, *, in_haste: bool = True) -> None:
        """Wait until everything handed over so far is published and removed.

        Args:
            seconds: How long.
            in_haste: Remove at once what is published; for tests, which take no backup.

        Raises:
            TimeoutError: It takes longer.
        """
        if in_haste:
            self._hurry.set()
        try:
            async with asyncio.timeout(seconds):
                while self._known:
                    self._idle.clear()
                    await self._idle.wait()
        finally:
            self._hurry.clear()

    def offer(self, entries: Sequence[OutboxEntry]) -> None:
        """Take events that are durable in their documents; never waits.

        When the queue is full they are left to the sweeper: memory is bounded, the documents
        remember.
        """
        room = _QUEUE_LIMIT - len(self._queue)
        for entry in entries[:room]:
            key = (entry.collection, entry.event_id)
            if key not in self._known:
                self._known.add(key)
                self._queue.append(entry)
        self._work.set()
        OUTBOX_QUEUE.set(len(self._queue))

    def _release(self, entries: Sequence[OutboxEntry]) -> None:
        self._known.difference_update((one.collection, one.event_id) for one in entries)
        self._idle.set()

    async def _publish_loop(self) -> None:
        pause = _FIRST_PAUSE
        while True:
            while not self._queue:
                self._work.clear()
                await self._work.wait()
            count = min(_BATCH, len(self._queue))
            batch = [self._queue.popleft() for _ in range(count)]
            failed = await self._publish(batch)
            OUTBOX_QUEUE.set(len(self._queue))
            if failed:
                self._queue.extendleft(reversed(failed))
                await asyncio.sleep(pause)
                pause = min(_LAST_PAUSE, pause * 2)
            else:
                pause = _FIRST_PAUSE

    async def _publish(self, batch: list[OutboxEntry]) -> list[OutboxEntry]:
        """Publish; return what shall be tried again."""
        try:
            if self._before_publish is not None:
                await self._before_publish(batch)
                crash.passed("recorded")
            results = await self._bus.publish(batch)
            crash.passed("published")
        except Exception as error:  # noqa: BLE001 -- kit boundary: the relay never dies
            log.warning("outbox batch failed", size=len(batch), **describe_exception(error))
            PUBLISHED.labels("failed").inc(len(batch))
            return batch
        good: list[OutboxEntry] = []
        again: list[OutboxEntry] = []
        refused: list[OutboxEntry] = []
        for entry, result in zip(batch, results, strict=True):
            if result is None:
                good.append(entry)
            elif isinstance(result, InvalidInput):
                refused.append(entry)
                log.error(
                    "event refused by the bus",
                    subject=entry.subject,
                    event_id=entry.event_id,
                    **describe_exception(result),
                )
            else:
                again.append(entry)
        if again:
            log.warning("events not published yet", size=len(again))
        PUBLISHED.labels("ok").inc(len(good))
        PUBLISHED.labels("failed").inc(len(again) + len(refused))
        self._release(refused)
        if good:
            self._published.extend(good)
            self._done.set()
        return again

    async def _forget_loop(self) -> None:
        while True:
            if not self._published:
                self._done.clear()
                await self._done.wait()
            batch = list(self._published)
            self._published.clear()
            # Nobody waits for it, and what is published meanwhile is the next go.
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(KEPT_SECONDS):
                    await self._hurry.wait()
            by_collection: dict[str, list[OutboxEntry]] = {}
            for entry in batch:
                by_collection.setdefault(entry.collection, []).append(entry)
            for name, entries in by_collection.items():
                try:
                    await self._collections[name].forget(entries)
                except Exception as error:  # noqa: BLE001 -- kit boundary: the sweeper comes again
                    log.warning("outbox not cleaned", collection=name, **describe_exception(error))
            self._release(batch)

    async def _sweep_loop(self) -> None:
        while True:
            try:
                await self.sweep()
            except Exception as error:  # noqa: BLE001 -- kit boundary: the sweeper never dies
                log.warning("outbox sweep failed", **describe_exception(error))
            await asyncio.sleep(self._sweep_seconds)

    async def sweep(self) -> int:
        """Take up events that were left behind; return how many."""
        found = 0
        for collection in self._collections.values():
            left = await collection.pending(datetime.now(UTC) - self._sweep_age, _BATCH)
            fresh = [one for one in left if (one.collection, one.event_id) not in self._known]
            found += len(fresh)
            self.offer(fresh)
        if found:
            OUTBOX_SWEPT.inc(found)
            log.warning("events left behind taken up", size=found)
        return found


__all__ = ["BeforePublish", "OutboxEntry", "Relay"]
