"""More than can be worked off at once: a burst, and a worker that stands still meanwhile (R10, R11).

Nothing is refused, lost or doubled, and no process keeps what waits in its memory: the backlog
stands in the databases and on the bus. How long it takes is printed, not judged; that is what
`make bench` is for.
"""

from __future__ import annotations

import asyncio
import os

import pytest

from dev.bench.cpu import pids, proportional_bytes
from dev.bench.flow import Run, measure
from dev.nemesis.processes import stopped
from dev.stack.stack import Stack
from e2e.bad_day import cases_command
from e2e.city import City

_LONG = int(os.environ.get("FAULT_ROUNDS", "1")) > 1
pytestmark = [pytest.mark.e2e, pytest.mark.timeout(900 if _LONG else 420, func_only=True)]
_RATE, _SECONDS = (120, 120) if _LONG else (80, 8)
"""Twice and more what two cores work off, for as long as the rounds allow."""
_SLOW = "cases-worker"
_STANDS_STILL_SECONDS = 20.0
# What an interpreter asks for and does not give back at once; nothing like a message each.
_ROOM_BYTES = 40 * 1024 * 1024


async def test_a_burst_is_taken_whole_and_worked_off(city: City, stack: Stack) -> None:
    await measure(stack, Run(5, 4))  # what is imported and cached at first use
    before = _memory(stack)
    run = await measure(stack, Run(_RATE, _SECONDS))
    _tell(f"{_RATE} a second for {_SECONDS} s", run, before, _memory(stack))
    _assert_whole(run)
    assert _grown(before, _memory(stack)) == {}
    await _assert_books(stack)
    afterwards = await measure(stack, Run(10, 10))
    _tell("10 a second right after it", afterwards, before, _memory(stack))
    _assert_whole(afterwards)


async def test_what_waits_for_a_worker_that_stands_still_is_not_held_in_memory(
    city: City, stack: Stack
) -> None:
    before = _memory(stack)
    run = Run(20, _STANDS_STILL_SECONDS)
    with stopped(stack, _SLOW):
        working = asyncio.create_task(measure(stack, run))
        await city.eventually("all is acknowledged", lambda: _acknowledged(run), 60)
        # Everything waits, and intake does not care.
        others = {name: size for name, size in before.items() if name != _SLOW}
        assert _grown(others, _memory(stack)) == {}
    run = await working
    _tell(f"{_SLOW} stood still for {_STANDS_STILL_SECONDS:.0f} s", run, before, _memory(stack))
    _assert_whole(run)
    await _assert_books(stack)


async def _acknowledged(run: Run) -> bool:
    return len(run.acked) == int(run.rate * run.seconds)


def _assert_whole(run: Run) -> None:
    sent = int(run.rate * run.seconds)
    assert len(run.acked) == sent
    assert len(run.opened) == sent
    assert len(run.routed) == sent


async def _assert_books(stack: Stack) -> None:
    for command in ("verify-folios", "verify-audit"):
        done = await asyncio.to_thread(cases_command, stack, command)
        assert done.returncode == 0, done.stderr


def _memory(stack: Stack) -> dict[str, int]:
    """Bytes of every process of a service."""
    return {
        name: proportional_bytes(pid)
        for name, pid in pids(stack).items()
        if name.endswith(("-api", "-worker"))
    }


def _grown(before: dict[str, int], after: dict[str, int]) -> dict[str, int]:
    return {
        name: after[name] - size
        for name, size in before.items()
        if after[name] > size * 1.2 + _ROOM_BYTES
    }


def _tell(what: str, run: Run, before: dict[str, int], after: dict[str, int]) -> None:
    most = max((after[name] - size, name) for name, size in before.items())
    print(
        f"\n{what}: {len(run.acked)} acknowledged, p99 {run.percentile(run.acked, 0.99):.2f} s; "
        f"all routed, p95 {run.percentile(run.routed, 0.95):.1f} s; "
        f"most memory more: {most[1]} {most[0] / 1e6:.0f} MB"
    )
