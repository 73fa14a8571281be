"""The chat of the city's page: one WebSocket a citizen, resumed by its cursor when it breaks."""

from __future__ import annotations

import asyncio
import contextlib
import json
from dataclasses import dataclass, field

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import WebSocketException

from dev.demo.lines.base import Heard
from dev.demo.script import Citizen, Matter
from dev.demo.world import RETRIES, World

API = "/api/channels/v1/webchat"


@dataclass
class Visitor:
    """A citizen's open page."""

    number: int
    session_id: str
    token: str
    cursor: int = 0
    said: int = 0
    accepted: dict[str, asyncio.Event] = field(default_factory=dict)
    socket: ClientConnection | None = None
    reader: asyncio.Task[None] | None = None


class WebchatLine:
    """Every citizen's chat."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._visitors: dict[int, Visitor] = {}
        self._fresh: list[tuple[str, Heard]] = []

    async def open(self, matter: Matter, *, twice: bool = False) -> None:
        """Opens the page and writes."""
        answer = await self._world.insist(
            "POST",
            f"{self._world.addresses.public_url}{API}/sessions",
            json={"account_id": "portal"},
        )
        answer.raise_for_status()
        session = answer.json()
        visitor = Visitor(matter.citizen.number, session["session_id"], session["token"])
        self._visitors[matter.citizen.number] = visitor
        key = await self._write(visitor, matter.citizen, matter.text)
        if twice:
            await self._write(visitor, matter.citizen, matter.text, key)

    async def say(self, citizen: Citizen, text: str, answer_to: Heard | None = None) -> None:
        """Writes the next line."""
        del answer_to
        await self._write(self._visitors[citizen.number], citizen, text)

    async def news(self) -> list[tuple[str, Heard]]:
        """The city's lines that came since the last look."""
        fresh, self._fresh = self._fresh, []
        return fresh

    async def close(self) -> None:
        """Closes all pages."""
        for visitor in self._visitors.values():
            if visitor.reader is not None:
                visitor.reader.cancel()
            if visitor.socket is not None:
                await visitor.socket.close()

    async def _write(self, visitor: Visitor, citizen: Citizen, text: str, key: str = "") -> str:
        if not key:
            visitor.said += 1
            key = f"m-{self._world.run}-{visitor.said:04d}"
        frame = {
            "type": "message",
            "client_message_id": key,
            "text": text,
            "display_name": citizen.name,
        }
        accepted = visitor.accepted[key] = asyncio.Event()
        taken = False
        for attempt in range(RETRIES):
            try:
                socket = await self._connected(visitor)
                await socket.send(json.dumps(frame))
                await asyncio.wait_for(accepted.wait(), 5.0)
                taken = True
                break
            except (OSError, WebSocketException, TimeoutError):
                # The page does what a page does: connect again and repeat with the same id.
                self._world.counts["tried again"] += 1
                await asyncio.sleep(min(0.2 * (attempt + 1), 2.0))
        self._world.ledger.note(
            "webchat",
            f"{visitor.session_id}/{key}",
            acknowledged=taken,
            refusal="" if taken else "-",
        )
        return key

    async def _connected(self, visitor: Visitor) -> ClientConnection:
        if visitor.socket is not None and visitor.reader and not visitor.reader.done():
            return visitor.socket
        address = self._world.addresses.public_url
        socket = await connect(f"{address.replace('http', 'ws', 1)}{API}/ws", origin=address)  # type: ignore[arg-type]  # a NewType of str
        hello = {"type": "hello", "token": visitor.token, "cursor": visitor.cursor}
        await socket.send(json.dumps(hello))
        visitor.socket = socket
        visitor.reader = asyncio.create_task(self._read(visitor, socket))
        return socket

    async def _read(self, visitor: Visitor, socket: ClientConnection) -> None:
        with contextlib.suppress(WebSocketException, OSError):
            async for raw in socket:
                frame = json.loads(raw)
                if frame["type"] == "accepted":
                    visitor.accepted[frame["client_message_id"]].set()
                elif frame["type"] == "entries":
                    visitor.cursor = frame["cursor"]
                    self._fresh += [
                        (str(visitor.number), Heard(entry["message_id"], entry["text"]))
                        for entry in frame["entries"]
                        if entry["direction"] == "out"
                    ]
                    await socket.send(json.dumps({"type": "ack", "cursor": visitor.cursor}))
