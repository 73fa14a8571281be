"""Pages of administrators: drafts, publications, roll-back."""

from __future__ import annotations

import json
from typing import Annotated, Any

from fastapi import APIRouter, Query
from starlette.responses import Response

from atiende_catalog.application.preview import preview_template
from atiende_catalog.entrypoints.http.deps import (
    CatalogRead,
    CatalogWrite,
    Desk,
    DraftId,
    ReleaseVersion,
    SnapshotRead,
    person,
)
from atiende_catalog.entrypoints.http.models import (
    ChangeView,
    DiffView,
    DraftEdit,
    DraftList,
    DraftSummary,
    DraftView,
    NewDraft,
    PreviewBody,
    PreviewView,
    ProblemView,
    PublishBody,
    ReleaseSummary,
    SnapshotView,
    ValidationView,
)
from atiende_catalog.entrypoints.http.public_routes import BASE
from atiende_kit.errors import InvalidInput
from atiende_kit.http import CursorParam, LimitParam, Page, decode_cursor, encode_cursor

CANONICAL: dict[int | str, dict[str, Any]] = {
    200: {"content": {"application/json": {}}, "description": "The canonical bytes."}
}


def draft_router(desk: Desk) -> APIRouter:
    """Makes the routes of drafts."""
    router = APIRouter(prefix=BASE, tags=["drafts"])

    @router.get("/drafts", summary="Drafts last worked on")
    async def list_drafts(who: CatalogRead) -> DraftList:
        drafts = await desk.edit.listing(who.tenant)
        return DraftList(items=[DraftSummary.of(draft) for draft in drafts])

    @router.post(
        "/drafts", status_code=201, summary="Begin a draft, from what is in force or given"
    )
    async def create_draft(body: NewDraft, who: CatalogWrite) -> DraftSummary:
        draft = await desk.edit.create(
            who.tenant, author=person(who), title=body.title, content=body.content
        )
        return DraftSummary.of(draft)

    @router.get("/drafts/{draft_id}", summary="A draft with its content")
    async def get_draft(draft_id: DraftId, who: CatalogRead) -> DraftView:
        draft = await desk.edit.get(who.tenant, str(draft_id))
        return DraftView(**DraftSummary.of(draft).model_dump(), content=json.loads(draft.content))

    @router.put("/drafts/{draft_id}", summary="Replace a draft")
    async def update_draft(draft_id: DraftId, body: DraftEdit, who: CatalogWrite) -> DraftSummary:
        draft = await desk.edit.update(
            who.tenant,
            str(draft_id),
            revision=body.revision,
            title=body.title,
            content=body.content,
            base_version=body.base_version,
        )
        return DraftSummary.of(draft)

    @router.delete("/drafts/{draft_id}", status_code=204, summary="Throw a draft away")
    async def delete_draft(draft_id: DraftId, who: CatalogWrite) -> None:
        await desk.edit.remove(who.tenant, str(draft_id))

    @router.post("/drafts/{draft_id}/validate", summary="Everything that is wrong with a draft")
    async def validate_draft(draft_id: DraftId, who: CatalogRead) -> ValidationView:
        problems = await desk.edit.problems(who.tenant, str(draft_id))
        return ValidationView(
            valid=not problems, problems=[ProblemView.of(problem) for problem in problems]
        )

    @router.get("/drafts/{draft_id}/diff", summary="What a draft changes in what is in force")
    async def diff_draft(draft_id: DraftId, who: CatalogRead) -> DiffView:
        against, changes = await desk.read.draft_changes(who.tenant, str(draft_id))
        return DiffView(against=against, changes=[ChangeView.of(change) for change in changes])

    @router.post("/drafts/{draft_id}/preview", summary="A template of a draft with sample values")
    async def preview_draft(draft_id: DraftId, body: PreviewBody, who: CatalogRead) -> PreviewView:
        draft = await desk.edit.get(who.tenant, str(draft_id))
        rendered = preview_template(draft.content, body.template, body.channel, body.language)
        return PreviewView(subject=rendered.subject, text=rendered.text)

    @router.post("/drafts/{draft_id}/publish", status_code=201, summary="Put a draft in force")
    async def publish_draft(
        draft_id: DraftId, body: PublishBody, who: CatalogWrite
    ) -> ReleaseSummary:
        made = await desk.publish.publish_draft(
            who.tenant,
            str(draft_id),
            expected_version=body.expected_version,
            publisher=person(who),
            note=body.note,
        )
        return ReleaseSummary.of(made)

    return router


def release_router(desk: Desk) -> APIRouter:
    """Makes the routes of publications."""
    router = APIRouter(prefix=BASE, tags=["releases"])

    @router.get("/release", summary="The release in force, with its content")
    async def get_snapshot(who: SnapshotRead) -> SnapshotView:
        found = await desk.read.publication(who.tenant)
        return SnapshotView(
            **ReleaseSummary.of(found).model_dump(), content=json.loads(found.content)
        )

    @router.get("/releases", summary="Publications, newest first")
    async def list_releases(
        who: CatalogRead, cursor: CursorParam = None, limit: LimitParam = 50
    ) -> Page[ReleaseSummary]:
        found = await desk.read.listing(who.tenant, before=_before(cursor), limit=limit + 1)
        items = [ReleaseSummary.of(head) for head in found[:limit]]
        more = encode_cursor({"before": items[-1].version}) if len(found) > limit else None
        return Page[ReleaseSummary](items=items, next_cursor=more)

    @router.get("/releases/{version}", summary="One publication")
    async def get_release(version: ReleaseVersion, who: CatalogRead) -> ReleaseSummary:
        return ReleaseSummary.of(await desk.read.publication(who.tenant, version))

    @router.get(
        "/releases/{version}/content",
        summary="The canonical bytes of a publication",
        response_class=Response,
        responses=CANONICAL,
    )
    async def get_content(version: ReleaseVersion, who: CatalogRead) -> Response:
        found = await desk.read.publication(who.tenant, version)
        return Response(
            found.content, media_type="application/json", headers={"ETag": f'"{found.sha256}"'}
        )

    @router.get("/releases/{version}/diff", summary="What a publication changed")
    async def diff_release(
        version: ReleaseVersion,
        who: CatalogRead,
        against: Annotated[int, Query(ge=1, le=1_000_000, description="The older one.")],
    ) -> DiffView:
        changes = await desk.read.changes(who.tenant, version, against)
        return DiffView(against=against, changes=[ChangeView.of(change) for change in changes])

    @router.post(
        "/releases/{version}/rollback",
        status_code=201,
        summary="Put the very bytes of an older version in force again",
    )
    async def rollback(
        version: ReleaseVersion, body: PublishBody, who: CatalogWrite
    ) -> ReleaseSummary:
        made = await desk.publish.rollback(
            who.tenant,
            version,
            expected_version=body.expected_version,
            publisher=person(who),
            note=body.note,
        )
        return ReleaseSummary.of(made)

    return router


def _before(cursor: str | None) -> int | None:
    if cursor is None:
        return None
    before = decode_cursor(cursor).get("before")
    if not isinstance(before, int) or isinstance(before, bool):
        raise InvalidInput("CURSOR_INVALID", "La página pedida no existe.")
    return before
