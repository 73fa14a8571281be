from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from atiende_cases.adapters.releases import PatientReleases
from atiende_cases.domain import lifecycle
from atiende_cases.domain.change import procedure_of
from atiende_cases.domain.conversation import Conversation, Opening
from atiende_cases.domain.events import CaseAssigned, CaseReopened, CaseResolved, CaseStateChanged
from atiende_cases.domain.opening import open_case
from atiende_cases.domain.values import Actor, ActorKind, Channel, Status
from atiende_cases.testing import MORNING, TENANT
from atiende_city.clocks import clocks_of
from atiende_city.testing import example_release
from atiende_kit.errors import FailedPrecondition, NotFound, PermissionDenied, Unavailable

pytestmark = pytest.mark.unit
RELEASE = example_release()
ANA = Actor(ActorKind.STAFF, "ana", "Ana")
STREET = RELEASE.procedure("alumbrado-publico")


def opened(at: datetime = MORNING, **more):
    opening = Opening("m1", Channel.WHATSAPP, at, "alumbrado-publico", "Poste sin luz", **more)
    return open_case(Conversation("v1", TENANT, "c1", "k1", at, opening), RELEASE).case


def assigned(case, item="w1", version=1, agent="ana"):
    return lifecycle.assign(
        case, STREET, agent_id=agent, work_item_id=item, work_version=version, at=MORNING
    )


def resolved(at=MORNING):
    case = assigned(opened()).case
    outcome = min(lifecycle.outcome_codes(STREET))
    return lifecycle.resolve(case, STREET, outcome=outcome, actor=ANA, at=at)


def test_case_that_comes_at_night_counts_from_the_next_opening():
    night = datetime(2026, 3, 11, 4, 0, tzinfo=UTC)  # Tuesday 23:00 in Bogotá
    case = opened(night)
    assert case.out_of_hours
    assert case.open_time == night
    hours = RELEASE.working_time("alumbrado")
    assert case.legal_time == hours.next_opening(night) > night
    assert hours.minutes_between(night, case.first_answer_due_time) == STREET.first_answer_minutes


def test_year_without_calendar_makes_a_case_that_is_due_at_once():
    case = opened(datetime(2099, 3, 10, 15, 0, tzinfo=UTC))
    assert case.calendar_missing
    assert case.next_due_time == case.open_time
    assert clocks_of(STREET, RELEASE, MORNING).calendar_missing is False


@pytest.mark.parametrize("channel", Channel)
def test_only_what_was_reported_in_public_is_public(channel):
    opening = Opening("m1", channel, MORNING, "alumbrado-publico", "Poste sin luz")
    conversation = Conversation("v1", TENANT, "c1", "k1", MORNING, opening)
    case = open_case(conversation, RELEASE).case
    other = RELEASE.procedure("huecos-vias")
    moved = lifecycle.reclassify(case, other, RELEASE, actor=ANA, at=MORNING).case
    assert case.public == moved.public == (channel is Channel.OPEN311)


def test_emergency_is_most_urgent():
    assert opened(emergency=True).priority == 0


def test_claim_moves_the_machine_and_is_told_once():
    first = assigned(opened())
    assert [type(event) for event in first.events] == [CaseAssigned, CaseStateChanged]
    again = assigned(first.case)
    assert again.case == first.case
    assert again.events == ()


def test_repeated_word_about_an_earlier_item_takes_nothing_back():
    first = assigned(opened()).case
    second = assigned(first, item="w2", agent="luis").case
    assert second.assignee_id == "luis"
    assert assigned(second).case == second
    late = lifecycle.release_assignee(
        second, agent_id="ana", work_item_id="w1", work_version=2, reason="agent", at=MORNING
    )
    assert late.case.assignee_id == "luis"


def test_release_frees_the_case():
    case = assigned(opened()).case
    freed = lifecycle.release_assignee(
        case, agent_id="ana", work_item_id="w1", work_version=2, reason="offline", at=MORNING
    ).case
    assert freed.assignee_id == ""
    assert assigned(freed, version=3, agent="luis").case.assignee_id == "luis"


