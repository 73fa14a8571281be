"""One consumer for all readers: each reader has each change once, however slow and often away."""

from __future__ import annotations

import asyncio
from contextlib import aclosing

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from atiende_cases.entrypoints.http.live import LiveChanges
from atiende_kit.errors import FailedPrecondition

pytestmark = pytest.mark.unit
CITY = "sanaurelio"


class Stream:
    """A stream of numbers; counts the consumers that read it."""

    def __init__(self) -> None:
        self.told: list[int] = []
        self.first = 1
        self.consumers = 0
        self.most_consumers = 0
        self.grew = asyncio.Condition()

    async def say(self, *numbers: int) -> None:
        async with self.grew:
            self.told.extend(numbers)
            self.grew.notify_all()

    async def feed(self, _messages, _tenant, after=None):
        if after is not None and after + 1 < self.first:
            raise FailedPrecondition("FEED_POSITION_LOST", "Ya no está.")
        self.consumers += 1
        self.most_consumers = max(self.most_consumers, self.consumers)
        position = len(self.told)
        if after is not None:
            position = next((n for n, one in enumerate(self.told) if one > after), position)
        try:
            while True:
                async with self.grew:
                    await self.grew.wait_for(lambda at=position: len(self.told) > at)
                yield self.told[position], f"change {self.told[position]}"
                position += 1
        finally:
            self.consumers -= 1


async def settle() -> None:
    """Lets everything that can happen now happen."""
    for _ in range(50):
        await asyncio.sleep(0)


class Page:
    """An open page that comes back with its last id whenever its stream ends."""

    def __init__(self, live: LiveChanges, after: int | None, pauses) -> None:
        self.live, self.after, self.pauses = live, after, pauses
        self.seen: list[int] = []
        self.returns = 0

    async def run(self) -> None:
        while True:
            async with aclosing(self.live.follow(CITY, self.after)) as changes:
                async for number, _ in changes:
                    self.seen.append(number)
                    self.after = number
                    for _ in range(next(self.pauses, 0)):
                        await asyncio.sleep(0)
            self.returns += 1
            await asyncio.sleep(0)


async def test_many_pages_share_one_consumer_and_the_last_one_ends_it():
    stream = Stream()
    live = LiveChanges(stream, ())
    pages = [Page(live, None, iter(())) for _ in range(40)]
    tasks = [asyncio.create_task(page.run()) for page in pages]
    await settle()
    await stream.say(1, 2, 3)
    await settle()
    assert all(page.seen == [1, 2, 3] for page in pages)
    assert (stream.consumers, stream.most_consumers) == (1, 1)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    await settle()
    assert stream.consumers == 0


async def test_page_that_comes_back_gets_what_it_missed_and_then_shares():
    stream = Stream()
    live = LiveChanges(stream, ())
    first = Page(live, None, iter(()))
    tasks = [asyncio.create_task(first.run())]
    await settle()
    await stream.say(*range(1, 11))
    back = Page(live, 4, iter(()))
    tasks.append(asyncio.create_task(back.run()))
    await settle()
    assert back.seen == [5, 6, 7, 8, 9, 10]
    assert stream.consumers == 2
    await stream.say(11)
    await settle()
    await stream.say(12)
    await settle()
    assert back.seen == [*range(5, 13)]
    assert stream.consumers == 1
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


async def test_position_that_is_gone_is_said_so_and_leaves_nobody_behind():
    stream = Stream()
    stream.first = 100
    live = LiveChanges(stream, ())
    with pytest.raises(FailedPrecondition):
        await anext(live.follow(CITY, 4))
    await settle()
    assert stream.consumers == 0


async def test_slow_page_is_closed_and_comes_back_without_a_hole():
    stream = Stream()
    live = LiveChanges(stream, (), most=3)
    slow = Page(live, 0, iter([500]))
    task = asyncio.create_task(slow.run())
    await settle()
    await stream.say(1)
    await settle()
    for number in range(2, 30):
        await stream.say(number)
        await settle()
    async with asyncio.timeout(5):
        while len(slow.seen) < 29:
            await asyncio.sleep(0)
    assert slow.seen == [*range(1, 30)]
    assert slow.returns >= 1
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


@settings(deadline=None, max_examples=60)
@given(
    bursts=st.lists(st.integers(1, 6), min_size=1, max_size=12),
    pages=st.lists(
        st.tuples(st.integers(0, 10), st.lists(st.integers(0, 120), max_size=12)),
        min_size=1,
        max_size=5,
    ),
    most=st.integers(1, 4),
)
def test_each_page_has_each_change_once_in_order(bursts, pages, most):
    async def play() -> None:
        stream = Stream()
        await stream.say(1, 2, 3)
        live = LiveChanges(stream, (), most=most)
        open_pages = [Page(live, 0, iter(pauses)) for _, pauses in pages]
        tasks = []
        number = 3
        for turn, size in enumerate([*bursts, *[0] * 11]):
            for page, (begins, _) in zip(open_pages, pages, strict=True):
                if begins == turn:
                    tasks.append(asyncio.create_task(page.run()))
            await asyncio.sleep(0)
            await stream.say(*range(number + 1, number + size + 1))
            number += size
        async with asyncio.timeout(10):
            while any(len(page.seen) < number for page in open_pages):
                await asyncio.sleep(0)
        assert all(page.seen == [*range(1, number + 1)] for page in open_pages)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    asyncio.run(play())
