"""Drafts in the document store."""

from __future__ import annotations

import dataclasses
import gzip
from collections.abc import Sequence

from atiende_catalog.domain.publication import Draft
from atiende_city.content import compress
from atiende_kit.store import Database, Document, Index

_LISTED = (
    *("title", "base_version", "author", "create_time", "update_time"),
    *("published_version", "version", "author_name"),
)


class MongoDrafts:
    """`atiende_catalog.application.ports.Drafts` over the kit's store.

    Content is kept as compressed bytes: a draft may hold any key, also those that mean something
    to the database.
    """

    def __init__(self, database: Database) -> None:
        self._drafts = database.collection("drafts", indexes=[Index([("update_time", -1)])])

    async def get(self, tenant: str, draft_id: str) -> Draft | None:
        """See the port."""
        found = await self._drafts.get(tenant, draft_id)
        return _draft(found) if found else None

    async def listing(self, tenant: str, limit: int) -> Sequence[Draft]:
        """See the port."""
        found = await self._drafts.find(
            tenant,
            sort=[("update_time", -1)],
            limit=limit,
            projection=dict.fromkeys(_LISTED, 1),
        )
        return [_draft(document) for document in found]

    async def add(self, tenant: str, draft: Draft) -> None:
        """See the port."""
        await self._drafts.insert(tenant, _document(draft))

    async def save(self, tenant: str, draft: Draft) -> Draft:
        """See the port."""
        await self._drafts.replace(tenant, {**_document(draft), "version": draft.revision})
        return dataclasses.replace(draft, revision=draft.revision + 1)

    async def remove(self, tenant: str, draft_id: str) -> bool:
        """See the port."""
        return await self._drafts.delete(tenant, draft_id)


def _document(draft: Draft) -> Document:
    return {
        "_id": draft.id,
        "title": draft.title,
        "content": compress(draft.content),
        "base_version": draft.base_version,
        "author": draft.author,
        "author_name": draft.author_name,
        "create_time": draft.create_time,
        "update_time": draft.update_time,
        "published_version": draft.published_version,
    }


def _draft(document: Document) -> Draft:
    return Draft(
        id=document["_id"],
        title=document["title"],
        content=gzip.decompress(document["content"]) if "content" in document else b"",
        base_version=document["base_version"],
        revision=document["version"],
        author=document["author"],
        author_name=document.get("author_name", ""),
        create_time=document["create_time"],
        update_time=document["update_time"],
        published_version=document["published_version"],
    )
