"""Turns at the counter over a store in memory."""

import asyncio
from datetime import timedelta

import pytest
import pytest_asyncio

from atiende_kit.store import MemoryDatabase
from atiende_routing.application.take_turns import TicketRequest, own
from atiende_routing.contract import CONTRACT
from atiende_routing.domain import errors
from atiende_routing.domain.turn import LAST_NUMBER, TurnState, attend, finish, miss

pytestmark = pytest.mark.unit
TENANT = "sanaurelio"


@pytest_asyncio.fixture
async def desk(make):
    database = MemoryDatabase(CONTRACT)
    found = make.desk(database)
    await database.ensure_indexes()
    return found


def asked(key="k1", unit="alumbrado", topic="", preferential=False, tenant=TENANT):
    return TicketRequest(
        tenant=tenant, unit_id=unit, topic=topic, preferential=preferential, key=key
    )


async def give(desk, key, **wanted):
    return (await desk.counter.give(asked(key, **wanted))).turn


async def call(desk, agent="ana", unit="alumbrado"):
    return await desk.counter.call_next(TENANT, unit, agent, f"Ventanilla {agent}")


async def end(desk, turn, case_id=None):
    return await desk.counter.change(
        TENANT, turn.turn_id, lambda one, now: finish(one, case_id, now)
    )


async def test_tickets_count_per_unit_and_day(desk):
    assert [(await give(desk, k)).ticket for k in ("a", "b")] == ["A-001", "A-002"]
    assert (await give(desk, "c", unit="aseo")).ticket == "B-001"
    desk.advance(days=1)
    assert (await give(desk, "d")).ticket == "A-001"


async def test_repeated_request_gets_the_same_ticket(desk):
    first = await give(desk, "a", topic="luz")
    assert (await give(desk, "a", topic="luz")).turn_id == first.turn_id
    assert len(await desk.counter.today(TENANT, "alumbrado")) == 1
    with pytest.raises(errors.TicketRequestReused):
        await give(desk, "a", topic="otra")


async def test_same_key_in_two_cities_is_two_tickets(desk):
    first = await give(desk, "a")
    other = (await desk.counter.give(asked("a", tenant="otraciudad"))).turn
    assert other.turn_id != first.turn_id
    with pytest.raises(errors.TurnNotFound):
        await desk.counter.outlook("otraciudad", first.turn_id)


async def test_ids_cannot_be_guessed(desk):
    ids = {(await give(desk, f"k{n}")).turn_id for n in range(20)}
    assert len(ids) == 20
    assert all(len(one) == 22 for one in ids)


async def test_no_tickets_at_night_and_some_before_the_door_opens(desk):
    desk.advance(hours=9)  # 23:00, opens at 13:00
    with pytest.raises(errors.TurnsClosed):
        await give(desk, "a")
    desk.advance(hours=13, minutes=15)  # 12:15
    assert (await give(desk, "a")).ticket == "A-001"


async def test_unknown_unit_has_no_turns(desk):
    with pytest.raises(errors.UnitNotFound):
        await give(desk, "a", unit="nada")
    with pytest.raises(errors.UnitNotFound):
        await desk.counter.board(TENANT, "nada")


async def test_numbers_of_a_day_end(desk, monkeypatch):
    monkeypatch.setattr("atiende_routing.application.take_turns.LAST_NUMBER", 2)
    assert LAST_NUMBER == 999
    await give(desk, "a")
    await give(desk, "b")
    with pytest.raises(errors.TurnsExhausted):
        await give(desk, "c")


async def test_next_is_first_come_first_served_and_preferential_before(desk):
    for key in ("a", "b"):
        await give(desk, key)
    await give(desk, "c", preferential=True)
    order = []
    for _ in range(3):
        called = await call(desk)
        order.append(called.number)
        await end(desk, called)
    assert order == [3, 1, 2]
    with pytest.raises(errors.NobodyWaits):
        await call(desk)


async def test_next_pressed_twice_calls_one_person(desk):
    await give(desk, "a")
    await give(desk, "b")
    first = await call(desk)
    assert await call(desk) == first
    await desk.counter.change(TENANT, first.turn_id, attend)
    with pytest.raises(errors.TurnInProgress):
        await call(desk)


async def test_next_pressed_at_the_same_moment_calls_one_person(desk):
    for key in "abcdef":
        await give(desk, key)
    called = await asyncio.gather(*(call(desk) for _ in range(6)))
    assert len({turn.turn_id for turn in called}) == 1
    states = [turn.state for turn in await desk.counter.today(TENANT, "alumbrado")]
    assert states.count(TurnState.CALLED) == 1


