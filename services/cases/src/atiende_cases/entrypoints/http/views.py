"""Routes of the views that a person keeps."""

from __future__ import annotations

from fastapi import APIRouter
from pydantic import BaseModel

from atiende_cases.application.desk.ports import SavedViews
from atiende_cases.entrypoints.http.bodies import SavedView, ViewsBody
from atiende_cases.entrypoints.http.deps import BASE, CaseRead, Services
from atiende_kit.errors import VersionMismatch
from atiende_kit.store import Outcome


class ViewsAnswer(BaseModel):
    """The views of the caller."""

    version: int
    views: list[SavedView]


def view_routes(services: Services) -> APIRouter:
    """Makes the routes."""
    router = APIRouter(prefix=f"{BASE}/views", tags=["inbox"])
    views = services.views

    @router.get("", summary="See one's saved views")
    async def get_views(who: CaseRead) -> ViewsAnswer:
        return _answer(await views.get(who.tenant, who.subject))

    @router.put("", summary="Replace one's saved views")
    async def put_views(body: ViewsBody, who: CaseRead) -> ViewsAnswer:
        wanted = SavedViews(tuple((v.name, v.query) for v in body.views), body.version)
        outcome = await views.put(who.tenant, who.subject, wanted)
        if outcome is not Outcome.DONE:
            # Another tab saved in between; what it kept must not disappear.
            raise VersionMismatch("VIEWS_CHANGED", "Las vistas cambiaron en otra ventana.")
        return _answer(await views.get(who.tenant, who.subject))

    return router


def _answer(saved: SavedViews) -> ViewsAnswer:
    return ViewsAnswer(
        version=saved.version,
        views=[SavedView(name=name, query=query) for name, query in saved.views],
    )
