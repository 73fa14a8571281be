"""What must hold after a day on which the platform was mistreated."""

from __future__ import annotations

import copy
import subprocess
import sys
from typing import Any

from dev.checker.evidence import Evidence
from dev.checker.invariants import Violation, check
from dev.checker.stack import Past, gather
from dev.demo.ledger import Balance
from dev.demo.play import Outcome
from dev.demo.report import key_of
from dev.stack.services import environment
from dev.stack.stack import Stack
from e2e.city import City

WELL_SECONDS = 60.0
SETTLE_SECONDS = 90.0


async def assert_even(city: City, stack: Stack, outcome: Outcome, before: Past) -> None:
    """Every invariant holds: for whoever asks the APIs, and for whoever reads the databases.

    Args:
        city: Where it happened.
        stack: Its processes.
        outcome: What the day gave.
        before: What was there before.

    Raises:
        AssertionError: A promise was broken.
    """
    await city.eventually("all is well again", lambda: _well(stack), WELL_SECONDS)
    balance = await _settled(city, outcome, before.ids)
    assert balance.is_even, balance
    # A clear loss or repetition would be seen: the same ledger against other rows.
    _assert_ledger_notices(outcome)
    assert outcome.figures.dead_letters == 0
    if wrong := await _judged(city, stack, outcome, before):
        raise AssertionError("\n".join(map(str, wrong[:20])))
    for command in ("verify-folios", "verify-audit"):
        done = cases_command(stack, command)
        assert done.returncode == 0, done.stderr
        assert "sanaurelio: " in done.stdout


async def _judged(city: City, stack: Stack, outcome: Outcome, before: Past) -> list[Violation]:
    """What the databases say, once no event is under way any more."""

    async def quiet() -> Evidence | None:
        # Collections are read one after the other: only an outbox that is found empty after the
        # audit was read says that what the audit notes has been published.
        earlier = await gather(stack, outcome.world.ledger, before)
        evidence = await gather(stack, outcome.world.ledger, before)
        same = len(earlier.of("cases", "audit")) == len(evidence.of("cases", "audit"))
        return evidence if same and not evidence.outboxes() and not evidence.backlog else None

    return check(await city.eventually("no event is under way", quiet, SETTLE_SECONDS))


async def unreached(city: City, before: Past) -> list[dict[str, Any]]:
    """Notifications of this day's cases that reached nobody.

    The agents of the play also take up what other tests left, and some of that has no address at
    all; that is not counted.
    """
    ours = {row["case_id"] for row in await city.rows() if row["message_id"] not in before.ids}
    failed = await city.admin.pages("/api/notifications/v1/notifications", state="failed")
    return [one for one in failed if one["case_id"] in ours]


async def _settled(city: City, outcome: Outcome, before: frozenset[str]) -> Balance:
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


async def _well(stack: Stack) -> bool:
    return stack.is_well


def cases_command(stack: Stack, command: str) -> subprocess.CompletedProcess[str]:
    """Runs a command of the service `cases` as its worker would."""
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