async def test_absent_person_may_come_back(desk):
    await give(desk, "a")
    called = await call(desk)
    gone = await desk.counter.change(TENANT, called.turn_id, miss)
    assert gone.state is TurnState.ABSENT
    back = await desk.counter.call_again(TENANT, gone, "luis", "Ventanilla 9")
    assert (back.state, back.agent_id, back.desk, back.calls) == (
        TurnState.CALLED,
        "luis",
        "Ventanilla 9",
        2,
    )


async def test_recall_of_anothers_turn_is_refused(desk):
    await give(desk, "a")
    called = await call(desk)
    with pytest.raises(errors.NotTheTurnsDesk):
        await desk.counter.call_again(TENANT, called, "luis", "")
    with pytest.raises(errors.NotTheTurnsDesk):
        own(called, "luis", manages=False)
    own(called, "luis", manages=True)


async def test_recall_while_attending_somebody_is_refused(desk):
    await give(desk, "a")
    await give(desk, "b")
    gone = await desk.counter.change(TENANT, (await call(desk)).turn_id, miss)
    await call(desk)
    with pytest.raises(errors.TurnInProgress):
        await desk.counter.call_again(TENANT, gone, "ana", "")


async def test_finish_keeps_the_case_and_may_be_said_twice(desk):
    await give(desk, "a")
    called = await call(desk)
    done = await end(desk, called, "case-1")
    assert (done.state, done.case_id) == (TurnState.FINISHED, "case-1")
    assert await end(desk, called, "case-1") == done
    with pytest.raises(errors.TurnNotAllowed):
        await end(desk, called, "case-2")


@pytest.mark.parametrize("step", [attend, miss, lambda turn, now: finish(turn, None, now)])
async def test_turn_that_was_not_called_takes_no_step(desk, step):
    turn = await give(desk, "a")
    with pytest.raises(errors.TurnNotAllowed):
        await desk.counter.change(TENANT, turn.turn_id, step)


async def test_turns_end_with_the_day(desk):
    waiting = await give(desk, "a")
    called = await call(desk)
    assert called.turn_id == waiting.turn_id
    desk.advance(days=1)
    assert (await desk.counter.outlook(TENANT, waiting.turn_id)).turn.state is TurnState.EXPIRED
    with pytest.raises(errors.TurnNotAllowed):
        await desk.counter.change(TENANT, waiting.turn_id, attend)
    # Yesterday's open turn keeps nobody from calling today.
    fresh = await give(desk, "b")
    assert (await call(desk)).turn_id == fresh.turn_id


async def test_day_is_the_citys_and_not_that_of_greenwich(desk):
    first = await give(desk, "a")
    desk.advance(hours=7)  # 21:00 UTC, 16:00 there
    assert (await give(desk, "b")).number == 2
    desk.advance(hours=4)  # 01:00 UTC of the next day, 20:00 of the same day there
    assert (await desk.counter.outlook(TENANT, first.turn_id)).turn.state is TurnState.WAITING


async def test_wait_is_unknown_until_a_desk_calls(desk):
    await give(desk, "a")
    assert (await desk.counter.give(asked("b"))).expected_wait is None
    first = await call(desk)
    await desk.counter.change(TENANT, first.turn_id, attend)
    desk.advance(minutes=4)
    await end(desk, first)
    outlook = await desk.counter.give(asked("c"))
    # One person before them, four minutes each, one desk.
    assert (outlook.before, outlook.expected_wait) == (1, timedelta(minutes=4))


async def test_wait_is_shared_among_desks_and_forgets_those_that_left(desk):
    for number in range(6):
        await give(desk, f"k{number}")
    for agent in ("ana", "luis"):
        await call(desk, agent)
    desk.advance(minutes=50)
    ana = await desk.turns.held_by(TENANT, "ana", desk.city.local_day(desk.clocks.now()))
    await end(desk, ana)
    await call(desk, "ana")
    desk.advance(minutes=20)
    outlook = await desk.counter.give(asked("last"))
    # Ana alone called within the hour; her one visit took 50 minutes; three people are before.
    assert (outlook.before, outlook.expected_wait) == (3, timedelta(minutes=150))


async def test_board_shows_numbers_and_desks_newest_first(desk):
    for key in "abc":
        await give(desk, key)
    first = await call(desk, "ana")
    desk.advance(minutes=1)
    await call(desk, "luis")
    await end(desk, first)
    board = await desk.counter.board(TENANT, "alumbrado")
    assert [(t.ticket, t.desk) for t in board.called] == [
        ("A-002", "Ventanilla luis"),
        ("A-001", "Ventanilla ana"),
    ]
    assert ([t.ticket for t in board.upcoming], board.waiting) == (["A-003"], 1)


async def test_letter_stays_for_the_day_when_the_release_changes_it(desk):
    await give(desk, "a")
    desk.city.unit_letter = lambda _unit: "Z"
    assert (await give(desk, "b")).ticket == "A-002"
    desk.advance(days=1)
    assert (await give(desk, "c")).ticket == "Z-001"
