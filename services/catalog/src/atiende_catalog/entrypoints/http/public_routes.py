"""Pages that everybody may read: procedures, questions, offices and the city itself."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query
from starlette.requests import Request
from starlette.responses import Response

from atiende_catalog.domain.ranking import MAX_QUERY_CHARS
from atiende_catalog.entrypoints.http.deps import Desk, Language
from atiende_catalog.entrypoints.http.public_models import (
    CityView,
    FaqList,
    FaqView,
    FoundList,
    FoundView,
    OfficeList,
    OfficeView,
    ProcedureList,
    ProcedureSummary,
    ProcedureView,
)
from atiende_kit.errors import NotFound
from atiende_kit.http import CAN_WAIT, NOT_MODIFIED, cached, public, visitor

CODE = "^[a-z0-9][a-z0-9_-]{0,63}$"
Code = Annotated[
    str,
    Path(pattern=CODE, description="Code of the procedure.", examples=["alumbrado-publico"]),
]
Words = Annotated[
    str,
    Query(
        max_length=MAX_QUERY_CHARS,
        description="Words of the question; empty lists all.",
        examples=["cuándo pasa la basura"],
    ),
]
SearchWords = Annotated[
    str,
    Query(
        max_length=MAX_QUERY_CHARS,
        description="Words that are looked for; nothing is found without any.",
        examples=["farola dañada"],
    ),
]
Most = Annotated[int, Query(ge=1, le=100)]
WHY = "information that the city owes to everybody"
BASE = "/api/catalog/v1"
# A crisis banner must show within seconds; a release changes a few times a year.
_CITY = "public, max-age=10"
_PAGE = "public, max-age=60"


def public_router(desk: Desk) -> APIRouter:
    """Makes the public routes."""
    router = APIRouter(
        prefix=BASE, tags=["public"], dependencies=[Depends(public(WHY))], responses=NOT_MODIFIED
    )

    @router.get("/city", summary="The city, with its crisis banner", response_model=CityView)
    async def get_city(request: Request, language: Language = "es") -> Response:
        release = await desk.read.release(desk.city(request))
        return cached(request, CityView.of(release, language), cache_control=_CITY)

    @router.get("/units", summary="The city's offices and hours", response_model=OfficeList)
    async def list_units(request: Request, language: Language = "es") -> Response:
        release = await desk.read.release(desk.city(request))
        now = desk.clock.now()
        items = [OfficeView.of(release, u, language, now) for u in release.units.values()]
        items.sort(key=lambda item: item.name)
        offices = OfficeList(release_version=release.version, items=items)
        return cached(request, offices, cache_control=_PAGE)

    @router.get("/procedures", summary="The city's procedures", response_model=ProcedureList)
    async def list_procedures(request: Request, language: Language = "es") -> Response:
        release = await desk.read.release(desk.city(request))
        items = [ProcedureSummary.of(release, p, language) for p in release.procedures.values()]
        items.sort(key=lambda item: item.name)
        listed = ProcedureList(release_version=release.version, items=items)
        return cached(request, listed, cache_control=_PAGE)

    @router.get(
        "/procedures/{code}",
        summary="One procedure: what it needs, costs, takes; its form, offices and states",
        response_model=ProcedureView,
    )
    async def get_procedure(request: Request, code: Code, language: Language = "es") -> Response:
        release = await desk.read.release(desk.city(request))
        procedure = release.procedure(code)
        if procedure is None:
            raise NotFound("PROCEDURE_NOT_FOUND", "No existe ese trámite.")
        view = ProcedureView.whole(release, procedure, language, desk.clock.now())
        return cached(request, view, cache_control=_PAGE)

    @router.get("/faq", summary="Frequent questions, searched by words", response_model=FaqList)
    async def search_faq(
        request: Request, q: Words = "", language: Language = "es", limit: Most = 20
    ) -> Response:
        desk.searches.take(visitor(request))
        tenant = desk.city(request)
        release = await desk.read.release(tenant)
        found = await desk.read.search_faq(tenant, q, language=language, limit=limit)
        listed = FaqList(
            release_version=release.version,
            items=[FaqView.of(entry, language) for entry in found],
        )
        return cached(request, listed, cache_control=_PAGE)

    @router.get(
        "/search",
        summary="Procedures and questions, by words",
        response_model=FoundList,
        openapi_extra=CAN_WAIT,
    )
    async def search(
        request: Request, q: SearchWords, language: Language = "es", limit: Most = 20
    ) -> Response:
        desk.searches.take(visitor(request))
        tenant = desk.city(request)
        release = await desk.read.release(tenant)
        found = await desk.read.search(tenant, q, language=language, limit=limit)
        listed = FoundList(
            release_version=release.version, items=[FoundView.of(one) for one in found]
        )
        return cached(request, listed, cache_control=_PAGE)

    return router
