"""The page of a survey's link: one answer, a late one says so, a repeated one too."""

from __future__ import annotations

from datetime import timedelta

import pytest

from atiende_kit.ids import new_id
from atiende_surveys.domain.invitation import hash_of

pytestmark = pytest.mark.component
PAGE, ANSWER = "/public/invitation", "/public/response"


async def link(service) -> tuple[str, dict[str, str]]:
    request = await service.resolve()
    url = request.values["survey_url"]
    address, _, token = url.partition("#")
    assert address == "https://sanaurelio.example/encuesta"
    return request.prompt_id, {"X-Survey-Token": token}


async def test_a_link_shows_its_questions_and_takes_one_answer(service):
    prompt_id, headers = await link(service)
    page = (await service.http.get(PAGE, headers=headers)).json()
    assert (page["state"], page["folio"]) == ("open", "SA-2026-0000001-K")
    assert page["question"]["es"] != page["question"]["en"]
    assert page["unit"]["es"]
    body = {"score": 2, "solved": False, "comment": " Sigue igual "}
    taken = await service.http.post(ANSWER, json=body, headers=headers)
    assert (taken.status_code, taken.json()) == (201, {"late": False, "needs_recovery": True})
    told = await service.response(prompt_id)
    assert (told.score, told.needs_recovery) == (2, True)
    again = await service.http.post(ANSWER, json={"score": 5}, headers=headers)
    assert (again.status_code, again.json()["reason"]) == (409, "SURVEY_ALREADY_ANSWERED")
    page = (await service.http.get(PAGE, headers=headers)).json()
    assert page["state"] == "answered"
    boss = service.staff()
    [task] = (await service.http.get("/recovery-tasks?status=open", headers=boss)).json()["items"]
    assert (task["score"], task["comment"]) == (2, "Sigue igual")


async def test_a_late_answer_counts_and_is_told_so(service):
    prompt_id, headers = await link(service)
    service.clock.advance(timedelta(days=10))
    assert (await service.http.get(PAGE, headers=headers)).json()["state"] == "late"
    taken = await service.http.post(ANSWER, json={"solved": True}, headers=headers)
    assert (taken.status_code, taken.json()) == (201, {"late": True, "needs_recovery": False})
    assert (await service.response(prompt_id)).score == 0


async def test_other_tokens_open_nothing(service):
    _, headers = await link(service)
    token = headers["X-Survey-Token"]
    wrong = ["", "x", "sanaurelio.", token[:-1], token + "A", token.replace("sanaurelio", "otra")]
    wrong += [hash_of(token), f"sanaurelio.{hash_of(token)}", "..", "-." + token]
    for one in wrong:
        for answer in (
            await service.http.get(PAGE, headers={"X-Survey-Token": one}),
            await service.http.post(ANSWER, json={"score": 5}, headers={"X-Survey-Token": one}),
        ):
            assert (answer.status_code, answer.json()["reason"]) == (404, "SURVEY_NOT_FOUND"), one


async def test_only_an_answer_is_an_answer(service):
    _, headers = await link(service)
    for body in (
        {},
        {"comment": "hola"},
        {"score": 0},
        {"score": 6},
        {"score": "5"},
        {"score": True},
        {"score": 5, "case_id": new_id()},
        {"score": 5, "comment": "x" * 2001},
        {"solved": "yes"},
    ):
        answer = await service.http.post(ANSWER, json=body, headers=headers)
        assert answer.status_code == 422, body
    assert (await service.http.get(PAGE, headers=headers)).json()["state"] == "open"
