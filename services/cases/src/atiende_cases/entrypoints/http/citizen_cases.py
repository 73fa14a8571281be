"""Routes by which citizens follow their cases."""

from __future__ import annotations

from datetime import UTC, datetime

from fastapi import APIRouter
from fastapi.responses import StreamingResponse

from atiende_cases.application.citizen import cases
from atiende_cases.application.citizen.cases import Followed
from atiende_cases.application.citizen.files import open_own_attachment
from atiende_cases.domain.text import safe_text
from atiende_cases.entrypoints.http.citizen_deps import (
    BASE,
    Anyone,
    CitizenServices,
    LanguageQuery,
    OwnAttachmentId,
    OwnCaseId,
)
from atiende_cases.entrypoints.http.citizen_models import OwnCase, OwnCaseDetail, ReopenBody
from atiende_cases.entrypoints.http.figures import download
from atiende_city.citizen_access import CitizenSession
from atiende_kit.errors import InvalidInput
from atiende_kit.http import (
    Answer,
    CursorParam,
    IdempotencyKey,
    LimitParam,
    Page,
    body_fingerprint,
    decode_cursor,
    encode_cursor,
)


def own_case_routes(services: CitizenServices) -> APIRouter:
    """Makes the routes."""
    router = APIRouter(prefix=f"{BASE}/cases", tags=["citizen cases"])
    desk = services.desk

    @router.get("", summary="List one's cases, newest first")
    async def list_own_cases(
        who: Anyone,
        language: LanguageQuery = None,
        cursor: CursorParam = None,
        limit: LimitParam = 50,
    ) -> Page[OwnCase]:
        """The session of one case lists that case."""
        before = None if cursor is None else _position(cursor)
        found, more = await cases.followed_page(
            desk, who, language=language, before=before, limit=limit
        )
        now = desk.clock.now()
        return Page(
            items=[OwnCase.of(one, now) for one in found],
            next_cursor=_cursor(found[-1]) if more else None,
        )

    @router.get("/{case_id}", summary="See a case: state, what happens next, clock, timeline")
    async def get_own_case(
        case_id: OwnCaseId, who: Anyone, language: LanguageQuery = None
    ) -> OwnCaseDetail:
        """A case that is still being opened answers with `state` "receiving" and no folio."""
        followed = await cases.follow(desk, who, case_id, language=language)
        return OwnCaseDetail.detailed(followed, desk.clock.now())

    @router.post("/{case_id}/reopen", summary="Say that it is not solved, inside the window")
    async def reopen_own_case(
        case_id: OwnCaseId,
        body: ReopenBody,
        who: Anyone,
        language: LanguageQuery = None,
        key: IdempotencyKey = None,
    ) -> OwnCaseDetail:
        async def work() -> Answer:
            await cases.reopen(desk, who, case_id, reason=safe_text(body.reason).strip())
            return Answer(200, None)

        asked = body_fingerprint(case_id, body.model_dump())
        await services.keys.idempotent(
            who.tenant, _caller(who), "POST citizen reopen", key, asked, work
        )
        followed = await cases.follow(desk, who, case_id, language=language)
        return OwnCaseDetail.detailed(followed, desk.clock.now())

    @router.get(
        "/{case_id}/attachments/{attachment_id}",
        summary="Read a file of the timeline",
        response_class=StreamingResponse,
        responses={200: {"content": {"application/octet-stream": {}}}},
    )
    async def get_own_attachment(
        case_id: OwnCaseId, attachment_id: OwnAttachmentId, who: Anyone
    ) -> StreamingResponse:
        return download(
            *await open_own_attachment(desk, services.attachments, who, case_id, attachment_id)
        )

    return router


def _caller(who: CitizenSession) -> str:
    return f"case:{who.case_id}" if who.case_id else f"citizen:{who.citizen_id}"


def _cursor(last: Followed) -> str | None:
    if last.case is None:
        return None
    opened = int(last.case.open_time.timestamp() * 1000)
    return encode_cursor({"open": opened, "id": last.case_id})


def _position(cursor: str) -> tuple[datetime, str]:
    position = decode_cursor(cursor)
    opened, case_id = position.get("open"), position.get("id")
    wrong = InvalidInput(
        "CURSOR_INVALID", "La página pedida no existe.", fields={"/query/cursor": "no es válido"}
    )
    if type(opened) is not int or not isinstance(case_id, str):
        raise wrong
    try:
        return datetime.fromtimestamp(opened / 1000, UTC), case_id
    except (OverflowError, OSError, ValueError):
        raise wrong from None
