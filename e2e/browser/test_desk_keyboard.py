"""Ten things that an operator does all day, without touching the mouse."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import Locator, expect

from e2e.browser.test_desk_case import AGENT, COLLEAGUE, whatsapp_case
from e2e.browser.visit import Visits
from e2e.city import City

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(240, func_only=True)]
MOST_OPTIONS = 40


async def choose(field: Locator, words: str) -> None:
    """Goes down a list that has the focus to what is wanted, and on to the next field."""
    shown = "element => element.selectedOptions[0].text"
    for _ in range(MOST_OPTIONS):
        await field.press("ArrowDown")
        if words in await field.evaluate(shown):
            await field.press("Tab")
            return
    raise AssertionError(f"{words} is not there: {await field.evaluate(shown)}")


async def test_ten_tasks_by_keyboard(visits: Visits, city: City) -> None:  # noqa: PLR0915 - ten tasks in one go
    await city.open_hours()
    # Whoever has opened the desk can be called in a note.
    await city.desk(COLLEAGUE).get("/api/cases/v1/cases/counts")
    case = await whatsapp_case(city, "Un hueco nuevo en la calle 49 con carrera 16", claim=False)
    visit = await visits.open()
    await visit.sign_in(AGENT, "/desk/casos")
    page = visit.page
    press = page.keyboard.press
    await expect(page.locator("a[data-case]").first).to_be_visible()

    # 1. What do keys do here?
    await press("Shift+?")
    help_ = page.get_by_role("dialog", name="Atajos de teclado")
    await expect(help_).to_be_visible()
    await press("Escape")
    await expect(help_).to_be_hidden()
    # 2. Another list.
    await press("g")
    await press("u")
    await expect(page.get_by_role("heading", name="Sin asignar", level=1)).to_be_visible()
    # 3. From row to row.
    await expect(page.locator("a[data-case]").first).to_be_visible()
    await press("j")
    await press("j")
    await press("k")
    await expect(page.locator("a[data-case]:focus")).to_have_count(1)
    # 4. Search by folio, and open what was found.
    await press("/")
    await expect(
        page.get_by_role("searchbox").or_(page.get_by_label("Folio o palabras"))
    ).to_be_focused()
    await page.keyboard.type(case["folio"])
    await press("Enter")
    row = page.locator(f"a[data-case='{case['case_id']}']")
    await expect(row).to_be_visible()
    await expect(page.locator("a[data-case]")).to_have_count(1)
    await press("Escape")
    await page.evaluate("() => document.activeElement.blur()")
    await press("j")
    await expect(row).to_be_focused()
    await press("o")
    await expect(page.get_by_role("region", name="Conversación")).to_be_visible()
    # 5. Take it.
    await press("c")
    await expect(page.get_by_text(f"{case['folio']} está a su cargo.")).to_be_visible()
    # 6. Answer in approved words.
    await press("r")
    answer = page.get_by_role("textbox", name="Responder")
    await expect(answer).to_be_focused()
    await press("Control+k")
    window = page.get_by_role("dialog", name="Respuestas aprobadas")
    await expect(window.get_by_role("combobox")).to_be_focused()
    await page.keyboard.type("pedir una foto")
    await expect(page.get_by_role("option", name=re.compile("Pedir una foto"))).to_be_visible()
    await press("Enter")
    await expect(answer).to_be_focused()
    await expect(window).to_be_hidden()
    await expect(answer).to_have_value(re.compile("foto del sitio"))
    await press("Control+Enter")
    talk = page.get_by_role("region", name="Conversación")
    await expect(talk.get_by_text(re.compile("foto del sitio"))).to_be_visible()
    # 7. A note that calls a colleague.
    await press("Escape")
    await press("n")
    note = page.get_by_role("textbox", name="Nota interna")
    await expect(note).to_be_focused()
    await page.keyboard.type("@")
    await page.keyboard.type("Luc")
    await expect(page.get_by_role("option", name=re.compile("Lucía"))).to_be_visible()
    await press("ArrowDown")
    await press("Enter")
    await expect(note).to_be_focused()
    await page.keyboard.type("mírelo por favor")
    await press("Control+Enter")
    await expect(talk.get_by_text("Llama a Lucía Mora Restrepo")).to_be_visible()
    # 8. Ask another unit to take it, and see that it waits.
    await press("Escape")
    await press("t")
    window = page.get_by_role("dialog", name="Trasladar a otra dependencia")
    await expect(window.get_by_label("Dependencia")).to_be_focused()
    await choose(window.get_by_label("Dependencia"), "Parques")
    await page.keyboard.type("Lo levantó la raíz de un árbol")
    await press("Tab")
    await press("Tab")
    await press("Enter")
    await expect(page.get_by_text(re.compile("Espera la respuesta de .*Parques"))).to_be_visible()
    back = f"/api/cases/v1/cases/{case['case_id']}/transfers/return"
    parks = city.desk("rosa.bermudez")
    await city.done(parks, "POST", back, json={"reason": "No hay árbol"})
    await expect(page.get_by_text(re.compile("Espera la respuesta"))).to_have_count(0)
    # 9. Take it up again and resolve it.
    await expect(page.get_by_role("button", name="Tomar")).to_be_visible()
    await press("c")
    await expect(page.get_by_role("article").get_by_text("A su cargo")).to_be_visible()
    await press("e")
    window = page.get_by_role("dialog", name="Resolver el caso")
    await expect(window.get_by_label("Resultado")).to_be_focused()
    await press("ArrowDown")
    await press("Tab")
    await press("Tab")
    await press("Tab")
    await press("Enter")
    await expect(page.get_by_text(f"{case['folio']} quedó resuelto.")).to_be_visible()
    await expect(window).to_be_hidden()
    # 10. Back to one's own work.
    await press("g")
    await press("m")
    await expect(page.get_by_role("heading", name="Míos", level=1)).to_be_visible()
    resolved = await city.case(case["case_id"])
    assert resolved["status"] == "resolved"
