"""Fresh rows of the inbox, from the process that acknowledged them to a worker that reads them.

Acknowledging is quick and must stay so whatever reading costs; so the two are different processes,
each scaled on its own. What gets lost on the way is durable, and the sweeper finds it.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from typing import Any

import bson
from bson.codec_options import CodecOptions

from atiende_channels.contract import INTAKE
from atiende_kit.bus import BusPort
from atiende_kit.errors import Unavailable
from atiende_kit.telemetry import get_logger

Rows = Sequence[Mapping[str, Any]]
log = get_logger()

# With the largest row that has its body inline, below the broker's limit of a megabyte.
_MOST_BYTES = 512 * 1024
_MOST_WAITING = 10_000
_OPTIONS: CodecOptions[Mapping[str, Any]] = CodecOptions(tz_aware=True)


class GiveRows:
    """The acknowledging side. A component."""

    name = "intake-give"

    def __init__(self, bus: BusPort) -> None:
        self._bus = bus
        self._waiting: deque[Mapping[str, Any]] = deque(maxlen=_MOST_WAITING)
        self._came = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Begins to hand over."""
        self._task = asyncio.create_task(self._loop(), name="intake-give")

    async def stop(self) -> None:
        """Hands over what is left."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
            self._task = None
        await self._give()

    async def check(self) -> None:
        """Unready when the loop has ended."""
        if self._task is None or self._task.done():
            raise Unavailable("INTAKE_LOOP_ENDED", "Un proceso interno no está activo.")

    def offer(self, rows: Rows) -> None:
        """Takes rows that are durable; never waits. Too many leave the oldest to the sweeper."""
        self._waiting.extend(rows)
        self._came.set()

    async def _loop(self) -> None:
        while True:
            await self._came.wait()
            self._came.clear()
            await self._give()

    async def _give(self) -> None:
        for data in pack(self._waiting):
            await self._bus.hand_over(INTAKE, data)


class TakeRows:
    """The reading side. A component.

    Args:
        bus: Where rows come from.
        offer: Takes them; must not wait.
    """

    name = "intake-take"

    def __init__(self, bus: BusPort, offer: Callable[[Rows], None]) -> None:
        self._bus = bus
        self._offer = offer
        self._end: Callable[[], Awaitable[None]] | None = None

    async def start(self) -> None:
        """Begins to take."""
        self._end = await self._bus.take_over(INTAKE, self._take)

    async def stop(self) -> None:
        """Takes no more; what came is still read."""
        if self._end is not None:
            await self._end()
            self._end = None

    async def check(self) -> None:
        """Without it the sweeper still finds every row."""

    def _take(self, data: bytes) -> None:
        with contextlib.suppress(bson.errors.InvalidBSON):
            self._offer(unpack(data))


def pack(waiting: deque[Mapping[str, Any]]) -> Iterator[bytes]:
    """Empties the queue into messages that fit the broker."""
    while waiting:
        parts: list[bytes] = []
        size = 0
        while waiting and size < _MOST_BYTES:
            parts.append(bson.encode(waiting.popleft()))
            size += len(parts[-1])
        yield b"".join(parts)


def unpack(data: bytes) -> list[Mapping[str, Any]]:
    """The rows of one message.

    Raises:
        bson.errors.InvalidBSON: It is none of ours.
    """
    return list(bson.decode_all(data, _OPTIONS))
