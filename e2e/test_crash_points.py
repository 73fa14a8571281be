"""Every process ends between any two durable steps: nothing is lost, nothing done twice (R22)."""

from __future__ import annotations

import math
import os
from collections import Counter
from pathlib import Path

import pytest

from atiende_kit.crash import NOTE
from dev.checker.stack import past
from dev.demo.play import Plan, play
from dev.nemesis.processes import items, service_processes
from dev.stack.services import crash_file
from dev.stack.stack import Stack
from e2e.bad_day import assert_even, unreached
from e2e.city import City

MESSAGES = 60
DAY_SECONDS = 100.0
MOST_DAYS = 3
CALM_SECONDS = 60.0
ROUNDS = int(os.environ.get("FAULT_ROUNDS", "1"))
STRIKES = min(ROUNDS, 5)
"""How often a process ends at each of its marks before the evening judges; a day is as long."""
DAYS = math.ceil(ROUNDS / STRIKES)
pytestmark = [pytest.mark.e2e, pytest.mark.timeout(1_200 * ROUNDS, func_only=True)]
SHORT = ("written", "stored", "recorded", "published", "sent")
"""What one round strikes; many rounds strike every mark."""
OFTEN = 5
"""A mark that is passed this often on one day is passed on another day too."""
SERVICES_WITH_MARKS = {"channels", "cases", "routing", "notifications", "surveys"}


async def test_nothing_is_lost_or_doubled_whatever_step_was_the_last(
    city: City, stack: Stack
) -> None:
    marks = await _learn_marks(city, stack)
    told = "\n".join(f"{name}: {', '.join(sorted(some))}" for name, some in marks.items())
    print(f"marks that a day passes:\n{told}")
    assert {name.partition("-")[0] for name in marks} >= SERVICES_WITH_MARKS, told
    try:
        for _ in range(DAYS):
            await _strike_everywhere(city, stack, marks)
    finally:
        for file in _files(stack).values():
            file.unlink(missing_ok=True)


async def _learn_marks(city: City, stack: Stack) -> dict[str, set[str]]:
    """Which marks each process passes on a day; those that pass only now and then are left out."""
    files = _files(stack)
    for file in files.values():
        file.write_text(f"{NOTE}\n", encoding="utf-8")
    before = await past(stack)
    outcome = await play(stack, Plan(messages=MESSAGES, real_seconds=60.0), lambda *_: None)
    await assert_even(city, stack, outcome, before)
    marks: dict[str, set[str]] = {}
    for name, file in files.items():
        file.unlink()
        notes = file.with_suffix(".passed")
        if notes.exists():
            passed = Counter(notes.read_text(encoding="utf-8").splitlines())
            wanted = (one for one, times in passed.items() if times >= OFTEN)
            marks[name] = {one for one in wanted if ROUNDS > 1 or one.startswith(SHORT)}
            notes.unlink()
    return marks


async def _strike_everywhere(city: City, stack: Stack, marks: dict[str, set[str]]) -> None:
    """Plays days until every process has ended at each of its marks, `STRIKES` times."""
    files = _files(stack)
    left = {name: sorted(some) * STRIKES for name, some in marks.items()}
    restarts = {one.name: one.restarts for one in items(stack)}
    for number in range(MOST_DAYS):
        before = await past(stack)
        for name, some in left.items():
            files[name].write_text("".join(f"{mark}\n" for mark in some), encoding="utf-8")
        # What the first day has left over is little.
        times = 1 if number else STRIKES
        plan = Plan(messages=MESSAGES * times, real_seconds=DAY_SECONDS * times)
        outcome = await play(stack, plan, lambda *_: None)
        left = _left(files)
        await city.eventually("nobody ends any more", lambda: _calm(stack, files), CALM_SECONDS)
        await assert_even(city, stack, outcome, before)
        for one in await unreached(city, before):
            # What must not be sent twice is not sent again when nobody knows its fate.
            assert "survey" in one["template_key"], one
        if not left:
            break
    assert left == {}
    struck = {one.name: one.restarts - restarts[one.name] for one in items(stack)}
    print(f"ends: {sum(struck.values())}, by process: {struck}")
    assert not [n for n, some in marks.items() if struck[n] < len(some) * STRIKES], struck


async def _calm(stack: Stack, files: dict[str, Path]) -> bool:
    """Takes the marks away; a process that was just ending may have written its own once more."""
    for file in files.values():
        file.unlink(missing_ok=True)
    return stack.is_well


def _left(files: dict[str, Path]) -> dict[str, list[str]]:
    left = {
        name: file.read_text(encoding="utf-8").splitlines()
        for name, file in files.items()
        if file.exists()
    }
    return {name: marks for name, marks in left.items() if marks}


def _files(stack: Stack) -> dict[str, Path]:
    """By process, where it is told where to end."""
    context = stack.context()
    names = {name: name.rpartition("-") for name in service_processes(stack)}
    return {name: crash_file(context, service, role) for name, (service, _, role) in names.items()}
