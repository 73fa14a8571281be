"""A day during which every process is killed: nothing is lost, nothing arrives twice."""

from __future__ import annotations

import asyncio
import os

import pytest

from dev.checker.stack import past
from dev.demo.play import Plan, play
from dev.nemesis.processes import items, service_processes
from dev.stack.stack import Stack
from e2e.bad_day import assert_even, unreached
from e2e.city import City

PASSES = 4 if "FAULT_ROUNDS" in os.environ else 1
"""Sixty kills and more in the long version (R1)."""
MESSAGES = 60 * PASSES
DAY_SECONDS = 120.0 * PASSES
pytestmark = [pytest.mark.e2e, pytest.mark.timeout(240 + 180 * PASSES, func_only=True)]
SERVERS = ("nats", "mongo")


async def test_nothing_is_lost_or_doubled_while_everything_is_killed(
    city: City, stack: Stack
) -> None:
    before = await past(stack)
    killed: list[str] = []
    killer = asyncio.create_task(_kill_all(stack, killed))
    outcome = await play(stack, Plan(messages=MESSAGES, real_seconds=DAY_SECONDS), lambda *_: None)
    await killer

    names = set(_victims(stack))
    assert set(killed) == names
    assert not [one.name for one in items(stack) if one.name in names and not one.restarts]
    await assert_even(city, stack, outcome, before)
    counts = outcome.world.counts
    assert counts["resolved"] >= MESSAGES // 4, counts
    assert counts["surveys answered"] > 0, counts
    assert await unreached(city, before) == []


async def _kill_all(stack: Stack, killed: list[str]) -> None:
    """Kills one process after another, each when the one before is well again."""
    victims = _victims(stack)
    pause = DAY_SECONDS / (len(victims) + 2)
    loop = asyncio.get_running_loop()
    for name in victims:
        began = loop.time()
        await asyncio.to_thread(stack.kill, name)
        killed.append(name)
        await asyncio.sleep(max(0.5, pause - (loop.time() - began)))


def _victims(stack: Stack) -> list[str]:
    """Every process of every service, and in the middle the servers under them."""
    services = service_processes(stack)
    half = len(services) // 2
    return [*services[:half], *SERVERS, *services[half:]] * PASSES
