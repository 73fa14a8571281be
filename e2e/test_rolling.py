"""Every service restarted in an orderly way on a working day, one process after another (R16)."""

from __future__ import annotations

import asyncio
import time

import pytest

from dev.checker.stack import past
from dev.demo.play import Plan, play
from dev.nemesis.processes import end, items, pid_of, service_processes
from dev.stack.stack import Stack
from e2e.bad_day import assert_even, unreached
from e2e.city import City

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(420, func_only=True)]
DRAIN_SECONDS = 30.0
"""What a pod is given before it is killed."""


async def test_nothing_is_lost_or_doubled_by_a_rolling_restart(city: City, stack: Stack) -> None:
    before = await past(stack)
    drains: dict[str, float] = {}
    roller = asyncio.create_task(_restart_all(city, stack, drains))
    outcome = await play(stack, Plan(messages=60, real_seconds=100.0), lambda *_: None)
    await roller
    await assert_even(city, stack, outcome, before)
    assert await unreached(city, before) == []
    assert set(drains) == set(service_processes(stack))
    print(f"longest drain {max(drains.values()):.1f} s")


async def _restart_all(city: City, stack: Stack, drains: dict[str, float]) -> None:
    for name in service_processes(stack):
        began = time.monotonic()
        pid = end(stack, name)

        async def gone(name: str = name, pid: int = pid) -> bool:
            return pid_of(stack, name) != pid

        await city.eventually(f"{name} ends", gone, DRAIN_SECONDS)
        drains[name] = time.monotonic() - began

        async def back(name: str = name) -> bool:
            return all(one.well for one in items(stack) if one.name == name)

        await city.eventually(f"{name} is back", back)
