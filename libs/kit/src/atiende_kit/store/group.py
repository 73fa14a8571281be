"""Group commit, and repetition of what met a newer version."""

import asyncio
import contextvars
import random
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

from atiende_kit.context import somebody_waits
from atiende_kit.errors import VersionMismatch

T = TypeVar("T")
R = TypeVar("R")


class GroupCommit(Generic[T, R]):
    """Requests that wait at the same moment share one write; nobody waits for a timer.

    The first item starts a flush at once. What arrives while it runs is the next batch. Each
    caller is answered only when its own item is durable.

    Args:
        flush: Writes a batch; returns one result or exception per item, in order.
        max_batch: Most items of one flush.
    """

    def __init__(
        self, flush: Callable[[list[T]], Awaitable[list[R | Exception]]], max_batch: int = 500
    ) -> None:
        self._flush = flush
        self._max_batch = max_batch
        self._waiting: deque[tuple[T, asyncio.Future[R]]] = deque()
        self._task: asyncio.Task[None] | None = None

    async def submit(self, item: T) -> R:
        """Write one item together with whoever waits now.

        Raises:
            Exception: What the flush said of this item, or what made the whole flush fail.
        """
        future: asyncio.Future[R] = asyncio.get_running_loop().create_future()
        self._waiting.append((item, future))
        if self._task is None:
            # An empty context: the flush serves many requests and belongs to none of their traces.
            context = contextvars.Context()
            context.run(somebody_waits.set, somebody_waits.get())
            self._task = asyncio.create_task(self._run(), context=context)
        return await future

    async def _run(self) -> None:
        try:
            while self._waiting:
                count = min(self._max_batch, len(self._waiting))
                batch = [self._waiting.popleft() for _ in range(count)]
                await self._settle(batch)
        finally:
            self._task = None

    async def _settle(self, batch: list[tuple[T, "asyncio.Future[R]"]]) -> None:
        try:
            results = await self._flush([item for item, _ in batch])
            pairs = list(zip(batch, results, strict=True))
        except asyncio.CancelledError:
            for _, future in batch:
                future.cancel()
            raise
        except Exception as error:  # noqa: BLE001 -- kit boundary: every waiting caller is told
            for _, future in batch:
                if not future.done():
                    future.set_exception(error)
            return
        for (_, future), result in pairs:
            if future.done():
                continue  # its caller went away; the write stands
            if isinstance(result, Exception):
                future.set_exception(result)
            else:
                future.set_result(result)


async def retry_stale(fn: Callable[[], Awaitable[R]], attempts: int = 5) -> R:
    """Run a read-decide-write again when somebody else wrote in between.

    Args:
        fn: Must read afresh on every call.
        attempts: In all.

    Raises:
        VersionMismatch: The last attempt met a newer version too.
    """
    for attempt in range(1, attempts):
        try:
            return await fn()
        except VersionMismatch:
            # Two writers that met once would meet again if both came back at once.
            await asyncio.sleep(random.uniform(0, 0.005 * 2**attempt))  # noqa: S311 -- jitter
    return await fn()
