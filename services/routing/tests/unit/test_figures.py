"""What a supervisor's board, a desk and a citizen are told."""

from datetime import timedelta

import pytest

from atiende_routing.application.kept import Kept
from atiende_routing.domain.agent import PresenceStatus
from atiende_routing.domain.errors import ProcedureNotFound, UnitNotFound
from atiende_routing.domain.work_item import WorkState
from atiende_routing.entrypoints.http.words import reason_in_words, span_in_words

pytestmark = pytest.mark.unit
TENANT = "sanaurelio"


async def figures(desk):
    [found] = await desk.oversee.queues(TENANT, frozenset({"alumbrado"}))
    return found


async def test_people_are_counted_by_what_they_say_and_whether_they_are_heard(desk):
    await desk.online("ana", capacity=4)
    await desk.online("eva", status=PresenceStatus.AWAY)
    await desk.online("luis", status=PresenceStatus.OFFLINE)
    await desk.online("jefa", supervisor=True)
    await desk.event(case_id="a")
    await desk.assign.claim(TENANT, (await desk.item("a")).item_id, "ana")
    seen = await figures(desk)
    assert (seen.agents_online, seen.agents_away, seen.agents_offline) == (1, 1, 1)
    assert (seen.capacity, seen.free_slots, seen.occupancy) == (4, 3, 0.25)
    desk.real_clock.advance(timedelta(minutes=2))  # nobody beats
    silent = await figures(desk)
    assert (silent.agents_online, silent.agents_offline, silent.occupancy) == (0, 3, None)


async def test_offers_that_ended_are_counted_by_how(desk):
    await desk.online("ana", capacity=5)
    for case in "abc":
        await desk.event(case_id=case)
    await desk.dispatch()
    offered = await desk.items.offers_to(TENANT, "ana")
    assert len(offered) == 3
    await desk.assign.accept(TENANT, offered[0].item_id, "ana")
    desk.domain_clock.advance(timedelta(minutes=3))
    await desk.dispatch()
    seen = await figures(desk)
    assert (seen.offers_accepted, seen.offers_lapsed, seen.offers_declined) == (1, 2, 0)
    assert (await desk.oversee.offers_by_agent(TENANT))["ana"] == {"accepted": 1, "lapsed": 2}
    desk.domain_clock.advance(timedelta(hours=25))
    assert (await figures(desk)).offers_lapsed == 0


async def test_breaches_are_open_work_past_its_time(desk, make):
    soon, later = make.now + timedelta(hours=1), make.now + timedelta(days=3)
    await desk.event(case_id="late", due_time=soon, first_answer_due_time=soon)
    await desk.event(case_id="answered", due_time=later, first_answer_due_time=soon)
    await desk.event(case_id="over", due_time=soon, first_answer_due_time=soon)
    assert (await figures(desk)).overdue == 0
    await desk.event(
        case_id="answered",
        happening="message_answered",
        case_version=2,
        due_time=later,
        first_answer_due_time=soon,
    )
    await desk.event(case_id="over", happening="resolved", state_kind="resolved", case_version=2)
    assert (await desk.item("over")).state is WorkState.COMPLETED
    desk.domain_clock.advance(timedelta(hours=2))
    seen = await figures(desk)
    assert (seen.overdue, seen.first_answer_overdue) == (1, 1)


async def test_answer_that_arrives_late_counts_as_given(desk, make):
    await desk.event(case_version=5, first_answer_due_time=make.now)
    await desk.event(happening="message_answered", case_version=3)
    assert (await desk.item()).answered
    assert (await figures(desk)).first_answer_overdue == 0


async def test_wait_is_unknown_while_closed_and_tells_the_opening(desk, make):
    desk.advance(hours=10)
    wait = await desk.oversee.public_wait(TENANT, "alumbrado", None, "es")
    assert (wait.open_now, wait.expected_wait) == (False, None)
    assert wait.next_opening == make.hours.next_opening(make.now + timedelta(hours=10))


async def test_wait_of_what_the_city_does_not_know_is_refused(desk):
    with pytest.raises(UnitNotFound):
        await desk.oversee.public_wait(TENANT, "nada", None, "es")
    with pytest.raises(ProcedureNotFound):
        await desk.oversee.public_wait(TENANT, "alumbrado", "nada", "es")


@pytest.mark.parametrize(
    ("code", "es", "en"),
    [
        ("only_agent", "Es la única persona disponible para esto",
         "You are the only person available for this"),
        ("skill:alturas", "Tiene la habilidad «Alturas»", "You have the skill “Alturas”"),
        ("unit:alumbrado", "Es de Alumbrado", "You belong to Alumbrado"),
        ("language:en", "Habla inglés", "You speak English"),
        ("waited:320s", "La persona espera desde hace 5 minutos",
         "The person has waited for 5 minutes"),
        ("escalated:2", "Nadie lo tomó a tiempo (escalón 2)", "Nobody took it in time (step 2)"),
        ("unheard_of", "unheard_of", "unheard_of"),
    ],
)  # fmt: skip
def test_reasons_are_told_in_words(desk, code, es, en):
    assert reason_in_words(code, desk.city, "es") == es
    assert reason_in_words(code, desk.city, "en") == en
    assert reason_in_words(code, desk.city, "pt") == es


def test_every_reason_that_matching_gives_has_words(desk):
    for code in ("skill:x", "unit:x", "previous_agent", "language:en", "escalated:1",
                 "only_agent", "least_loaded", "longest_idle", "waited:0s"):  # fmt: skip
        assert reason_in_words(code, desk.city, "es") != code


def test_spans_are_told_in_their_largest_unit():
    assert [span_in_words(s, "es") for s in (5, 60, 7200, 90_000)] == [
        "un momento",
        "1 minuto",
        "2 horas",
        "1 día",
    ]


async def test_many_readers_cost_one_reading():
    made = []

    async def make():
        made.append(1)
        return len(made)

    kept: Kept[int] = Kept(60)
    assert [await kept.get("a", make), await kept.get("a", make)] == [1, 1]
    assert await kept.get("b", make) == 2
    fresh: Kept[int] = Kept(0)
    assert [await fresh.get("a", make), await fresh.get("a", make)] == [3, 4]
