"""Servers and workers that stop for a while and go on as if nothing had happened (R17)."""

from __future__ import annotations

import asyncio

import pytest

from dev.checker.stack import past
from dev.demo.play import Plan, play
from dev.nemesis.processes import stopped
from dev.stack.stack import Stack
from e2e.bad_day import assert_even
from e2e.city import City

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(420, func_only=True)]
PAUSES = (
    # Longer than a delivery's acknowledgement wait: what it holds is delivered again meanwhile.
    ("cases-worker", 33.0),
    ("channels-worker", 12.0),
    ("nats", 10.0),
    ("mongo", 10.0),
)
BETWEEN_SECONDS = 3.0


async def test_nothing_is_lost_or_doubled_by_what_was_asleep(city: City, stack: Stack) -> None:
    before = await past(stack)
    seconds = sum(pause + BETWEEN_SECONDS for _, pause in PAUSES) + 10.0
    sleeper = asyncio.create_task(_pause_all(stack))
    outcome = await play(stack, Plan(messages=40, real_seconds=seconds), lambda *_: None)
    await sleeper
    await assert_even(city, stack, outcome, before)
    assert outcome.world.counts["resolved"] > 0


async def _pause_all(stack: Stack) -> None:
    for name, pause in PAUSES:
        await asyncio.sleep(BETWEEN_SECONDS)
        with stopped(stack, name):
            await asyncio.sleep(pause)
