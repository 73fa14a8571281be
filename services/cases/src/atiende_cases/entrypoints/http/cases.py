"""Routes of cases."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from fastapi import APIRouter, Response

from atiende_cases.application.desk import move, write
from atiende_cases.application.desk.help_case import see_form
from atiende_cases.application.desk.list_cases import row_of
from atiende_cases.application.desk.timeline import case_timeline
from atiende_cases.domain.case import Case
from atiende_cases.domain.values import Channel
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
    Language,
    Services,
    staff,
)
from atiende_cases.entrypoints.http.models import CaseDetail, CaseView, EntryView, Timeline
from atiende_kit.auth import Principal
from atiende_kit.http import Answer, IdempotencyKey, body_fingerprint

Work = Callable[[], Awaitable[Answer]]


def case_routes(services: Services) -> APIRouter:
    """Makes the routes."""
    router = APIRouter(prefix=f"{BASE}/cases", tags=["cases"])
    desk, routing, keys = services.desk, services.routing, services.keys

    async def detail(who: Principal, language: str, case: Case) -> CaseDetail:
        row, opened = await asyncio.gather(row_of(desk, case), see_form(desk, case))
        form = opened.opening.form_values if opened else ()
        return CaseDetail.detailed(row, await services.shown(who, language), who.roles, form)

    async def view(who: Principal, language: str, case: Case) -> CaseView:
        return CaseView.of(await row_of(desk, case), await services.shown(who, language))

    @router.get("/{case_id}", summary="See a case and what can be done to it")
    async def get_case(case_id: CaseId, who: CaseRead, language: Language) -> CaseDetail:
        return await detail(who, language, await desk.see(staff(who), case_id))

    @router.get("/{case_id}/timeline", summary="See all that was written and done, oldest first")
    async def get_timeline(case_id: CaseId, who: CaseRead) -> Timeline:
        moments = await case_timeline(desk, staff(who), case_id)
        return Timeline(items=[EntryView.of(moment) for moment in moments])

    @router.post("/{case_id}/claim", summary="Take a case; exclusive under any race")
    async def claim(case_id: CaseId, who: CaseWork, language: Language) -> CaseDetail:
        return await detail(who, language, await move.claim(desk, routing, staff(who), case_id))

    @router.post("/{case_id}/replies", status_code=201, summary="Answer the citizen")
    async def post_reply(
        case_id: CaseId, body: ReplyBody, who: CaseWork, key: IdempotencyKey = None
    ) -> EntryView:
        async def work() -> Answer:
            wanted = body.attachment_ids
            message = await write.reply(
                desk,
                staff(who),
                case_id,
                text=body.text or "",
                template=body.template or "",
                channel=body.channel and Channel(body.channel),
                attachments=await services.attachments.keep(who.tenant, wanted) if wanted else (),
                key=key,
            )
            return Answer(201, EntryView.of_message(message).model_dump(mode="json"))

        return await _once(who, "POST replies", key, (case_id, body.model_dump()), work)

    @router.post("/{case_id}/notes", status_code=201, summary="Note something for staff only")
    async def post_note(
        case_id: CaseId, body: NoteBody, who: CaseWork, key: IdempotencyKey = None
    ) -> EntryView:
        async def work() -> Answer:
            note = await write.add_note(
                desk,
                services.directory,
                staff(who),
                case_id,
                text=body.text,
                mentions=body.mentions,
            )
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
    async def post_transfer(
        case_id: CaseId, body: TransferBody, who: CaseManage, language: Language
    ) -> CaseDetail:
        case = await move.request_transfer(
            desk, staff(who), case_id, unit_id=body.unit_id, reason=body.reason
        )
        return await detail(who, language, case)

    @router.post("/{case_id}/transfers/accept", summary="Take an offered case")
    async def accept_transfer(case_id: CaseId, who: CaseWork, language: Language) -> CaseDetail:
        return await detail(who, language, await move.accept_transfer(desk, staff(who), case_id))

    @router.post("/{case_id}/transfers/return", summary="Give an offered case back")
    async def return_transfer(
        case_id: CaseId, body: ReasonBody, who: CaseWork, language: Language
    ) -> CaseView:
        # The case is out of sight from now on for whoever gave it back.
        case = await move.return_transfer(desk, staff(who), case_id, reason=body.reason)
        return await view(who, language, case)

    @router.post("/{case_id}/transitions", summary="Make a move of the procedure")
    async def post_transition(
        case_id: CaseId, body: TransitionBody, who: CaseWork, language: Language
    ) -> CaseDetail:
        case = await move.make_transition(desk, staff(who), case_id, transition=body.transition)
        return await detail(who, language, case)

    @router.post("/{case_id}/resolve", summary="Resolve with an outcome")
    async def post_resolve(
        case_id: CaseId,
        body: ResolveBody,
        who: CaseWork,
        language: Language,
        key: IdempotencyKey = None,
    ) -> CaseDetail:
        case = await move.resolve(
            desk, staff(who), case_id, outcome=body.outcome, text=body.text, key=key
        )
        return await detail(who, language, case)

    @router.post("/{case_id}/reopen", summary="Take a resolved case up again")
    async def post_reopen(
        case_id: CaseId, body: ReasonBody, who: CaseManage, language: Language
    ) -> CaseDetail:
        return await detail(
            who, language, await move.reopen(desk, staff(who), case_id, reason=body.reason)
        )

    @router.post("/{case_id}/reclassify", summary="Correct the procedure")
    async def post_reclassify(
        case_id: CaseId, body: ReclassifyBody, who: CaseManage, language: Language
    ) -> CaseView:
        # It may have gone to a unit whose cases the caller cannot see.
        case = await move.reclassify(desk, staff(who), case_id, procedure=body.procedure)
        return await view(who, language, case)

    return router
