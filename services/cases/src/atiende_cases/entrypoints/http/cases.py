"""Routes of cases."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Query, Response

from atiende_cases.application.desk import move, write
from atiende_cases.application.desk.list_cases import InboxFilter, list_cases
from atiende_cases.application.desk.timeline import case_timeline
from atiende_cases.domain.case import Case
from atiende_cases.domain.values import Channel, Status
from atiende_cases.entrypoints.http.bodies import (
    NoteBody,
    ReasonBody,
    ReclassifyBody,
    ReplyBody,
    ResolveBody,
    TransferBody,
    TransitionBody,
)
from atiende_cases.entrypoints.http.deps import (
    BASE,
    CaseId,
    CaseManage,
    CaseRead,
    CaseWork,
    CodeQuery,
    Services,
    staff,
)
from atiende_cases.entrypoints.http.models import CaseDetail, CaseView, EntryView, Timeline
from atiende_kit.auth import Principal
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

_AssigneeQuery = Annotated[
    str | None,
    Query(
        pattern=r"^[A-Za-z0-9._:@-]{1,255}$",
        description="`me`, `none`, or the subject of an agent's token.",
    ),
]
_TextQuery = Annotated[
    str | None,
    Query(min_length=1, max_length=200, description="Words in Spanish, or a folio."),
]
Work = Callable[[], Awaitable[Answer]]
_ChannelQuery = Literal["webchat", "email", "whatsapp", "open311"]


def case_routes(services: Services) -> APIRouter:
    """Makes the routes."""
    router = APIRouter(prefix=f"{BASE}/cases", tags=["cases"])
    desk, routing, keys = services.desk, services.routing, services.keys

    async def detail(who: Principal, case: Case) -> CaseDetail:
        return CaseDetail.detailed(case, await desk.releases.get(who.tenant), who.roles)

    @router.get("", summary="List cases, what is due first in front")
    async def list_cases_(
        who: CaseRead,
        *,
        status: Annotated[Status | None, Query(description="Open ones when absent.")] = None,
        unit: CodeQuery = None,
        assignee: _AssigneeQuery = None,
        channel: _ChannelQuery | None = None,
        procedure: CodeQuery = None,
        priority: Annotated[int | None, Query(ge=0, le=4)] = None,
        q: _TextQuery = None,
        cursor: CursorParam = None,
        limit: LimitParam = 50,
    ) -> Page[CaseView]:
        wanted = InboxFilter(
            status=status,
            unit=unit,
            assignee={"me": who.subject, "none": ""}.get(assignee or "", assignee),
            channel=None if channel is None else Channel(channel),
            procedure=procedure,
            priority=priority,
            text=q,
            after=None if cursor is None else _position(cursor),
            limit=limit,
        )
        cases, more = await list_cases(desk, staff(who), wanted)
        last = cases[-1] if more else None
        return Page(
            items=[CaseView.of(case) for case in cases],
            next_cursor=None if last is None else _cursor(last),
        )

    @router.get("/{case_id}", summary="See a case and what can be done to it")
    async def get_case(case_id: CaseId, who: CaseRead) -> CaseDetail:
        return await detail(who, await desk.see(staff(who), case_id))

    @router.get("/{case_id}/timeline", summary="See all that was written and done, oldest first")
    async def get_timeline(case_id: CaseId, who: CaseRead) -> Timeline:
        moments = await case_timeline(desk, staff(who), case_id)
        return Timeline(items=[EntryView.of(moment) for moment in moments])

    @router.post("/{case_id}/claim", summary="Take a case; exclusive under any race")
    async def claim(case_id: CaseId, who: CaseWork) -> CaseDetail:
        return await detail(who, await move.claim(desk, routing, staff(who), case_id))

    @router.post("/{case_id}/replies", status_code=201, summary="Answer the citizen")
    async def post_reply(
        case_id: CaseId, body: ReplyBody, who: CaseWork, key: IdempotencyKey = None
    ) -> EntryView:
        async def work() -> Answer:
            message = await write.reply(
                desk,
                staff(who),
                case_id,
                text=body.text,
                channel=body.channel and Channel(body.channel),
                key=key,
            )
            return Answer(201, EntryView.of_message(message).model_dump(mode="json"))

        return await _once(who, "POST replies", key, (case_id, body.model_dump()), work)

    @router.post("/{case_id}/notes", status_code=201, summary="Note something for staff only")
    async def post_note(
        case_id: CaseId, body: NoteBody, who: CaseWork, key: IdempotencyKey = None
    ) -> EntryView:
        async def work() -> Answer:
            note = await write.add_note(desk, staff(who), case_id, text=body.text)
            return Answer(201, EntryView.of_message(note).model_dump(mode="json"))

        return await _once(who, "POST notes", key, (case_id, body.model_dump()), work)

    async def _once(
        who: Principal, route: str, key: str | None, asked: tuple[object, ...], work: Work
    ) -> EntryView:
        answer = await keys.idempotent(
            who.tenant, who.subject, route, key, body_fingerprint(*asked), work
        )
        # The stored answer has the shape of the model: it was made from it.
        response: Response = answer.response()
        return response  # type: ignore[return-value]  # FastAPI passes a response through

    @router.post("/{case_id}/transfers", summary="Offer a case to another unit")
    async def post_transfer(case_id: CaseId, body: TransferBody, who: CaseManage) -> CaseDetail:
        case = await move.request_transfer(
            desk, staff(who), case_id, unit_id=body.unit_id, reason=body.reason
        )
        return await detail(who, case)

    @router.post("/{case_id}/transfers/accept", summary="Take an offered case")
    async def accept_transfer(case_id: CaseId, who: CaseWork) -> CaseDetail:
        return await detail(who, await move.accept_transfer(desk, staff(who), case_id))

    @router.post("/{case_id}/transfers/return", summary="Give an offered case back")
    async def return_transfer(case_id: CaseId, body: ReasonBody, who: CaseWork) -> CaseView:
        # The case is out of sight from now on for whoever gave it back.
        case = await move.return_transfer(desk, staff(who), case_id, reason=body.reason)
        return CaseView.of(case)

    @router.post("/{case_id}/transitions", summary="Make a move of the procedure")
    async def post_transition(case_id: CaseId, body: TransitionBody, who: CaseWork) -> CaseDetail:
        case = await move.make_transition(desk, staff(who), case_id, transition=body.transition)
        return await detail(who, case)

    @router.post("/{case_id}/resolve", summary="Resolve with an outcome")
    async def post_resolve(
        case_id: CaseId, body: ResolveBody, who: CaseWork, key: IdempotencyKey = None
    ) -> CaseDetail:
        case = await move.resolve(
            desk, staff(who), case_id, outcome=body.outcome, text=body.text, key=key
        )
        return await detail(who, case)

    @router.post("/{case_id}/reopen", summary="Take a resolved case up again")
    async def post_reopen(case_id: CaseId, body: ReasonBody, who: CaseManage) -> CaseDetail:
        return await detail(who, await move.reopen(desk, staff(who), case_id, reason=body.reason))

    @router.post("/{case_id}/reclassify", summary="Correct the procedure")
    async def post_reclassify(case_id: CaseId, body: ReclassifyBody, who: CaseManage) -> CaseView:
        # It may have gone to a unit whose cases the caller cannot see.
        case = await move.reclassify(desk, staff(who), case_id, procedure=body.procedure)
        return CaseView.of(case)

    return router


def _cursor(last: Case) -> str:
    due = int(last.next_due_time.timestamp() * 1000)
    return encode_cursor({"due": due, "id": last.case_id})


def _position(cursor: str) -> tuple[datetime, str]:
    position = decode_cursor(cursor)
    due, case_id = position.get("due"), position.get("id")
    wrong = InvalidInput(
        "CURSOR_INVALID", "La página pedida no existe.", fields={"/query/cursor": "no es válido"}
    )
    if not isinstance(due, int) or not isinstance(case_id, str):
        raise wrong
    try:
        return datetime.fromtimestamp(due / 1000, UTC), case_id
    except (OverflowError, OSError, ValueError):
        raise wrong from None
