"""The route by which staff puts up files for an answer."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import unquote

from fastapi import APIRouter, Depends, Request

from atiende_channels.application.uploads import Uploads
from atiende_channels.channels.files import FILE_BODY, Filename, UploadAnswer
from atiende_kit.auth import Principal
from atiende_kit.http import require

PREFIX = "/api/channels/v1"
UPLOAD_PATH = f"{PREFIX}/attachments"
CanAnswer = Annotated[Principal, Depends(require("agent", "supervisor", "unit_manager"))]


def upload_router(uploads: Uploads) -> APIRouter:
    """Makes the route."""
    router = APIRouter(prefix=PREFIX, tags=["attachments"])

    @router.post(
        "/attachments",
        status_code=201,
        summary="Puts up one file for an answer",
        openapi_extra=FILE_BODY,
    )
    async def upload(request: Request, who: CanAnswer, filename: Filename = "") -> UploadAnswer:
        """Takes a file of at most 10 MB; name it in `attachment_ids` of an answer."""
        stored = await uploads.add(who.tenant, unquote(filename), await request.body())
        return UploadAnswer.of(stored)

    return router
