"""Pages that everybody may read: the wait before writing, and turns at the counter."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Header, Path, Query
from starlette.requests import Request
from starlette.responses import Response

from atiende_kit.http import NOT_MODIFIED, cached, public
from atiende_routing.application.take_turns import TicketRequest
from atiende_routing.entrypoints.http.deps import Desk, Hall, Language
from atiende_routing.entrypoints.http.turn_models import (
    UNIT_PATTERN,
    BoardView,
    NewTurn,
    TurnView,
    WaitView,
)

BASE = "/api/routing/v1/public"
WHY = "who comes or writes to the city learns how long it takes; no personal data"
# Behind the board's walls everybody sees the same; a call must show within a breath.
_SHORT = "public, max-age=2"
_WAIT = "public, max-age=5"

TurnId = Annotated[str, Path(pattern=r"^[A-Za-z0-9_-]{22}$", description="Id of the ticket.")]
Unit = Annotated[str, Query(pattern=UNIT_PATTERN, description="Id of a unit.")]
RequiredKey = Annotated[
    str,
    Header(
        alias="Idempotency-Key",
        min_length=16,
        max_length=128,
        pattern=r"^[\x21-\x7e]+$",
        description="The same key gives the same ticket; a random UUID.",
        examples=["0197f9a2-6a52-7c3e-9d0a-1f2e3d4c5b6a"],
    ),
]


def public_router(desk: Desk, hall: Hall) -> APIRouter:
    """Makes the public routes."""
    router = APIRouter(prefix=BASE, tags=["public"], dependencies=[Depends(public(WHY))])

    @router.get(
        "/wait",
        summary="Whether somebody is there, and how long it takes",
        response_model=WaitView,
        responses={**NOT_MODIFIED, 404: {"description": "No such unit or procedure."}},
    )
    async def get_wait(
        request: Request,
        unit: Annotated[str | None, Query(pattern=UNIT_PATTERN, examples=["atencion"])] = None,
        procedure: Annotated[
            str | None, Query(pattern=UNIT_PATTERN, examples=["alumbrado-publico"])
        ] = None,
        language: Language = "es",
    ) -> Response:
        tenant = hall.read(request)
        wait = await desk.oversee.public_wait(tenant, unit, procedure, language)
        return cached(request, WaitView.of(wait), cache_control=_WAIT)

    @router.post("/turns", status_code=201, summary="Take a ticket")
    async def take_turn(request: Request, body: NewTurn, key: RequiredKey) -> TurnView:
        wanted = TicketRequest(
            tenant=hall.ask(request),
            unit_id=body.unit_id,
            topic=body.topic or "",
            preferential=body.preferential,
            key=key,
        )
        return TurnView.of(await desk.turns.give(wanted))

    @router.get(
        "/turns/board",
        summary="The numbers called, and at which desk",
        response_model=BoardView,
        responses={**NOT_MODIFIED, 404: {"description": "No such unit."}},
    )
    async def get_board(request: Request, unit: Unit) -> Response:
        board = await desk.turns.board(hall.read(request), unit)
        return cached(request, BoardView.of(board), cache_control=_SHORT)

    @router.get(
        "/turns/{turn_id}",
        summary="How my ticket stands",
        response_model=TurnView,
        responses=NOT_MODIFIED,
    )
    async def get_turn(request: Request, turn_id: TurnId) -> Response:
        outlook = await desk.turns.outlook(hall.read(request), turn_id)
        return cached(request, TurnView.of(outlook), cache_control="private, no-cache")

    return router
