"""Duplicates: joined and parted under any race and crash, nothing is left of it but the record."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from atiende_cases.application.change_cases import ChangeCases
from atiende_cases.application.desk import merge
from atiende_cases.application.desk.access import Desk, Staff
from atiende_cases.application.desk.write import reply
from atiende_cases.application.ports import SaveCitizen
from atiende_cases.application.record_delivery import RecordDelivery
from atiende_cases.application.sweep import Sweep
from atiende_cases.contract import CONTRACT
from atiende_cases.domain import lifecycle, merging
from atiende_cases.domain.case import Claim, strictest
from atiende_cases.domain.change import procedure_of
from atiende_cases.domain.conversation import Conversation, Opening
from atiende_cases.domain.inbox import Drawer, Flag, drawer_of, facets_of
from atiende_cases.domain.likeness import distance, likeness, most_alike
from atiende_cases.domain.opening import open_case
from atiende_cases.domain.values import Actor, ActorKind, Channel, Place, Status
from atiende_cases.testing import MORNING, TENANT, City, inbound
from atiende_city.testing import example_release
from atiende_kit.clock import FixedClock
from atiende_kit.errors import AtiendeError, FailedPrecondition, Unavailable
from atiende_kit.store import MemoryDatabase

pytestmark = pytest.mark.unit
RELEASE = example_release()
ANA = Staff("ana", TENANT, "Ana", frozenset({"agent"}), frozenset({"alumbrado"}))
ACTOR = Actor(ActorKind.STAFF, "ana", "Ana")


def desk_of(city: City, cases=None) -> Desk:
    store = city.store
    return Desk(
        citizens=store.citizens,
        conversations=store.conversations,
        messages=store.messages,
        cases=cases or store.cases,
        releases=city.releases,
        clock=city.clock,
    )


async def neighbours(city: City, count: int) -> list[str]:
    """Cases of as many people about one lamp post."""
    messages = [
        inbound(n, address=f"57300{n:07d}", at=MORNING + timedelta(minutes=n))
        for n in range(1, count + 1)
    ]
    await city.hear(*messages)
    return [message.case_id_if_new for message in messages]


async def town(count: int = 2) -> tuple[City, list[str]]:
    clock = FixedClock(MORNING + timedelta(hours=1))
    city = await City(MemoryDatabase(CONTRACT, clock=clock)).indexed()
    city.clock = clock
    return city, await neighbours(city, count)


def bare(case):
    """A case without the trace that joining and parting leave on purpose."""
    return replace(case, version=0, update_time=MORNING, history=())


async def settled(city: City) -> None:
    """What the sweeper does when its time has come."""
    city.clock.advance(timedelta(minutes=1))
    change = ChangeCases(city.store.cases, city.releases)
    record = RecordDelivery(
        messages=city.store.messages,
        conversations=city.store.conversations,
        cases=city.store.cases,
        change_cases=change,
    )
    await Sweep(desk_of(city), record, change)()


async def holds(city: City, ids: list[str]) -> None:
    """One step deep, no circle, and each record says what a pointer says."""
    cases = {one.case_id: one for one in await city.store.cases.get_many(TENANT, ids)}
    for case in cases.values():
        assert not (case.merged_into and case.duplicates), "a chain"
        for record in case.duplicates:
            assert cases[record.case_id].merged_into == case.case_id
            assert record.phase == "joined"
        if case.merged_into:
            assert cases[case.merged_into].duplicate(case.case_id) is not None
            assert cases[case.merged_into].merged_into == ""


# -- what is asked of the city -------------------------------------------------------------------

instants = st.integers(0, 10_000).map(lambda n: MORNING + timedelta(minutes=n))
claims = st.builds(
    Claim,
    legal_time=instants,
    first_answer_due_time=instants,
    due_time=instants,
    priority=st.integers(0, 4),
    emergency=st.booleans(),
    needs_answer=st.booleans(),
    answered=st.booleans(),
)


@given(st.lists(claims, min_size=1, max_size=6))
def test_of_several_requests_the_strictest_holds(asked):
    together = strictest(asked)
    for one in asked:
        assert together.legal_time <= one.legal_time
        assert together.due_time <= one.due_time
        assert together.priority <= one.priority
        assert together.emergency or not one.emergency
        assert together.needs_answer or not one.needs_answer
        assert one.answered or together.first_answer_due_time <= one.first_answer_due_time
    assert strictest([together]) == together
    assert strictest(list(reversed(asked))) == together


async def test_the_earlier_clock_holds_and_goes_back_with_its_request():
    city, [early, late] = await town()
    desk = desk_of(city)
    alone = await city.store.cases.get(TENANT, late)
    await merge.merge(desk, ANA, early, into=late, reason="El mismo poste")
    joined = await city.store.cases.get(TENANT, late)
    first = await city.store.cases.get(TENANT, early)
    assert joined.claim.legal_time == first.legal_time < alone.legal_time
    assert joined.next_due_time == first.next_due_time
    # The figures of each request stay its own.
    assert joined.legal_time == alone.legal_time
    assert drawer_of(first) is Drawer.MERGED
    await merge.part(desk, ANA, early, reason="Son dos postes")
    assert (await city.store.cases.get(TENANT, late)).claim == alone.own_claim


# -- identity ------------------------------------------------------------------------------------


@settings(deadline=None, max_examples=40)
@given(
    st.lists(
        st.tuples(st.integers(0, 3), st.integers(0, 3)).filter(lambda p: p[0] != p[1]),
        min_size=1,
        max_size=6,
    ),
    st.randoms(use_true_random=False),
)
def test_joined_then_parted_is_as_it_was(pairs, rng):
    async def play() -> None:
        city, ids = await town(4)
        desk = desk_of(city)
        # Some of them have a life before.
        for case_id in rng.sample(ids, 2):
            await reply(desk, ANA, case_id, text="Vamos mañana", key="k")
        before = {one: await city.store.cases.get(TENANT, one) for one in ids}
        entries = await city.all("messages")
        for duplicate, survivor in pairs:
            with suppress(FailedPrecondition):
                await merge.merge(desk, ANA, ids[duplicate], into=ids[survivor], reason="Igual")
            await holds(city, ids)
        joined = [one for one in ids if (await city.store.cases.get(TENANT, one)).merged_into]
        assert joined
        rng.shuffle(joined)
        for one in joined:
            await merge.part(desk, ANA, one, reason="No eran iguales")
            await holds(city, ids)
        for one in ids:
            after = await city.store.cases.get(TENANT, one)
            assert bare(after) == bare(before[one])
            done = [e for e in after.history if e not in before[one].history]
            assert all("merged" in e.kind or "duplicate" in e.kind for e in done)
        assert await city.all("messages") == entries

    asyncio.run(play())


# -- races and crashes ---------------------------------------------------------------------------


@settings(deadline=None, max_examples=30)
@given(st.randoms(use_true_random=False))
def test_at_once_nothing_is_chained_or_lost(rng):
    async def play() -> None:
        city, ids = await town(4)
        desk = desk_of(city)

        async def one_of_many() -> None:
            duplicate, survivor = rng.sample(ids, 2)
            with suppress(AtiendeError):
                if rng.random() < 0.7:
                    await merge.merge(desk, ANA, duplicate, into=survivor, reason="Igual")
                else:
                    await merge.part(desk, ANA, duplicate, reason="No")

        await asyncio.gather(*(one_of_many() for _ in range(8)))
        await settled(city)
        await holds(city, ids)

    asyncio.run(play())


class Crashing:
    """Cases that die before or after a write."""

    def __init__(self, cases, at: int, *, after: bool) -> None:
        self._cases, self._left, self._after = cases, at, after

    def __getattr__(self, name):
        return getattr(self._cases, name)

    async def write(self, saves):
        self._left -= 1
        if self._left == 0 and not self._after:
            raise RuntimeError("crash")
        outcomes = await self._cases.write(saves)
        if self._left == 0:
            raise RuntimeError("crash")
        if self._left < 0:
            raise Unavailable("GONE", "El proceso murió.")
        return outcomes


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("at", [1, 2, 3])
@pytest.mark.parametrize("parting", [False, True])
async def test_crash_between_the_writes_is_settled(parting, at, after):
    city, [duplicate, survivor] = await town()
    if parting:
        await merge.merge(desk_of(city), ANA, duplicate, into=survivor, reason="Igual")
    crashing = desk_of(city, Crashing(city.store.cases, at, after=after))
    move = merge.part(crashing, ANA, duplicate, reason="No")
    if not parting:
        move.close()
        move = merge.merge(crashing, ANA, duplicate, into=survivor, reason="Igual")
    with pytest.raises(RuntimeError):
        await move
    await settled(city)
    await holds(city, [duplicate, survivor])
    decided = at > 2 or (at == 2 and after)
    case = await city.store.cases.get(TENANT, duplicate)
    assert bool(case.merged_into) is (decided is not parting)
    # What was asked for can be asked for again.
    if parting:
        if case.merged_into:
            await merge.part(desk_of(city), ANA, duplicate, reason="No")
    else:
        await merge.merge(desk_of(city), ANA, duplicate, into=survivor, reason="Igual")
    case = await city.store.cases.get(TENANT, duplicate)
    assert bool(case.merged_into) is not parting
    kinds = [e.kind for e in (await city.store.cases.get(TENANT, survivor)).history]
    assert kinds.count("duplicate_added") == 1
    assert kinds.count("duplicate_removed") == int(parting)


async def test_message_that_meets_a_merge_is_not_lost():
    city, [duplicate, survivor] = await town()
    desk = desk_of(city)
    message = inbound(50, address="573000000001", at=MORNING + timedelta(minutes=30), text="¿Ya?")
    await asyncio.gather(
        city.hear(message), merge.merge(desk, ANA, duplicate, into=survivor, reason="Igual")
    )
    await settled(city)
    await holds(city, [duplicate, survivor])
    case = await city.store.cases.get(TENANT, survivor)
    assert case.claim.needs_answer
    stored = await city.store.messages.get(TENANT, message.message_id)
    assert stored.case_id == duplicate


# -- one matter ----------------------------------------------------------------------------------


async def test_answers_reach_every_person_once_by_their_own_way():
    city, [first, second, third] = await town(3)
    desk = desk_of(city)
    for duplicate in (second, third):
        await merge.merge(desk, ANA, duplicate, into=first, reason="Igual")
    sent = await reply(desk, ANA, first, text="Mañana va la cuadrilla", key="k1")
    await reply(desk, ANA, first, text="Mañana va la cuadrilla", key="k1")
    entries = [e for e in await city.all("messages") if e["direction"] == "outbound"]
    assert sorted(e["address"] for e in entries) == [f"57300000000{n}" for n in (1, 2, 3)]
    assert {e["copy_of"] for e in entries if e["_id"] != sent.message_id} == {sent.message_id}
    assert not any(e["case_untold"] for e in entries)
    assert (await city.events("messages")).count("SendMessage") == 3
    for one in (first, second, third):
        case = await city.store.cases.get(TENANT, one)
        assert case.first_answer_time == city.clock.now()
    joined = await city.store.cases.get(TENANT, first)
    assert joined.claim.answered
    assert not joined.claim.needs_answer


async def test_who_cannot_be_reached_is_seen_at_the_case():
    city, [first, second] = await town()
    desk = desk_of(city)
    await merge.merge(desk, ANA, second, into=first, reason="Igual")
    case = await city.store.cases.get(TENANT, second)
    citizen = await city.store.citizens.get(TENANT, case.citizen_id)
    [point] = citizen.points
    refusing = citizen.with_preferences(preferred_channel=None, consents={point.channel: False})
    await city.store.citizens.write([SaveCitizen(refusing)])
    await reply(desk, ANA, first, text="Mañana va la cuadrilla")
    [lost] = [e for e in await city.all("messages") if e["copy_of"]]
    assert (lost["delivery"], lost["delivery_error"]) == (
        "permanent_failure",
        "NO_CHANNEL_TO_ANSWER",
    )
    assert Flag.UNDELIVERED in facets_of(await city.store.cases.get(TENANT, first))


async def test_resolution_tells_every_other_person_and_a_message_takes_the_one_case_up_again():
    city, [first, second, third] = await town(3)
    desk = desk_of(city)
    for duplicate in (second, third):
        await merge.merge(desk, ANA, duplicate, into=first, reason="Igual")
    case = await city.store.cases.get(TENANT, first)
    procedure = procedure_of(RELEASE, case.procedure_code)
    at = city.clock.now()
    solved = lifecycle.resolve(
        case, procedure, outcome=min(lifecycle.outcome_codes(procedure)), actor=ACTOR, at=at
    )
    await desk.save(case, solved)
    assert (await city.events("cases")).count("RequestNotification") == 2
    await city.hear(
        inbound(60, address="573000000002", at=at + timedelta(hours=1), text="Sigue apagado")
    )
    assert len(await city.all("cases")) == 3
    again = await city.store.cases.get(TENANT, first)
    assert (again.status, again.reopen_count) == (Status.OPEN, 1)
    assert (await city.events("cases")).count("RequestNotification") == 4
    other = await city.store.cases.get(TENANT, second)
    assert (other.merged_into, other.reopen_count) == (first, 0)
    assert merging.seen_as(other, again).state == again.state


@pytest.mark.parametrize("what", ["itself", "chain", "reverse", "resolved"])
async def test_what_cannot_be_one_matter_is_refused(what):
    city, [first, second, third] = await town(3)
    desk = desk_of(city)
    duplicate, survivor, reason = second, first, "CASE_ALREADY_RESOLVED"
    if what == "itself":
        survivor, reason = second, "CASE_IS_THE_SAME"
    elif what == "chain":
        await merge.merge(desk, ANA, first, into=third, reason="Igual")
        reason = "SURVIVOR_MERGED"
    elif what == "reverse":
        await merge.merge(desk, ANA, third, into=second, reason="Igual")
        reason = "CASE_HAS_DUPLICATES"
    else:
        case = await city.store.cases.get(TENANT, first)
        procedure = procedure_of(RELEASE, case.procedure_code)
        outcome = min(lifecycle.outcome_codes(procedure))
        await desk.save(
            case, lifecycle.resolve(case, procedure, outcome=outcome, actor=ACTOR, at=MORNING)
        )
    before = await city.all("cases")
    with pytest.raises(FailedPrecondition) as refusal:
        await merge.merge(desk, ANA, duplicate, into=survivor, reason="Igual")
    assert refusal.value.reason == reason
    assert await city.all("cases") == before


# -- likeness ------------------------------------------------------------------------------------


def test_near_and_told_alike_stands_in_front():
    here = Place(4.6097, -74.0817)
    conversation = Conversation(
        "v",
        TENANT,
        "a",
        "k",
        MORNING,
        Opening("m", Channel.WHATSAPP, MORNING, "alumbrado-publico", ""),
    )
    alone = open_case(conversation, RELEASE).case
    case = replace(alone, place=here, description="Poste sin luz en la calle 10")
    near = replace(case, case_id="near", citizen_id="b", place=Place(4.6099, -74.0818))
    far = replace(case, case_id="far", citizen_id="c", place=Place(4.7, -74.0))
    told = replace(
        case, case_id="told", citizen_id="d", place=None, description="Sin luz: poste, calle 10"
    )
    other = replace(case, case_id="other", citizen_id="e", place=None, description="Ruido de obra")
    found = most_alike(case, [far, told, near, other, case], limit=5)
    assert [one.case_id for one, _ in found] == ["near", "told"]
    assert 20 < distance(here, near.place) < 30
    assert likeness(case, told).words == 1.0
    assert likeness(case, near) == likeness(near, case)
