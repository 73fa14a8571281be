"""A day during which every process is killed: nothing is lost, nothing arrives twice."""

from __future__ import annotations

import asyncio
import copy
import subprocess
import sys
from collections.abc import Sequence

import pytest

from dev.demo.ledger import Balance
from dev.demo.play import Outcome, Plan, play
from dev.demo.report import key_of
from dev.stack.services import environment
from dev.stack.stack import Stack
from dev.stack.state import Item
from e2e.city import City

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(420, func_only=True)]
MESSAGES = 60
DAY_SECONDS = 120.0
WELL_SECONDS = 60.0
SETTLE_SECONDS = 90.0
SERVERS = ("nats", "mongo")


async def test_nothing_is_lost_or_doubled_while_everything_is_killed(
    city: City, stack: Stack
) -> None:
    before = {row["message_id"] for row in await city.rows()}
    killed: list[str] = []
    killer = asyncio.create_task(_kill_all(stack, killed))
    outcome = await play(stack, Plan(messages=MESSAGES, real_seconds=DAY_SECONDS), lambda *_: None)
    await killer
    await city.eventually("all is well again", lambda: _well(stack), WELL_SECONDS)

    names = set(_victims(stack))
    assert set(killed) == names
    assert not [one.name for one in _items(stack) if one.name in names and not one.restarts]
    balance = await _settled(city, outcome, before)
    assert balance.is_even, balance
    # A clear loss or repetition would be seen: the same ledger against other rows.
    _assert_ledger_notices(outcome)
    counts = outcome.world.counts
    assert counts["resolved"] >= MESSAGES // 4, counts
    assert counts["surveys answered"] > 0, counts
    assert outcome.figures.dead_letters == 0
    assert not [row for row in outcome.figures.notifications if row["state"] == "failed"]
    for command in ("verify-folios", "verify-audit"):
        done = _cases_command(stack, command)
        assert done.returncode == 0, done.stderr
        assert "sanaurelio: " in done.stdout


async def _settled(city: City, outcome: Outcome, before: set[str]) -> Balance:
    """The balance once nothing is under way: citizens write until the very end of the day."""
    ledger = outcome.world.ledger

    async def all_here() -> Balance | None:
        rows = [row for row in await city.rows() if row["message_id"] not in before]
        readable = [key_of(row) for row in rows if row["quality"] != "unreadable"]
        unreadable = len(rows) - len(readable)
        if len(ledger.missing(readable)) > unreadable:
            return None
        return ledger.balance(readable, unreadable)

    return await city.eventually("everything has arrived", all_here, SETTLE_SECONDS)


def _assert_ledger_notices(outcome: Outcome) -> None:
    ledger = copy.deepcopy(outcome.world.ledger)
    ledger.note("whatsapp", "wamid.never-arrived", acknowledged=True)
    balance = outcome.figures.balance
    assert len(ledger) == balance.sent + 1
    arrived = ledger.missing([])
    assert not ledger.balance(sorted(arrived)[1:]).is_even
    assert not ledger.balance([*arrived, *sorted(arrived)[:1]]).is_even


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
    services = [
        item.name
        for item in _items(stack)
        if item.kind == "daemon" and item.name.endswith(("-api", "-worker"))
    ]
    half = len(services) // 2
    return [*services[:half], *SERVERS, *services[half:]]


def _items(stack: Stack) -> Sequence[Item]:
    state = stack.state()
    assert state is not None
    return state.items


async def _well(stack: Stack) -> bool:
    return stack.is_well


def _cases_command(stack: Stack, command: str) -> subprocess.CompletedProcess[str]:
    context = stack.context()
    service = next(one for one in context.services if one.name == "cases")
    return subprocess.run(
        (sys.executable, "-m", service.package, command),
        env=environment(context, service, "worker"),
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
