"""The page of a survey's link: from the e-mail to the thanks, and back to the same link."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import expect

from e2e.browser.letters import mail_with, submit_form, write_mail
from e2e.browser.visit import Size, Visits
from e2e.city import City

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(240, func_only=True)]
AGENT = "marta.velasquez"
LAMPS = "lucia.mora"


async def asked(city: City) -> tuple[dict[str, str], str]:
    """Somebody whose case is resolved, and the path of the link that they got."""
    await city.open_hours()
    who = city.person()
    case = await write_mail(city, who, "Hay un hueco enorme en la calle 45 con carrera 12")
    await city.take(AGENT, case["case_id"])
    await city.resolve(city.desk(AGENT), case["case_id"])
    mail = await mail_with(city, who.email, "/encuesta#")
    found = re.search(r"/encuesta#[\w.-]+", mail["text"])
    assert found is not None
    return case, found[0]


@pytest.mark.parametrize("size", ["desktop", "phone"])
async def test_a_case_that_is_not_solved_is_reopened(
    visits: Visits, city: City, size: Size
) -> None:
    case, link = await asked(city)
    visit = await visits.open(size)
    page = visit.page
    asked_for: list[str] = []
    page.on("request", lambda request: asked_for.append(request.url))
    await visit.go(link)
    await expect(page.get_by_role("heading", level=1)).to_have_text("¿Cómo le fue con su caso?")
    await expect(page.get_by_text(case["folio"])).to_be_visible()
    await visit.photo("encuesta")
    assert await visit.axe() == []
    assert await visit.overflow() == 0
    send = page.get_by_role("button", name="Enviar respuesta")
    await send.click()
    await expect(page.get_by_role("alert")).to_be_focused()
    await visit.photo("encuesta-falta")
    assert await visit.axe() == []
    await page.get_by_role("link", name="Elija una calificación").click()
    await expect(page.get_by_role("radio", name="1 Muy mala")).to_be_focused()
    await page.keyboard.press("ArrowDown")
    await expect(page.get_by_role("radio", name="2 Mala")).to_be_checked()
    await page.get_by_role("radio", name="No, falta algo").check()
    await page.get_by_label("¿Qué falta?").fill("El hueco sigue igual")
    await visit.photo("encuesta-llena")
    await send.click()
    await expect(page.get_by_role("heading", level=1)).to_be_focused()
    await expect(page.get_by_text(f"Reabrimos su caso {case['folio']}")).to_be_visible()
    await visit.photo("encuesta-gracias")
    assert await visit.axe() == []
    await city.case_when(case["case_id"], "the case is open again", lambda c: c["status"] == "open")
    await page.get_by_role("link", name="Ver mi caso").click()
    await expect(page.get_by_label("Folio")).to_have_value(case["folio"])
    await visit.go("/")
    await visit.go(link)
    await expect(page.get_by_role("heading", level=1)).to_have_text("Esta encuesta ya se respondió")
    await visit.photo("encuesta-respondida")
    assert await visit.axe() == []
    secret = link.partition(".")[2]
    assert not [url for url in asked_for if secret in url.partition("#")[0]]


async def test_a_good_answer_in_english(visits: Visits, city: City) -> None:
    case, link = await asked(city)
    visit = await visits.open("phone", language="en-GB")
    page = visit.page
    await visit.go(link)
    await page.get_by_role("radio", name="5 Excellent").check()
    await visit.photo("encuesta-en")
    assert await visit.axe() == []
    await page.get_by_role("button", name="Send answer").click()
    await expect(page.get_by_role("heading", name="Thank you for your answer")).to_be_visible()
    told = await city.case(case["case_id"])
    assert told["status"] == "resolved"
    got = await city.admin.get("/api/surveys/v1/responses?limit=50")
    [response] = [one for one in got["items"] if one["case_id"] == case["case_id"]]
    assert (response["score"], response["needs_recovery"]) == (5, False)


@pytest.mark.parametrize("link", ["/encuesta", "/encuesta#sanaurelio.noes", "/encuesta#x"])
async def test_a_link_that_is_none_says_what_to_do(visits: Visits, link: str) -> None:
    visit = await visits.open("phone")
    await visit.go(link)
    await expect(visit.page.get_by_role("heading", name="Este enlace no sirve")).to_be_visible()
    assert await visit.axe() == []
    assert await visit.overflow() == 0


async def test_whoever_left_no_address_answers_on_the_page_of_the_case(
    visits: Visits, city: City
) -> None:
    await city.open_hours()
    receipt = await submit_form(city, {})
    case_id = receipt["case_id"]
    case = await city.case_when(case_id, "the form is a case", lambda one: bool(one["folio"]))
    await city.take(LAMPS, case_id)
    await city.resolve(city.desk(LAMPS), case_id)
    visit = await visits.open("phone")
    page = visit.page
    secret = receipt["secret"].replace("-", "")
    await visit.go(f"/seguimiento#{case['folio']}.{secret}")
    await page.wait_for_url(f"**/casos/{case_id}")
    await page.get_by_role("radio", name="1 Muy mala").check(timeout=45_000)
    await visit.photo("encuesta-en-el-caso")
    assert await visit.axe() == []
    assert await visit.overflow() == 0
    await page.get_by_role("button", name="Enviar respuesta").click()
    await expect(page.get_by_text("Gracias por decirlo")).to_be_visible()
    await city.case_when(case_id, "the case is open again", lambda one: one["status"] == "open")
    await visit.photo("encuesta-en-el-caso-gracias")
    assert await visit.axe() == []
