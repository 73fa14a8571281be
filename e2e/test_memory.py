"""Processes whose memory is taken on a working day: the kernel ends them in mid-work (R17)."""

from __future__ import annotations

import asyncio

import pytest

from dev.checker.stack import past
from dev.demo.play import Plan, play
from dev.nemesis.memory import MemoryUnavailable, end_for_want_of_memory
from dev.nemesis.processes import pid_of
from dev.stack.stack import Stack
from e2e.bad_day import assert_even
from e2e.city import City

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(420, func_only=True)]
VICTIMS = (
    "channels-api",
    "channels-worker",
    "cases-worker",
    "routing-worker",
    "notifications-worker",
    "surveys-worker",
    "cases-api",
)
BETWEEN_SECONDS = 8.0
MESSAGES = 60
DAY_SECONDS = 90.0


async def test_what_the_kernel_ends_for_want_of_memory_loses_and_doubles_nothing(
    city: City, stack: Stack
) -> None:
    before = await past(stack)
    ended: list[str] = []
    ending = asyncio.create_task(_end_all(stack, ended))
    outcome = await play(stack, Plan(messages=MESSAGES, real_seconds=DAY_SECONDS), lambda *_: None)
    await ending
    assert ended == list(VICTIMS)
    await assert_even(city, stack, outcome, before)
    assert outcome.world.counts["resolved"] >= MESSAGES // 4, outcome.world.counts


async def _end_all(stack: Stack, ended: list[str]) -> None:
    for name in VICTIMS:
        await asyncio.sleep(BETWEEN_SECONDS)
        try:
            await asyncio.to_thread(end_for_want_of_memory, pid_of(stack, name))
        except MemoryUnavailable as error:
            pytest.skip(f"memory cannot be limited here ({error}): this was not tested")
        ended.append(name)
