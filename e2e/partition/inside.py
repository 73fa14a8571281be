"""Working days during which servers are cut off; see `test_partition`."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from dataclasses import dataclass, field

import httpx
import pytest

from dev.checker.stack import past
from dev.demo.play import ADMIN, Plan, play
from dev.nemesis.network import Harm, harmed, parted
from dev.nemesis.processes import pid_of
from dev.stack.login import Tokens, staff_login
from dev.stack.stack import Stack
from e2e.bad_day import assert_even
from e2e.city import City

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(600, func_only=True)]
PARTITIONS = (
    ("mongo", Harm.CUT, 12.0),
    ("nats", Harm.CUT, 15.0),
    ("keycloak", Harm.CUT, 10.0),
    ("mongo", Harm.NO_REPLIES, 10.0),
    ("nats", Harm.NO_REPLIES, 10.0),
    ("nats", Harm.NO_REQUESTS, 10.0),
    ("mongo", Harm.RESET, 10.0),
    ("nats", Harm.RESET, 10.0),
    ("mongo", Harm.LOSS, 12.0),
    ("nats", Harm.LOSS, 12.0),
)
ALONE = (
    # A worker that neither hears of its work nor can say that it is done.
    ("cases-worker", "nats", 12.0),
    # Its events are taken from the bus and cannot be entered.
    ("cases-worker", "mongo", 12.0),
    ("channels-worker", "nats", 10.0),
    ("channels-worker", "mongo", 10.0),
    ("routing-worker", "mongo", 10.0),
    ("notifications-worker", "nats", 10.0),
    ("surveys-worker", "mongo", 8.0),
    # The inbox of one service alone: citizens are told to come back.
    ("channels-api", "mongo", 8.0),
    ("cases-api", "mongo", 8.0),
    ("cases-api", "keycloak", 8.0),
)
"""Which process does not reach which server, and for how long."""
BETWEEN_SECONDS = 5.0
RECOVERS_WITHIN_SECONDS = 20.0
ANSWERS_WITHIN_SECONDS = 2.0
"""503 within two seconds, never a request that hangs."""
SLACK_SECONDS = 1.0
"""What a busy machine may add."""
LOOK_SECONDS = 0.3
DAY_SECONDS = sum(one[2] + BETWEEN_SECONDS for one in PARTITIONS) + 15.0
DAY_ALONE_SECONDS = sum(one[2] + BETWEEN_SECONDS for one in ALONE) + 15.0
MESSAGES = 60
INBOX = "/api/cases/v1/cases?limit=5"


@dataclass
class Visitor:
    """Asks for the inbox again and again; notes what it is told and how long that takes."""

    city: City
    tokens: Tokens
    slowest: float = 0.0
    answers: Counter[int] = field(default_factory=Counter)

    async def ask(self) -> int:
        """One request; 0 when there was no answer at all."""
        began = time.monotonic()
        try:
            answer = await self.city.http.get(
                f"{self.city.url}{INBOX}", headers=self.tokens.header, timeout=30
            )
        except httpx.TransportError:
            status = 0
        else:
            status = answer.status_code
        self.slowest = max(self.slowest, time.monotonic() - began)
        self.answers[status] += 1
        return status

    async def ask_on(self) -> None:
        """Until cancelled."""
        while True:
            await self.ask()
            await asyncio.sleep(LOOK_SECONDS)


async def test_a_day_of_partitions(city: City, stack: Stack) -> None:
    before = await past(stack)
    told: list[str] = []
    # Before the day begins: Keycloak refuses two sign-ins of one person at the same moment.
    tokens = await asyncio.to_thread(staff_login, stack, ADMIN)
    cutting = asyncio.create_task(_cut_all(city, stack, tokens, told))
    outcome = await play(stack, Plan(messages=MESSAGES, real_seconds=DAY_SECONDS), lambda *_: None)
    await cutting
    print("\n" + "\n".join(told))
    await assert_even(city, stack, outcome, before)
    assert outcome.world.counts["resolved"] >= MESSAGES // 4, outcome.world.counts


async def test_a_day_on_which_one_process_after_the_other_is_alone(
    city: City, stack: Stack
) -> None:
    """Harder than no server at all: everybody else goes on, and what is held must come to them."""
    before = await past(stack)
    told: list[str] = []
    tokens = await asyncio.to_thread(staff_login, stack, ADMIN)
    parting = asyncio.create_task(_part_all(city, stack, tokens, told))
    outcome = await play(
        stack, Plan(messages=MESSAGES, real_seconds=DAY_ALONE_SECONDS), lambda *_: None
    )
    await parting
    print("\n" + "\n".join(told))
    await assert_even(city, stack, outcome, before)
    assert outcome.world.counts["resolved"] >= MESSAGES // 4, outcome.world.counts


async def _part_all(city: City, stack: Stack, tokens: Tokens, told: list[str]) -> None:
    ports = stack.context().ports
    for name, server, seconds in ALONE:
        await asyncio.sleep(BETWEEN_SECONDS)
        visitor = Visitor(city, tokens)
        with parted(pid_of(stack, name), ports.get(server)):
            await _ask_for(visitor, seconds)
        back = await _back(visitor)
        told.append(_told(f"{name} without {server}", seconds, visitor, back))
        if (name, server) == ("cases-api", "mongo"):
            _assert_answered(server, Harm.CUT, visitor, told[-1])
        else:
            assert set(visitor.answers) == {200}, told[-1]
        assert back <= RECOVERS_WITHIN_SECONDS, told[-1]


async def _ask_for(visitor: Visitor, seconds: float) -> None:
    asking = asyncio.create_task(visitor.ask_on())
    await asyncio.sleep(seconds)
    asking.cancel()
    await asyncio.gather(asking, return_exceptions=True)


def _told(what: str, seconds: float, visitor: Visitor, back: float) -> str:
    return (
        f"R4: {what} {seconds:.0f} s: {dict(visitor.answers)}, "
        f"slowest {visitor.slowest:.1f} s, back after {back:.1f} s"
    )


async def _cut_all(city: City, stack: Stack, tokens: Tokens, told: list[str]) -> None:
    ports = stack.context().ports
    for server, harm, seconds in PARTITIONS:
        await asyncio.sleep(BETWEEN_SECONDS)
        visitor = Visitor(city, tokens)
        with harmed(ports.get(server), harm):
            await _ask_for(visitor, seconds)
        back = await _back(visitor)
        told.append(_told(f"{server} {harm.name.lower()}", seconds, visitor, back))
        _assert_answered(server, harm, visitor, told[-1])
        assert back <= RECOVERS_WITHIN_SECONDS, told[-1]


def _assert_answered(server: str, harm: Harm, visitor: Visitor, told: str) -> None:
    """Who asks is answered at all times; only the database's absence is theirs to notice."""
    if server != "mongo":
        assert set(visitor.answers) == {200}, told
        return
    assert set(visitor.answers) <= {200, 503}, told
    if harm is not Harm.LOSS:
        assert visitor.answers[503] > 0, told
        assert visitor.slowest <= ANSWERS_WITHIN_SECONDS + SLACK_SECONDS, told


async def _back(visitor: Visitor) -> float:
    began = time.monotonic()
    while await visitor.ask() != httpx.codes.OK:
        await asyncio.sleep(LOOK_SECONDS)
        if time.monotonic() - began > 3 * RECOVERS_WITHIN_SECONDS:
            break
    return time.monotonic() - began
