"""Group commit and repetition."""

import asyncio

import pytest

from atiende_kit.errors import VersionMismatch
from atiende_kit.store import GroupCommit, retry_stale

pytestmark = pytest.mark.unit


async def test_one_alone_goes_at_once_and_what_waits_meanwhile_goes_together():
    batches, gate = [], asyncio.Event()

    async def flush(items):
        batches.append(list(items))
        if len(batches) == 1:
            await gate.wait()
        return [item * 10 for item in items]

    group = GroupCommit(flush, max_batch=3)
    first = asyncio.create_task(group.submit(1))
    while not batches:
        await asyncio.sleep(0)
    rest = [asyncio.create_task(group.submit(n)) for n in range(2, 7)]
    await asyncio.sleep(0)
    gate.set()
    assert await asyncio.gather(first, *rest) == [10, 20, 30, 40, 50, 60]
    assert batches == [[1], [2, 3, 4], [5, 6]]


async def test_each_caller_gets_its_own_answer():
    async def flush(items):
        return [ValueError(str(item)) if item % 2 else item for item in items]

    group = GroupCommit(flush)
    results = await asyncio.gather(*(group.submit(n) for n in range(4)), return_exceptions=True)
    assert [str(one) for one in results] == ["0", "1", "2", "3"]
    assert isinstance(results[1], ValueError)


async def test_a_flush_that_fails_is_told_to_all_and_the_next_one_works():
    calls = 0

    async def flush(items):
        nonlocal calls
        calls += 1
        if calls == 1:
            raise ConnectionError
        return [] if calls == 2 else items

    group = GroupCommit(flush)
    failed = await asyncio.gather(group.submit(1), group.submit(2), return_exceptions=True)
    assert {type(one) for one in failed} == {ConnectionError}
    with pytest.raises(ValueError, match="shorter"):
        await group.submit(3)
    assert await group.submit(4) == 4


async def test_a_caller_that_goes_away_takes_nobody_along():
    gate = asyncio.Event()

    async def flush(items):
        await gate.wait()
        return items

    group = GroupCommit(flush)
    impatient = asyncio.create_task(group.submit(1))
    patient = asyncio.create_task(group.submit(2))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    impatient.cancel()
    gate.set()
    assert await patient == 2
    with pytest.raises(asyncio.CancelledError):
        await impatient


async def test_a_stale_write_is_read_and_decided_again():
    calls = 0

    async def work():
        nonlocal calls
        calls += 1
        if calls < 3:
            raise VersionMismatch("STALE", "Otra vez.")
        return "done"

    assert await retry_stale(work) == "done"
    calls = -10
    with pytest.raises(VersionMismatch):
        await retry_stale(work, attempts=2)
