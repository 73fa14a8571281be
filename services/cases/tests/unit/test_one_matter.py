"""M1: whatever the order and however often events come, the timeline is the same."""

from __future__ import annotations

import asyncio
import random
from datetime import timedelta
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from atiende_cases.application.receive_messages import Arrival
from atiende_cases.contract import CONTRACT
from atiende_cases.domain.message import timeline
from atiende_cases.domain.values import Channel
from atiende_cases.testing import MORNING, TENANT, City, inbound
from atiende_kit.clock import FixedClock
from atiende_kit.store import MemoryDatabase

pytestmark = pytest.mark.unit


def story() -> list:
    """A citizen over WhatsApp, another over two e-mail threads, a third over chat."""
    told = []
    for number in range(6):
        at = MORNING + timedelta(minutes=number)
        told.append(inbound(number, at=at, provider_time=at, text=f"Poste {number}"))
        told.append(
            inbound(
                100 + number,
                at=at,
                channel=Channel.EMAIL,
                address="luis@example.org",
                thread_key=f"<root-{number % 2}@mail>",
                provider_message_id=f"<{number}@mail>" if number > 1 else f"<root-{number}@mail>",
                reply_to_keys=() if number < 2 else (f"<root-{number % 2}@mail>",),
                provider_time=at - timedelta(seconds=30),
                text=f"Hueco {number}",
            )
        )
        told.append(
            inbound(200 + number, at=at, channel=Channel.WEBCHAT, address="session-1", text="Ruido")
        )
    return told


async def told(order: list, sizes: random.Random) -> list[list[tuple[str, str]]]:
    city = await City(MemoryDatabase(CONTRACT, clock=FixedClock(MORNING))).indexed()
    rest = list(order)
    while rest:
        size = sizes.randint(1, 7)
        await city.hear(*rest[:size])
        rest = rest[size:]
    conversations = await city.all("conversations")
    cases = await city.all("cases")
    assert sorted(c["case_id"] for c in conversations) == sorted(c["_id"] for c in cases)
    lines = []
    for conversation in conversations:
        messages = await city.store.messages.of_conversation(TENANT, conversation["_id"], limit=100)
        assert messages == timeline(messages)
        lines.append([(m.message_id, m.text) for m in messages])
    numbers = sorted(case["folio"] for case in cases)
    assert [int(folio[8:15]) for folio in numbers] == list(range(1, len(cases) + 1))
    return sorted(lines)


@cache
def expected() -> list[list[tuple[str, str]]]:
    return asyncio.run(told(story(), random.Random(1)))


@settings(max_examples=60, deadline=None)
@given(st.randoms(use_true_random=False), st.integers(0, 2**32))
def test_any_order_and_repetition_gives_the_same_timelines(chance, seed):
    assert sorted(len(lines) for lines in expected()) == [3, 3, 6, 6]
    events = story() + chance.sample(story(), 9)
    chance.shuffle(events)
    assert asyncio.run(told(events, random.Random(seed))) == expected()


class CrashError(Exception):
    """The process dies here."""


class Dying:
    """A port whose write dies, before or after it has written."""

    def __init__(self, port, chance: random.Random) -> None:
        self._port = port
        self._chance = chance

    def __getattr__(self, name):
        method = getattr(self._port, name)
        if name not in {"write", "claim"}:
            return method

        async def dying(*args, **more):
            if self._chance.random() < 0.15:
                raise CrashError
            done = await method(*args, **more)
            if self._chance.random() < 0.15:
                raise CrashError
            return done

        return dying


@pytest.mark.parametrize("seed", range(40))
async def test_crash_between_any_two_writes_loses_and_doubles_nothing(seed):
    chance = random.Random(seed)
    city = await City(MemoryDatabase(CONTRACT, clock=FixedClock(MORNING))).indexed()
    worker = city.worker(
        **{
            name: Dying(getattr(city.store, name), chance)
            for name in ("citizens", "conversations", "messages", "cases", "folios")
        }
    )
    waiting = story()
    chance.shuffle(waiting)
    while waiting:
        batch, waiting = waiting[:5], waiting[5:]
        try:
            failed = await worker([Arrival(message) for message in batch])
            assert failed == {}
        except CrashError:
            # Nothing was acknowledged: all of it is delivered again, in another order.
            waiting += batch
            chance.shuffle(waiting)
    lines = []
    for conversation in await city.all("conversations"):
        messages = await city.store.messages.of_conversation(TENANT, conversation["_id"], limit=100)
        lines.append([(m.message_id, m.text) for m in messages])
    assert sorted(lines) == await told(story(), random.Random(1))
    cases = await city.all("cases")
    assert len(cases) == 4
    opened = [e for e in await city.events("cases") if e == "CaseOpened"]
    assert len(opened) == 4
    assert sorted(int(c["folio"][8:15]) for c in cases) == [1, 2, 3, 4]
