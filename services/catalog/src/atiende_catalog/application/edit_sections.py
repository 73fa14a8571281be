"""Editing a draft part by part, so that a screen need not send the whole city."""

from __future__ import annotations

import json
from typing import Any

from atiende_catalog.application import contents
from atiende_catalog.application.edit_drafts import EditDrafts
from atiende_catalog.domain.diff_words import NAMED
from atiende_catalog.domain.problem import Problem
from atiende_catalog.domain.publication import Draft
from atiende_catalog.domain.schema import SCHEMA
from atiende_kit.errors import NotFound, VersionMismatch

SECTIONS = frozenset(SCHEMA["properties"]) - {"format"}


class EditSections:
    """Use cases of a draft's parts.

    Args:
        drafts: Use cases of drafts.
    """

    def __init__(self, drafts: EditDrafts) -> None:
        self._drafts = drafts

    async def get(
        self, tenant: str, draft_id: str, section: str, key: str | None
    ) -> tuple[Draft, Any]:
        """Returns the draft and a section of it, or one entry of a section.

        Raises:
            NotFound: there is no such draft, section or entry.
        """
        draft = await self._drafts.get(tenant, draft_id)
        tree = json.loads(draft.content)
        return draft, _entry(_section(tree, section, key), key)

    async def put(
        self,
        tenant: str,
        draft_id: str,
        *,
        section: str,
        key: str | None,
        revision: int,
        value: Any,
    ) -> tuple[Draft, list[Problem]]:
        """Replaces a section or one of its entries; returns what is wrong with the draft now.

        Raises:
            NotFound: there is no such draft or section.
            FailedPrecondition: the draft was published.
            VersionMismatch: somebody else changed the draft since ``revision``.
            Unprocessable: the value is not JSON.
        """
        draft, tree = await self._tree(tenant, draft_id, revision)
        if key is None:
            _section(tree, section, None)
            tree[section] = value
        else:
            entries = _section(tree, section, key)
            entries[key] = value
            tree[section] = entries
        return await self._save(tenant, draft, revision, tree)

    async def remove(
        self, tenant: str, draft_id: str, *, section: str, key: str, revision: int
    ) -> tuple[Draft, list[Problem]]:
        """Removes one entry; returns what is wrong with the draft now.

        Raises:
            NotFound: there is no such draft, section or entry.
            FailedPrecondition: the draft was published.
            VersionMismatch: somebody else changed the draft since ``revision``.
        """
        draft, tree = await self._tree(tenant, draft_id, revision)
        entries = _section(tree, section, key)
        _entry(entries, key)
        del entries[key]
        return await self._save(tenant, draft, revision, tree)

    async def _tree(self, tenant: str, draft_id: str, revision: int) -> tuple[Draft, Any]:
        draft = await self._drafts.get(tenant, draft_id)
        if draft.revision != revision:
            # What was read is older: a merge could undo the other person's change.
            raise VersionMismatch(
                "DRAFT_CHANGED", "Otra persona cambió el borrador; vuelva a cargarlo."
            )
        return draft, json.loads(draft.content)

    async def _save(
        self, tenant: str, draft: Draft, revision: int, tree: Any
    ) -> tuple[Draft, list[Problem]]:
        saved = await self._drafts.update(
            tenant, draft.id, revision=revision, title=draft.title, content=tree
        )
        return saved, await self._drafts.problems_in(saved)


def _section(tree: dict[str, Any], section: str, key: str | None) -> Any:
    """Returns a section, an empty one when the draft lacks it."""
    if section not in SECTIONS or (key is not None and section not in NAMED):
        raise NotFound("SECTION_NOT_FOUND", "El borrador no tiene esa parte.")
    if key is None:
        return tree.get(section)
    entries = tree.get(section)
    # A draft may be wrong in every way: entries of something else are none.
    return entries if isinstance(entries, dict) else {}


def _entry(value: Any, key: str | None) -> Any:
    found = value if key is None else value.get(key)
    if found is None:
        raise contents.no_entry()
    return found
