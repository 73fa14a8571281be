"""Whatever writers do in whatever order: no version is lost, no event invented or dropped."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from atiende.cases.v1.events_pb2 import CaseOpened
from atiende_kit.store import Event, Insert, MemoryDatabase, Outcome, Replace

pytestmark = pytest.mark.unit
CITY = "sanaurelio"
IDS = ("a", "b", "c")

step = st.one_of(
    st.tuples(st.just("insert"), st.sampled_from(IDS)),
    # The version a writer believes to have read: right, old or from the future.
    st.tuples(st.just("replace"), st.sampled_from(IDS), st.integers(-1, 1)),
)


@settings(max_examples=80, deadline=None)
@given(st.lists(st.lists(step, min_size=1, max_size=6), max_size=8))
def test_versions_and_outboxes_equal_what_the_outcomes_said(batches):
    asyncio.run(_play(batches))


async def _play(batches):
    database = MemoryDatabase()
    cases = database.collection("cases", outbox=True)
    handed = []
    database.attach(lambda entries: handed.extend(one.event_id for one in entries))
    model, promised, number = {}, [], 0
    for batch in batches:
        operations = []
        for kind, name, *off in batch:
            number += 1
            events = [Event(CaseOpened(), f"e{number}")]
            if kind == "insert":
                operations.append(Insert(CITY, {"_id": name, "by": number}, events))
            else:
                version = model.get(name, {"version": 0})["version"] + off[0]
                document = {"_id": name, "version": version, "by": number}
                operations.append(Replace(CITY, document, events))
        outcomes = await cases.write(operations)
        for operation, outcome in zip(operations, outcomes, strict=True):
            name = operation.document["_id"]
            if outcome is not Outcome.DONE:
                continue
            promised.append(operation.events[0].event_id)
            before = model.get(name, {"version": 0})["version"]
            if isinstance(operation, Insert):
                assert before == 0
            else:
                assert operation.document["version"] == before
            model[name] = {"version": before + 1, "by": operation.document["by"]}
    stored = {one["_id"]: one for one in await cases.find(CITY)}
    assert {k: (v["version"], v["by"]) for k, v in stored.items()} == {
        k: (v["version"], v["by"]) for k, v in model.items()
    }
    pending = await cases.pending(datetime.now(UTC) + timedelta(seconds=1), 100)
    assert sorted(one.event_id for one in pending) == sorted(promised) == sorted(handed)
    await cases.forget(pending)
    assert await cases.pending(datetime.now(UTC) + timedelta(seconds=1), 100) == []
