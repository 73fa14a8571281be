"""The live changes of a city: one consumer for all readers of this process.

A reader that begins now gets what comes from now on. One that resumes catches up over a consumer of
its own and changes to the shared one as soon as both have told it the same change. A reader that is
slower than the city is closed: it comes back with the last id that it has, so nothing is lost.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from typing import Any, Final

from google.protobuf.message import Message

from atiende_kit.bus import BusPort, Delivery

MOST_WAITING: Final = 500
"""Changes that may wait for one reader."""

Change = tuple[int, Delivery[Any]]


class Reader:
    """One open page; its changes wait here."""

    def __init__(self, most: int) -> None:
        self._queue: asyncio.Queue[Change | None] = asyncio.Queue(most)
        self.closed = False

    def put(self, change: Change) -> None:
        """Adds a change, or closes the reader when too many wait."""
        if self._queue.full():
            self.close()
        if not self.closed:
            self._queue.put_nowait(change)

    def close(self) -> None:
        """Ends the reader at once: what still waits is told again when it comes back."""
        self.closed = True
        while not self._queue.empty():
            self._queue.get_nowait()
        self._queue.put_nowait(None)

    async def get(self) -> Change | None:
        """The next change; None when the reader was closed."""
        return None if self.closed else await self._queue.get()


class LiveChanges:
    """The readers of all cities and the one consumer of each city."""

    def __init__(
        self, bus: BusPort, feeds: Sequence[type[Message]], *, most: int = MOST_WAITING
    ) -> None:
        self._bus, self._feeds, self._most = bus, feeds, most
        self._readers: dict[str, set[Reader]] = {}
        self._tasks: dict[str, asyncio.Task[None]] = {}

    async def follow(self, tenant: str, after: int | None) -> AsyncGenerator[Change, None]:
        """Changes of a city in order, each once, until the reader is too slow.

        Args:
            tenant: the city.
            after: the last sequence that the reader has; from now when absent.

        Raises:
            FailedPrecondition: what comes after `after` cannot be told any more.
        """
        reader = self._enter(tenant)
        try:
            last = 0 if after is None else after
            if after is not None:
                async with aclosing(self._caught_up(tenant, after, reader)) as missed:
                    async for change in missed:
                        last = change[0]
                        yield change
            while (found := await reader.get()) is not None:
                if found[0] > last:
                    yield found
        finally:
            await self._leave(tenant, reader)

    async def _caught_up(
        self, tenant: str, after: int, reader: Reader
    ) -> AsyncGenerator[Change, None]:
        """What was missed, up to the first change that the shared consumer told as well."""
        shared = asyncio.ensure_future(reader.get())
        try:
            async with aclosing(self._bus.feed(self._feeds, tenant, after)) as own:
                async for change in own:
                    yield change
                    if shared.done():
                        known = shared.result()
                        if known is None or change[0] >= known[0]:
                            return
        finally:
            shared.cancel()

    def _enter(self, tenant: str) -> Reader:
        reader = Reader(self._most)
        self._readers.setdefault(tenant, set()).add(reader)
        if tenant not in self._tasks:
            self._tasks[tenant] = asyncio.create_task(self._tell(tenant), name=f"live-{tenant}")
        return reader

    async def _leave(self, tenant: str, reader: Reader) -> None:
        readers = self._readers.get(tenant, set())
        readers.discard(reader)
        if not readers and (task := self._tasks.pop(tenant, None)) is not None:
            self._readers.pop(tenant, None)
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    async def _tell(self, tenant: str) -> None:
        """Gives each change of the one consumer to every reader."""
        try:
            async with aclosing(self._bus.feed(self._feeds, tenant, None)) as changes:
                async for change in changes:
                    for reader in tuple(self._readers.get(tenant, ())):
                        reader.put(change)
        finally:
            # Unless the last reader ended it: they come back and a new consumer begins.
            if self._tasks.get(tenant) is asyncio.current_task():
                del self._tasks[tenant]
                for reader in self._readers.pop(tenant, set()):
                    reader.close()
