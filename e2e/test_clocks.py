"""Services whose clocks are wrong, by minutes and by a day, on a working day (R7).

Each city has one clock that counts for deadlines: that of `cases`. What the others' clocks say may
move a reminder, never an entry.
"""

from __future__ import annotations

import asyncio
import json
import os
from pathlib import Path

import pytest

from dev.checker.stack import past
from dev.demo.play import Plan, play
from dev.stack.services import clock_file
from dev.stack.stack import Stack
from e2e.bad_day import assert_even
from e2e.city import City

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(420, func_only=True)]
SKEWS = {"channels": 300.0, "routing": 300.0, "notifications": -300.0, "surveys": 86_400.0}
STEP_BACK_SECONDS = -3_600.0
DAY_SECONDS = 70.0
MESSAGES = 60
EVERY_SECONDS = 0.3


async def test_wrong_clocks_lose_and_double_nothing(city: City, stack: Stack) -> None:
    before = await past(stack)
    hand = stack.layout.run / "clock.json"
    links = {name: clock_file(stack.context(), name) for name in SKEWS}
    skews = dict(SKEWS)
    wrong = asyncio.create_task(_keep_wrong(hand, links, skews))
    day = asyncio.create_task(
        play(stack, Plan(messages=MESSAGES, real_seconds=DAY_SECONDS), lambda *_: None)
    )
    await asyncio.sleep(DAY_SECONDS / 2)
    skews["routing"] = STEP_BACK_SECONDS  # a clock that was ahead steps back
    outcome = await day
    wrong.cancel()
    await asyncio.gather(wrong, return_exceptions=True)
    for link in links.values():
        link.unlink()
        link.symlink_to(hand.name)
    await assert_even(city, stack, outcome, before)
    assert outcome.world.counts["resolved"] >= MESSAGES // 4, outcome.world.counts
    _assert_due_after_opened(await city.admin.pages("/api/cases/v1/cases"))


async def _keep_wrong(hand: Path, links: dict[str, Path], skews: dict[str, float]) -> None:
    """The day moves the hand; each wrong clock follows it at its distance."""
    while True:
        _follow(hand, links, skews)
        await asyncio.sleep(EVERY_SECONDS)


def _follow(hand: Path, links: dict[str, Path], skews: dict[str, float]) -> None:
    told = json.loads(hand.read_text())
    for name, link in links.items():
        wrong = told | {"virtual_epoch": told["virtual_epoch"] + skews[name]}
        fresh = link.with_suffix(".new")
        fresh.write_text(json.dumps(wrong))
        os.replace(fresh, link)  # noqa: PTH105 - atomic over an existing file


def _assert_due_after_opened(cases: list[dict[str, str]]) -> None:
    assert cases
    assert [one for one in cases if one["due_time"] and one["due_time"] <= one["open_time"]] == []
