"""Idempotency keys over the store in memory and the real one."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from atiende_kit.errors import Conflict, RateLimited, Unprocessable
from atiende_kit.http import Answer, IdempotencyKeys, body_fingerprint
from atiende_kit.store import MemoryDatabase

pytestmark = pytest.mark.contract

BODY = body_fingerprint({"a": 1})


class Now:
    def __init__(self) -> None:
        self.value = datetime(2026, 3, 1, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.value


@pytest.fixture
def now() -> Now:
    return Now()


@pytest.fixture(params=["memory", "mongo"])
def keys(request, now) -> IdempotencyKeys:
    store = MemoryDatabase() if request.param == "memory" else request.getfixturevalue("database")
    return IdempotencyKeys(store, now=now)


class Work:
    def __init__(self, *failures: Exception) -> None:
        self.runs = 0
        self.failures = list(failures)
        self.gate: asyncio.Event | None = None

    async def __call__(self) -> Answer:
        self.runs += 1
        if self.gate is not None:
            await self.gate.wait()
        if self.failures:
            raise self.failures.pop(0)
        return Answer(201, {"run": self.runs}, {"location": "/x"})


async def call(
    keys, work, *, tenant="sanaurelio", caller="c1", route="POST /x", key="k", body=BODY
):
    return await keys.idempotent(tenant, caller, route, key, body, work)


async def test_second_request_is_answered_without_the_work(keys) -> None:
    work = Work()
    first, second = await call(keys, work), await call(keys, work)
    assert work.runs == 1
    assert (second.status, second.body) == (first.status, first.body)
    assert second.headers == {"location": "/x", "Idempotency-Replayed": "true"}


async def test_without_a_key_the_work_is_done_each_time(keys) -> None:
    work = Work()
    await call(keys, work, key=None)
    await call(keys, work, key=None)
    assert work.runs == 2


async def test_other_body_is_refused(keys) -> None:
    await call(keys, Work())
    with pytest.raises(Unprocessable, match="IDEMPOTENCY_KEY_REUSED"):
        await call(keys, Work(), body=body_fingerprint({"a": 2}))


async def test_request_in_flight_is_a_conflict_and_runs_once(keys) -> None:
    work = Work()
    work.gate = asyncio.Event()
    first = asyncio.create_task(call(keys, work))
    while not work.runs:
        await asyncio.sleep(0)
    outcomes = await asyncio.gather(*(call(keys, work) for _ in range(10)), return_exceptions=True)
    assert {type(outcome) for outcome in outcomes} == {Conflict}
    work.gate.set()
    assert (await first).body == {"run": 1}
    assert work.runs == 1


@pytest.mark.parametrize(
    "other", [{"tenant": "otraciudad"}, {"caller": "c2"}, {"route": "PUT /x"}, {"key": "k2"}]
)
async def test_keys_of_others_never_meet(keys, other) -> None:
    work = Work()
    await call(keys, work)
    await call(keys, work, **other)
    assert work.runs == 2


async def test_failed_request_can_be_repeated(keys) -> None:
    work = Work(RateLimited("X", "x"))
    with pytest.raises(RateLimited):
        await call(keys, work)
    assert (await call(keys, work)).body == {"run": 2}


async def test_crash_lets_go_after_a_minute_to_one_of_many(keys, now) -> None:
    stuck = Work()
    stuck.gate = asyncio.Event()
    dead = asyncio.create_task(call(keys, stuck))
    while not stuck.runs:
        await asyncio.sleep(0)
    dead.cancel()
    await asyncio.gather(dead, return_exceptions=True)
    with pytest.raises(Conflict):
        await call(keys, Work())
    now.value += timedelta(seconds=61)
    work = Work()
    outcomes = await asyncio.gather(*(call(keys, work) for _ in range(5)), return_exceptions=True)
    assert work.runs == 1
    assert {type(outcome) for outcome in outcomes} <= {Answer, Conflict}


async def test_outdated_key_is_forgotten_even_before_the_server_deletes_it(keys, now) -> None:
    work = Work()
    await call(keys, work)
    now.value += timedelta(hours=25)
    await call(keys, work)
    assert work.runs == 2
