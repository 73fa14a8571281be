"""Duplicates and incidents at the desk: joined, parted, answered all at once."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.async_api import expect

from e2e.browser.visit import Size, Visit, Visits
from e2e.city import City

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(300, func_only=True)]
AGENT = "marta.velasquez"
LEAD = "beatriz.londono"


async def reported(city: City, name: str, text: str) -> dict[str, Any]:
    """A case that somebody opens by WhatsApp."""
    who = city.person(name)
    key = f"wamid.{city.run}.{who.number}"
    assert await city.whatsapp.deliver(city.whatsapp.webhook(who, text, key)) == 200
    case_id = (await city.arrival(key))["case_id"]
    return await city.case_when(case_id, "the case is open", lambda _: True)


async def is_well(visit: Visit, name: str) -> None:
    """Nobody is shut out of what is shown now."""
    await visit.settle()
    await visit.photo(name, whole=False)
    assert await visit.axe() == []
    assert await visit.overflow() <= 0


async def told(city: City, case_id: str, text: str) -> list[dict[str, Any]]:
    """Answers of staff with these words in a case's conversation."""
    return [
        e
        for e in await city.timeline(case_id)
        if e["direction"] == "outbound" and e["text"] == text
    ]


@pytest.mark.parametrize("size", ["desktop", "phone"])
async def test_two_people_with_one_hole_are_attended_once_and_parted_again(
    visits: Visits, city: City, size: Size
) -> None:
    await city.open_hours()
    street = f"{city.run}{size}"
    first = await reported(city, "Rosa Elvira Pérez", f"Hueco enorme en la calle {street} esquina")
    second = await reported(city, "Luis Ángel Mora", f"Hay un hueco en la calle {street} esquina")
    visit = await visits.open(size)
    page = visit.page
    await visit.sign_in(AGENT, f"/desk/casos/{second['case_id']}")
    await page.get_by_role("button", name="Más acciones").click()
    await page.get_by_role("menuitem", name="Unir con otro caso").click()
    window = page.get_by_role("dialog", name="Unir con otro caso")
    await is_well(visit, "unir-elegir")
    await window.get_by_role("button", name=f"Comparar con {first['folio']}").click()
    await expect(window.get_by_role("radio", name=first["folio"])).to_be_checked()
    await expect(window.get_by_text("Rosa Elvira Pérez")).to_be_visible()
    await window.get_by_label("¿Por qué?").fill("Es el mismo hueco")
    await is_well(visit, "unir-comparar")
    await window.get_by_role("button", name="Unir los dos casos").click()

    # The one that stays shows what it took over, in a notice and in the conversation.
    await expect(page.get_by_role("article").get_by_text(first["folio"]).first).to_be_visible()
    notice = page.get_by_role("alert").filter(has_text="reúne también otra solicitud")
    await expect(notice.get_by_text("Es el mismo hueco")).to_be_visible()
    talk = page.get_by_role("region", name="Conversación")
    await expect(talk.get_by_text(f"Hay un hueco en la calle {street} esquina")).to_be_visible()
    answer = page.get_by_role("form", name="Responder").get_by_role("textbox", name="Responder")
    await answer.fill("La cuadrilla va mañana")
    await answer.press("Control+Enter")
    await expect(talk.get_by_text("También a otra persona")).to_be_visible()
    await is_well(visit, "unir-queda")
    assert len(await told(city, second["case_id"], "La cuadrilla va mañana")) == 1

    # Parted again: both are as they were.
    await notice.get_by_role("button", name=f"Separar {second['folio']}").click()
    part = page.get_by_role("dialog", name=f"Separar {second['folio']}")
    await part.get_by_label("¿Por qué?").fill("Son dos huecos")
    await is_well(visit, "unir-separar")
    await part.get_by_role("button", name="Separar").click()
    await expect(notice).to_have_count(0)
    for case in (first, second):
        now = await city.case(case["case_id"])
        assert (now["merged_into"], now["merged"], now["due_time"]) == ("", 0, case["due_time"])
        await city.resolve(city.desk(AGENT), case["case_id"])


@pytest.mark.parametrize("size", ["desktop", "phone"])
async def test_one_answer_reaches_all_people_of_an_incident(
    visits: Visits, city: City, size: Size
) -> None:
    await city.open_hours()
    early = await reported(city, "Ana Gil", f"Hundimiento de la vía en la carrera {city.run}")
    late = await reported(city, "Iván Paz", f"Otro hundimiento de la vía en la carrera {city.run}")
    title = f"Hundimiento {city.run} {size}"
    visit = await visits.open(size)
    page = visit.page
    await visit.sign_in(LEAD, "/desk/incidentes")
    await is_well(visit, "incidentes")
    await page.get_by_role("button", name="Nuevo incidente").click()
    window = page.get_by_role("dialog", name="Nuevo incidente")
    await window.get_by_label("Qué pasó").fill(title)
    await window.get_by_label("Dónde").fill("Carrera 7, entre calles 8 y 14")
    await window.get_by_label("Trámite").select_option(early["procedure"])
    await is_well(visit, "incidente-nuevo")
    await window.get_by_role("button", name="Crear el incidente").click()
    await expect(page.get_by_role("heading", name=title)).to_be_visible()
    incident = page.url

    for case in (early, late):
        await visit.go(f"/desk/casos/{case['case_id']}")
        await page.get_by_role("button", name="Más acciones").click()
        await page.get_by_role("menuitem", name="Vincular a un incidente").click()
        choice = page.get_by_role("dialog", name="Vincular a un incidente")
        await choice.get_by_role("radio", name=re.compile(title)).check()
        if case is late:
            await expect(choice.get_by_text("recibirá la respuesta vigente")).to_be_visible()
            await is_well(visit, "incidente-vincular")
        await choice.get_by_role("button", name="Vincular").click()
        await expect(choice).to_have_count(0)
        if case is late:
            break
        await visit.go(incident.removeprefix(city.url))
        await page.get_by_role("textbox", name="Respuesta", exact=True).fill(
            "La vía abre hoy a las 18:00"
        )
        await is_well(visit, "incidente-responder")
        await page.get_by_role("button", name="Responder a todas").click()
        await expect(page.get_by_text("1 de 1 casos ya tienen la respuesta")).to_be_visible()
    await visit.go(incident.removeprefix(city.url))
    await expect(page.get_by_text("2 de 2 casos ya tienen la respuesta")).to_be_visible()
    await expect(page.get_by_text(re.compile("no llegaron 0"))).to_be_visible()
    await is_well(visit, "incidente-avance")
    for case in (early, late):
        assert len(await told(city, case["case_id"], "La vía abre hoy a las 18:00")) == 1
    await page.get_by_role("button", name="Cerrar el incidente").click()
    await expect(page.get_by_text("Cerrado", exact=True)).to_be_visible()
