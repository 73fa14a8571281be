"""The crisis switch: one person asks, another one confirms."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path

from atiende_catalog.entrypoints.http.deps import (
    CatalogWrite,
    CrisisAsker,
    CrisisRead,
    Desk,
    person,
)
from atiende_catalog.entrypoints.http.models import CrisisAsk, CrisisRequestView, CrisisView
from atiende_catalog.entrypoints.http.public_routes import BASE

RequestId = Annotated[UUID, Path(description="Id of the request.")]


def crisis_router(desk: Desk) -> APIRouter:
    """Makes the routes."""
    router = APIRouter(prefix=f"{BASE}/crisis", tags=["crisis"])

    @router.get("", summary="Crisis mode, the request that waits, and all before it")
    async def get_crisis(who: CrisisRead) -> CrisisView:
        return CrisisView.of(await desk.crisis.status(who.tenant), desk.clock.now())

    @router.post("/requests", status_code=201, summary="Ask to switch crisis mode")
    async def ask_for_crisis(body: CrisisAsk, who: CrisisAsker) -> CrisisRequestView:
        request = await desk.crisis.ask(
            who.tenant,
            activate=body.activate,
            message=body.message or {},
            reason=body.reason,
            requester=person(who),
        )
        return CrisisRequestView.of(request)

    @router.post(
        "/requests/{request_id}/confirmation",
        summary="Confirm what another person asked for; it is in force when this answers",
    )
    async def confirm_crisis(request_id: RequestId, who: CatalogWrite) -> CrisisRequestView:
        confirmed = await desk.crisis.confirm(who.tenant, str(request_id), person(who))
        return CrisisRequestView.of(confirmed)

    @router.post("/requests/{request_id}/withdrawal", summary="Take a request back")
    async def withdraw_crisis(request_id: RequestId, who: CrisisAsker) -> CrisisRequestView:
        withdrawn = await desk.crisis.withdraw(who.tenant, str(request_id), person(who))
        return CrisisRequestView.of(withdrawn)

    return router
