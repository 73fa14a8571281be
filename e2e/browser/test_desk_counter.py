"""The counter: a turn from the kiosk, called, attended, and ended with the case that it came for."""

from __future__ import annotations

import re
import uuid
from typing import Any

import pytest
from playwright.async_api import Page, expect

from e2e.browser.visit import Size, Visit, Visits
from e2e.city import City

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(240, func_only=True)]
CLERK = "camilo.arango"
UNIT = "atencion"


async def take_ticket(city: City) -> dict[str, Any]:
    """A ticket, as the kiosk takes it."""
    answer = await city.http.post(
        f"{city.url}/api/routing/v1/public/turns",
        json={"unit_id": UNIT},
        headers={"Idempotency-Key": str(uuid.uuid4())},
    )
    assert answer.is_success, answer.text
    return dict(answer.json())


async def end_earlier_turns(city: City) -> None:
    """Calls and ends whoever waits, so that the next ticket is the next one called."""
    clerk = city.desk(CLERK)
    told = await clerk.get("/api/routing/v1/turns", unit=UNIT)
    for turn in told["items"]:
        if turn["status"] in {"called", "attending"}:
            await clerk.call("POST", f"/api/routing/v1/turns/{turn['turn_id']}/finish", json={})
    while True:
        body = {"unit_id": UNIT, "desk": "Ventanilla 1"}
        called = await clerk.call("POST", "/api/routing/v1/turns/next", json=body)
        if not called.is_success:
            return
        turn_id = called.json()["turn_id"]
        await clerk.call("POST", f"/api/routing/v1/turns/{turn_id}/finish", json={})


async def is_well(visit: Visit, name: str) -> None:
    """Nobody is shut out of what is shown now."""
    await visit.photo(name)
    assert await visit.axe() == []
    assert await visit.overflow() <= 0


async def fill_light_form(page: Page) -> None:
    """What a person reports about a street light; the questions are the procedure's own."""
    form = page.get_by_role("form", name=re.compile("[Aa]lumbrado"))
    asked = form.get_by_role("textbox", name=re.compile(r"^(?!.*\(opcional\))"))
    for field in await asked.all():
        await field.fill("Calle 10 # 4-30")


async def file_a_case(visit: Visit, city: City) -> None:
    """Writes a person's matter down; what is missing is said first."""
    page = visit.page
    procedure = page.get_by_role("combobox", name="Trámite")
    await procedure.fill("alumbrado")
    await page.get_by_role("option", name=re.compile("[Aa]lumbrado")).first.click()
    submit = page.get_by_role("button", name="Radicar el caso")
    await submit.click()
    summary = page.get_by_role("alert").filter(has_text="autorización")
    await expect(summary).to_be_focused()
    await is_well(visit, "ventanilla-faltas")
    await fill_light_form(page)
    for group in await page.get_by_role("radiogroup").all():
        await group.get_by_role("radio").first.check()
    await page.get_by_label("Nombre (opcional)").fill("Rosa Elvira Pérez")
    await page.get_by_label("Correo (opcional)").fill(city.person().email)
    await page.get_by_role("checkbox", name=re.compile("autoriza el tratamiento")).check()
    await submit.click()


@pytest.mark.parametrize("size", ["desktop", "phone"])
async def test_turn_is_called_and_ends_with_a_case(visits: Visits, city: City, size: Size) -> None:
    await city.open_hours()
    await end_earlier_turns(city)
    absent = await take_ticket(city)
    ticket = await take_ticket(city)
    hall = await visits.open()
    await hall.go(f"/turnos?unidad={UNIT}")
    visit = await visits.open(size)
    await visit.sign_in(CLERK, "/desk/ventanilla")
    page = visit.page
    turn = page.get_by_role("region", name="Turno")
    await page.get_by_label("Nombre del puesto").fill("Ventanilla 3")
    await expect(turn.get_by_text("2 personas esperan")).to_be_visible()
    await is_well(visit, "ventanilla")

    await turn.get_by_role("button", name="Llamar al siguiente").click()
    await expect(turn.get_by_text(absent["ticket"])).to_be_visible()
    called = hall.page.get_by_role("listitem").filter(has_text=absent["ticket"])
    await expect(called.get_by_text("Ventanilla 3")).to_be_visible()
    await is_well(hall, "sala-turnos")
    await turn.get_by_role("button", name="Volver a llamar").click()
    await expect(turn.get_by_text("llamado número 2")).to_be_visible()
    await turn.get_by_role("button", name="No vino").click()
    await turn.get_by_role("button", name="Llamar al siguiente").click()
    await expect(turn.get_by_text(ticket["ticket"])).to_be_visible()
    await turn.get_by_role("button", name="Ya está aquí").click()
    await expect(turn.get_by_text("En atención")).to_be_visible()

    await file_a_case(visit, city)
    receipt = page.get_by_role("region", name="Caso radicado")
    await expect(receipt.get_by_text(re.compile(r"^[A-Z]{2}-\d{4}-\d{7}-"))).to_be_visible()
    secret = await receipt.locator("dd").nth(1).inner_text()
    assert re.fullmatch(r"[0-9A-Z]{4}(-[0-9A-Z]{4}){2}", secret)
    folio = await receipt.locator("dd").first.inner_text()
    await is_well(visit, "ventanilla-recibo")
    await turn.get_by_role("button", name="Terminar el turno con este caso").click()
    await expect(turn.get_by_text("No hay nadie en esta ventanilla")).to_be_visible()
    # Nothing of the person is left for the next one.
    await expect(page.get_by_text(secret)).to_have_count(0)

    told = await city.desk(CLERK).get("/api/routing/v1/turns", unit=UNIT)
    [ended] = [one for one in told["items"] if one["turn_id"] == ticket["turn_id"]]
    case = await city.case_when(ended["case_id"], "the case of the turn", lambda _: True)
    assert (ended["status"], case["folio"]) == ("finished", folio)
    assert case["channel"] == "counter" or case["opened_channel"] == "counter"
    # The person follows it with what they were handed.
    opened = await city.http.post(
        f"{city.url}/api/cases/v1/citizen/sessions",
        json={"reference": folio, "secret": secret},
        headers={"Origin": city.url},
    )
    assert opened.is_success, opened.text
