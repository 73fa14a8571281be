"""One suite for the stores over memory and over the real database."""

from __future__ import annotations

import asyncio
import dataclasses
from datetime import UTC, datetime

import pytest
import pytest_asyncio

from atiende_catalog.adapters.mongo.drafts import MongoDrafts
from atiende_catalog.adapters.mongo.publications import MongoPublications
from atiende_catalog.domain.publication import Draft, next_publication
from atiende_kit.errors import VersionMismatch
from atiende_kit.ids import new_id
from atiende_kit.store import MemoryDatabase

pytestmark = pytest.mark.contract
NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


@pytest.fixture(params=["memory", "mongo"])
def any_database(request):
    return MemoryDatabase() if request.param == "memory" else request.getfixturevalue("database")


@pytest_asyncio.fixture(loop_scope="session")
async def stores(any_database):
    made = MongoPublications(any_database), MongoDrafts(any_database)
    await any_database.ensure_indexes()
    return made


def publication(previous=0, content=b"{}"):
    return next_publication(previous, content, publisher="ana", note="n", now=NOW)


async def test_publication_comes_back_as_it_went(stores):
    releases, _ = stores
    assert await releases.head("sanaurelio") is None
    first, second = publication(), publication(1, '{"ñ":"á"}'.encode())
    await releases.add("sanaurelio", first)
    await releases.add("sanaurelio", second)
    assert await releases.get("sanaurelio", 2) == second
    assert (await releases.head("sanaurelio")).sha256 == second.sha256
    listed = await releases.listing("sanaurelio", before=None, limit=10)
    assert [head.version for head in listed] == [2, 1]
    assert [h.version for h in await releases.listing("sanaurelio", before=2, limit=10)] == [1]


async def test_of_two_publications_of_one_moment_one_wins(stores):
    releases, _ = stores
    results = await asyncio.gather(
        *(releases.add("sanaurelio", publication(0, b"%d" % n)) for n in range(8)),
        return_exceptions=True,
    )
    assert sum(result is None for result in results) == 1
    assert sum(isinstance(result, VersionMismatch) for result in results) == 7


async def test_cities_do_not_see_each_other(stores):
    releases, drafts = stores
    await releases.add("sanaurelio", publication())
    await releases.add("otraciudad", publication())
    assert await releases.head("tercera") is None
    mine = draft()
    await drafts.add("sanaurelio", mine)
    assert await drafts.get("otraciudad", mine.id) is None
    assert not await drafts.remove("otraciudad", mine.id)
    assert list(await drafts.listing("otraciudad", 10)) == []


def draft():
    return Draft(
        id=new_id(),
        title="t",
        content=b'{"$schema":{"a.b":1}}',
        base_version=0,
        revision=1,
        author="ana",
        create_time=NOW,
        update_time=NOW,
        published_version=None,
    )


async def test_draft_is_written_only_over_what_was_read(stores):
    _, drafts = stores
    first = draft()
    await drafts.add("sanaurelio", first)
    assert await drafts.get("sanaurelio", first.id) == first
    saved = await drafts.save("sanaurelio", dataclasses.replace(first, title="u"))
    assert saved.revision == 2
    assert await drafts.get("sanaurelio", first.id) == saved
    with pytest.raises(VersionMismatch):
        await drafts.save("sanaurelio", first)
    assert [one.content for one in await drafts.listing("sanaurelio", 5)] == [b""]
    assert await drafts.remove("sanaurelio", first.id)
    assert await drafts.get("sanaurelio", first.id) is None
