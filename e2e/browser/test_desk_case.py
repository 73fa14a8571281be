"""The case at the desk: what its clock says, how it is answered, what colleagues are told."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Page, expect

from e2e.browser.visit import Size, Visit, Visits
from e2e.city import City

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(240, func_only=True)]
AGENT = "marta.velasquez"
COLLEAGUE = "lucia.mora"


async def whatsapp_case(city: City, text: str, *, claim: bool = True) -> dict[str, Any]:
    """A case that somebody opens by WhatsApp and that the agent has taken, unless left."""
    rosa = city.person("Rosa Elvira Pérez")
    key = f"wamid.{city.run}.{rosa.number}"
    assert await city.whatsapp.deliver(city.whatsapp.webhook(rosa, text, key)) == 200
    case_id = (await city.arrival(key))["case_id"]
    await city.case_when(case_id, "the case is open", lambda _: True)
    if claim:
        await city.done(city.desk(AGENT), "POST", f"/api/cases/v1/cases/{case_id}/claim")
    return await city.case(case_id)


async def open_case(visit: Visit, case: dict[str, Any]) -> Page:
    """Signs the agent in on the page of a case."""
    await visit.sign_in(AGENT, f"/desk/casos/{case['case_id']}")
    await expect(visit.page.get_by_role("region", name="Conversación")).to_be_visible()
    return visit.page


async def is_well(visit: Visit, name: str) -> None:
    """Nobody is shut out of what is shown now."""
    await visit.photo(name, whole=False)
    assert await visit.axe() == []
    assert await visit.overflow() <= 0


async def facts(visit: Visit) -> None:
    """Where there is no room beside the conversation the facts are a tab of their own."""
    await visit.page.get_by_role("tab", name="Datos del caso").click()


@pytest.mark.parametrize("size", ["desktop", "phone"])
async def test_clock_says_why_and_an_approved_answer_goes_within_the_limits(
    visits: Visits, city: City, size: Size
) -> None:
    await city.open_hours()
    case = await whatsapp_case(city, "Hay un hueco enorme en la calle 45 con carrera 12")
    visit = await visits.open(size)
    page = await open_case(visit, case)
    await is_well(visit, "caso-abierto")

    form = page.get_by_role("form", name="Responder")
    await expect(form.get_by_text(re.compile("Ventana de WhatsApp abierta"))).to_be_visible()
    await form.get_by_text(re.compile("Por qué no por otro")).click()
    await expect(form.get_by_text("No hay ninguna dirección de la persona")).to_have_count(2)
    answer = form.get_by_role("textbox", name="Responder")
    await answer.press("Control+k")
    found = page.get_by_role("dialog", name="Respuestas aprobadas")
    await found.get_by_role("combobox").fill("recibo")
    await is_well(visit, "caso-respuestas")
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("Enter")
    await expect(answer).to_be_focused()
    await expect(answer).to_have_value(re.compile(f"Rosa Elvira Pérez.*{case['folio']}"))
    await expect(form.get_by_text(re.compile(r"de 10\.000 caracteres"))).to_be_visible()
    await answer.press("Control+Enter")
    talk = page.get_by_role("region", name="Conversación")
    await expect(talk.get_by_text(re.compile("lo estamos revisando"))).to_be_visible()
    await expect(answer).to_have_value("")

    await facts(visit)
    await page.get_by_text("¿Por qué vence entonces?").click()
    why = page.get_by_text(re.compile("contados desde el día siguiente"))
    await expect(why).to_be_visible()
    await expect(page.get_by_text(re.compile(r"Quedan? \d+ días? hábil"))).to_be_visible()
    await is_well(visit, "caso-plazos")
    timeline = await city.timeline(case["case_id"])
    [sent] = [e for e in timeline if e["direction"] == "outbound" and e["actor_kind"] == "staff"]
    assert (sent["channel"], sent["actor_name"]) == ("whatsapp", "Marta Velásquez Ospina")
    await city.resolve(city.desk(AGENT), case["case_id"])


async def test_closed_window_lets_an_approved_template_go(visits: Visits, city: City) -> None:
    await city.open_hours()
    case = await whatsapp_case(city, "Sigue el hueco de la calle 46 con carrera 13")
    there = city.clock.now() + timedelta(hours=25)
    city.clock.set(there, rate=1.0)
    visit = await visits.open()
    page = await open_case(visit, case)
    form = page.get_by_role("form", name="Responder")
    await expect(form.get_by_text(re.compile("Pasaron más de 24 horas"))).to_be_visible()
    send = form.get_by_role("button", name="Enviar la plantilla")
    await expect(send).to_be_disabled()
    await form.get_by_role("radio").nth(1).check()
    await is_well(visit, "caso-plantilla")
    await send.click()
    talk = page.get_by_role("region", name="Conversación")
    await expect(talk.get_by_text(case["folio"]).last).to_be_visible()

    async def went() -> bool:
        return any(
            e["kind"] == "template:case_update" for e in await city.timeline(case["case_id"])
        )

    await city.eventually("the template is in the timeline", went)
    await city.resolve(city.desk(AGENT), case["case_id"])


async def test_note_calls_a_colleague_who_is_told(visits: Visits, city: City) -> None:
    await city.open_hours()
    case = await whatsapp_case(city, "Otro hueco, en la calle 47 con carrera 14")
    # The colleague's desk is open, so that the directory knows them and the notice has a place.
    other = await visits.open()
    await other.sign_in(COLLEAGUE, "/desk/casos")
    await expect(other.page.get_by_role("heading", level=1)).to_be_visible()

    visit = await visits.open()
    page = await open_case(visit, case)
    await page.keyboard.press("n")
    note = page.get_by_role("textbox", name="Nota interna")
    await expect(note).to_be_focused()
    await page.keyboard.type("Ojo @")
    picker = page.get_by_role("combobox", name=re.compile("Llamar a colegas"))
    await expect(picker).to_be_focused()
    await page.keyboard.type("Luc")
    await expect(page.get_by_role("option", name="Lucía Mora Restrepo")).to_be_visible()
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("Enter")
    await expect(note).to_be_focused()
    await expect(note).to_have_value("Ojo @Lucía Mora Restrepo ")
    await page.keyboard.type("¿es de alumbrado?")
    await is_well(visit, "caso-nota")
    await page.keyboard.press("Control+Enter")
    talk = page.get_by_role("region", name="Conversación")
    await expect(talk.get_by_text("Llama a Lucía Mora Restrepo")).to_be_visible()

    notice = other.page.get_by_text(f"Marta Velásquez Ospina le llama en {case['folio']}.")
    await expect(notice).to_be_visible(timeout=30_000)
    await is_well(other, "mencion-aviso")
    await other.page.get_by_role("link", name=re.compile("Menciones")).click()
    called = other.page.get_by_role("listitem").filter(has_text="¿es de alumbrado?")
    await expect(called).to_be_visible()
    await is_well(other, "menciones")
    await called.get_by_role("link", name=case["folio"]).click()
    await expect(other.page.get_by_text("¿es de alumbrado?")).to_be_visible()

    async def seen() -> bool:
        told = await city.desk(COLLEAGUE).get("/api/cases/v1/mentions", unread=True)
        return case["case_id"] not in {one["case_id"] for one in told["items"]}

    await city.eventually("what was looked at is read", seen)
    await city.resolve(city.desk(AGENT), case["case_id"])


async def test_answer_carries_a_file_and_refuses_one_that_is_too_large(
    visits: Visits, city: City, tmp_path: Path
) -> None:
    await city.open_hours()
    case = await whatsapp_case(city, "Hueco sin tapa en la calle 47 con carrera 14")
    visit = await visits.open()
    page = await open_case(visit, case)
    talk = page.get_by_role("region", name="Conversación")
    paper = tmp_path / "plano de la obra.txt"
    paper.write_text("Carrera 14, entre calles 46 y 47", encoding="utf-8")
    large = tmp_path / "enorme.txt"
    large.write_bytes(b"x" * (10 * 2**20 + 1))
    form = page.get_by_role("form", name="Responder")
    await expect(form.get_by_text(re.compile("Hasta 5 archivos de 10 MB, 15 MB"))).to_be_visible()
    chooser = page.locator("input[type=file]")
    await chooser.set_input_files([large])
    await expect(form.get_by_text(re.compile("enorme.txt pesa más de 10 MB"))).to_be_visible()
    await chooser.set_input_files([paper])
    remove = form.get_by_role("button", name="Quitar plano de la obra.txt")
    await expect(remove).to_be_visible()
    await remove.click()
    await expect(remove).to_have_count(0)
    await chooser.set_input_files([paper])
    await expect(remove).to_be_visible()
    await is_well(visit, "caso-archivos")
    await form.get_by_role("textbox", name="Responder").fill("Va el plano de la obra.")
    await page.keyboard.press("Control+Enter")
    await expect(
        talk.get_by_role("button", name=re.compile("plano de la obra.txt"))
    ).to_be_visible()
    await city.resolve(city.desk(AGENT), case["case_id"])


async def test_audit_trail_of_a_case_is_whole_and_to_be_read(visits: Visits, city: City) -> None:
    await city.open_hours()
    case = await whatsapp_case(city, "Hundimiento en la calle 48 con carrera 15")

    async def chained() -> bool:
        told = await city.admin.get(f"/api/cases/v1/cases/{case['case_id']}/audit")
        return "case.assigned" in {one["type"] for one in told["items"]}

    await city.eventually("the chain has the assignment", chained)
    visit = await visits.open()
    page = await open_case(visit, case)
    await page.get_by_role("button", name="Más acciones").click()
    await page.get_by_role("menuitem", name="Registro de auditoría").click()
    trail = page.get_by_role("dialog", name="Registro de auditoría")
    await expect(trail.get_by_text("La cadena está íntegra")).to_be_visible()
    assigned = trail.get_by_role("listitem").filter(has_text="Se asignó")
    await expect(assigned.get_by_text("Marta Velásquez Ospina")).to_be_visible()
    await is_well(visit, "caso-auditoria")
    await page.keyboard.press("Escape")
    await expect(trail).to_be_hidden()
    await city.resolve(city.desk(AGENT), case["case_id"])
