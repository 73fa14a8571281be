"""A backup of something at work, and what is there after it was restored (R15)."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import nats as nats_client
import pytest
import pytest_asyncio
from pymongo import AsyncMongoClient

from atiende.cases.v1.events_pb2 import CaseOpened
from atiende_kit.bus import Bus, Workers
from atiende_kit.bus.delivery import Delivery
from atiende_kit.contract import DLQ_STREAM, Consume, ServiceContract
from atiende_kit.outbox import Relay
from atiende_kit.provision import provision
from atiende_kit.store import Database, Event, Insert
from atiende_setup.backup.archive import ArchiveDamaged, file_of
from atiende_setup.backup.restore import NotEmpty, restore
from atiende_setup.backup.take import TooSlow, take

pytestmark = [pytest.mark.integration, pytest.mark.asyncio(loop_scope="session")]
CITY = "sanaurelio"
NOW = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)
CASES = ServiceContract("cases", publishes=(CaseOpened,))
ROUTING = ServiceContract("routing", consumes=(Consume(CaseOpened, "routing-on-case-opened"),))
CONTRACTS = (CASES, ROUTING)
WRITERS = 4
ENOUGH = 200


def quietly(_: str) -> None:
    """Takes what a command would print."""


class Place:
    """Servers of a city, a service that opens cases and one that hears of them, slowly."""

    def __init__(self, store: Database, bus: Bus, mongo: AsyncMongoClient[Any], name: str) -> None:
        self.store, self.bus, self.mongo, self.name = store, bus, mongo, name
        self.cases = store.collection("cases", outbox=True)
        self.items = store.collection("items")
        self.acknowledged: list[str] = []
        self._numbers = itertools.count()

    async def open_cases(self) -> None:
        """Opens one case after the other, until cancelled."""
        while True:
            case_id = f"c{next(self._numbers)}"
            message = CaseOpened()
            message.case.case_id = case_id
            await self.cases.insert(
                CITY, {"_id": case_id}, [Event(message, f"e-{case_id}", time=NOW)]
            )
            self.acknowledged.append(case_id)

    async def hear(self, deliveries: Sequence[Delivery[CaseOpened]]) -> None:
        """Makes the work item of each case once, a little later than it could."""
        await asyncio.sleep(0.05)
        await self.items.write(
            [Insert(CITY, {"_id": one.message.case.case_id}) for one in deliveries]
        )

    async def ids(self, name: str) -> set[str]:
        """Whose documents there are."""
        return {one["_id"] async for one in self.mongo[self.name][name].find({}, {"_id": 1})}

    async def is_worked_off(self) -> bool:
        """True when every case has its item and no event is under way."""
        waiting = await self.mongo[self.name]["cases"].count_documents({"outbox.0": {"$exists": 1}})
        return not waiting and await self.ids("cases") == await self.ids("items")


@pytest_asyncio.fixture(loop_scope="session")
async def place(
    database: Database, mongo_settings: Any, mongo_url: str, bus_for: Any
) -> AsyncIterator[Place]:
    bus = await bus_for(*CONTRACTS)
    async with AsyncMongoClient[Any](mongo_url) as mongo:
        found = Place(database, bus, mongo, mongo_settings.database)
        await database.ensure_indexes()
        yield found


@pytest_asyncio.fixture(loop_scope="session")
async def operator(nats_url: str) -> AsyncIterator[Any]:
    client = await nats_client.connect(nats_url)
    yield client
    await client.close()


class Working:
    """The two services, for a while."""

    def __init__(self, place: Place, **sweeps: float) -> None:
        self._relay = Relay(place.store, place.bus, **sweeps)
        self._workers = Workers(place.bus, ROUTING, {"routing-on-case-opened": place.hear})

    async def __aenter__(self) -> None:
        await self._relay.start()
        await self._workers.start()

    async def __aexit__(self, *_: object) -> None:
        await self._workers.stop()
        await self._relay.stop()


async def until(condition: Callable[[], Awaitable[bool]], seconds: float = 20) -> None:
    async with asyncio.timeout(seconds):
        while not await condition():
            await asyncio.sleep(0.05)


async def new_machine(place: Place) -> None:
    """Everything is lost: empty databases, and streams as they are made anew."""
    for name in await place.mongo[place.name].list_collection_names():
        await place.mongo[place.name][name].delete_many({})
    for stream in ("EVT_CASES", DLQ_STREAM):
        await place.bus.jetstream.delete_stream(stream)
    await provision(place.bus.jetstream, CONTRACTS)


async def backup_under_load(place: Place, operator: Any, folder: Path) -> set[str]:
    """Takes a backup while cases are opened; gives those acknowledged before it began."""
    async with Working(place):
        writers = [asyncio.create_task(place.open_cases()) for _ in range(WRITERS)]
        try:
            await until(lambda: _true(len(place.acknowledged) >= ENOUGH))
            before = set(place.acknowledged)
            await take(place.mongo, operator, CONTRACTS, [place.name], folder, quietly)
        finally:
            for writer in writers:
                writer.cancel()
            await asyncio.gather(*writers, return_exceptions=True)
    return before


async def _true(value: bool) -> bool:
    return value


async def test_a_restored_city_has_all_that_was_acknowledged_and_works_it_off(
    place: Place, operator: Any, tmp_path: Path
) -> None:
    before = await backup_under_load(place, operator, tmp_path / "b")
    await new_machine(place)
    manifest = await restore(place.mongo, operator, tmp_path / "b", quietly)
    restored = await place.ids("cases")
    assert before <= restored
    # It was taken in the middle: not all had been heard.
    assert await place.ids("items") < restored
    assert manifest.events > 0
    async with Working(place, sweep_seconds=0.2, sweep_age_seconds=-1):
        await until(place.is_worked_off)
    assert await place.ids("cases") == restored


async def test_without_the_events_work_would_be_missing(
    place: Place, operator: Any, tmp_path: Path
) -> None:
    """Negative control: the databases alone are not enough."""
    await backup_under_load(place, operator, tmp_path / "b")
    await new_machine(place)
    await restore(place.mongo, operator, tmp_path / "b", quietly)
    await place.bus.jetstream.purge_stream("EVT_CASES")
    async with Working(place, sweep_seconds=0.1, sweep_age_seconds=-1):
        with pytest.raises(TimeoutError):
            await until(place.is_worked_off, seconds=1.5)


@pytest.mark.parametrize("harm", ["changed", "missing", "unfinished"])
async def test_a_damaged_backup_is_refused_before_anything_is_written(
    harm: str, place: Place, operator: Any, tmp_path: Path
) -> None:
    await place.cases.insert(CITY, {"_id": "c1"})
    await take(place.mongo, operator, CONTRACTS, [place.name], tmp_path / "b", quietly)
    await new_machine(place)
    part = file_of(tmp_path / "b", f"{place.name}.cases")
    if harm == "changed":
        part.write_bytes(part.read_bytes()[:-1] + b"?")
    elif harm == "missing":
        part.unlink()
    else:
        (tmp_path / "b" / "manifest.json").unlink()
    with pytest.raises(ArchiveDamaged):
        await restore(place.mongo, operator, tmp_path / "b", quietly)
    assert await place.ids("cases") == set()


async def test_two_pasts_are_never_mixed(place: Place, operator: Any, tmp_path: Path) -> None:
    await place.cases.insert(CITY, {"_id": "c1"})
    await take(place.mongo, operator, CONTRACTS, [place.name], tmp_path / "b", quietly)
    with pytest.raises(NotEmpty, match="cases"):
        await restore(place.mongo, operator, tmp_path / "b", quietly)
    with pytest.raises(FileExistsError):
        await take(place.mongo, operator, CONTRACTS, [place.name], tmp_path / "b", quietly)


async def test_a_bus_that_answers_too_slowly_is_said(
    place: Place, operator: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("atiende_setup.backup.take._LONGEST_LOOK_SECONDS", 0.0)
    await place.cases.insert(CITY, {"_id": "c1"})
    with pytest.raises(TooSlow):
        await take(place.mongo, operator, CONTRACTS, [place.name], tmp_path / "b", quietly)
    assert not (tmp_path / "b").exists()
