"""Services whose clocks are wrong, by minutes and by a day, on a working day (R7).

Each city has one clock that counts for deadlines: that of `cases`. What the others' clocks say may
move a reminder, never an entry.
"""

from __future__ import annotations

import asyncio

import pytest

from dev.checker.stack import past
from dev.demo.play import Plan, play
from dev.nemesis.clocks import wrong
from dev.stack.stack import Stack
from e2e.bad_day import assert_even
from e2e.city import City

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(420, func_only=True)]
SKEWS = {"channels": 300.0, "routing": 300.0, "notifications": -300.0, "surveys": 86_400.0}
STEP_BACK_SECONDS = -3_600.0
DAY_SECONDS = 70.0
MESSAGES = 60


async def test_wrong_clocks_lose_and_double_nothing(city: City, stack: Stack) -> None:
    before = await past(stack)
    skews = dict(SKEWS)
    async with wrong(stack, skews):
        day = asyncio.create_task(
            play(stack, Plan(messages=MESSAGES, real_seconds=DAY_SECONDS), lambda *_: None)
        )
        await asyncio.sleep(DAY_SECONDS / 2)
        skews["routing"] = STEP_BACK_SECONDS  # a clock that was ahead steps back
        outcome = await day
    await assert_even(city, stack, outcome, before)
    assert outcome.world.counts["resolved"] >= MESSAGES // 4, outcome.world.counts
    _assert_due_after_opened(await city.admin.pages("/api/cases/v1/cases"))


def _assert_due_after_opened(cases: list[dict[str, str]]) -> None:
    assert cases
    assert [one for one in cases if one["due_time"] and one["due_time"] <= one["open_time"]] == []
