"""Pages that everybody may read: procedures, questions and the city itself."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query
from starlette.requests import Request

from atiende_catalog.domain.faq_search import MAX_QUERY_CHARS
from atiende_catalog.entrypoints.http.deps import Desk, Language
from atiende_catalog.entrypoints.http.models import (
    CityView,
    FaqList,
    FaqView,
    ProcedureList,
    ProcedureSummary,
    ProcedureView,
)
from atiende_kit.errors import NotFound
from atiende_kit.http import public

Code = Annotated[
    str,
    Path(
        pattern="^[a-z0-9][a-z0-9_-]{0,63}$",
        description="Code of the procedure.",
        examples=["alumbrado-publico"],
    ),
]
Words = Annotated[
    str,
    Query(
        max_length=MAX_QUERY_CHARS,
        description="Words of the question; empty lists all.",
        examples=["cuándo pasa la basura"],
    ),
]
WHY = "information that the city owes to everybody"
BASE = "/api/catalog/v1"


def public_router(desk: Desk) -> APIRouter:
    """Makes the public routes."""
    router = APIRouter(prefix=BASE, tags=["public"], dependencies=[Depends(public(WHY))])

    @router.get("/city", summary="The city")
    async def get_city(request: Request, language: Language = "es") -> CityView:
        return CityView.of(await desk.read.release(desk.tenant_of(request)), language)

    @router.get("/procedures", summary="The city's procedures")
    async def list_procedures(request: Request, language: Language = "es") -> ProcedureList:
        release = await desk.read.release(desk.tenant_of(request))
        items = [ProcedureSummary.of(release, p, language) for p in release.procedures.values()]
        items.sort(key=lambda item: item.name)
        return ProcedureList(release_version=release.version, items=items)

    @router.get("/procedures/{code}", summary="One procedure: form, requirements, terms, states")
    async def get_procedure(
        request: Request, code: Code, language: Language = "es"
    ) -> ProcedureView:
        release = await desk.read.release(desk.tenant_of(request))
        procedure = release.procedure(code)
        if procedure is None:
            raise NotFound("PROCEDURE_NOT_FOUND", "No existe ese trámite.")
        return ProcedureView.of(release, procedure, language)

    @router.get("/faq", summary="Frequent questions, searched by words")
    async def search_faq(
        request: Request,
        q: Words = "",
        language: Language = "es",
        limit: Annotated[int, Query(ge=1, le=100)] = 20,
    ) -> FaqList:
        tenant = desk.tenant_of(request)
        release = await desk.read.release(tenant)
        found = await desk.read.search_faq(tenant, q, language=language, limit=limit)
        return FaqList(
            release_version=release.version,
            items=[FaqView.of(entry, language) for entry in found],
        )

    return router
