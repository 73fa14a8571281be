"""Routes of figures, the ledger and attachments."""

from __future__ import annotations

import unicodedata
from collections.abc import AsyncIterator
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Path, Query
from fastapi.responses import StreamingResponse

from atiende_cases.application.desk import figures as use_cases
from atiende_cases.domain.values import Attachment
from atiende_cases.entrypoints.http.deps import BASE, CaseRead, LedgerRead, Services, staff
from atiende_cases.entrypoints.http.figure_models import Figures, LedgerRow
from atiende_kit.http import CAN_WAIT, LimitParam, Page

_AfterQuery = Annotated[
    str,
    Query(pattern=r"^[0-9a-f-]{0,64}$", description="Id of the last message of the page before."),
]
_AttachmentId = Annotated[
    str,
    Path(
        pattern=r"^[0-9A-Za-z:._-]{1,200}$",
        description="Id of an attachment, or `raw:` and a message id for what came in.",
    ),
]


def figure_routes(services: Services) -> APIRouter:
    """Makes the routes."""
    router = APIRouter(prefix=BASE, tags=["figures"])
    desk = services.desk

    @router.get("/figures", summary="See the figures of one's units", openapi_extra=CAN_WAIT)
    async def get_figures(who: CaseRead) -> Figures:
        return Figures.model_validate(await use_cases.figures(desk, staff(who)))

    @router.get(
        "/figures/messages",
        summary="List what arrived, to compare with what was sent",
        openapi_extra=CAN_WAIT,
    )
    async def list_messages(
        who: LedgerRead, after: _AfterQuery = "", limit: LimitParam = 200
    ) -> Page[LedgerRow]:
        messages, more = await use_cases.ledger(desk, staff(who), after=after, limit=limit)
        return Page(
            items=[
                LedgerRow(
                    message_id=m.message_id,
                    provider_message_id=m.provider_message_id,
                    channel=m.channel,
                    account_id=m.account_id,
                    case_id=m.case_id,
                    receive_time=m.receive_time,
                    quality=m.quality,
                )
                for m in messages
            ],
            next_cursor=messages[-1].message_id if more else None,
        )

    @router.get(
        "/attachments/{attachment_id}",
        summary="Read a file of a case",
        response_class=StreamingResponse,
        responses={200: {"content": {"application/octet-stream": {}}}},
    )
    async def get_attachment(attachment_id: _AttachmentId, who: CaseRead) -> StreamingResponse:
        return download(
            *await use_cases.open_attachment(desk, services.attachments, staff(who), attachment_id)
        )

    return router


def download(attachment: Attachment, parts: AsyncIterator[bytes]) -> StreamingResponse:
    """Sends a file of a stranger: it is saved, never shown in our origin."""
    return StreamingResponse(
        parts,
        media_type="application/octet-stream",
        headers={
            "Content-Disposition": disposition(attachment.filename),
            "X-Content-Type-Options": "nosniff",
            "Content-Security-Policy": "sandbox; default-src 'none'",
            "Cache-Control": "private, no-store",
        },
    )


def disposition(filename: str) -> str:
    """Builds the header of a download (RFC 6266); a name of a stranger cannot leave its quotes."""
    plain = unicodedata.normalize("NFKD", filename).encode("ascii", "ignore").decode()
    safe = "".join(c if c.isalnum() or c in "._- " else "_" for c in plain).strip() or "archivo"
    return f"attachment; filename=\"{safe}\"; filename*=UTF-8''{quote(filename, safe='')}"
