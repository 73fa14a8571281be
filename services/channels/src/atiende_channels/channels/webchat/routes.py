"""HTTP routes of the chat; for pages without WebSocket, and for sending."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header, Query, Request, Response

from atiende_channels.channels.context import ChannelContext
from atiende_channels.channels.webchat.models import (
    ChatPage,
    MessageAnswer,
    NewMessage,
    NewSession,
    SessionAnswer,
)
from atiende_channels.channels.webchat.service import ChatService
from atiende_channels.channels.webchat.sockets import socket_router
from atiende_channels.channels.webchat.tokens import Session
from atiende_kit.errors import Unauthenticated
from atiende_kit.http import Problem, public

PREFIX = "/api/channels/v1/webchat"
_MAX_CURSOR = 2**53

_COMMON: dict[int | str, dict[str, Any]] = {
    400: {"model": Problem, "description": "Malformed request."},
    413: {"model": Problem, "description": "Body too large."},
    422: {"model": Problem, "description": "A value is not acceptable."},
    429: {"model": Problem, "description": "Too often; see Retry-After."},
    503: {"model": Problem, "description": "Not stored; try again."},
}
_SESSION: dict[int | str, dict[str, Any]] = {
    401: {"model": Problem, "description": "No session, or it is over."}
}


def routers(context: ChannelContext) -> list[APIRouter]:
    """Makes the chat's routes."""
    service: ChatService = context.extra["chat"]
    return [http_router(service), socket_router(service, context)]


def http_router(service: ChatService) -> APIRouter:
    """Makes the HTTP routes."""
    router = APIRouter(
        prefix=PREFIX,
        tags=["webchat"],
        dependencies=[Depends(public("citizens chat without an account; a session token proves"))],
    )

    def session(
        token: Annotated[
            str,
            Header(
                alias="X-Chat-Token",
                max_length=2000,
                description="Token of the session, from `POST …/sessions`.",
            ),
        ] = "",
    ) -> Session:
        if not token:
            raise Unauthenticated("CHAT_TOKEN_MISSING", "Falta la sesión de chat.")
        return service.session(token)

    @router.post(
        "/sessions",
        status_code=201,
        summary="Opens a chat session",
        responses={**_COMMON, 404: {"model": Problem, "description": "No such chat."}},
    )
    async def open_session(body: NewSession, request: Request, response: Response) -> SessionAnswer:
        """Gives a random session id and the token that proves it; nothing is stored yet."""
        response.headers["Cache-Control"] = "no-store"
        visitor = request.client.host if request.client else ""
        return await service.open(body.account_id, visitor)

    @router.post(
        "/messages",
        status_code=202,
        summary="Says something",
        responses={
            **_COMMON,
            **_SESSION,
            409: {"model": Problem, "description": "The id was used for another text."},
        },
    )
    async def say(body: NewMessage, current: Annotated[Session, Depends(session)]) -> MessageAnswer:
        """Takes a message; it is durable when the answer comes. Repeating it is safe."""
        return await service.say(current, body)

    @router.get(
        "/messages",
        summary="Reads the chat",
        responses={**{code: _COMMON[code] for code in (400, 422, 503)}, **_SESSION},
    )
    async def read(
        response: Response,
        current: Annotated[Session, Depends(session)],
        cursor: Annotated[int, Query(ge=0, le=_MAX_CURSOR)] = 0,
        limit: Annotated[int, Query(ge=1, le=200)] = 100,
    ) -> ChatPage:
        """Gives the lines after the cursor; asking acknowledges those up to it."""
        response.headers["Cache-Control"] = "no-store"
        return await service.page(current, cursor, limit)

    return router
