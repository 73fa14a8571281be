from dataclasses import replace
from datetime import timedelta

import pytest

from atiende.notifications.v1.events_pb2 import RequestNotification
from atiende.surveys.v1 import events_pb2 as surveys
from atiende_surveys.application.ports import ResponseFilter
from atiende_surveys.application.take_answers import GivenAnswer
from atiende_surveys.domain.errors import TaskAlreadySettled, TaskNotFound
from atiende_surveys.domain.invitation import Disposition, InvitationState, TaskKind

pytestmark = pytest.mark.unit


async def test_resolution_is_asked_about_on_the_same_channel_at_most_once(office):
    invitation = await office.invitation()
    assert office.said() == ["RequestNotification", "InvitationIssued"]
    request = office.ask(RequestNotification)
    assert (request.template_key, request.channel, request.same_channel_only) == (
        "survey_invitation",
        3,
        True,
    )
    assert (request.at_most_once, request.prompt_id, request.prompt_kind) == (
        True,
        invitation.invitation_id,
        "survey",
    )


async def test_redelivered_resolution_asks_nothing_more(office):
    for _ in range(3):
        await office.issue([office.resolution()])
    assert office.said() == ["RequestNotification", "InvitationIssued"]


async def test_repeated_resolution_in_one_batch_asks_once(office):
    assert await office.issue([office.resolution()] * 4) == 1
    assert office.said().count("RequestNotification") == 1


async def test_second_resolution_of_a_case_is_asked_about_anew(office):
    first = await office.invitation()
    second = await office.invitation(resolution_number=2)
    assert first.invitation_id != second.invitation_id


async def test_same_case_id_in_two_cities_is_two_surveys(office):
    first = await office.invitation()
    second = await office.invitation(tenant="otraciudad")
    assert first.invitation_id != second.invitation_id


@pytest.mark.parametrize("channel", ["open311", ""])
async def test_channel_without_a_way_back_is_not_asked(office, channel):
    assert await office.issue([office.resolution(channel=channel)]) == 0


@pytest.mark.parametrize("channel", ["portal", "kiosk", "counter"])
async def test_who_filled_in_a_form_is_asked_wherever_they_can_be_reached(office, channel):
    invitation = await office.invitation(channel=channel)
    request = office.ask(RequestNotification)
    assert (invitation.channel, request.channel, request.same_channel_only) == (channel, 0, False)
    assert request.at_most_once


async def test_city_without_a_survey_asks_nothing(office):
    office.cities.rules = replace(office.cities.rules, active=False)
    assert await office.issue([office.resolution()]) == 0


async def test_good_answer_is_told_and_thanked_for(office):
    invitation = await office.answer(await office.invitation(), "5")
    assert (invitation.state, invitation.response.score) == (InvitationState.ANSWERED, 5)
    assert invitation.task is None
    told = office.ask(surveys.ResponseReceived)
    assert (told.score, told.needs_recovery, told.unit_id, told.agent_id) == (
        5,
        False,
        "alumbrado",
        "ana",
    )
    thanks = office.ask(RequestNotification, 1)
    assert (thanks.template_key, thanks.at_most_once, thanks.prompt_id) == (
        "survey_thanks",
        True,
        "",
    )
    assert thanks.notification_id != office.ask(RequestNotification).notification_id


async def test_redelivered_answer_is_told_once(office):
    invitation = await office.invitation()
    await office.answer(invitation, "5")
    await office.answer(invitation, "5")
    assert office.said().count("ResponseReceived") == 1
    assert office.said().count("RequestNotification") == 2


@pytest.mark.parametrize("text", ["1", "2", "no se solucionó", "5 pero sigue igual"])
async def test_bad_answer_asks_for_recovery(office, text):
    invitation = await office.answer(await office.invitation(), text)
    assert office.ask(surveys.ResponseReceived).needs_recovery
    assert invitation.task.kind is TaskKind.RECOVERY


async def test_not_solved_is_told_as_such(office):
    await office.answer(await office.invitation(), "no")
    assert office.ask(surveys.ResponseReceived).solved == surveys.SOLVED_ANSWER_NOT_SOLVED


async def test_first_answer_counts_and_later_ones_are_kept_as_comments(office):
    invitation = await office.answer(await office.invitation(), "5")
    later = await office.answer(invitation, "1 cambié de opinión", "m2")
    assert later.response.score == 5
    assert [c.text for c in later.comments] == ["1 cambié de opinión"]
    assert later.task.kind is TaskKind.COMMENT
    assert office.said().count("ResponseReceived") == 1


