"""Rows on their way from the process that acknowledged them to the one that reads them."""

from __future__ import annotations

import asyncio
from collections import deque
from datetime import UTC, datetime

import pytest

from atiende_channels.adapters.nats.hand_over import GiveRows, TakeRows, pack, unpack
from atiende_channels.contract import CONTRACT, INTAKE
from atiende_kit.testing.fake_bus import FakeBus

pytestmark = pytest.mark.unit
NOW = datetime(2026, 5, 4, 12, 0, 0, 123_000, tzinfo=UTC)
LIMIT = 1024 * 1024


def row(number: int, body: bytes = b"hola") -> dict[str, object]:
    return {"_id": str(number), "tenant": "sanaurelio", "body": body, "receive_time": NOW}


def test_what_is_packed_is_unpacked_and_fits_the_broker():
    rows = [row(number, b"x" * 200_000) for number in range(20)]
    messages = list(pack(deque(rows)))
    assert len(messages) > 1
    assert max(map(len, messages)) < LIMIT
    assert [one for message in messages for one in unpack(message)] == rows


async def test_each_row_goes_to_one_free_worker():
    bus = FakeBus(CONTRACT)
    taken: list[list[str]] = [[], []]
    workers = [TakeRows(bus, lambda rows, to=to: to.extend(r["_id"] for r in rows)) for to in taken]
    give = GiveRows(bus)
    for component in (*workers, give):
        await component.start()
    for number in range(4):
        give.offer([row(number)])
        async with asyncio.timeout(5):
            while len(taken[0]) + len(taken[1]) == number:
                await asyncio.sleep(0)
    await give.stop()
    assert sorted(taken[0] + taken[1]) == ["0", "1", "2", "3"]
    assert all(taken)
    for worker in workers:
        await worker.stop()
    assert bus.takers[INTAKE] == []


async def test_nobody_there_costs_nothing_and_strange_bytes_harm_nobody():
    bus = FakeBus(CONTRACT)
    give = GiveRows(bus)
    await give.start()
    give.offer([row(1)])
    await give.stop()
    taken: list[object] = []
    worker = TakeRows(bus, taken.extend)
    await worker.start()
    await bus.hand_over(INTAKE, b"\x00not ours")
    assert taken == []
