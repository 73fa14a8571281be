"""HTTP routes of the chat; for pages without WebSocket, and for sending."""

from typing import Annotated, Any
from urllib.parse import unquote

from fastapi import APIRouter, Depends, Header, Path, Query, Request, Response

from atiende_channels.channels.context import ChannelContext
from atiende_channels.channels.files import (
    FILE_ANSWER,
    FILE_BODY,
    Filename,
    UploadAnswer,
    download,
)
from atiende_channels.channels.webchat.case import ChatCases
from atiende_channels.channels.webchat.models import (
    ChatCase,
    ChatPage,
    ContactAnswer,
    MessageAnswer,
    NewContact,
    NewMessage,
    NewSession,
    SessionAnswer,
)
from atiende_channels.channels.webchat.service import ChatService
from atiende_channels.channels.webchat.sockets import socket_router
from atiende_channels.channels.webchat.tokens import Session
from atiende_kit.errors import Unauthenticated
from atiende_kit.http import IdempotencyKey, Limiter, Problem, public, visitor

PREFIX = "/api/channels/v1/webchat"
UPLOAD_PATH = f"{PREFIX}/attachments"
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
    cases: ChatCases = context.extra["chat_cases"]
    uploads: Limiter = context.extra["upload_limit"]
    return [http_router(service, cases, uploads), socket_router(service, context)]


def http_router(service: ChatService, cases: ChatCases, uploads: Limiter) -> APIRouter:
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
        return await service.open(body.account_id, visitor(request))

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

    @router.get(
        "/case",
        summary="Says which case the chat has become",
        responses={**_SESSION, 404: {"model": Problem, "description": "Nothing was said yet."}},
    )
    async def case(current: Annotated[Session, Depends(session)]) -> ChatCase:
        """Gives folio, state and tracking secret; out of hours the chat is a mailbox."""
        return await cases.of(current)

    @router.post(
        "/contact",
        status_code=202,
        summary="Leaves an address where the same case goes on",
        responses={
            **_COMMON,
            **_SESSION,
            409: {"model": Problem, "description": "Nothing was said yet."},
        },
    )
    async def leave_contact(
        body: NewContact,
        current: Annotated[Session, Depends(session)],
        key: IdempotencyKey = None,
    ) -> ContactAnswer:
        """Takes an e-mail address or a WhatsApp number; answers go there from now on."""
        return await service.leave_contact(current, body, key)

    @router.post(
        "/attachments",
        status_code=201,
        summary="Puts up one file for a message",
        responses={**_COMMON, **_SESSION},
        openapi_extra=FILE_BODY,
    )
    async def upload(
        request: Request, current: Annotated[Session, Depends(session)], filename: Filename = ""
    ) -> UploadAnswer:
        """Takes a file of at most 10 MB; a photo is kept without where and by what it was taken."""
        uploads.take(visitor(request))
        stored = await service.upload(current, unquote(filename), await request.body())
        return UploadAnswer.of(stored)

    @router.get(
        "/attachments/{attachment_id}",
        summary="Downloads a file of the chat",
        response_class=Response,
        responses={
            **_SESSION,
            **FILE_ANSWER,
            404: {"model": Problem, "description": "No line of this chat has it."},
        },
    )
    async def read_file(
        attachment_id: Annotated[str, Path(pattern=r"^[0-9a-z.-]{10,80}$")],
        current: Annotated[Session, Depends(session)],
    ) -> Response:
        """Gives the bytes as a download; a browser never shows them by itself."""
        file, data = await service.file(current, attachment_id)
        return download(file.filename, data)

    return router
