"""The open sockets of this process, told within a moment of what any process stored."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from atiende_channels.channels.webchat.store import ChatStore
from atiende_kit.errors import Unavailable
from atiende_kit.telemetry import get_logger

log = get_logger()


class ChatHub:
    """Wakes the sockets whose session has something new. A component.

    One query in each interval serves all sockets, and none is asked while nobody is connected.

    Args:
        store: The entries.
        poll_seconds: Real time between two looks.
    """

    name = "chat"

    def __init__(self, store: ChatStore, poll_seconds: float) -> None:
        self._store = store
        self._poll_seconds = poll_seconds
        self._sockets: dict[str, set[asyncio.Event]] = {}
        self._seen: dict[str, int] = {}
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Begins to look."""
        self._task = asyncio.create_task(self._run(), name="chat-hub")

    async def stop(self) -> None:
        """Ends."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
            self._task = None

    async def check(self) -> None:
        """Unready when the loop has ended."""
        if self._task is not None and self._task.done():
            raise Unavailable("CHAT_LOOP_ENDED", "Un proceso interno no está activo.")

    @property
    def connected(self) -> int:
        """How many sockets are open here."""
        return sum(map(len, self._sockets.values()))

    def join(self, session_id: str) -> tuple[asyncio.Event, Callable[[], None]]:
        """Adds a socket.

        Returns:
            The event that is set when there is something new, and what ends the membership.
        """
        event = asyncio.Event()
        self._sockets.setdefault(session_id, set()).add(event)

        def leave() -> None:
            members = self._sockets.get(session_id, set())
            members.discard(event)
            if not members:
                self._sockets.pop(session_id, None)
                self._seen.pop(session_id, None)

        return event, leave

    def wake(self, session_id: str) -> None:
        """Tells the sockets of a session, when this process itself stored something."""
        for event in self._sockets.get(session_id, ()):
            event.set()

    async def look(self) -> None:
        """Looks once for what other processes stored."""
        for entry in await self._store.recent():
            session_id = entry["session_id"]
            if session_id in self._sockets and self._seen.get(session_id, 0) < entry["sequence"]:
                self._seen[session_id] = entry["sequence"]
                self.wake(session_id)

    async def _run(self) -> None:
        while True:
            await asyncio.sleep(self._poll_seconds)
            if self._sockets:
                try:
                    await self.look()
                except Unavailable as error:
                    log.warning("chat look failed", reason=error.reason)