async def test_answers_of_one_batch_are_taken_in_the_order_in_which_they_came(office):
    invitation = await office.invitation()
    batch = [
        GivenAnswer(event_id=f"e{n}", tenant="sanaurelio", invitation_id=invitation.invitation_id,
                    message_id=f"m{n}", text=str(n), channel="whatsapp",
                    receive_time=office.now + timedelta(seconds=n))
        for n in (3, 1, 2)
    ]  # fmt: skip
    assert await office.take(batch) == {}
    after = await office.invitations.get("sanaurelio", invitation.invitation_id)
    assert (after.response.score, len(after.comments)) == (1, 2)


async def test_every_comment_gets_a_task(office):
    invitation = await office.answer(await office.invitation(), "4, pero tardaron mucho")
    assert invitation.task.kind is TaskKind.COMMENT


async def test_answer_to_a_question_never_asked_is_refused(office):
    given = GivenAnswer(event_id="e", tenant="sanaurelio", invitation_id="x", message_id="m", text="5",
                        channel="email", receive_time=office.now)  # fmt: skip
    failed = await office.take([given])
    assert failed["e"].reason == "INVITATION_UNKNOWN"


async def test_answer_of_another_city_is_refused(office):
    invitation = await office.invitation()
    given = GivenAnswer(event_id="e", tenant="otraciudad", invitation_id=invitation.invitation_id,
                        message_id="m", text="5", channel="email", receive_time=office.now)  # fmt: skip
    assert set(await office.take([given])) == {"e"}


async def test_unanswered_invitation_lapses_and_a_late_answer_still_counts(office):
    invitation = await office.invitation()
    await office.lapse()
    office.clock.advance(timedelta(hours=72))
    await office.lapse()
    lapsed = await office.invitations.get("sanaurelio", invitation.invitation_id)
    assert lapsed.state is InvitationState.LAPSED
    late = await office.answer(lapsed, "4")
    assert late.state is InvitationState.ANSWERED


async def test_answered_invitation_does_not_lapse(office):
    invitation = await office.answer(await office.invitation(), "4")
    office.clock.advance(timedelta(hours=100))
    await office.lapse()
    after = await office.invitations.get("sanaurelio", invitation.invitation_id)
    assert after.state is InvitationState.ANSWERED


async def test_task_is_settled_once(office):
    invitation = await office.answer(await office.invitation(), "1")
    done = await office.settle(invitation, Disposition.CONTACTED, "se llamó", "jefa")
    assert (done.task.is_open, done.task.settled_by) == (False, "jefa")
    again = await office.settle(invitation, Disposition.CONTACTED, "se llamó", "jefa")
    assert again.task == done.task
    with pytest.raises(TaskAlreadySettled):
        await office.settle(invitation, Disposition.NOTED, "", "otra")


async def test_nothing_to_settle_is_said_so(office):
    invitation = await office.answer(await office.invitation(), "5")
    with pytest.raises(TaskNotFound):
        await office.settle(invitation, Disposition.NOTED, "", "jefa")


async def test_task_left_alone_is_overdue(office):
    await office.answer(await office.invitation(), "1")
    assert await office.invitations.count_tasks("sanaurelio", None, office.clock.now()) == 0
    office.clock.advance(timedelta(hours=48))
    assert await office.invitations.count_tasks("sanaurelio", None, office.clock.now()) == 1
    overdue = ResponseFilter(has_task=True, overdue_at=office.clock.now())
    assert len(await office.invitations.find("sanaurelio", overdue)) == 1


async def test_scores_tell_n_and_response_rate(office):
    answers = {"c1": "5", "c2": "4", "c3": "1", "c4": "sí", "c5": None}
    for case_id, text in answers.items():
        invitation = await office.invitation(
            case_id=case_id, unit_id="alumbrado" if case_id < "c4" else "aseo"
        )
        if text is not None:
            await office.answer(invitation, text)
    [everything] = await office.invitations.scores("sanaurelio", "all")
    assert (everything.invitations, everything.answered, everything.responses) == (5, 4, 3)
    assert everything.response_rate == pytest.approx(4 / 5)
    assert everything.csat == pytest.approx(2 / 3)
    assert everything.mean_score == pytest.approx(10 / 3)
    light, waste = await office.invitations.scores("sanaurelio", "unit")
    assert (light.key, light.responses, waste.key, waste.csat) == ("alumbrado", 3, "aseo", None)
    assert await office.invitations.scores("otraciudad", "unit") == []
    [only] = await office.invitations.scores("sanaurelio", "unit", units=frozenset({"aseo"}))
    assert only.key == "aseo"
