"""The routes that Meta calls."""

from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException, Query, Request, Response
from fastapi.responses import PlainTextResponse

from atiende_channels.channels.context import ChannelContext
from atiende_channels.channels.whatsapp.adapter import MAX_BODY_BYTES, SIGNATURE_HEADER, app_secrets
from atiende_channels.channels.whatsapp.signature import is_signed, is_verify_token
from atiende_channels.channels.whatsapp.splitting import PieceKind, split
from atiende_channels.domain.model import Account, Channel, RawIntake
from atiende_kit.errors import InvalidInput, NotFound, PermissionDenied, Unauthenticated
from atiende_kit.http import DirectRoute, public

_RESPONSES: dict[int | str, dict[str, str]] = {
    400: {"description": "The request is malformed or too large."},
    401: {"description": "The body is not signed by this account's app."},
    403: {"description": "The verify token is wrong."},
    404: {"description": "There is no such account."},
    503: {"description": "Not stored; try again."},
}
_OTHER_METHODS = ["DELETE", "HEAD", "OPTIONS", "PATCH", "PUT", "TRACE"]
_MAX_CHALLENGE_CHARACTERS = 1_000


def routers(context: ChannelContext) -> list[APIRouter]:
    """Makes the routes."""
    return [webhook_router(context)]


def webhook_router(context: ChannelContext) -> APIRouter:
    """Makes the two routes of one callback address per account."""
    router = APIRouter(
        prefix="/webhooks/whatsapp",
        tags=["whatsapp"],
        dependencies=[Depends(public("Meta calls it; the body is signed"))],
    )

    @router.get(
        "/{account_id}",
        response_class=PlainTextResponse,
        summary="Confirms a webhook subscription",
        responses={code: _RESPONSES[code] for code in (400, 403, 404)},
    )
    async def verify(
        account_id: str,
        mode: Annotated[str, Query(alias="hub.mode")] = "",
        verify_token: Annotated[str, Query(alias="hub.verify_token")] = "",
        challenge: Annotated[str, Query(alias="hub.challenge")] = "",
    ) -> PlainTextResponse:
        """Answers the challenge when the verify token is the configured one."""
        account = await _account(context, account_id)
        token = account.secrets.get("verify_token", "")
        if mode != "subscribe" or not is_verify_token(verify_token, [token]):
            raise PermissionDenied("VERIFY_TOKEN_WRONG", "El token de verificación no es válido.")
        if not challenge.isprintable() or not 0 < len(challenge) <= _MAX_CHALLENGE_CHARACTERS:
            raise InvalidInput("CHALLENGE_MALFORMED", "Falta el reto o no es válido.")
        return PlainTextResponse(challenge, headers={"X-Content-Type-Options": "nosniff"})

    async def receive(account_id: str, request: Request) -> Response:
        """Stores each message and status durably, then answers 200; Meta tries again otherwise."""
        account = await _account(context, account_id)
        body = await _body(request)
        # Checked over the raw bytes and before any parsing: what is not signed is not even JSON.
        if not is_signed(body, request.headers.getlist(SIGNATURE_HEADER), app_secrets(account)):
            raise Unauthenticated("SIGNATURE_INVALID", "La firma no es válida.")
        await context.intake.accept_all(await _raw_items(body, account, context))
        return Response(status_code=200)

    router.add_api_route(
        "/{account_id}",
        receive,
        methods=["POST"],
        route_class_override=DirectRoute,
        summary="Takes messages and statuses",
        responses=_RESPONSES,
        openapi_extra={
            "requestBody": {"required": True, "content": {"application/json": {"schema": {}}}}
        },
    )
    router.add_api_route(
        "/{account_id}", _no_other_method, methods=_OTHER_METHODS, include_in_schema=False
    )
    return router


async def _no_other_method() -> None:
    """Names both methods, where the router itself would name the first route's only."""
    raise HTTPException(405, headers={"Allow": "GET, POST"})


async def _raw_items(body: bytes, account: Account, context: ChannelContext) -> list[RawIntake]:
    """Cuts a signed body into the rows of the inbox."""
    now = context.clock.now()
    raws: list[RawIntake] = []
    for piece in split(body):
        named = await _named_account(piece.phone_number_id, account, context)
        raws.append(
            RawIntake(
                tenant=named.tenant,
                channel=Channel.WHATSAPP,
                account_id=named.account_id,
                provider_id=piece.key,
                body=piece.data,
                receive_time=now,
                is_report=piece.kind is PieceKind.STATUS,
            )
        )
    return raws


async def _named_account(named: str, account: Account, context: ChannelContext) -> Account:
    """The account a piece is for.

    Meta calls one address per app, so a city with two numbers gets both here. The other number
    must be the same city's and hang on the same app; anything else stays and is refused by name.
    """
    if named in {"", account.account_id}:
        return account
    other = await context.accounts.find(Channel.WHATSAPP, named)
    if other is None or other.tenant != account.tenant:
        return account
    return other if set(app_secrets(other)) & set(app_secrets(account)) else account


async def _account(context: ChannelContext, account_id: str) -> Account:
    account = await context.accounts.find(Channel.WHATSAPP, account_id)
    if account is None:
        raise NotFound("ACCOUNT_UNKNOWN", "No existe esa cuenta.")
    return account


async def _body(request: Request) -> bytes:
    """Reads the body up to the limit.

    Raises:
        InvalidInput: Too large, compressed (the signature covers the bytes Meta wrote) or not JSON.
    """
    headers = dict(request.headers.raw)
    if headers.get(b"content-encoding", b"identity").strip().lower() != b"identity":
        raise InvalidInput("BODY_COMPRESSED", "El cuerpo no puede venir comprimido.")
    media_type = headers.get(b"content-type", b"").partition(b";")[0].strip().lower()
    if media_type != b"application/json":
        raise InvalidInput("CONTENT_TYPE_WRONG", "El cuerpo debe ser application/json.")
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_BODY_BYTES:
            raise InvalidInput("BODY_TOO_LARGE", "El cuerpo es demasiado grande.")
    return bytes(body)
