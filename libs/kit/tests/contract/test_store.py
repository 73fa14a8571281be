"""One suite for the document store in memory and on MongoDB through both drivers."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from atiende.cases.v1.events_pb2 import CaseOpened
from atiende_kit.errors import AlreadyExists, InvalidInput, NotFound, Unavailable, VersionMismatch
from atiende_kit.settings import MongoSettings
from atiende_kit.store import (
    Database,
    Event,
    Index,
    IndexRefused,
    Insert,
    MemoryDatabase,
    Outcome,
    Replace,
    op,
)
from atiende_kit.store.mongo import MongoBackend

pytestmark = pytest.mark.contract
CITY, OTHER = "sanaurelio", "otraciudad"


@pytest.fixture(params=["memory", "motor", "pymongo"])
async def store(request):
    if request.param == "memory":
        yield MemoryDatabase()
        return
    settings: MongoSettings = request.getfixturevalue("mongo_settings")
    backend = MongoBackend(settings.model_copy(update={"driver": request.param}))
    database = Database(backend)
    await database.start()
    yield database
    await backend.drop()
    await database.close()


@pytest.fixture
async def cases(store):
    collection = store.collection(
        "cases",
        indexes=[
            Index([("folio", 1)], unique=True, partial={"folio": {"$exists": True}}),
            Index([("state", 1), ("due", 1)]),
        ],
        outbox=True,
        text_fields=["email"],
    )
    await store.ensure_indexes()
    return collection


def event(case_id="c1", event_id=None):
    message = CaseOpened()
    message.case.case_id = case_id
    return Event(message, event_id) if event_id else Event(message)


async def test_an_insert_is_read_back_with_version_one(cases):
    due = datetime(2026, 5, 4, 12, 30, 1, 250000, UTC)
    await cases.insert(CITY, {"_id": "c1", "state": "new", "due": due, "tags": ["a"], "n": None})
    assert await cases.get(CITY, "c1") == {
        "_id": "c1",
        "tenant": CITY,
        "version": 1,
        "state": "new",
        "due": due,
        "tags": ["a"],
        "n": None,
    }
    assert await cases.get(CITY, "nope") is None


async def test_another_city_sees_nothing_by_any_way(cases):
    await cases.insert(CITY, {"_id": "c1", "state": "new"})
    assert await cases.get(OTHER, "c1") is None
    assert await cases.find(OTHER, {"_id": "c1"}) == []
    assert await cases.count(OTHER) == 0
    assert await cases.aggregate(OTHER, [{"$match": {"state": "new"}}]) == []
    assert not await cases.delete(OTHER, "c1")
    assert await cases.write([Replace(OTHER, {"_id": "c1", "version": 1})]) == [Outcome.STALE]
    with pytest.raises(ValueError, match="another tenant"):
        await cases.find(OTHER, {"tenant": CITY})
    with pytest.raises(ValueError, match="another tenant"):
        await cases.insert(OTHER, {"_id": "x", "tenant": CITY})


async def test_a_second_insert_is_a_duplicate_and_not_an_error(cases):
    outcomes = await cases.write(
        [Insert(CITY, {"_id": "a"}), Insert(CITY, {"_id": "a"}), Insert(CITY, {"_id": "b"})]
    )
    assert outcomes == [Outcome.DONE, Outcome.DUPLICATE, Outcome.DONE]
    with pytest.raises(AlreadyExists):
        await cases.insert(CITY, {"_id": "a"})


async def test_a_unique_index_holds_inside_a_city_only(cases):
    await cases.insert(CITY, {"_id": "a", "folio": "SA-1"})
    outcomes = await cases.write(
        [Insert(CITY, {"_id": "b", "folio": "SA-1"}), Insert(OTHER, {"_id": "c", "folio": "SA-1"})]
    )
    assert outcomes == [Outcome.DUPLICATE, Outcome.DONE]
    await cases.insert(CITY, {"_id": "d", "folio": "SA-2"})
    with pytest.raises(AlreadyExists):
        await cases.replace(CITY, {"_id": "d", "version": 1, "folio": "SA-1"})


async def test_replace_is_refused_for_a_version_that_was_overtaken(cases):
    await cases.insert(CITY, {"_id": "a", "state": "new", "kept": 1})
    first, second = await cases.get(CITY, "a"), await cases.get(CITY, "a")
    await cases.replace(CITY, {**first, "state": "open"})
    with pytest.raises(VersionMismatch):
        await cases.replace(CITY, {**second, "state": "closed"})
    assert await cases.get(CITY, "a") == {
        "_id": "a",
        "tenant": CITY,
        "version": 2,
        "state": "open",
        "kept": 1,
    }


async def test_a_batch_tells_each_outcome_although_neighbours_fail(cases):
    await cases.write([Insert(CITY, {"_id": one, "state": "new"}) for one in "abc"])
    await cases.replace(CITY, {"_id": "b", "version": 1, "state": "moved"})
    outcomes = await cases.write(
        [
            Replace(CITY, {"_id": "a", "version": 1, "state": "x"}),
            Replace(CITY, {"_id": "b", "version": 1, "state": "x"}),
            Replace(CITY, {"_id": "gone", "version": 1}),
            Insert(CITY, {"_id": "c"}),
            Replace(CITY, {"_id": "c", "version": 1, "state": "x"}),
            Replace(CITY, {"_id": "c", "version": 1, "state": "y"}),
        ]
    )
    assert [one.value for one in outcomes] == [
        "done",
        "stale",
        "stale",
        "duplicate",
        "done",
        "stale",
    ]
    states = {one["_id"]: one["state"] for one in await cases.find(CITY, sort=[("_id", 1)])}
    assert states == {"a": "x", "b": "moved", "c": "x"}


async def test_of_many_racing_writers_exactly_one_wins_each_version(cases):
    await cases.insert(CITY, {"_id": "a", "by": None})
    await cases.insert(CITY, {"_id": "pad", "by": None})

    async def claim(who):
        # Two replaces in one batch, so that the outcome is found by the write token.
        return (
            await cases.write(
                [
                    Replace(CITY, {"_id": "a", "version": 1, "by": who}),
                    Replace(CITY, {"_id": "gone", "version": 1}),
                ]
            )
        )[0]

    outcomes = await asyncio.gather(*(claim(n) for n in range(12)))
    assert outcomes.count(Outcome.DONE) == 1
    assert (await cases.get(CITY, "a"))["by"] == outcomes.index(Outcome.DONE)


async def test_events_are_written_with_the_document_and_handed_over_after_it(store, cases):
    heard = []
    store.attach(heard.extend)
    await cases.write(
        [
            Insert(CITY, {"_id": "a"}, [event("a", "e1"), event("a", "e2")]),
            Insert(CITY, {"_id": "a"}, [event("a", "e3")]),
        ]
    )
    assert [one.event_id for one in heard] == ["e1", "e2"]
    assert heard[0].subject == "evt.cases.case.opened.v1.sanaurelio"
    assert heard[0].type == "atiende.cases.v1.CaseOpened"
    pending = await cases.pending(datetime.now(UTC) + timedelta(seconds=1), 10)
    assert pending == heard
    assert CaseOpened.FromString(pending[0].body).case.case_id == "a"
    assert "outbox" not in await cases.get(CITY, "a")
    await cases.forget(pending[:1])
    # Forgetting is not journaled; a durable write after it makes it visible to majority reads.
    await cases.insert(CITY, {"_id": "later"})
    left = await cases.pending(datetime.now(UTC) + timedelta(seconds=1), 10)
    assert [one.event_id for one in left] == ["e2"]
    assert await cases.pending(datetime.now(UTC) - timedelta(seconds=30), 10) == []
    assert (await cases.get(CITY, "a"))["version"] == 1


async def test_events_of_a_refused_write_are_never_heard(store, cases):
    heard = []
    store.attach(heard.extend)
    await cases.insert(CITY, {"_id": "a"})
    assert await cases.write([Replace(CITY, {"_id": "a", "version": 7}, [event()])]) == [
        Outcome.STALE
    ]
    assert heard == []
    assert await cases.pending(datetime.now(UTC) + timedelta(seconds=1), 10) == []


async def test_a_full_outbox_is_unavailable_and_not_a_newer_version(cases):
    await cases.insert(CITY, {"_id": "a"}, [event("a") for _ in range(98)])
    await cases.replace(CITY, {"_id": "a", "version": 1}, [event("a"), event("a")])
    with pytest.raises(Unavailable, match="OUTBOX_FULL"):
        await cases.replace(CITY, {"_id": "a", "version": 2}, [event("a")])
    assert (await cases.get(CITY, "a"))["version"] == 2
    with pytest.raises(Unavailable, match="OUTBOX_PENDING"):
        await cases.delete(CITY, "a")
    await cases.forget(await cases.pending(datetime.now(UTC) + timedelta(seconds=1), 10))
    await cases.insert(CITY, {"_id": "later"})
    assert await cases.delete(CITY, "a")


async def test_finds_by_operators_sorts_limits_and_projects(cases):
    await cases.write(
        [
            Insert(CITY, {"_id": f"c{n}", "state": "odd" if n % 2 else "even", "n": n})
            for n in range(6)
        ]
    )
    found = await cases.find(
        CITY,
        {"state": {"$in": ["odd"]}, "n": {"$gte": 1}, "$or": [{"n": 1}, {"n": {"$gt": 2}}]},
        sort=[("n", -1)],
        limit=2,
        projection={"n": 1},
    )
    assert found == [{"_id": "c5", "n": 5}, {"_id": "c3", "n": 3}]
    assert await cases.count(CITY, {"state": "even"}) == 3
    assert set(await cases.get_many(CITY, ["c1", "zz", "c2", "c1"])) == {"c1", "c2"}
    groups = await cases.aggregate(
        CITY,
        [
            {"$match": {"n": {"$lt": 5}}},
            {"$group": {"_id": "$state", "n": {"$sum": 1}}},
            {"$sort": {"_id": 1}},
        ],
    )
    assert groups == [{"_id": "even", "n": 3}, {"_id": "odd", "n": 2}]
    assert [d["_id"] for d in await cases.across_tenants({"n": 4})] == ["c4"]


@pytest.mark.parametrize(
    "hostile",
    [
        {"$where": "sleep(1000)"},
        {"state": {"$where": "1"}},
        {"state": {"$regex": "^(a+)+$"}},
        {"state": {"$ne": {"$gt": ""}}},
        {"email": {"$ne": ""}},
        {"$or": [{"email": {"$gt": ""}}]},
        {"$expr": {"$eq": ["$a", "$b"]}},
        {"state": {"$in": [{"$gt": ""}]}},
        {"$or": "x"},
    ],
)
async def test_operators_from_outside_are_refused(cases, hostile):
    with pytest.raises(InvalidInput):
        await cases.find(CITY, hostile)


async def test_an_id_that_is_no_text_is_refused(cases):
    await cases.insert(CITY, {"_id": "a", "email": "a@b.example"})
    with pytest.raises(InvalidInput):
        await cases.get(CITY, {"$gt": ""})
    assert len(await cases.find(CITY, {"email": op({"$gt": "a"})})) == 1
    with pytest.raises(ValueError, match="cannot be a field"):
        await cases.replace(CITY, {"_id": "a", "version": 1, "$where": "x"})
    with pytest.raises(ValueError, match="not allowed"):
        await cases.aggregate(CITY, [{"$lookup": {"from": "other"}}])
    with pytest.raises(InvalidInput):
        await cases.find("*", {})


async def test_indexes_are_idempotent_and_a_difference_is_refused(store, cases):
    await store.ensure_indexes()
    clash = Index([("state", 1), ("due", 1)], unique=True)
    with pytest.raises(IndexRefused):
        await store._backend.engine("cases").ensure_indexes([clash])


async def test_a_blob_is_stored_once_and_read_in_parts(store):
    blobs = store.bucket("attachments")
    await store.ensure_indexes()
    data = bytes(range(256)) * 3000
    assert await blobs.put(CITY, "b1", data, {"type": "image/png"})
    assert not await blobs.put(CITY, "b1", data)
    with pytest.raises(AlreadyExists):
        await blobs.put(CITY, "b1", b"other")
    assert await blobs.get(CITY, "b1") == data
    assert await blobs.read(CITY, "b1", 261_000, 1000) == data[261_000:262_000]
    assert await blobs.read(CITY, "b1", len(data)) == b""
    stat = await blobs.stat(CITY, "b1")
    assert (stat.size_bytes, stat.meta) == (len(data), {"type": "image/png"})
    assert await blobs.stat(OTHER, "b1") is None
    assert not await blobs.delete(OTHER, "b1")
    assert await blobs.get(CITY, "b1") == data
    assert await blobs.delete(CITY, "b1")
    assert not await blobs.delete(CITY, "b1")
    with pytest.raises(NotFound):
        await blobs.get(CITY, "b1")
    # Nothing of the old bytes is left in the way of others.
    assert await blobs.put(CITY, "b1", b"other")
    assert await blobs.get(CITY, "b1") == b"other"
    assert await blobs.put(OTHER, "b1", b"")
    assert await blobs.get(OTHER, "b1") == b""
