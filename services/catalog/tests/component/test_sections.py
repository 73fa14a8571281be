"""Drafts edited part by part, previewed, and told in words."""

from __future__ import annotations

import asyncio

import pytest

pytestmark = pytest.mark.component


async def begin(service):
    await service.publish_example()
    made = await service.http.post("/drafts", json={"title": "t"}, headers=service.staff())
    return made.json()["id"]


async def section(service, draft, path):
    answer = await service.http.get(f"/drafts/{draft}/sections/{path}", headers=service.staff())
    assert answer.status_code == 200, answer.text
    return answer.json()


async def put(service, draft, path, value, revision):
    return await service.http.put(
        f"/drafts/{draft}/sections/{path}",
        json={"revision": revision, "value": value},
        headers=service.staff(),
    )


async def test_one_unit_is_edited_without_sending_the_city(service):
    draft = await begin(service)
    seen = await section(service, draft, "units/vias")
    unit = {**seen["value"], "phone": "+57 601 555 0999"}
    edited = await put(service, draft, "units/vias", unit, seen["revision"])
    assert (edited.json()["valid"], edited.json()["draft"]["revision"]) == (True, 2)
    diff = (await service.http.get(f"/drafts/{draft}/diff", headers=service.staff())).json()
    [change] = diff["changes"]
    assert change["path"] == "/units/vias/phone"
    assert change["text"] == (
        "Dependencia «Secretaría de Infraestructura – Dirección de Malla Vial» › teléfono:"
        " cambia de «+57 601 555 0140» a «+57 601 555 0999»."
    )


async def test_edit_tells_at_once_what_is_wrong_and_where(service):
    draft = await begin(service)
    hours = (await section(service, draft, "units/vias"))["value"]
    hours["hours"]["mon"] = ["12:00-07:00"]
    edited = (await put(service, draft, "units/vias", hours, 1)).json()
    assert not edited["valid"]
    assert [problem["path"] for problem in edited["problems"]] == ["/units/vias/hours/mon/0"]


async def test_entry_is_made_and_removed(service):
    draft = await begin(service)
    skill = {"name": {"es": "Lengua de señas", "en": "Sign language"}}
    made = await put(service, draft, "skills/lengua-de-senas", skill, 1)
    assert made.json()["valid"]
    assert (await section(service, draft, "skills/lengua-de-senas"))["value"] == skill
    gone = await service.http.delete(
        f"/drafts/{draft}/sections/skills/lengua-de-senas?revision=2", headers=service.staff()
    )
    assert gone.json()["draft"]["revision"] == 3
    absent = await service.http.get(
        f"/drafts/{draft}/sections/skills/lengua-de-senas", headers=service.staff()
    )
    assert (absent.status_code, absent.json()["reason"]) == (404, "ENTRY_NOT_FOUND")


async def test_holidays_are_one_part(service):
    draft = await begin(service)
    calendar = (await section(service, draft, "calendar"))["value"]
    calendar["holidays"].insert(1, {"date": "2026-01-07", "name": "Día de la ciudad"})
    assert (await put(service, draft, "calendar", calendar, 1)).json()["valid"]
    diff = (await service.http.get(f"/drafts/{draft}/diff", headers=service.staff())).json()
    assert [(c["kind"], c["path"]) for c in diff["changes"]] == [("added", "/calendar/holidays/1")]
    assert diff["changes"][0]["text"] == "Calendario › festivos › 2: se agrega «Día de la ciudad»."


async def test_two_people_who_edit_one_draft_do_not_undo_each_other(service):
    draft = await begin(service)
    units = [(await section(service, draft, f"units/{name}"))["value"] for name in ("vias", "aseo")]
    answers = await asyncio.gather(
        put(service, draft, "units/vias", {**units[0], "phone": "+57 1"}, 1),
        put(service, draft, "units/aseo", {**units[1], "phone": "+57 2"}, 1),
    )
    assert sorted(a.status_code for a in answers) == [200, 409]
    refused = next(a for a in answers if a.status_code == 409)
    assert refused.json()["reason"] in {"DRAFT_CHANGED", "VERSION_MISMATCH"}


async def test_published_draft_is_not_edited(service):
    draft = await begin(service)
    unit = (await section(service, draft, "units/vias"))["value"]
    await put(service, draft, "units/vias", {**unit, "phone": "+57 1"}, 1)
    made = await service.http.post(
        f"/drafts/{draft}/publish", json={"expected_version": 1}, headers=service.staff()
    )
    assert made.status_code == 201
    again = await put(service, draft, "units/vias", unit, 3)
    assert (again.status_code, again.json()["reason"]) == (409, "DRAFT_PUBLISHED")


async def test_procedure_of_a_draft_is_shown_as_citizens_would_see_it(service):
    draft = await begin(service)
    procedure = (await section(service, draft, "procedures/huecos-vias"))["value"]
    procedure["cost"] = {"es": "Diez pesos", "en": "Ten pesos"}
    await put(service, draft, "procedures/huecos-vias", procedure, 1)
    path = f"/drafts/{draft}/procedures/huecos-vias"
    shown = (await service.http.get(path, headers=service.staff("supervisor"))).json()
    public = (await service.http.get("/procedures/huecos-vias")).json()
    assert shown["cost"] == "Diez pesos"
    assert {**shown, "cost": public["cost"], "release_version": 1} == public
    english = await service.http.get(f"{path}?language=en", headers=service.staff())
    assert english.json()["form"]["properties"]["direccion"]["title"].startswith("Address")


async def test_preview_survives_what_is_broken_elsewhere_and_says_when_it_cannot(service):
    draft = await begin(service)
    await put(service, draft, "templates", {"x": 1}, 1)
    path = f"/drafts/{draft}/procedures/huecos-vias"
    assert (await service.http.get(path, headers=service.staff())).status_code == 200
    await put(service, draft, "units", {}, 2)
    broken = await service.http.get(path, headers=service.staff())
    assert (broken.status_code, broken.json()["reason"]) == (409, "PREVIEW_NOT_POSSIBLE")
    missing = await service.http.get(f"/drafts/{draft}/procedures/nada", headers=service.staff())
    assert missing.status_code == 404


@pytest.mark.parametrize("value", [None, 1, "x", [], {"a": [{}]}, True])
async def test_any_value_may_be_drafted_and_its_problems_are_told(service, value):
    draft = await begin(service)
    for number, path in enumerate(("units", "procedures/huecos-vias", "city", "faq"), start=1):
        answer = await put(service, draft, path, value, number)
        assert answer.status_code == 200, answer.text
        assert not answer.json()["valid"]
    shown = await service.http.get(f"/drafts/{draft}/diff", headers=service.staff())
    assert shown.status_code == 200
    preview = await service.http.get(
        f"/drafts/{draft}/procedures/huecos-vias", headers=service.staff()
    )
    assert preview.status_code in {404, 409}


@pytest.mark.parametrize("path", ["format", "nada", "city/name", "routing/x", "units/..%2f"])
async def test_part_that_does_not_exist_is_not_found(service, path):
    draft = await begin(service)
    answer = await put(service, draft, path, {}, 1)
    assert answer.status_code in {404, 422}
