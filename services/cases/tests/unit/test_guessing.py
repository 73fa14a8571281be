"""Guessing secrets (reliability S19): ten thousand guesses open nothing and are stopped."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from atiende_cases.application.citizen.access import CitizenDesk, Limits
from atiende_cases.application.citizen.ports import Limit
from atiende_cases.application.citizen.sessions import enter_by_secret
from atiende_cases.domain.folio import Folio
from atiende_cases.testing import OTHER_TENANT, TENANT, City, inbound
from atiende_city.citizen_access import CitizenAccess, CitizenSettings
from atiende_kit.errors import RateLimited, Unauthenticated

pytestmark = pytest.mark.unit

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def desk_of(city: City, clock) -> CitizenDesk:
    return CitizenDesk(
        citizens=city.store.citizens,
        conversations=city.store.conversations,
        messages=city.store.messages,
        cases=city.store.cases,
        own_cases=city.store.own_cases,
        attempts=city.store.attempts,
        releases=city.releases,
        clock=clock,
        access=CitizenAccess(CitizenSettings.example(), secure=True),
        limits=Limits.of(visitor_proofs=20, case_proofs=50),
    )


async def guess(desk: CitizenDesk, reference: str, secret: str, visitor: str) -> str:
    try:
        await enter_by_secret(desk, TENANT, reference=reference, secret=secret, visitor=visitor)
    except Unauthenticated:
        return "wrong"
    except RateLimited:
        return "blocked"
    return "in"


def guesses(count: int) -> list[str]:
    return [
        "".join(ALPHABET[(number // 32**place) % 32] for place in range(12))
        for number in range(count)
    ]


async def test_ten_thousand_guesses_of_one_visitor(city: City, clock) -> None:
    await city.hear(inbound())
    [case] = await city.all("cases")
    desk = desk_of(city, clock)
    results = [await guess(desk, case["folio"], s, "203.0.113.7") for s in guesses(10_000)]
    assert results == ["wrong"] * 20 + ["blocked"] * 9_980


async def test_guesses_of_many_visitors_are_stopped_and_lock_nobody_out(city: City, clock) -> None:
    await city.hear(inbound())
    [case] = await city.all("cases")
    desk = desk_of(city, clock)
    results = [
        await guess(desk, case["folio"], secret, f"visitor {number % 60}")
        for number, secret in enumerate(guesses(1_000))
    ]
    assert results == ["wrong"] * 50 + ["blocked"] * 950
    # Folios can be counted up: whoever guesses must not shut the person out who has the paper.
    right = desk.access.tracking_secret(TENANT, case["_id"])
    assert await guess(desk, case["folio"], right, "198.51.100.1") == "in"


async def test_unknown_folios_are_counted_alike(city: City, clock) -> None:
    desk = desk_of(city, clock)
    folio = str(Folio("SA", 2026, 123))
    results = [await guess(desk, folio, s, str(n)) for n, s in enumerate(guesses(60))]
    assert results == ["wrong"] * 50 + ["blocked"] * 10


async def test_of_many_at_once_no_more_than_the_limit_are_judged(city: City, clock) -> None:
    await city.hear(inbound())
    [case] = await city.all("cases")
    desk = desk_of(city, clock)
    results = await asyncio.gather(
        *(guess(desk, case["folio"], secret, "203.0.113.7") for secret in guesses(200))
    )
    assert "in" not in results
    assert results.count("wrong") <= 20


async def test_a_window_slides_and_cities_and_purposes_are_apart(city: City) -> None:
    hand = [datetime(2026, 3, 10, tzinfo=UTC)]
    attempts = city.store.attempts
    attempts._now = lambda: hand[0]
    limit, other = Limit("codes", 3, 60), Limit("else", 3, 60)
    for second in (0, 20, 40):
        hand[0] = datetime(2026, 3, 10, tzinfo=UTC) + timedelta(seconds=second)
        await attempts.take(TENANT, limit, "a")
    with pytest.raises(RateLimited) as caught:
        await attempts.take(TENANT, limit, "a")
    assert caught.value.retry_after == 20
    await attempts.take(TENANT, other, "a")
    await attempts.take(TENANT, limit, "b")
    await attempts.take(OTHER_TENANT, limit, "a")
    hand[0] += timedelta(seconds=21)
    await attempts.take(TENANT, limit, "a")
    with pytest.raises(RateLimited):
        await attempts.take(TENANT, limit, "a")
    await attempts.give_back(TENANT, limit, "a")
    await attempts.take(TENANT, limit, "a")
