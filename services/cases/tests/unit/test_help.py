"""What helps a clerk to decide: the clock's story, ways to answer, the checklist, suggestions."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from atiende_cases.application.desk.help_case import suggestions
from atiende_cases.domain.answering import Refusal, masked, reply_options
from atiende_cases.domain.checklist import checklist, requirement_id, tick
from atiende_cases.domain.citizen import Citizen, ContactPoint
from atiende_cases.domain.conversation import Conversation, Opening, Thread
from atiende_cases.domain.explain_clock import explain_clocks
from atiende_cases.domain.opening import open_case
from atiende_cases.domain.values import Actor, ActorKind, Channel, Status
from atiende_city.testing import example_release
from atiende_kit.errors import FailedPrecondition, NotFound

pytestmark = pytest.mark.unit
ZONE = ZoneInfo("America/Bogota")
RELEASE = example_release()
CLERK = Actor(ActorKind.STAFF, "ana", "Ana")


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZONE).astimezone(UTC)


def opened(at: datetime, procedure: str = "derecho-peticion", text: str = "Solicito copia"):
    conversation = Conversation(
        conversation_id="conversation",
        tenant="t",
        citizen_id="citizen",
        case_id="case",
        create_time=at,
        opening=Opening("m", Channel.EMAIL, at, procedure, text),
    )
    return open_case(conversation, RELEASE).case


def step(story, kind):
    return next(one for one in story.steps if one.kind == kind)


# -- the clock ---------------------------------------------------------------------------------


def test_days_are_counted_and_the_holidays_that_were_stepped_over_have_their_names():
    # Checked by hand on the calendar: fifteen working days from Saturday 21 November 2026 end on
    # Monday 14 December; the 8th (Inmaculada Concepción) does not count.
    case = opened(local("2026-11-21T10:00"))
    assert str(case.due_time.astimezone(ZONE).date()) == "2026-12-14"
    story = explain_clocks(case, RELEASE, local("2026-11-24T09:00"))
    counting = step(story, "counting")
    assert counting.data["counted"][0] == "2026-11-23"
    assert counting.data["counted"][-1] == "2026-12-14"
    assert len(counting.data["counted"]) == 15
    holidays = [one for one in counting.data["skipped"] if one["holiday"]]
    assert [one["day"] for one in holidays] == ["2026-12-08"]
    assert holidays[0]["holiday"] in counting.text["es"]
    assert "15 working days" in counting.text["en"]
    assert step(story, "due").time == case.due_time
    # From Tuesday 24 November: 3 + 5 + 4 (the 8th is off) + 1 days.
    assert story.working_days_left == 13


def test_entry_at_night_says_why_it_counts_later():
    night = opened(local("2026-03-10T22:00"))
    legal = step(explain_clocks(night, RELEASE, local("2026-03-11T09:00")), "legal")
    assert (legal.data["reason"], legal.time) == ("closed", night.legal_time)
    holiday = opened(local("2026-12-08T10:00"))
    legal = step(explain_clocks(holiday, RELEASE, local("2026-12-09T09:00")), "legal")
    assert (legal.data["reason"], bool(legal.data["holiday"])) == ("holiday", True)
    assert legal.data["holiday"] in legal.text["en"]
    sunday = opened(local("2026-03-15T10:00"))
    legal = step(explain_clocks(sunday, RELEASE, local("2026-03-16T09:00")), "legal")
    assert legal.data["reason"] == "weekend"
    morning = opened(local("2026-03-10T10:00"))
    legal = step(explain_clocks(morning, RELEASE, local("2026-03-10T11:00")), "legal")
    assert (legal.data["reason"], legal.time) == ("open", morning.open_time)


@given(
    st.datetimes(datetime(2026, 1, 2), datetime(2026, 10, 30)),
    st.sampled_from(sorted(RELEASE.procedures)),
)
def test_the_story_comes_to_the_stored_times_and_the_last_counted_day_is_the_due_day(at, code):
    case = opened(at.replace(microsecond=0, tzinfo=UTC), code)
    story = explain_clocks(case, RELEASE, case.open_time)
    assert not [one for one in story.steps if one.kind in {"changed", "calendar_missing"}]
    counting = step(story, "counting")
    if counting.data["unit"] == "working_days":
        assert counting.data["counted"][-1] == str(case.due_time.astimezone(ZONE).date())
        assert story.working_days_left == counting.data["amount"]
        late = explain_clocks(case, RELEASE, case.due_time + timedelta(days=14))
        assert -11 <= late.working_days_left < 0


def test_corrected_calendar_is_said_and_a_missing_year_too():
    case = opened(local("2026-11-21T10:00"))
    moved = replace(case, due_time=case.due_time + timedelta(days=1))
    assert explain_clocks(moved, RELEASE, case.open_time).steps[-1].kind == "changed"
    missing = replace(case, calendar_missing=True)
    story = explain_clocks(missing, RELEASE, case.open_time)
    assert [one.kind for one in story.steps] == ["entry", "calendar_missing"]
    assert story.working_days_left is None


def test_waiting_for_the_citizen_does_not_stop_the_clock_and_resolving_does():
    case = opened(local("2026-03-10T10:00"))
    waiting = replace(case, status=Status.WAITING_CITIZEN)
    kinds = [one.kind for one in explain_clocks(waiting, RELEASE, case.open_time).steps]
    assert "waiting" in kinds
    done = case.open_time + timedelta(days=2)
    over = replace(case, status=Status.RESOLVED, resolve_time=done)
    stopped = step(explain_clocks(over, RELEASE, done), "stopped")
    assert stopped.time == done
    assert not [
        one
        for one in explain_clocks(case, RELEASE, done).steps
        if one.kind in {"waiting", "stopped"}
    ]


# -- ways to answer ----------------------------------------------------------------------------

PHONE = ContactPoint(Channel.WHATSAPP, "573001112233", verified=True)
MAIL = ContactPoint(Channel.EMAIL, "rosa@example.org", verified=True)


def ways(points=(PHONE,), *, consents=(), after=timedelta(hours=1), wrote=True):
    case = opened(local("2026-03-10T10:00"))
    citizen = Citizen(
        "citizen", "t", tuple(p.key for p in points), points, case.open_time, consents=consents
    )
    thread = Thread(
        Channel.WHATSAPP,
        "a",
        PHONE.address,
        PHONE.address,
        last_inbound_time=case.open_time if wrote else None,
    )
    conversation = Conversation(
        "conversation",
        "t",
        "citizen",
        "case",
        case.open_time,
        Opening("m", Channel.WHATSAPP, case.open_time, "derecho-peticion", ""),
        threads=(thread,),
    )
    case = replace(case, channel=Channel.WHATSAPP)
    options = reply_options(case, citizen, conversation, case.open_time + after)
    return {option.channel: option for option in options}, options, case


def test_window_of_whatsapp_closes_a_day_after_the_last_message_to_the_instant():
    just_open, _, case = ways(after=timedelta(hours=24) - timedelta(milliseconds=1))
    assert just_open[Channel.WHATSAPP].refusal is None
    assert just_open[Channel.WHATSAPP].window_end_time == case.open_time + timedelta(hours=24)
    closed, _, _ = ways(after=timedelta(hours=24))
    assert closed[Channel.WHATSAPP].refusal is Refusal.WINDOW_CLOSED
    assert closed[Channel.WHATSAPP].takes_template
    never, _, _ = ways(wrote=False)
    assert never[Channel.WHATSAPP].refusal is Refusal.WINDOW_CLOSED


def test_closed_window_leaves_the_next_open_way_in_front():
    _, options, _ = ways((PHONE, MAIL))
    assert options[0].channel is Channel.WHATSAPP
    _, options, _ = ways((PHONE, MAIL), after=timedelta(days=2))
    assert (options[0].channel, options[0].point) == (Channel.EMAIL, MAIL)


def test_what_is_refused_says_why():
    found, options, _ = ways(consents=((Channel.WHATSAPP, False),))
    assert found[Channel.WHATSAPP].refusal is Refusal.CONSENT_REFUSED
    assert not found[Channel.WHATSAPP].takes_template
    assert found[Channel.EMAIL].refusal is Refusal.NO_ADDRESS
    assert found[Channel.PORTAL].refusal is Refusal.NOT_IN_PORTAL
    assert all(option.refusal is not None for option in options)
    told = replace(MAIL, verified=False, source="given")
    found, _, _ = ways((PHONE, told))
    assert found[Channel.EMAIL].refusal is Refusal.ADDRESS_NOT_PROVED


def test_masked_address_is_recognised_and_not_usable():
    assert masked(MAIL) == "r•••@example.org"
    assert masked(PHONE) == "•••• 2233"
    assert masked(ContactPoint(Channel.WEBCHAT, "session-secret")) == ""


# -- checklist ---------------------------------------------------------------------------------


def test_requirement_is_ticked_once_and_taken_back():
    case = opened(local("2026-03-10T10:00"), "certificado-residencia")
    procedure = RELEASE.procedures["certificado-residencia"]
    first, *_ = checklist(case, procedure)
    assert (first.done, len(checklist(case, procedure))) == (False, 3)
    change = tick(case, procedure, first.requirement_id, done=True, actor=CLERK, at=case.open_time)
    assert [event.kind for event in change.events] == ["requirement_ticked"]
    assert checklist(change.case, procedure)[0].tick.actor == CLERK
    again = tick(
        change.case, procedure, first.requirement_id, done=True, actor=CLERK, at=case.open_time
    )
    assert (again.case, again.events) == (change.case, ())
    back = tick(
        change.case, procedure, first.requirement_id, done=False, actor=CLERK, at=case.open_time
    )
    assert not checklist(back.case, procedure)[0].done
    with pytest.raises(NotFound):
        tick(case, procedure, requirement_id("otro"), done=True, actor=CLERK, at=case.open_time)


def test_tick_stays_with_its_requirement_when_a_release_reorders_them():
    case = opened(local("2026-03-10T10:00"), "certificado-residencia")
    procedure = RELEASE.procedures["certificado-residencia"]
    last = checklist(case, procedure)[-1]
    done = tick(case, procedure, last.requirement_id, done=True, actor=CLERK, at=case.open_time)
    turned = replace(procedure, requirements=tuple(reversed(procedure.requirements)))
    assert [item.done for item in checklist(done.case, turned)] == [True, False, False]


def test_closed_case_takes_no_tick():
    case = replace(opened(local("2026-03-10T10:00"), "certificado-residencia"), status="closed")
    procedure = RELEASE.procedures["certificado-residencia"]
    name = checklist(case, procedure)[0].requirement_id
    with pytest.raises(FailedPrecondition):
        tick(case, procedure, name, done=True, actor=CLERK, at=case.open_time)


# -- suggestions -------------------------------------------------------------------------------


def test_answers_of_the_own_procedure_stand_in_front_and_no_other_procedures_intrude():
    case = opened(
        local("2026-03-10T10:00"), "predial-paz-y-salvo", "Necesito el paz y salvo del predial"
    )
    now = case.open_time
    found = suggestions(case, RELEASE, now)
    assert found[0].procedure == "predial-paz-y-salvo"
    assert {one.procedure for one in found} <= {"predial-paz-y-salvo", ""}
    assert {one.kind for one in found} == {"answer", "faq", "outcome"}
    english = suggestions(replace(case, language="en"), RELEASE, now)
    assert english[0].text != found[0].text


def test_approved_answers_of_the_procedure_and_of_all_come_filled_for_the_case():
    case = replace(opened(local("2026-03-10T10:00")), folio="ATN-2026-000123-4")
    found = suggestions(case, RELEASE, case.open_time, citizen_name="Rosa")
    answers = {one.key: one for one in found if one.kind == "answer"}
    expected = {answer.key for answer in RELEASE.answers_for("derecho-peticion")}
    assert set(answers) == expected
    greeting = answers["saludo-recibido"]
    assert (greeting.topic, greeting.reason) == ("Saludo", "general")
    assert "Rosa" in greeting.text
    assert case.folio in greeting.text
    assert not [one for one in answers.values() if "{{" in one.text or "{%" in one.text]
    own = next(a for a in RELEASE.answers.values() if "derecho-peticion" in a.procedures)
    assert answers[own.key].reason == "procedure"
