"""HTTP routes of the portal, the kiosk and the counter."""

from typing import Annotated
from urllib.parse import unquote

from fastapi import APIRouter, Depends, Header, Request

from atiende_channels.application.uploads import Uploads
from atiende_channels.channels.context import ChannelContext
from atiende_channels.channels.files import FILE_BODY, Filename, UploadAnswer
from atiende_channels.channels.portal.models import (
    FormBody,
    MessageAnswer,
    MessageBody,
    Receipt,
    SubmissionBody,
)
from atiende_channels.channels.portal.service import PortalService
from atiende_channels.domain.model import Channel
from atiende_city.citizen_access import COOKIE, CitizenAccess, CitizenSession, require_citizen
from atiende_kit.auth import Principal
from atiende_kit.errors import Unauthenticated
from atiende_kit.http import Limiter, PublicCity, public, require, visitor

PREFIX = "/api/channels/v1"
UPLOAD_PATH = f"{PREFIX}/portal/attachments"
CounterClerk = Annotated[Principal, Depends(require("agent", "supervisor", "unit_manager"))]
Citizen = Annotated[CitizenSession, Depends(require_citizen())]
# The kit's optional header, needed here: a form that is sent again must not be two cases.
SubmissionKey = Annotated[
    str,
    Header(
        alias="Idempotency-Key",
        min_length=8,
        max_length=128,
        pattern=r"^[\x21-\x7e]+$",
        description="Chosen when the form is begun: the same key and form are the same case.",
        examples=["0197f9a2-6a52-7c3e-9d0a-1f2e3d4c5b6a"],
    ),
]


def routers(context: ChannelContext) -> list[APIRouter]:
    """Makes the routes of all three doors."""
    settings = context.settings
    service: PortalService = context.extra["portal"]
    uploads: Uploads = context.extra["uploads"]
    access: CitizenAccess = context.extra["citizen_access"]
    city = PublicCity(settings)
    submissions = Limiter(settings.portal.submissions_per_minute)
    files: Limiter = context.extra["upload_limit"]
    open_to_all = public("a form needs no account; the receipt's secret proves", same_origin=True)
    router = APIRouter(prefix=PREFIX)

    @router.post(
        "/portal/submissions",
        status_code=201,
        tags=["portal"],
        summary="Submits a filled-in form",
        dependencies=[Depends(open_to_all)],
    )
    async def submit(body: SubmissionBody, key: SubmissionKey, request: Request) -> Receipt:
        """Takes a form; the case is there, and its receipt is valid, when the answer comes."""
        submissions.take(visitor(request))
        tenant = city(request)
        return await service.submit(
            tenant, Channel(body.origin), body, key, citizen_id=_citizen_of(request, access, tenant)
        )

    @router.post(
        "/portal/attachments",
        status_code=201,
        tags=["portal"],
        summary="Puts up one file for a form or a message",
        dependencies=[Depends(open_to_all)],
        openapi_extra=FILE_BODY,
    )
    async def upload(request: Request, filename: Filename = "") -> UploadAnswer:
        """Takes a file of at most 10 MB; a photo is kept without where and by what it was taken."""
        files.take(visitor(request))
        stored = await uploads.add(city(request), unquote(filename), await request.body())
        return UploadAnswer.of(stored)

    @router.post(
        "/portal/messages",
        status_code=202,
        tags=["portal"],
        summary="Says something more about a case of one's own",
    )
    async def say(body: MessageBody, session: Citizen) -> MessageAnswer:
        """Takes an answer or a file for a case; it is durable when the answer comes."""
        return await service.say(session, body)

    @router.post(
        "/counter/submissions",
        status_code=201,
        tags=["counter"],
        summary="Submits a form for the person at the counter",
    )
    async def submit_for(body: FormBody, key: SubmissionKey, who: CounterClerk) -> Receipt:
        """Takes a form that staff filled in; the receipt is for the person."""
        return await service.submit(who.tenant, Channel.COUNTER, body, key, staff=who.subject)

    return [router]


def _citizen_of(request: Request, access: CitizenAccess, tenant: str) -> str:
    """The citizen of a session, if there is one; a session that is over makes nobody a stranger."""
    token = request.cookies.get(COOKIE, "")
    try:
        session = access.read(token) if token else None
    except Unauthenticated:
        session = None
    return session.citizen_id if session and session.tenant == tenant else ""
