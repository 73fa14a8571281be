"""Reading: what is in force, what was, what changed, and answers from the questions."""

from __future__ import annotations

import asyncio
import json
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from atiende_catalog.application import contents
from atiende_catalog.application.ports import Drafts, Head, Publications
from atiende_catalog.domain.diff import Change, diff
from atiende_catalog.domain.diff_words import in_words
from atiende_catalog.domain.faq_search import FaqIndex
from atiende_catalog.domain.publication import Publication
from atiende_catalog.domain.search import Found, SearchIndex
from atiende_city.model import FaqEntry
from atiende_city.release import Release

T = TypeVar("T")

_KEPT = 64
_LOOKED_SECONDS = 5.0
"""How long a version that was looked up answers `outdated`: each process of each service asks for
all its cities, again and again."""
_AT_ONCE = 32


class ReadReleases:
    """Use cases that change nothing.

    Args:
        publications: The releases.
        drafts: The drafts.
    """

    def __init__(self, publications: Publications, drafts: Drafts) -> None:
        self._publications = publications
        self._drafts = drafts
        # By hash: bytes never change, so neither does what was read from them.
        self._releases: OrderedDict[tuple[str, int], Release] = OrderedDict()
        self._faq: OrderedDict[tuple[str, str], FaqIndex] = OrderedDict()
        self._all: OrderedDict[tuple[str, str], SearchIndex] = OrderedDict()
        self._looked: dict[str, tuple[float, int]] = {}
        self._room = asyncio.Semaphore(_AT_ONCE)

    async def head(self, tenant: str) -> Head:
        """Returns what is in force, without content.

        Raises:
            NotFound: the city has published nothing.
        """
        head = await self._publications.head(tenant)
        if head is None:
            raise contents.no_release()
        return head

    async def outdated(self, held: Mapping[str, int]) -> list[str]:
        """Returns the cities whose release in force is another.

        Args:
            held: Version by city. What was published within the last seconds may be missed.
        """
        cities = list(held)
        current = await asyncio.gather(*(self._version(city) for city in cities))
        return [city for city, now in zip(cities, current, strict=True) if now != held[city]]

    async def _version(self, tenant: str) -> int:
        """The version in force, or 0; as it was some seconds ago at most."""
        at, version = self._looked.get(tenant, (0.0, 0))
        if time.monotonic() - at <= _LOOKED_SECONDS:
            return version
        async with self._room:
            head = await self._publications.head(tenant)
        if head is None:
            return 0
        self._looked[tenant] = (time.monotonic(), head.version)
        return head.version

    async def publication(self, tenant: str, version: int = 0) -> Publication:
        """Returns a publication; 0 is the one in force.

        Raises:
            NotFound: there is no such version, or none at all.
        """
        wanted = version or (await self.head(tenant)).version
        found = await self._publications.get(tenant, wanted)
        if found is None:
            raise contents.no_version(wanted)
        return found

    async def listing(self, tenant: str, *, before: int | None, limit: int) -> Sequence[Head]:
        """Returns publications, newest first."""
        return await self._publications.listing(tenant, before=before, limit=limit)

    async def release(self, tenant: str) -> Release:
        """Returns the release in force, typed.

        Raises:
            NotFound: the city has published nothing.
        """
        head = await self.head(tenant)
        key = (head.sha256, head.version)
        if key not in self._releases:
            found = await self.publication(tenant, head.version)
            self._releases[key] = Release.parse(found.content, version=found.version)
            if len(self._releases) > _KEPT:
                self._releases.popitem(last=False)
        return self._releases[key]

    async def search_faq(
        self, tenant: str, query: str, *, language: str, limit: int
    ) -> list[FaqEntry]:
        """Returns the questions that fit best.

        Raises:
            NotFound: the city has published nothing.
        """
        release = await self.release(tenant)
        key = (release.sha256, language)
        index = _kept(self._faq, key, lambda: FaqIndex(release, language))
        return index.search(query, limit)

    async def search(self, tenant: str, query: str, *, language: str, limit: int) -> list[Found]:
        """Returns the procedures and questions that fit best.

        Raises:
            NotFound: the city has published nothing.
        """
        release = await self.release(tenant)
        key = (release.sha256, language)
        index = _kept(self._all, key, lambda: SearchIndex(release, language))
        return index.search(query, limit)

    async def changes(self, tenant: str, version: int, against: int) -> list[tuple[Change, str]]:
        """Returns what is different in ``version`` compared with ``against``, and in words.

        Raises:
            NotFound: one of them does not exist.
        """
        older = await self.publication(tenant, against)
        newer = await self.publication(tenant, version)
        return _told(json.loads(older.content), json.loads(newer.content))

    async def draft_changes(
        self, tenant: str, draft_id: str
    ) -> tuple[int, list[tuple[Change, str]]]:
        """Returns the version in force (0 for none) and what a draft changes in it.

        Raises:
            NotFound: there is no such draft.
        """
        draft = await self._drafts.get(tenant, draft_id)
        if draft is None:
            raise contents.no_draft()
        head = await self._publications.head(tenant)
        current = await self._publications.get(tenant, head.version) if head else None
        before = json.loads(current.content) if current else {}
        return (head.version if head else 0), _told(before, json.loads(draft.content))


def _told(before: Any, after: Any) -> list[tuple[Change, str]]:
    return [(change, in_words(change, before, after)) for change in diff(before, after)]


def _kept(known: OrderedDict[tuple[str, str], T], key: tuple[str, str], make: Callable[[], T]) -> T:
    if key not in known:
        known[key] = make()
        if len(known) > _KEPT:
            known.popitem(last=False)
    return known[key]
