"""The survey on the page of one's own case, for whoever left no address that a link could go to."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Path

from atiende_city.citizen_access import CitizenSession, require_citizen
from atiende_city.release import Release
from atiende_surveys.application.answer_on_page import AnswerOnPage
from atiende_surveys.domain.errors import SurveyNotFound
from atiende_surveys.domain.invitation import Invitation
from atiende_surveys.entrypoints.http.links import (
    InvitationPage,
    LinkAnswer,
    Taken,
    page_of,
    take,
)

BASE: Final = "/api/surveys/v1/citizen"
Citizen = Annotated[CitizenSession, Depends(require_citizen())]
CaseId = Annotated[str, Path(pattern=r"^[0-9A-Za-z-]{1,64}$", description="Id of the case.")]
NONE: Final[dict[int | str, dict[str, Any]]] = {
    404: {"description": "The case has no survey, or is not one's own."}
}


def own_router(pages: AnswerOnPage, release_of: Callable[[str], Awaitable[Release]]) -> APIRouter:
    """Makes the routes."""
    router = APIRouter(prefix=BASE, tags=["own"], responses=NONE)

    @router.get("/cases/{case_id}/survey", summary="See the survey of one's case")
    async def get_own_survey(case_id: CaseId, who: Citizen) -> InvitationPage:
        invitation = await _find(pages, who, case_id)
        release = await release_of(invitation.tenant)
        return page_of(invitation, release, late=pages.is_late(invitation))

    @router.post("/cases/{case_id}/survey", status_code=201, summary="Answer it once")
    async def post_own_survey(case_id: CaseId, body: LinkAnswer, who: Citizen) -> Taken:
        return await take(pages, partial(_find, pages, who, case_id), body)

    return router


async def _find(pages: AnswerOnPage, who: CitizenSession, case_id: str) -> Invitation:
    if who.assurance == "case":
        if who.case_id != case_id:
            raise SurveyNotFound
        return await pages.find_own(who.tenant, case_id, citizen_id=None)
    return await pages.find_own(who.tenant, case_id, citizen_id=who.citizen_id)
