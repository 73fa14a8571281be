"""A bad network in front of a real server: slow, stalled, half open, or losing replies."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable

_CHUNK = 65_536


class Proxy:
    """Listens on a port of its own and passes bytes on; what it does to them can be changed.

    Attributes:
        delay_seconds: How long each piece of an answer is held back.
        is_stalled: Nothing passes in either direction; connections stay open.
        replies_lost: So many answers are swallowed, each with its connection.
    """

    def __init__(self, port: int) -> None:
        self.delay_seconds = 0.0
        self.is_stalled = False
        self.replies_lost = 0
        self.swallowed = 0
        self.port = 0
        self._target = port
        self._open = asyncio.Event()
        self._open.set()
        self._server: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    async def start(self) -> None:
        """Begin to listen on a free port."""
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """Close everything."""
        if self._server is not None:
            self._server.close()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def stall(self) -> None:
        """Let nothing pass from now on."""
        self.is_stalled = True
        self._open.clear()

    def go_on(self) -> None:
        """Let everything pass that was held."""
        self.is_stalled = False
        self._open.set()

    def cut(self) -> None:
        """Break every connection there is."""
        for task in list(self._tasks):
            task.cancel()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        if task is None:
            return
        self._tasks.add(task)
        there: asyncio.StreamWriter | None = None
        try:
            back, there = await asyncio.open_connection("127.0.0.1", self._target)
            ways = (
                asyncio.ensure_future(self._pass(reader, there, lambda: False)),
                asyncio.ensure_future(self._pass(back, writer, self._loses)),
            )
            try:
                await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
            finally:
                for way in ways:
                    way.cancel()
                await asyncio.gather(*ways, return_exceptions=True)
        except (OSError, asyncio.CancelledError):
            pass
        finally:
            for one in (writer, there):
                if one is not None:
                    one.close()
            self._tasks.discard(task)

    async def _pass(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, loses: Callable[[], bool]
    ) -> None:
        with contextlib.suppress(OSError):
            while data := await reader.read(_CHUNK):
                await self._open.wait()
                if loses():
                    return
                if self.delay_seconds:
                    await asyncio.sleep(self.delay_seconds)
                writer.write(data)
                await writer.drain()

    def _loses(self) -> bool:
        if self.replies_lost > 0:
            self.replies_lost -= 1
            self.swallowed += 1
            return True
        return False
