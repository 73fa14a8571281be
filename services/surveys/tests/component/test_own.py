"""The survey on the page of one's case: for whoever proved the case or themselves, and nobody else."""

from __future__ import annotations

import asyncio

import pytest

from atiende_city.citizen_access import COOKIE, CitizenAccess, CitizenSettings
from atiende_kit.ids import new_id

pytestmark = pytest.mark.component
ACCESS = CitizenAccess(CitizenSettings.example(), secure=False)


def cookie(tenant: str = "sanaurelio", **proved) -> dict[str, str]:
    assurance = "case" if "case_id" in proved else "contact"
    return {"cookie": f"{COOKIE}={ACCESS.token(ACCESS.begin(tenant, assurance, **proved))}"}


async def test_a_case_by_its_secret_shows_the_survey_and_takes_one_answer(service):
    request = await service.resolve()
    path, mine = f"/citizen/cases/{request.case_id}/survey", cookie(case_id=request.case_id)
    page = (await service.http.get(path, headers=mine)).json()
    assert (page["state"], page["folio"]) == ("open", "SA-2026-0000001-K")
    empty = await service.http.post(path, json={"comment": "hola"}, headers=mine)
    assert empty.status_code == 422
    taken = await service.http.post(path, json={"score": 1}, headers=mine)
    assert (taken.status_code, taken.json()) == (201, {"late": False, "needs_recovery": True})
    assert (await service.response(request.prompt_id)).score == 1
    again = await service.http.post(path, json={"score": 5}, headers=mine)
    assert (again.status_code, again.json()["reason"]) == (409, "SURVEY_ALREADY_ANSWERED")


async def test_the_latest_resolution_is_asked_about(service):
    first = await service.resolve()
    mine = cookie(citizen_id="ci")
    path = f"/citizen/cases/{first.case_id}/survey"
    assert (await service.http.post(path, json={"score": 2}, headers=mine)).status_code == 201
    # `asked` finds the first request again, so the second is told by its page.
    await service.resolve(number=2, case_id=first.case_id)

    async def is_open() -> bool:
        return (await service.http.get(path, headers=mine)).json()["state"] == "open"

    async with asyncio.timeout(15):
        while not await is_open():
            await asyncio.sleep(0.02)
    assert (await service.http.post(path, json={"score": 5}, headers=mine)).status_code == 201


async def test_others_see_nothing(service):
    request = await service.resolve()
    path = f"/citizen/cases/{request.case_id}/survey"
    strangers = (
        cookie(case_id=new_id()),
        cookie(citizen_id="somebody"),
        cookie("otraciudad", case_id=request.case_id),
        cookie("otraciudad", citizen_id="ci"),
    )
    for stranger in strangers:
        for answer in (
            await service.http.get(path, headers=stranger),
            await service.http.post(path, json={"score": 5}, headers=stranger),
        ):
            assert (answer.status_code, answer.json()["reason"]) == (404, "SURVEY_NOT_FOUND")
    nobody = await service.http.post(path, json={"score": 5})
    assert nobody.status_code == 401
    foreign = {**cookie(case_id=request.case_id), "origin": "https://malo.example"}
    assert (await service.http.post(path, json={"score": 5}, headers=foreign)).status_code == 403
