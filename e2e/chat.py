"""A page with the city's chat, as small as one can be: a WebSocket and its cursor."""

from __future__ import annotations

import asyncio
import json
from types import TracebackType
from typing import Any, Self

import httpx
from websockets.asyncio.client import ClientConnection, connect

API = "/api/channels/v1/webchat"
PATIENCE_SECONDS = 45.0


class Page:
    """One visitor's open page.

    Attributes:
        cursor: of the last line that the page has shown.
        lines: the city's lines, in order, as the page has shown them.
    """

    def __init__(self, url: str, session: dict[str, Any], cursor: int = 0) -> None:
        self._url = url
        self._session = session
        self._socket: ClientConnection | None = None
        self.cursor = cursor
        self.lines: list[dict[str, Any]] = []

    @classmethod
    async def new(cls, http: httpx.AsyncClient, url: str) -> Page:
        """A page of somebody who was never here."""
        answer = await http.post(f"{url}{API}/sessions", json={"account_id": "portal"})
        assert answer.status_code == 201, answer.text
        return cls(url, answer.json())

    def reloaded(self) -> Page:
        """The same visitor's page after a reload: all it kept is the token and the cursor."""
        return Page(self._url, self._session, self.cursor)

    def key(self, client_message_id: str) -> str:
        """The ledger's name of what the visitor wrote."""
        return f"{self._session['session_id']}/{client_message_id}"

    async def __aenter__(self) -> Self:
        socket = await connect(f"{self._url.replace('http', 'ws', 1)}{API}/ws", origin=self._url)  # type: ignore[arg-type]  # a NewType of str
        self._socket = socket
        hello = {"type": "hello", "token": self._session["token"], "cursor": self.cursor}
        await socket.send(json.dumps(hello))
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._socket is not None:
            await self._socket.close()

    async def say(self, client_message_id: str, text: str) -> dict[str, Any]:
        """Writes a line; gives the city's "accepted"."""
        frame = {"type": "message", "client_message_id": client_message_id, "text": text}
        await self._open.send(json.dumps(frame))
        while True:
            answer = await self._frame()
            if answer["type"] == "accepted":
                assert answer["client_message_id"] == client_message_id
                return answer

    async def hear(self, word: str) -> dict[str, Any]:
        """Waits for a line of the city that has a word; lines before it are kept too."""
        seen = 0
        while True:
            for line in self.lines[seen:]:
                if word.lower() in line["text"].lower():
                    return line
            seen = len(self.lines)
            await self._frame()

    @property
    def _open(self) -> ClientConnection:
        assert self._socket is not None, "the page is not open"
        return self._socket

    async def _frame(self) -> dict[str, Any]:
        raw = await asyncio.wait_for(self._open.recv(), PATIENCE_SECONDS)
        frame: dict[str, Any] = json.loads(raw)
        if frame["type"] == "entries":
            sequences = [entry["sequence"] for entry in frame["entries"]]
            assert sequences == list(range(self.cursor + 1, frame["cursor"] + 1))
            self.cursor = frame["cursor"]
            self.lines += [entry for entry in frame["entries"] if entry["direction"] == "out"]
            await self._open.send(json.dumps({"type": "ack", "cursor": self.cursor}))
        return frame
