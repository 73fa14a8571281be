"""A database that stands still ends who waits for it; a slow one does not."""

import asyncio
import time

import pytest

from atiende_kit.context import answering
from atiende_kit.errors import Unavailable
from atiende_kit.store import stall
from atiende_kit.store.stall import StallWatch

pytestmark = pytest.mark.unit
TICK = 0.02


class Server:
    """Answers while it is up; `pings` are those that it has heard."""

    def __init__(self):
        self.up = asyncio.Event()
        self.up.set()
        self.pings = 0

    async def ping(self):
        self.pings += 1
        await self.up.wait()


@pytest.fixture
def server(monkeypatch):
    monkeypatch.setattr(stall, "TICK_SECONDS", TICK)
    return Server()


@pytest.fixture
def watch(server):
    watch = StallWatch(server.ping)
    yield watch
    watch.close()


async def ask(watch, until):
    with answering(), watch.operation():
        await until.wait()
        return "answer"


async def test_who_waits_is_told_and_who_comes_is_refused_at_once(server, watch):
    server.up.clear()
    began = time.monotonic()
    waiting = [asyncio.create_task(ask(watch, server.up)) for _ in range(3)]
    told = await asyncio.gather(*waiting, return_exceptions=True)
    assert [type(one) for one in told] == [Unavailable] * 3
    assert time.monotonic() - began >= stall.SILENT_TICKS * TICK
    assert watch.is_stalled
    with pytest.raises(Unavailable):
        await ask(watch, server.up)


async def test_it_serves_again_with_the_first_sign_of_life(server, watch):
    server.up.clear()
    with pytest.raises(Unavailable):
        await ask(watch, server.up)
    server.up.set()
    while watch.is_stalled:
        await asyncio.sleep(0)
    assert await ask(watch, server.up) == "answer"


async def test_who_works_in_the_background_waits(server, watch):
    server.up.clear()

    async def work():
        with watch.operation():
            await server.up.wait()
            return "done"

    working = asyncio.create_task(work())
    with pytest.raises(Unavailable):
        await ask(watch, server.up)
    assert not working.done()
    late = asyncio.create_task(work())
    await asyncio.sleep(0)
    server.up.set()
    assert await asyncio.gather(working, late) == ["done", "done"]


async def test_a_slow_operation_is_not_ended_while_the_server_answers(server, watch):
    slow = asyncio.Event()
    waiting = asyncio.create_task(ask(watch, slow))
    while server.pings < 2 * stall.SILENT_TICKS:
        await asyncio.sleep(0)
    assert not watch.is_stalled
    slow.set()
    assert await waiting == "answer"


async def test_who_is_cancelled_by_others_is_cancelled(server, watch):
    waiting = asyncio.create_task(ask(watch, asyncio.Event()))
    await asyncio.sleep(0)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting


async def test_a_timeout_around_it_stays_one(server, watch):
    server.up.clear()

    async def later():
        await asyncio.sleep(0)
        async with asyncio.timeout(60):
            with pytest.raises(Unavailable):
                await ask(watch, server.up)
        return asyncio.current_task().cancelling()

    assert await asyncio.create_task(later()) == 0


async def test_nothing_ticks_while_nothing_is_asked(server, watch):
    assert await ask(watch, server.up) == "answer"
    while watch._next is not None:
        await asyncio.sleep(0)
    assert server.pings == 0
