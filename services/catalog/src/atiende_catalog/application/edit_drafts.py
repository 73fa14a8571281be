"""Drafting: begin from what is in force or from a file, change, throw away."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any

from atiende_catalog.application import contents
from atiende_catalog.application.ports import Drafts, Publications
from atiende_catalog.domain.crisis import Person
from atiende_catalog.domain.problem import Problem
from atiende_catalog.domain.publication import Draft
from atiende_kit.clock import Clock
from atiende_kit.errors import FailedPrecondition, VersionMismatch
from atiende_kit.ids import new_id

MAX_LISTED = 200


class EditDrafts:
    """Use cases of drafts.

    Args:
        drafts: Where drafts are.
        publications: What is in force.
        clock: Domain time.
    """

    def __init__(self, drafts: Drafts, publications: Publications, clock: Clock) -> None:
        self._drafts = drafts
        self._publications = publications
        self._clock = clock

    async def create(
        self, tenant: str, *, author: Person, title: str, content: Any | None
    ) -> Draft:
        """Begins a draft.

        Args:
            tenant: The city.
            author: The administrator.
            title: What it is for.
            content: A document tree; None copies what is in force.

        Raises:
            NotFound: there is nothing in force to copy.
            Unprocessable: the content is not JSON.
        """
        head = await self._publications.head(tenant)
        if content is not None:
            data = contents.to_bytes(content)
        else:
            current = await self._publications.get(tenant, head.version) if head else None
            if current is None:
                raise contents.no_release()
            data = current.content
        now = self._clock.now()
        draft = Draft(
            id=new_id(),
            title=title,
            content=data,
            base_version=head.version if head else 0,
            revision=1,
            author=author.subject,
            author_name=author.name,
            create_time=now,
            update_time=now,
            published_version=None,
        )
        await self._drafts.add(tenant, draft)
        return draft

    async def get(self, tenant: str, draft_id: str) -> Draft:
        """Returns a draft.

        Raises:
            NotFound: there is none.
        """
        draft = await self._drafts.get(tenant, draft_id)
        if draft is None:
            raise contents.no_draft()
        return draft

    async def listing(self, tenant: str) -> Sequence[Draft]:
        """Returns the drafts last worked on."""
        return await self._drafts.listing(tenant, MAX_LISTED)

    async def update(
        self,
        tenant: str,
        draft_id: str,
        *,
        revision: int,
        title: str,
        content: Any,
        base_version: int | None = None,
    ) -> Draft:
        """Replaces a draft's title and content.

        Args:
            tenant: The city.
            draft_id: The draft.
            revision: The one that was read.
            title: What it is for.
            content: A document tree.
            base_version: Version in force whose changes the content has taken in; None leaves it.

        Raises:
            NotFound: there is no such draft.
            FailedPrecondition: it was published.
            VersionMismatch: somebody else changed it since ``revision``.
        """
        draft = await self.get(tenant, draft_id)
        if draft.published_version is not None:
            raise FailedPrecondition(
                "DRAFT_PUBLISHED",
                f"Este borrador ya se publicó como versión {draft.published_version}.",
            )
        if draft.revision != revision:
            raise VersionMismatch(
                "DRAFT_CHANGED", "Otra persona cambió el borrador; vuelva a cargarlo."
            )
        return await self._drafts.save(
            tenant,
            dataclasses.replace(
                draft,
                title=title,
                base_version=draft.base_version if base_version is None else base_version,
                content=contents.to_bytes(content),
                update_time=self._clock.now(),
            ),
        )

    async def remove(self, tenant: str, draft_id: str) -> None:
        """Throws a draft away.

        Raises:
            NotFound: there is none.
        """
        if not await self._drafts.remove(tenant, draft_id):
            raise contents.no_draft()

    async def problems(self, tenant: str, draft_id: str) -> list[Problem]:
        """Returns everything that keeps a draft from being published."""
        return await self.problems_in(await self.get(tenant, draft_id))

    async def problems_in(self, draft: Draft) -> list[Problem]:
        """Returns everything that keeps a draft at hand from being published."""
        return await contents.problems_of(draft.content, self._clock.now())
