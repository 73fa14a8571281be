"""The disks of database and bus are lost; the city goes on from its last backup (R15).

The backup is taken by the command that a platform engineer runs, in the middle of a working day,
and put onto empty servers.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from atiende_setup.play import Doors, play_message
from dev.checker.evidence import Evidence
from dev.checker.invariants import INVARIANTS
from dev.checker.stack import Past, gather, past
from dev.demo.ledger import Ledger
from dev.demo.play import Plan, play
from dev.demo.report import key_of
from dev.stack.servers import mongo, nats
from dev.stack.stack import Stack
from e2e.bad_day import cases_command
from e2e.city import City

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(600, func_only=True)]
MESSAGES = 60
DAY_SECONDS = 60.0
SERVERS = frozenset({"nats", "nats-setup", "mongo", "mongo-setup"})
SETTLE_SECONDS = 90.0
UNREADABLE = 5
RECOVERY_SECONDS = 15 * 60
# What was said before is no longer on the bus, nor in the memory of the providers' stand-ins; the
# chain of the audit itself is verified by its command.
BEYOND = {"I8", "I9", "I12"}


async def test_a_city_goes_on_from_its_backup(city: City, stack: Stack, tmp_path: Path) -> None:
    before = await past(stack)
    day = asyncio.create_task(
        play(stack, Plan(messages=MESSAGES, real_seconds=DAY_SECONDS), lambda *_: None)
    )
    safe = await city.eventually("half of the day is there", lambda: _half(city, before), 120)
    began = time.monotonic()
    said = await asyncio.to_thread(_setup, stack, "backup", str(tmp_path / "backups"))
    taken = time.monotonic() - began
    print(said)
    outcome = await day

    began = time.monotonic()
    await asyncio.to_thread(_lose_disks_and_restore, stack, tmp_path / "backups")
    recovery = time.monotonic() - began
    print(f"backup {taken:.1f} s, from empty disks to ready {recovery:.1f} s")
    assert recovery < RECOVERY_SECONDS

    evidence = await _settled(city, stack, outcome.world.ledger, safe, before)
    wrong = [
        f"{name}: {what}"
        for name, judge in INVARIANTS.items()
        if name not in BEYOND
        for what in judge(evidence)
    ]
    assert wrong == []
    promised = [one for one in evidence.ledger if one.acknowledged_at is not None]
    assert len(promised) >= len(safe) - UNREADABLE, "the ledger knows what was safe"
    for command in ("verify-folios", "verify-audit"):
        done = cases_command(stack, command)
        assert done.returncode == 0, done.stderr
    # And it is a city: somebody writes, and gets a folio.
    doors = Doors(city.url, city.url, city.url)
    form = ("consulta-general", {"consulta": "¿A qué hora abren?"}, 60.0)
    assert await asyncio.to_thread(play_message, doors, *form)


async def _half(city: City, before: Past) -> set[tuple[str, str]] | None:
    """What this day has acknowledged, once that is half of it."""
    rows = [row for row in await city.rows() if row["message_id"] not in before.ids]
    return {key_of(row) for row in rows} if len(rows) >= MESSAGES // 2 else None


async def _settled(
    city: City, stack: Stack, day: Ledger, safe: set[tuple[str, str]], before: Past
) -> Evidence:
    """What the databases say once the restored platform has nothing under way any more."""
    promised = Ledger()
    for sent in day.entries():
        promised.note(
            sent.channel,
            sent.key,
            acknowledged=(sent.channel, sent.key) in safe,
            broken=sent.broken,
        )

    async def quiet() -> Evidence | None:
        evidence = await gather(stack, promised, before)
        return None if evidence.outboxes() or evidence.backlog else evidence

    return await city.eventually("no event is under way", quiet, SETTLE_SECONDS)


def _lose_disks_and_restore(stack: Stack, backups: Path) -> None:
    stack.down()
    for name in ("mongo", "nats"):
        shutil.rmtree(stack.layout.data / name)
    stack.up(only=SERVERS)
    [backup] = backups.iterdir()
    print(_setup(stack, "restore", str(backup)))
    stack.down()
    stack.up()


def _setup(stack: Stack, *command: str) -> str:
    """Runs the setup tool as the administrator of database and bus."""
    context = stack.context()
    done = subprocess.run(
        (sys.executable, "-m", "atiende_setup", *command),
        env={
            **os.environ,
            "ATIENDE_SETUP_MONGO_URL": mongo.admin_url(context),
            "ATIENDE_SETUP_NATS_URL": nats.url(context),
            "ATIENDE_SETUP_NATS_PASSWORD": context.credentials.secret("nats/operator"),
        },
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout
