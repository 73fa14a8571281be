"""The route by which the counter learns a folio."""

from __future__ import annotations

from datetime import datetime

from fastapi import APIRouter
from pydantic import BaseModel, Field

from atiende_cases.application.desk.counter import written_down_case
from atiende_cases.domain.change import procedure_of
from atiende_cases.entrypoints.http.deps import BASE, CaseId, CaseWork, Language, Services, staff


class WrittenDown(BaseModel):
    """What goes on the paper for the person."""

    case_id: str
    folio: str
    procedure_name: str
    unit_name: str
    due_time: datetime
    in_sight: bool = Field(description="Whether the clerk may open the case.")


def counter_routes(services: Services) -> APIRouter:
    """Makes the route."""
    router = APIRouter(prefix=f"{BASE}/counter", tags=["counter"])
    desk = services.desk

    @router.get("/cases/{case_id}", summary="The folio of a case that I wrote down at the counter")
    async def get_written_down(case_id: CaseId, who: CaseWork, language: Language) -> WrittenDown:
        case = await written_down_case(desk, staff(who), case_id)
        release = await desk.releases.get(who.tenant)
        unit = release.units.get(case.unit_id)
        return WrittenDown(
            case_id=case.case_id,
            folio=case.folio,
            procedure_name=procedure_of(release, case.procedure_code).name.to(language),
            unit_name=unit.name.to(language) if unit else case.unit_id,
            due_time=case.due_time,
            in_sight=staff(who).may_see(case),
        )

    return router
