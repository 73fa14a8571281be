"""Editing a draft part by part: a unit, a holiday list, a procedure."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Path, Query

from atiende_catalog.application.edit_sections import SECTIONS
from atiende_catalog.application.preview import preview_procedure
from atiende_catalog.entrypoints.http.deps import CatalogRead, CatalogWrite, Desk, DraftId, Language
from atiende_catalog.entrypoints.http.models import EditedView, SectionEdit, SectionView
from atiende_catalog.entrypoints.http.public_models import ProcedureView
from atiende_catalog.entrypoints.http.public_routes import BASE, CODE, Code

Section = Annotated[
    str,
    Path(
        pattern=f"^({'|'.join(sorted(SECTIONS))})$",
        description="Part of the release.",
        examples=["units"],
    ),
]
Key = Annotated[str, Path(pattern=CODE, description="Id of the entry.", examples=["alumbrado"])]
Revision = Annotated[
    int, Query(ge=1, le=1_000_000_000, description="Revision of the draft that was read.")
]


def section_router(desk: Desk) -> APIRouter:
    """Makes the routes."""
    router = APIRouter(prefix=BASE + "/drafts/{draft_id}", tags=["drafts"])

    @router.get("/sections/{section}", summary="A part of a draft")
    async def get_section(draft_id: DraftId, section: Section, who: CatalogRead) -> SectionView:
        draft, value = await desk.sections.get(who.tenant, str(draft_id), section, None)
        return SectionView(revision=draft.revision, value=value)

    @router.put("/sections/{section}", summary="Replace a part of a draft")
    async def put_section(
        draft_id: DraftId, section: Section, body: SectionEdit, who: CatalogWrite
    ) -> EditedView:
        edited = await desk.sections.put(
            who.tenant,
            str(draft_id),
            section=section,
            key=None,
            revision=body.revision,
            value=body.value,
        )
        return EditedView.of(*edited)

    @router.get("/sections/{section}/{key}", summary="One unit, procedure, question … of a draft")
    async def get_entry(
        draft_id: DraftId, section: Section, key: Key, who: CatalogRead
    ) -> SectionView:
        draft, value = await desk.sections.get(who.tenant, str(draft_id), section, key)
        return SectionView(revision=draft.revision, value=value)

    @router.put("/sections/{section}/{key}", summary="Make or replace one entry of a draft")
    async def put_entry(
        draft_id: DraftId, section: Section, key: Key, body: SectionEdit, who: CatalogWrite
    ) -> EditedView:
        edited = await desk.sections.put(
            who.tenant,
            str(draft_id),
            section=section,
            key=key,
            revision=body.revision,
            value=body.value,
        )
        return EditedView.of(*edited)

    @router.delete("/sections/{section}/{key}", summary="Remove one entry of a draft")
    async def delete_entry(
        draft_id: DraftId, section: Section, key: Key, revision: Revision, who: CatalogWrite
    ) -> EditedView:
        edited = await desk.sections.remove(
            who.tenant, str(draft_id), section=section, key=key, revision=revision
        )
        return EditedView.of(*edited)

    @router.get(
        "/procedures/{code}",
        summary="A procedure of a draft as citizens would see it",
        responses={409: _cannot_preview()},
    )
    async def show_procedure(
        draft_id: DraftId, code: Code, who: CatalogRead, language: Language = "es"
    ) -> ProcedureView:
        draft = await desk.edit.get(who.tenant, str(draft_id))
        release = preview_procedure(draft.content, code)
        procedure = release.procedures[code]
        return ProcedureView.whole(release, procedure, language, desk.clock.now())

    return router


def _cannot_preview() -> dict[str, Any]:
    return {"description": "The draft is too broken there to show anything; see its problems."}
