"""Public figures: how fast the city answers, with the data to work it out again."""

from __future__ import annotations

import gzip
from datetime import datetime
from typing import Annotated, Final, Literal

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import BaseModel, Field

from atiende_cases.application.ports import Releases
from atiende_cases.application.public_figures import Publications
from atiende_cases.domain.plain_words import LANGUAGES, unit_name
from atiende_cases.domain.public_figures import COLUMNS, SMALLEST_GROUP, Figure, Measured, csv_of
from atiende_city.release import Release
from atiende_kit.http import CAN_WAIT, PublicCity, cached, public

BASE: Final = "/api/cases/v1/public/figures"
PUBLIC_FIGURES: Final = frozenset({f"GET {BASE}", f"GET {BASE}/cases.csv"})
_CACHE: Final = "public, max-age=300"
_FORMULA: Final = {
    "es": "Percentil por rango más cercano: de los n valores ordenados, el que está en la posición "
    "ceil(p × n / 100). Cuentan los casos que entraron en el periodo; los segundos van desde que "
    "se recibió el caso, en minutos enteros hacia arriba. Los grupos de menos de 10 casos no se "
    "publican, para que nadie sea reconocible.",
    "en": "Nearest-rank percentile: of n sorted values the one at position ceil(p × n / 100). "
    "Cases that arrived in the period count; seconds run from receipt, in whole minutes rounded "
    "up. Groups of fewer than 10 cases are not published, so that nobody can be recognised.",
}
Days = Annotated[Literal["30", "90", "365"], Query(description="Length of the period in days.")]


class Words(BaseModel):
    """A name in both languages."""

    es: str
    en: str


class MeasureView(BaseModel):
    """One measure; the percentiles are null when fewer than ten cases have it."""

    n: int | None = Field(description="Cases that have it; null when it is withheld.")
    p50_seconds: int | None
    p90_seconds: int | None
    withheld: bool

    @classmethod
    def of(cls, measured: Measured) -> MeasureView:
        """Shows a measure."""
        withheld = measured.p50 is None
        return cls(
            n=None if withheld else measured.n,
            p50_seconds=measured.p50,
            p90_seconds=measured.p90,
            withheld=withheld,
        )


class FigureView(BaseModel):
    """A unit, a procedure, both together, or the whole city (both null)."""

    unit_id: str | None
    unit_name: Words | None
    procedure: str | None
    procedure_name: Words | None
    cases: int
    first_answer: MeasureView
    resolution: MeasureView

    @classmethod
    def of(cls, figure: Figure, release: Release) -> FigureView:
        """Shows a line."""
        unit = {one: unit_name(release, figure.unit, one) for one in LANGUAGES}
        procedure = release.procedure(figure.procedure)
        name = {one: procedure.name.to(one) if procedure else figure.procedure for one in LANGUAGES}
        return cls(
            unit_id=figure.unit or None,
            unit_name=Words(es=unit["es"], en=unit["en"]) if figure.unit else None,
            procedure=figure.procedure or None,
            procedure_name=Words(es=name["es"], en=name["en"]) if figure.procedure else None,
            cases=figure.cases,
            first_answer=MeasureView.of(figure.first_answer),
            resolution=MeasureView.of(figure.resolution),
        )


class PublicFigures(BaseModel):
    """The page. Every number follows from `cases.csv` of the same period."""

    days: int
    publish_time: datetime | None = Field(description="Null until something is published.")
    smallest_group: int
    formula: Words
    figures: list[FigureView]


def public_figure_routes(
    publications: Publications, releases: Releases, city: PublicCity
) -> APIRouter:
    """Makes the routes."""
    router = APIRouter(
        prefix=BASE,
        tags=["public figures"],
        dependencies=[Depends(public("what the city owes everybody; nobody can be recognised"))],
    )

    @router.get(
        "",
        summary="How fast the city answers",
        response_model=PublicFigures,
        openapi_extra=CAN_WAIT,
    )
    async def get_public_figures(request: Request, days: Days = "30") -> Response:
        tenant = city(request)
        found = await publications.get(tenant, int(days))
        release = await releases.get(tenant)
        page = PublicFigures(
            days=int(days),
            publish_time=found.publish_time if found else None,
            smallest_group=SMALLEST_GROUP,
            formula=Words(**_FORMULA),
            figures=[FigureView.of(figure, release) for figure in found.figures] if found else [],
        )
        return cached(request, page, cache_control=_CACHE)

    @router.get(
        "/cases.csv",
        summary="The cases behind the figures",
        description=f"One row a case, without anything that names it: {', '.join(COLUMNS)}.",
        response_class=Response,
        responses={200: {"content": {"text/csv": {}}}},
        openapi_extra=CAN_WAIT,
    )
    async def get_cases_file(request: Request, days: Days = "30") -> Response:
        found = await publications.file(city(request), int(days))
        return _file(found or gzip.compress("".join(csv_of([])).encode()), request, days)

    return router


def _file(packed: bytes, request: Request, days: str) -> Response:
    headers = {
        "Cache-Control": _CACHE,
        "Content-Disposition": f'attachment; filename="casos-{days}-dias.csv"',
        "Vary": "Accept-Encoding",
    }
    accepted = request.headers.get("accept-encoding", "")
    if "gzip" in accepted:
        return Response(
            packed, media_type="text/csv", headers={**headers, "Content-Encoding": "gzip"}
        )
    return Response(gzip.decompress(packed), media_type="text/csv", headers=headers)
