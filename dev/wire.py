"""A lean HTTP/1.1 client over kept connections, for what plays citizens, providers and load.

It costs a fifth of a general client's processor time, which a load generator on the same machine
would otherwise take from what is measured.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Mapping
from typing import Protocol
from urllib.parse import urlsplit

SUCCESS = range(200, 300)


class Poster(Protocol):
    """What can post."""

    async def post(self, url: str, body: bytes, kind: str, headers: Mapping[str, str]) -> int:
        """Posts a body of a media type; returns the status."""
        ...

    async def close(self) -> None:
        """Nothing more will be posted."""
        ...


class Wire:
    """Posts to one or more hosts; each connection carries one request at a time.

    Args:
        lines: Most requests under way at once.
        timeout_seconds: For a whole request.
    """

    def __init__(self, lines: int = 16, timeout_seconds: float = 20.0) -> None:
        self._room = asyncio.Semaphore(lines)
        self._timeout = timeout_seconds
        self._kept: dict[tuple[str, int], list[tuple[asyncio.StreamReader, asyncio.StreamWriter]]]
        self._kept = {}

    async def post(self, url: str, body: bytes, kind: str, headers: Mapping[str, str]) -> int:
        """Posts a body of a media type; returns the status.

        Raises:
            OSError: Nobody answers, or the connection broke before the answer.
            TimeoutError: The answer did not come.
        """
        parts = urlsplit(url)
        place = (parts.hostname or "", parts.port or 80)
        request = post(parts.path, parts.netloc, body, kind=kind, **headers)
        async with self._room, asyncio.timeout(self._timeout):
            reader, writer = await self._line(place)
            try:
                writer.write(request)
                status, is_kept = await answer_of(reader)
            except asyncio.IncompleteReadError as error:
                writer.close()
                raise ConnectionResetError("the connection ended without an answer") from error
            except BaseException:
                writer.close()
                raise
            if is_kept:
                self._kept.setdefault(place, []).append((reader, writer))
            else:
                writer.close()
            return status

    async def close(self) -> None:
        """Closes what is kept."""
        for reader_and_writer in [pair for pairs in self._kept.values() for pair in pairs]:
            writer = reader_and_writer[1]
            writer.close()
            with contextlib.suppress(OSError):
                await writer.wait_closed()
        self._kept.clear()

    async def _line(
        self, place: tuple[str, int]
    ) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        kept = self._kept.get(place, [])
        while kept:
            reader, writer = kept.pop()
            if not reader.at_eof() and not writer.is_closing():
                return reader, writer
            writer.close()  # it was idle for too long
        return await asyncio.open_connection(*place)


async def answer_of(reader: asyncio.StreamReader) -> tuple[int, bool]:
    """Reads one answer; returns its status, and whether the connection goes on."""
    head = await reader.readuntil(b"\r\n\r\n")
    lower = head.lower()
    at = lower.find(b"content-length:")
    if at >= 0:
        await reader.readexactly(int(lower[at + 15 : lower.index(b"\r\n", at)]))
    elif b"transfer-encoding: chunked" in lower:
        while (size := int((await reader.readline()).strip() or b"0", 16)) > 0:
            await reader.readexactly(size + 2)
        await reader.readline()
    return int(head[9:12]), b"connection: close" not in lower


def post(path: str, host: str, body: bytes, *, kind: str, **headers: str) -> bytes:
    """A whole request; underscores in the names of headers become hyphens."""
    more = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in headers.items())
    head = f"POST {path} HTTP/1.1\r\nHost: {host}\r\nContent-Type: {kind}\r\n{more}"
    return f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body
