"""What only a real MongoDB can show: concerns, plans, crashes, refusals."""

import asyncio
import socket
from datetime import UTC, datetime, timedelta

import pytest
from pydantic import SecretStr
from pymongo import monitoring

from atiende.cases.v1.events_pb2 import CaseOpened
from atiende_kit.errors import InvalidInput, Unavailable
from atiende_kit.settings import MongoSettings
from atiende_kit.store import (
    Database,
    Event,
    Index,
    IndexRefused,
    Insert,
    Outcome,
    Replace,
    StoreRefused,
)
from atiende_kit.store.mongo import MongoBackend, client_of
from atiende_kit.testing.servers import MongoServer, Server, free_port, mongod_path

pytestmark = pytest.mark.integration
CITY = "sanaurelio"


class Commands(monitoring.CommandListener):
    """Notes what the driver really sends."""

    def __init__(self):
        self.sent = []

    def started(self, event):
        self.sent.append(event.command)

    def succeeded(self, event):
        """Not of interest."""

    def failed(self, event):
        """Not of interest."""


@pytest.fixture
def commands():
    listener = Commands()
    monitoring.register(listener)
    yield listener
    monitoring._LISTENERS.command_listeners.remove(listener)


@pytest.mark.parametrize("driver", ["motor", "pymongo"])
async def test_every_write_asks_for_the_journal_of_a_majority(commands, mongo_settings, driver):
    backend = MongoBackend(mongo_settings.model_copy(update={"driver": driver}))
    things = Database(backend).collection("things", outbox=True)
    await things.write([Insert(CITY, {"_id": "a"})])
    await things.replace(CITY, {"_id": "a", "version": 1, "x": 1})
    await things.get(CITY, "a")
    await things.delete(CITY, "a")
    writes = [one for one in commands.sent if {"insert", "update", "delete"} & set(one)]
    assert len(writes) == 3
    for one in writes:
        assert one["writeConcern"] == {"w": "majority", "j": True, "wtimeout": 10_000}
    [read] = [c for c in commands.sent if "find" in c]
    assert read["readConcern"] == {"level": "majority"}
    await backend.drop()
    await backend.close()


async def test_a_batch_is_one_round_trip_for_inserts_and_one_for_replaces(commands, database):
    things = database.collection("things")
    await things.write([Insert(CITY, {"_id": f"t{n}"}) for n in range(100)])
    await things.write([Replace(CITY, {"_id": f"t{n}", "version": 1, "x": n}) for n in range(100)])
    names = [next(iter(one)) for one in commands.sent]
    assert names.count("insert") == 1
    assert names.count("update") == 1
    assert "find" not in names


async def test_the_sweeper_reads_through_its_small_index(database):
    things = database.collection("things", outbox=True)
    await database.ensure_indexes()
    await things.write([Insert(CITY, {"_id": f"t{n}"}) for n in range(300)])
    await things.insert(CITY, {"_id": "p"}, [Event(CaseOpened(), "e1")])
    query = {"outbox.0": {"$exists": True}, "outbox.at": {"$lt": datetime.now(UTC) + timedelta(1)}}
    plan = await things._engine._durable.find(query).sort([("outbox.at", 1)]).explain()
    assert "COLLSCAN" not in str(plan["queryPlanner"]["winningPlan"])
    assert plan["executionStats"]["totalDocsExamined"] == 1


async def test_an_index_of_another_making_is_refused(database):
    engine = database._backend.engine("things")
    await engine.ensure_indexes([Index([("a", 1)])])
    await engine.ensure_indexes([Index([("a", 1)]), Index([("b", 1)], unique=True, sparse=True)])
    with pytest.raises(IndexRefused, match=r"things\.tenant_1_a_1"):
        await engine.ensure_indexes([Index([("a", 1)], unique=True)])
    # One that nobody declares and that would refuse documents.
    with pytest.raises(IndexRefused, match="tenant_1_b_1"):
        await engine.ensure_indexes([Index([("a", 1)])])


async def test_a_text_index_finds_spanish_words_of_one_city(database):
    things = database.collection("things", indexes=[Index([("text", "text")])])
    await database.ensure_indexes()
    await database.ensure_indexes()
    await things.insert(CITY, {"_id": "a", "text": "Las luminarias están dañadas"})
    await things.insert("otraciudad", {"_id": "b", "text": "luminaria"})
    assert [d["_id"] for d in await things.find(CITY, {"$text": {"$search": "luminaria"}})] == ["a"]
    rows = await things.aggregate(CITY, [{"$match": {"$text": {"$search": "luminaria"}}}])
    assert [one["_id"] for one in rows] == ["a"]


async def test_a_document_that_is_too_large_is_the_callers_error(database):
    things = database.collection("things")
    with pytest.raises(InvalidInput):
        await things.insert(CITY, {"_id": "a", "data": "x" * 17_000_000})
    assert await things.write([Insert(CITY, {"_id": "b"})]) == [Outcome.DONE]


@pytest.mark.parametrize("driver", ["motor", "pymongo"])
async def test_what_was_acknowledged_survives_a_crash_of_the_server(tmp_path, driver):
    server = MongoServer(tmp_path)
    server.start()
    settings = MongoSettings(url=SecretStr(server.url), database="crash", driver=driver)
    database = Database.connect(settings)
    await database.start()
    things = database.collection("things", outbox=True)
    acknowledged, number = [], 0

    async def write():
        nonlocal number
        while True:
            batch = [f"t{number + n}" for n in range(10)]
            number += 10
            operations = [Insert(CITY, {"_id": one}, [Event(CaseOpened(), one)]) for one in batch]
            outcomes = await things.write(operations)
            acknowledged.extend(
                one for one, outcome in zip(batch, outcomes, strict=True) if outcome is Outcome.DONE
            )
            if len(acknowledged) > 200:
                enough.set()

    enough = asyncio.Event()
    writer = asyncio.create_task(write())
    async with asyncio.timeout(20):
        await enough.wait()
    server.kill()
    with pytest.raises(Unavailable):
        await writer
    await asyncio.to_thread(server.start)
    found = await things.get_many(CITY, acknowledged)
    assert len(found) == len(acknowledged)
    pending = await things.pending(datetime.now(UTC) + timedelta(seconds=1), 10_000)
    assert {one.event_id for one in pending} >= set(acknowledged)
    await database.close()
    server.kill()


async def test_a_standalone_server_is_refused(tmp_path):
    port = free_port()
    (tmp_path / "data").mkdir()

    def ready():
        socket.create_connection(("127.0.0.1", port), timeout=1).close()

    command = [str(mongod_path()), "--dbpath", str(tmp_path / "data"), "--port", str(port)]
    server = Server([*command, "--bind_ip", "127.0.0.1"], tmp_path / "log", ready)
    server.start()
    settings = MongoSettings(
        url=SecretStr(f"mongodb://127.0.0.1:{port}/?serverMonitoringMode=poll"), database="x"
    )
    database = Database.connect(settings)
    with pytest.raises(StoreRefused):
        await database.start()
    await database.stop()
    server.kill()


async def test_nobody_there_is_unavailable():
    url = f"mongodb://127.0.0.1:{free_port()}/?serverSelectionTimeoutMS=200"
    settings = MongoSettings(url=SecretStr(url), database="x", driver="pymongo")
    assert type(client_of(settings)).__name__ == "AsyncMongoClient"
    database = Database.connect(settings)
    with pytest.raises(Unavailable):
        await database.ping()
    await database.close()
