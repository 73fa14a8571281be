"""Routes of citizens' sessions."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from atiende_cases.application.citizen import sessions
from atiende_cases.entrypoints.http.citizen_deps import (
    BASE,
    OPEN,
    REFUSED,
    Anyone,
    CitizenServices,
)
from atiende_cases.entrypoints.http.citizen_models import SecretBody, SessionView
from atiende_kit.http import visitor


def session_routes(services: CitizenServices) -> APIRouter:
    """Makes the routes."""
    router = APIRouter(prefix=BASE, tags=["citizen sessions"])
    desk = services.desk

    @router.post(
        "/sessions",
        summary="Follow one case with its tracking secret",
        dependencies=[OPEN],
        responses=REFUSED,
    )
    async def enter(body: SecretBody, request: Request, response: Response) -> SessionView:
        """An unknown folio and a wrong secret get the same answer; the cookie is the session."""
        session = await sessions.enter_by_secret(
            desk,
            services.city(request),
            reference=body.reference,
            secret=body.secret,
            visitor=visitor(request),
        )
        desk.access.give(response, session)
        return SessionView.of(session)

    @router.get("/session", summary="See who the city takes one for")
    async def get_session(who: Anyone) -> SessionView:
        citizen = await desk.citizen_of(who)
        return SessionView.of(who, citizen.display_name if citizen else "")

    @router.delete("/session", status_code=204, summary="Leave, on every device")
    async def leave(who: Anyone, response: Response) -> None:
        await sessions.leave(desk, who)
        desk.access.clear(response)

    return router
