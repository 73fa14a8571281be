"""Routes of incidents: what happened, the cases about it, the answer to all of them."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query

from atiende_cases.application.desk import incidents as use_cases
from atiende_cases.domain.incident import Incident
from atiende_cases.entrypoints.http.deps import (
    BASE,
    CaseId,
    CaseManage,
    CaseRead,
    Language,
    Services,
    staff,
)
from atiende_cases.entrypoints.http.incident_models import (
    AnswerBody,
    IncidentBody,
    IncidentDetail,
    IncidentList,
    IncidentView,
    LinkBody,
    LinkResults,
)
from atiende_kit.auth import Principal
from atiende_kit.http import IdempotencyKey, require

_IncidentId = Annotated[str, Path(pattern=r"^[0-9a-f-]{1,64}$", description="Id of the incident.")]
# One answer goes to many people.
_Lead = Annotated[Principal, Depends(require("supervisor", "unit_manager", "admin"))]


def incident_routes(services: Services) -> APIRouter:
    """Makes the routes."""
    router = APIRouter(prefix=f"{BASE}/incidents", tags=["incidents"])
    desk, incidents = services.desk, services.incidents

    async def detail(who: Principal, language: str, incident: Incident) -> IncidentDetail:
        progress = await use_cases.progress_of(desk, staff(who), incident)
        return IncidentDetail.detailed(progress, await services.shown(who, language))

    @router.get("", summary="List incidents, newest first")
    async def list_incidents(
        who: CaseRead, language: Language, *, is_open: Annotated[bool, Query(alias="open")] = True
    ) -> IncidentList:
        found = await incidents.newest(who.tenant, is_open=is_open, limit=use_cases.MOST_INCIDENTS)
        if not found:
            return IncidentList(items=[])
        shown = await services.shown(who, language)
        return IncidentList(items=[IncidentView.of(one, shown) for one in found])

    @router.post("", status_code=201, summary="Note that something happened")
    async def post_incident(
        body: IncidentBody, who: _Lead, language: Language, key: IdempotencyKey = None
    ) -> IncidentDetail:
        incident = await use_cases.open_incident(
            desk,
            incidents,
            staff(who),
            title=body.title,
            area=body.area.strip(),
            unit_id=body.unit_id,
            procedure=body.procedure or "",
            key=key,
        )
        return await detail(who, language, incident)

    @router.get("/{incident_id}", summary="See an incident and how far its answer has come")
    async def get_incident(
        incident_id: _IncidentId, who: CaseRead, language: Language
    ) -> IncidentDetail:
        incident = await use_cases.see_incident(incidents, staff(who), incident_id)
        return await detail(who, language, incident)

    @router.post(
        "/{incident_id}/answers",
        summary="Answer all people of an incident at once",
        description="Each is told on their own channel, once, from now on; cases that are linked "
        "later hear it too. The same answer after the same number is given once.",
    )
    async def post_answer(
        incident_id: _IncidentId, body: AnswerBody, who: _Lead, language: Language
    ) -> IncidentDetail:
        incident = await use_cases.answer_incident(
            desk,
            incidents,
            staff(who),
            incident_id,
            text=body.text,
            outcome=body.outcome or "",
            after=body.after,
        )
        return await detail(who, language, incident)

    @router.post("/{incident_id}/close", summary="End an incident; no case is linked from then on")
    async def post_close(
        incident_id: _IncidentId, who: _Lead, language: Language
    ) -> IncidentDetail:
        incident = await use_cases.close_incident(desk, incidents, staff(who), incident_id)
        return await detail(who, language, incident)

    @router.post("/{incident_id}/cases", summary="Link cases of one's units to an incident")
    async def post_cases(incident_id: _IncidentId, body: LinkBody, who: CaseManage) -> LinkResults:
        return LinkResults.of(
            await use_cases.link_cases(desk, incidents, staff(who), incident_id, body.case_ids)
        )

    @router.delete(
        "/{incident_id}/cases/{case_id}",
        status_code=204,
        summary="Take a case out of an incident",
    )
    async def delete_case(incident_id: _IncidentId, case_id: CaseId, who: CaseManage) -> None:
        await use_cases.unlink_case(desk, incidents, staff(who), incident_id, case_id)

    return router
