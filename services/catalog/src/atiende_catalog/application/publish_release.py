"""Publishing and rolling back: the only ways in which a city's configuration changes."""

from __future__ import annotations

import dataclasses
import json

from atiende_catalog.application import contents
from atiende_catalog.application.ports import Drafts, Head, Publications
from atiende_catalog.domain.crisis import Person, ensure_crisis_untouched
from atiende_catalog.domain.publication import Publication, next_publication
from atiende_city.content import sha256_hex
from atiende_kit.clock import Clock
from atiende_kit.errors import FailedPrecondition, VersionMismatch


class PublishRelease:
    """Use cases that put a release in force.

    Versions count by one; two publications at the same moment ask for the same number, and the
    store lets one of them have it.

    Args:
        publications: The releases.
        drafts: The drafts.
        clock: Domain time.
    """

    def __init__(self, publications: Publications, drafts: Drafts, clock: Clock) -> None:
        self._publications = publications
        self._drafts = drafts
        self._clock = clock

    async def publish_draft(
        self, tenant: str, draft_id: str, *, expected_version: int, publisher: Person, note: str
    ) -> Publication:
        """Puts a draft in force.

        Args:
            tenant: The city.
            draft_id: The draft.
            expected_version: Version in force that the administrator compared it with; 0 for none.
            publisher: The administrator.
            note: Why.

        Raises:
            NotFound: there is no such draft.
            FailedPrecondition: it was published before, or equals what is in force.
            VersionMismatch: another version is in force, or somebody publishes at this moment.
            ContentInvalid: it has problems.
            CrisisSwitchOnly: it would switch crisis mode.
        """
        draft = await self._drafts.get(tenant, draft_id)
        if draft is None:
            raise contents.no_draft()
        if draft.published_version is not None:
            raise FailedPrecondition(
                "DRAFT_PUBLISHED",
                f"Este borrador ya se publicó como versión {draft.published_version}.",
            )
        head = await self._expected(tenant, expected_version)
        _refuse_equal(head, draft.content)
        problems = await contents.problems_of(draft.content, self._clock.now())
        if problems:
            raise contents.ContentInvalid(problems)
        await self._keep_crisis(tenant, head, draft.content)
        made = await self._add(tenant, head, draft.content, publisher=publisher, note=note)
        # After a crash here the draft still says "not published"; publishing it again is refused
        # because it equals what is in force.
        await self._drafts.save(
            tenant,
            dataclasses.replace(
                draft, published_version=made.version, update_time=made.publish_time
            ),
        )
        return made

    async def publish_content(
        self, tenant: str, content: bytes, *, publisher: Person, note: str
    ) -> tuple[Head | Publication, bool]:
        """Puts canonical bytes in force unless they already are.

        Returns:
            What is in force, and whether it was published now.

        Raises:
            ContentInvalid: it has problems.
            VersionMismatch: somebody publishes at this moment.
        """
        head = await self._publications.head(tenant)
        if head is not None and head.sha256 == sha256_hex(content):
            return head, False
        problems = await contents.problems_of(content, self._clock.now())
        if problems:
            raise contents.ContentInvalid(problems)
        return await self._add(tenant, head, content, publisher=publisher, note=note), True

    async def rollback(
        self, tenant: str, version: int, *, expected_version: int, publisher: Person, note: str
    ) -> Publication:
        """Puts the very bytes of an older version in force, under a new number.

        They are not validated again: they were, and an emergency is no time to argue about a
        rule that was added since.

        Raises:
            NotFound: there is no such version.
            FailedPrecondition: it equals what is in force.
            VersionMismatch: another version is in force, or somebody publishes at this moment.
            CrisisSwitchOnly: it would switch crisis mode.
        """
        head = await self._expected(tenant, expected_version)
        older = await self._publications.get(tenant, version)
        if older is None:
            raise contents.no_version(version)
        _refuse_equal(head, older.content)
        await self._keep_crisis(tenant, head, older.content)
        return await self._add(
            tenant, head, older.content, publisher=publisher, note=note, rollback_of=version
        )

    async def _expected(self, tenant: str, expected_version: int) -> Head | None:
        head = await self._publications.head(tenant)
        in_force = head.version if head else 0
        if in_force != expected_version:
            raise VersionMismatch(
                "RELEASE_CHANGED",
                f"La versión publicada es la {in_force}, no la {expected_version};"
                " compare de nuevo antes de publicar.",
            )
        return head

    async def _keep_crisis(self, tenant: str, head: Head | None, content: bytes) -> None:
        current = await self._publications.get(tenant, head.version) if head else None
        before = json.loads(current.content) if current else None
        ensure_crisis_untouched(before, json.loads(content))

    async def _add(
        self,
        tenant: str,
        head: Head | None,
        content: bytes,
        *,
        publisher: Person,
        note: str,
        rollback_of: int | None = None,
    ) -> Publication:
        made = next_publication(
            head.version if head else 0,
            content,
            publisher=publisher.subject,
            publisher_name=publisher.name,
            note=note,
            now=self._clock.now(),
            rollback_of=rollback_of,
        )
        await self._publications.add(tenant, made)
        return made


def _refuse_equal(head: Head | None, content: bytes) -> None:
    if head is not None and head.sha256 == sha256_hex(content):
        raise FailedPrecondition(
            "RELEASE_UNCHANGED", f"Es igual a la versión {head.version}, que está en vigor."
        )
