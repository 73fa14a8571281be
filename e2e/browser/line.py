"""A line between a browser and the city that can go deaf without a word, as sleeping laptops' do."""

from __future__ import annotations

import asyncio
from typing import Self
from urllib.parse import urlsplit

STREAM = b"/api/cases/v1/changes"


class Line:
    """A forward proxy for one city; pumps bytes and understands none of them.

    Attributes:
        streams: connections that the desk's live stream was asked on.
    """

    def __init__(self, city_url: str) -> None:
        there = urlsplit(city_url)
        self._there = (there.hostname or "", there.port or 80)
        self._deaf: set[asyncio.StreamWriter] = set()
        self.streams: set[asyncio.StreamWriter] = set()
        self.url = ""

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._meet, "127.0.0.1", 0)
        self.url = f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()

    def go_deaf(self) -> None:
        """From now on the streams that are open carry nothing more, and nobody is told."""
        self._deaf |= self.streams

    async def _meet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there_reader, there_writer = await asyncio.open_connection(*self._there)
        await asyncio.gather(
            self._pump(reader, there_writer, writer), self._pump(there_reader, writer, writer)
        )

    async def _pump(
        self, reader: asyncio.StreamReader, to: asyncio.StreamWriter, browser: asyncio.StreamWriter
    ) -> None:
        try:
            while data := await reader.read(65_536):
                if STREAM in data:
                    self.streams.add(browser)
                if browser not in self._deaf:
                    to.write(data)
                    await to.drain()
        except OSError:
            pass
        finally:
            to.close()
