"""Routes of duplicates: what looks like one matter, joining it and parting it again."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Final

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from atiende_cases.application.desk import merge
from atiende_cases.application.desk.list_cases import rows_of
from atiende_cases.entrypoints.http.bodies import Body, Reason, ReasonBody
from atiende_cases.entrypoints.http.deps import (
    BASE,
    CaseId,
    CaseManage,
    CaseRead,
    Language,
    Services,
    staff,
)
from atiende_cases.entrypoints.http.models import CaseView
from atiende_kit.auth import Principal

_MOST_SIMILAR: Final = 10


class MergeBody(Body):
    """Under which case this one is attended from now on."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"into": "SA-2026-0000001-6", "reason": "Es el mismo poste."}]
        }
    )
    into: Annotated[str, StringConstraints(pattern=r"^[0-9A-Za-z-]{1,64}$")] = Field(
        description="Id or folio of the case that stays."
    )
    reason: Reason


class DuplicateView(BaseModel):
    """A case that is attended under another, and who joined them."""

    case: CaseView
    merge_time: datetime | None
    actor_name: str
    reason: str


class FamilyView(BaseModel):
    """What a case is one matter with, as far as the caller may see."""

    case: CaseView
    survivor: CaseView | None = Field(description="The case under which it is attended.")
    duplicates: list[DuplicateView] = Field(description="Those attended under it, oldest first.")


class SimilarView(BaseModel):
    """A case that may be the same matter, and why."""

    case: CaseView
    score: float = Field(ge=0, le=1)
    metres: int | None = Field(description="Between the two places, when both are known.")
    words: float = Field(ge=0, le=1, description="Share of the words that both texts have.")
    same_citizen: bool


class SimilarCases(BaseModel):
    """Likely duplicates, the likeliest first."""

    items: list[SimilarView]


def merge_routes(services: Services) -> APIRouter:
    """Makes the routes."""
    router = APIRouter(prefix=f"{BASE}/cases", tags=["duplicates"])
    desk = services.desk

    async def family(who: Principal, language: str, case_id: str) -> FamilyView:
        found = await merge.see_family(desk, staff(who), case_id)
        shown = await services.shown(who, language)
        listed = [found.case, *([found.survivor] if found.survivor else []), *found.duplicates]
        views = {
            row.case.case_id: CaseView.of(row, shown)
            for row in await rows_of(desk, who.tenant, listed)
        }
        return FamilyView(
            case=views[found.case.case_id],
            survivor=views[found.survivor.case_id] if found.survivor else None,
            duplicates=[
                DuplicateView(
                    case=views[one.case_id],
                    merge_time=record.time if record else None,
                    actor_name=record.actor.name if record else "",
                    reason=record.reason if record else "",
                )
                for one in found.duplicates
                for record in (found.case.duplicate(one.case_id),)
            ],
        )

    @router.get("/{case_id}/family", summary="See which cases are one matter with this one")
    async def get_family(case_id: CaseId, who: CaseRead, language: Language) -> FamilyView:
        return await family(who, language, case_id)

    @router.get(
        "/{case_id}/similar",
        summary="See open cases that may be the same matter",
        description="Of the same procedure and of the caller's units, near in place or told in "
        f"the same words; the newest {merge.MOST_COMPARED} of the procedure are compared.",
    )
    async def get_similar(
        case_id: CaseId,
        who: CaseRead,
        language: Language,
        days: Annotated[int, Query(ge=1, le=365, description="How far back.")] = 90,
    ) -> SimilarCases:
        found = await merge.similar(desk, staff(who), case_id, days=days, limit=_MOST_SIMILAR)
        shown = await services.shown(who, language)
        rows = await rows_of(desk, who.tenant, [case for case, _ in found])
        return SimilarCases(
            items=[
                SimilarView(
                    case=CaseView.of(row, shown),
                    score=why.score,
                    metres=None if why.metres is None else round(why.metres),
                    words=why.words,
                    same_citizen=why.same_citizen,
                )
                for row, (_, why) in zip(rows, found, strict=True)
            ]
        )

    @router.post("/{case_id}/merge", summary="Attend a duplicate under another case")
    async def post_merge(
        case_id: CaseId, body: MergeBody, who: CaseManage, language: Language
    ) -> FamilyView:
        survivor = await merge.merge(desk, staff(who), case_id, into=body.into, reason=body.reason)
        return await family(who, language, survivor.case_id)

    @router.post("/{case_id}/unmerge", summary="Take a duplicate out again")
    async def post_unmerge(
        case_id: CaseId, body: ReasonBody, who: CaseManage, language: Language
    ) -> CaseView:
        # It may have gone back to a unit whose cases the caller cannot see.
        alone = await merge.part(desk, staff(who), case_id, reason=body.reason)
        [row] = await rows_of(desk, who.tenant, [alone])
        return CaseView.of(row, await services.shown(who, language))

    return router
