"""The chat's WebSocket.

The first frame proves the session, so no token ever stands in an address or a log:
`{"type": "hello", "token": "…", "cursor": 0}`. Then come `{"type": "entries", …}` with everything
after the cursor, now and whenever there is more. The page may send `{"type": "message", …}` (the
body of `POST …/messages`) and `{"type": "ack", "cursor": n}`.
"""

from __future__ import annotations

import asyncio
import json
from typing import Any
from urllib.parse import urlsplit

from fastapi import APIRouter, Depends, WebSocket, WebSocketDisconnect
from pydantic import ValidationError

from atiende_channels.channels.context import ChannelContext
from atiende_channels.channels.webchat.hub import ChatHub
from atiende_channels.channels.webchat.models import NewMessage
from atiende_channels.channels.webchat.service import ChatService
from atiende_channels.channels.webchat.tokens import Session
from atiende_channels.settings import Settings
from atiende_kit.errors import AtiendeError, InvalidInput
from atiende_kit.http import public

HELLO_SECONDS = 5.0
MAX_FRAME_CHARACTERS = 32 * 1024
_POLICY, _TOO_BIG, _NO_BINARY = 1008, 1009, 1003


def socket_router(service: ChatService, context: ChannelContext) -> APIRouter:
    """Makes the WebSocket route."""
    hub: ChatHub = context.extra["chat_hub"]
    origins = allowed_origins(context.settings)
    router = APIRouter(
        dependencies=[Depends(public("citizens chat without an account; the first frame proves"))]
    )

    @router.websocket("/api/channels/v1/webchat/ws")
    async def chat(socket: WebSocket) -> None:
        if socket.headers.get("origin", "") not in origins:
            await socket.close(_POLICY)
            return
        await socket.accept()
        try:
            await _serve(socket, service, hub)
        except (WebSocketDisconnect, RuntimeError):
            # RuntimeError is Starlette's word for sending to a page that has gone.
            return

    return router


def allowed_origins(settings: Settings) -> frozenset[str]:
    """Pages that may open a chat: those configured, or the one of the public URL."""
    if settings.webchat.origins:
        return frozenset(settings.webchat.origins)
    address = urlsplit(settings.http.public_url)
    return frozenset({f"{address.scheme}://{address.netloc}"})


async def _serve(socket: WebSocket, service: ChatService, hub: ChatHub) -> None:
    try:
        async with asyncio.timeout(HELLO_SECONDS):
            hello = await _frame(socket)
        if hello.get("type") != "hello" or not isinstance(hello.get("token"), str):
            raise InvalidInput("HELLO_EXPECTED", "Primero debe presentarse la sesión.")
        session = service.session(hello["token"])
        cursor = _cursor_of(hello)
    except TimeoutError:
        await socket.close(_POLICY)
        return
    except _Close as close:
        await socket.close(close.code)
        return
    except AtiendeError as error:
        await socket.send_json(_problem(error))
        await socket.close(_POLICY)
        return
    news, leave = hub.join(session.session_id)
    reader = asyncio.create_task(_listen(socket, service, session))
    writer = asyncio.create_task(_tell(socket, service, session, cursor, news))
    try:
        left = (session.expire_time - service.now()).total_seconds()
        await asyncio.wait(
            {reader, writer}, timeout=max(left, 0.0), return_when=asyncio.FIRST_COMPLETED
        )
    finally:
        leave()
        reader.cancel()
        writer.cancel()
        results = await asyncio.gather(reader, writer, return_exceptions=True)
    code = next((r.code for r in results if isinstance(r, _Close)), _POLICY)
    gone = any(isinstance(r, WebSocketDisconnect | RuntimeError) for r in results)
    if not gone:
        await socket.close(code)


class _Close(Exception):  # noqa: N818 - it ends the conversation, it is no error
    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


async def _frame(socket: WebSocket) -> dict[str, Any]:
    event = await socket.receive()
    if event["type"] == "websocket.disconnect":
        raise WebSocketDisconnect(event.get("code") or 1005)
    text = event.get("text")
    if text is None:
        raise _Close(_NO_BINARY)
    if len(text) > MAX_FRAME_CHARACTERS:
        raise _Close(_TOO_BIG)
    try:
        frame = json.loads(text)
    except (ValueError, RecursionError):
        frame = None
    if not isinstance(frame, dict):
        raise InvalidInput("FRAME_INVALID", "El mensaje no es válido.")
    return frame


def _cursor_of(frame: dict[str, Any]) -> int:
    cursor = frame.get("cursor", 0)
    if not isinstance(cursor, int) or isinstance(cursor, bool) or not 0 <= cursor < 2**53:
        raise InvalidInput("CURSOR_INVALID", "La posición no es válida.")
    return cursor


async def _listen(socket: WebSocket, service: ChatService, session: Session) -> None:
    while True:
        try:
            frame = await _frame(socket)
            answer = await _obey(frame, service, session)
        except AtiendeError as error:
            answer = _problem(error)
        if answer is not None:
            await socket.send_json(answer)


async def _obey(
    frame: dict[str, Any], service: ChatService, session: Session
) -> dict[str, Any] | None:
    kind = frame.pop("type", None)
    if kind == "ack":
        await service.acknowledge(session, _cursor_of(frame))
        return None
    if kind == "ping":
        return {"type": "pong"}
    if kind != "message":
        raise InvalidInput("FRAME_INVALID", "El mensaje no es válido.")
    try:
        message = NewMessage.model_validate(frame)
    except ValidationError:
        raise InvalidInput("FRAME_INVALID", "El mensaje no es válido.") from None
    accepted = await service.say(session, message)
    return {"type": "accepted", **accepted.model_dump(mode="json")}


async def _tell(
    socket: WebSocket, service: ChatService, session: Session, cursor: int, news: asyncio.Event
) -> None:
    while True:
        news.clear()
        page = await service.entries(session, cursor)
        if page.entries:
            cursor = page.cursor
            await socket.send_json({"type": "entries", **page.model_dump(mode="json")})
            continue
        await news.wait()


def _problem(error: AtiendeError) -> dict[str, Any]:
    return {"type": "problem", "reason": error.reason, "detail": error.message}
