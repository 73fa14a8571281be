"""Routes that help a clerk with one case."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path

from atiende_cases.application.desk import help_case
from atiende_cases.application.desk.audit_trail import audit_of_case
from atiende_cases.application.desk.mentions import people_of_case
from atiende_cases.entrypoints.http.bodies import TickBody
from atiende_cases.entrypoints.http.deps import (
    BASE,
    CaseId,
    CaseRead,
    CaseWork,
    Services,
    staff,
)
from atiende_cases.entrypoints.http.help_models import (
    AuditPage,
    AuditView,
    Checklist,
    ClockView,
    Files,
    People,
    PersonView,
    ReplyOptions,
    Suggestions,
    SuggestionView,
)
from atiende_kit.errors import InvalidInput
from atiende_kit.http import CAN_WAIT, CursorParam, LimitParam, decode_cursor, encode_cursor

_RequirementId = Annotated[
    str, Path(pattern=r"^[0-9a-f]{12}$", description="Id of a requirement of the checklist.")
]


def case_help_routes(services: Services) -> APIRouter:
    """Makes the routes."""
    router = APIRouter(prefix=f"{BASE}/cases/{{case_id}}", tags=["help"])
    desk = services.desk

    @router.get("/clock", summary="See the clocks explained step by step")
    async def get_clock(case_id: CaseId, who: CaseRead) -> ClockView:
        return ClockView.of(await help_case.explain_clock(desk, staff(who), case_id))

    @router.get(
        "/reply-options",
        summary="See by which channels the citizen can be answered",
        responses={409: {"description": "The case is still being opened."}},
    )
    async def get_reply_options(case_id: CaseId, who: CaseRead) -> ReplyOptions:
        return ReplyOptions.of(await help_case.ways_to_answer(desk, staff(who), case_id))

    @router.get("/suggestions", summary="See approved answers that may fit")
    async def get_suggestions(case_id: CaseId, who: CaseRead) -> Suggestions:
        found = await help_case.suggest_answers(desk, staff(who), case_id)
        return Suggestions(items=[SuggestionView.of(one) for one in found])

    @router.get("/checklist", summary="See which requirements are there")
    async def get_checklist(case_id: CaseId, who: CaseRead) -> Checklist:
        return Checklist.of(await help_case.see_checklist(desk, staff(who), case_id))

    @router.put("/checklist/{requirement_id}", summary="Tick a requirement, or take the tick back")
    async def put_requirement(
        case_id: CaseId, requirement_id: _RequirementId, body: TickBody, who: CaseWork
    ) -> Checklist:
        items = await help_case.tick_requirement(
            desk, staff(who), case_id, requirement_id, done=body.done
        )
        return Checklist.of(items)

    @router.get("/attachments", summary="List the files of a case")
    async def get_files(case_id: CaseId, who: CaseRead) -> Files:
        return Files.of(await help_case.list_files(desk, staff(who), case_id))

    @router.get("/people", summary="List whom a note of the case may call")
    async def get_people(case_id: CaseId, who: CaseRead) -> People:
        found = await people_of_case(desk, services.directory, staff(who), case_id)
        return People(items=[PersonView.of(one) for one in found])

    @router.get(
        "/audit",
        summary="See the case's entries of the audit chain, oldest first",
        openapi_extra=CAN_WAIT,
    )
    async def get_audit(
        case_id: CaseId, who: CaseRead, cursor: CursorParam = None, limit: LimitParam = 100
    ) -> AuditPage:
        traced, after = await audit_of_case(
            desk,
            services.audit,
            services.directory,
            staff(who),
            case_id,
            after=0 if cursor is None else _seq(cursor),
            limit=limit,
        )
        return AuditPage(
            items=[AuditView.of(one) for one in traced],
            holds=all(one.holds for one in traced),
            next_cursor=None if after is None else encode_cursor({"seq": after}),
        )

    return router


def _seq(cursor: str) -> int:
    seq = decode_cursor(cursor).get("seq")
    if not isinstance(seq, int) or isinstance(seq, bool) or seq < 0:
        raise InvalidInput(
            "CURSOR_INVALID",
            "La página pedida no existe.",
            fields={"/query/cursor": "no es válido"},
        )
    return seq
