"""A few reusable parser processes; one that breaks a limit is killed and replaced."""

from __future__ import annotations

import asyncio
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from atiende_channels.channels.base import Unreadable
from atiende_channels.channels.email import frames
from atiende_channels.channels.email.parser import Rules
from atiende_channels.domain.model import ParsedItem

WALL_SECONDS = 10.0
_JOBS_PER_CHILD = 1000


class _ChildDiedError(Exception):
    """The child went away before its answer."""


class _Child:
    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.process = process
        self.jobs = 0

    async def ask(self, question: bytes) -> bytes:
        stdin, stdout = self.process.stdin, self.process.stdout
        if stdin is None or stdout is None or stdin.is_closing():
            raise ConnectionError("the child has no pipes")
        self.jobs += 1
        stdin.write(question)
        await stdin.drain()
        size = int.from_bytes(await stdout.readexactly(frames.LENGTH_BYTES), "big")
        if size > frames.MAX_FRAME_BYTES:
            raise ConnectionError("the child's answer is too long")
        return await stdout.readexactly(size)

    async def kill(self) -> None:
        with suppress(ProcessLookupError):
            self.process.kill()
        await self.process.wait()
        if self.process.stdin is not None:
            self.process.stdin.close()


class ParserPool:
    """Parses mails in child processes, started when first needed.

    Args:
        size: How many at most.
        wall_seconds: Longest time for one mail.
    """

    def __init__(self, size: int = 1, *, wall_seconds: float = WALL_SECONDS) -> None:
        self._slots = asyncio.Semaphore(size)
        self._idle: list[_Child] = []
        self._wall_seconds = wall_seconds
        self.killed = 0

    async def parse(self, body: bytes, rules: Rules) -> list[ParsedItem]:
        """Parses one mail.

        Raises:
            Unreadable: Also when the child broke a limit, or two of them died.
        """
        question = frames.pack_job(body, rules)
        try:
            answer = await self._ask(question)
        except _ChildDiedError:
            # Perhaps it was killed for something else than this mail; a person's letter is not
            # called unreadable before another child has tried.
            try:
                answer = await self._ask(question)
            except _ChildDiedError:
                raise Unreadable("PARSER_DIED") from None
        head, blobs = frames.unpack(answer)
        if "unreadable" in head:
            raise Unreadable(
                str(head["unreadable"]),
                provider_message_id=str(head["provider_message_id"]),
                sender_address=str(head["sender_address"]),
            )
        return frames.unpack_items(head, blobs)

    async def _ask(self, question: bytes) -> bytes:
        async with self._child() as child:
            try:
                return await asyncio.wait_for(child.ask(question), self._wall_seconds)
            except TimeoutError:
                raise Unreadable("LIMIT_TIME") from None
            except (asyncio.IncompleteReadError, ConnectionError):
                await child.kill()
                if child.process.returncode == -signal.SIGXCPU:
                    raise Unreadable("LIMIT_CPU") from None
                raise _ChildDiedError from None

    @asynccontextmanager
    async def _child(self) -> AsyncIterator[_Child]:
        """Lends a child; anything but a whole answer ends it."""
        async with self._slots:
            child = self._idle.pop() if self._idle else await self._start()
            try:
                yield child
            except BaseException:
                self.killed += 1
                await child.kill()
                raise
            if child.jobs >= _JOBS_PER_CHILD:
                await child.kill()
            else:
                self._idle.append(child)

    async def _start(self) -> _Child:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-I",
            "-m",
            "atiende_channels.channels.email.child",
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            env={"LANG": "C.UTF-8"},
        )
        return _Child(process)

    async def close(self) -> None:
        """Ends all idle children."""
        while self._idle:
            await self._idle.pop().kill()