def test_resolution_has_a_number_a_window_and_keeps_the_agent():
    change = resolved()
    assert change.events[-1] == CaseResolved(change.case.outcome_code, 1, ANA)
    assert change.case.status is Status.RESOLVED
    assert change.case.assignee_id == "ana"
    assert change.case.reopen_until == MORNING + timedelta(hours=STREET.reopen_hours)
    with pytest.raises(FailedPrecondition) as refusal:
        lifecycle.resolve(
            change.case, STREET, outcome=change.case.outcome_code, actor=ANA, at=MORNING
        )
    assert refusal.value.reason == "CASE_ALREADY_RESOLVED"


def test_reopened_case_is_nobodys_and_counts():
    change = lifecycle.reopen(
        resolved().case, STREET, reason="staff", actor=ANA, at=MORNING, roles={"agent"}
    )
    assert change.events == (CaseReopened("staff", ANA),)
    assert (change.case.assignee_id, change.case.reopen_count) == ("", 1)


def test_closed_case_is_reopened_by_those_whom_the_procedure_names():
    case = resolved().case
    closed = lifecycle.lapse(case, STREET, at=case.reopen_until + timedelta(seconds=1)).case
    assert closed.status is Status.CLOSED
    assert lifecycle.lapse(case, STREET, at=case.reopen_until).case == case
    with pytest.raises(PermissionDenied):
        lifecycle.reopen(closed, STREET, reason="staff", actor=ANA, at=MORNING, roles={"agent"})
    lifecycle.reopen(closed, STREET, reason="staff", actor=ANA, at=MORNING, roles={"supervisor"})


def test_first_answer_is_timed_once():
    hours = RELEASE.working_time("alumbrado")
    case = lifecycle.answered(opened(), at=MORNING + timedelta(minutes=5), hours=hours, text="a")
    later = lifecycle.answered(case, at=MORNING + timedelta(minutes=50), hours=hours, text="b")
    assert (later.first_answer_seconds, later.first_answer_working_seconds) == (300, 300)
    assert later.last_outbound_time == MORNING + timedelta(minutes=50)


def test_citizens_word_takes_a_waiting_case_up_but_thanks_do_not():
    waiting = lifecycle.transition(
        assigned(opened()).case, STREET, "ask_citizen", actor=ANA, roles={"agent"}, at=MORNING
    ).case
    assert waiting.status is Status.WAITING_CITIZEN
    say = {"channel": Channel.WHATSAPP, "at": MORNING, "text": "x"}
    thanked = lifecycle.heard_inbound(waiting, STREET, asks=False, **say)
    assert thanked.case.status is Status.WAITING_CITIZEN
    told = lifecycle.heard_inbound(waiting, STREET, asks=True, **say)
    assert told.case.status is Status.OPEN


def test_reclassified_case_keeps_its_time_of_entry():
    other = RELEASE.procedure("huecos-vias")
    change = lifecycle.reclassify(assigned(opened()).case, other, RELEASE, actor=ANA, at=MORNING)
    assert change.case.open_time == MORNING
    assert (change.case.unit_id, change.case.assignee_id) == ("vias", "")
    assert change.case.due_time == clocks_of(other, RELEASE, MORNING).due_time


def test_procedure_that_a_release_dropped_is_the_catch_all():
    assert procedure_of(RELEASE, "gone").code == "consulta-general"
    assert replace(opened(), procedure_code="gone").is_active


async def test_city_without_release_is_waited_for():
    class Nothing:
        async def get(self, tenant):
            raise NotFound("RELEASE_NOT_FOUND", "No hay.")

        refresh = get

    for name in ("get", "refresh"):
        with pytest.raises(Unavailable):
            await getattr(PatientReleases(Nothing()), name)(TENANT)
