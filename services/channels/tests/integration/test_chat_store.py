"""Numbers of a chat on the real database: no gap, no repeat, whoever writes."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import Any

import pytest

from atiende_channels.channels.webchat.store import ChatStore, NewEntry

pytestmark = pytest.mark.integration

NOW = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)
TENANT = "sanaurelio"


def entry(key: str, session: str = "s1", *, inbound: bool = True) -> NewEntry:
    return NewEntry(session, key, inbound, f"texto {key}", NOW)


async def test_writers_side_by_side_leave_no_gap(database: Any) -> None:
    store = ChatStore(database)
    await database.ensure_indexes()
    await asyncio.gather(*(store.append(TENANT, [entry(f"k{n}")]) for n in range(12)))
    found = await store.after(TENANT, "s1", 0)
    assert [one["sequence"] for one in found] == list(range(1, 13))
    assert {one["key"] for one in found} == {f"k{n}" for n in range(12)}


async def test_batch_of_many_sessions_is_numbered_by_session(database: Any) -> None:
    store = ChatStore(database)
    await database.ensure_indexes()
    batch = [entry(f"k{n}", f"s{n % 3}") for n in range(30)]
    await store.append(TENANT, batch)
    await store.append(TENANT, batch)  # a repeat changes nothing
    for session in ("s0", "s1", "s2"):
        found = await store.after(TENANT, session, 0)
        assert [one["sequence"] for one in found] == list(range(1, 11))


async def test_reader_resumes_after_its_cursor_and_acknowledges_once(database: Any) -> None:
    store = ChatStore(database)
    await database.ensure_indexes()
    await store.append(TENANT, [entry("a"), entry("b", inbound=False), entry("c", inbound=False)])
    assert [e["key"] for e in await store.after(TENANT, "s1", 1)] == ["b", "c"]
    assert await store.acknowledge(TENANT, "s1", 2) == ["b"]
    assert await store.acknowledge(TENANT, "s1", 2) == []
    assert await store.acknowledge(TENANT, "s1", 3) == ["c"]
    assert await store.after("otraciudad", "s1", 0) == []


async def test_same_id_in_both_directions_is_two_lines(database: Any) -> None:
    store = ChatStore(database)
    await database.ensure_indexes()
    await store.append(TENANT, [entry("x"), entry("x", inbound=False)])
    assert len(await store.after(TENANT, "s1", 0)) == 2
