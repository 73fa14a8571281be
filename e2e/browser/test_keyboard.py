"""The main tasks by keyboard alone: nothing here ever points at anything (WCAG 2.1.1, 2.4.3, 2.4.7)."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import Locator, Page, expect

from e2e.browser.visit import Visits
from e2e.city import City

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(240, func_only=True)]
MOST_TABS = 60
_FOLIO = re.compile(r"^SA-\d{4}-\d{7}-[0-9A-Z]$")
_SECRET = re.compile(r"^[0-9A-HJKMNP-TV-Z]{4}(-[0-9A-HJKMNP-TV-Z]{4}){2}$")
_RING = """element => {
  const shown = getComputedStyle(element.closest("label") ?? element), own = getComputedStyle(element);
  const box = element.getBoundingClientRect();
  const drawn = [shown, own].some(one => one.outlineStyle !== "none" || one.boxShadow !== "none");
  return drawn || box.width <= 2 || box.height <= 2 || element.matches("input, textarea, select");
}"""
"""A focus that can be seen; fields show theirs by their border, hidden inputs by what stands for them."""


class Fingers:
    """A person's hands on the keyboard of one page."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self.press = page.keyboard.press

    async def write(self, text: str) -> None:
        """Types into whatever has the focus."""
        await self._page.keyboard.type(text)

    async def reach(self, target: Locator) -> None:
        """Tabs on until the target has the focus, and sees that it shows.

        Raises:
            AssertionError: it was not reached in 60 steps, or the focus cannot be seen.
        """
        await expect(target).to_be_visible()
        passed = []
        for _ in range(MOST_TABS):
            await self._page.keyboard.press("Tab")
            focus = self._page.locator(":focus")
            passed.append((await focus.all_inner_texts() or ["?"])[0][:30])
            if await target.evaluate("element => element === document.activeElement"):
                assert await target.evaluate(_RING), f"the focus on {target} cannot be seen"
                return
        raise AssertionError(f"{target} is not reached; passed {passed}")

    async def use(self, target: Locator) -> None:
        """Reaches a link or a button, and presses Enter."""
        await self.reach(target)
        await self._page.keyboard.press("Enter")


async def test_citizen_finds_sends_and_follows(visits: Visits, city: City) -> None:
    """Tasks 1 to 4: find a procedure, send its form, read the receipt, write into the case."""
    await city.open_hours()
    visit = await visits.open()
    page, hands = visit.page, Fingers(visit.page)
    await visit.go("/")
    await hands.reach(page.get_by_label(re.compile("Busque un trámite")))
    await hands.write("alumbrado")
    await hands.press("Enter")
    await hands.use(page.get_by_role("link", name=re.compile("daño en alumbrado")).first)
    await expect(page.get_by_role("heading", level=1)).to_contain_text("alumbrado")
    await hands.use(page.get_by_role("link", name="Iniciar").first)
    await hands.reach(page.get_by_label("Dirección o esquina más cercana"))
    await hands.write("Carrera 7 con calle 3")
    await hands.use(page.get_by_role("button", name="Continuar"))
    await hands.reach(page.get_by_label("Está apagada de noche"))
    await hands.press("Space")
    await hands.use(page.get_by_role("button", name="Continuar"))
    none = page.get_by_label("No quiero dejar un dato de contacto")
    # One of a group is reached, the arrows go to the others.
    await hands.reach(page.get_by_label("Correo electrónico", exact=True))
    while not await none.is_checked():
        await hands.press("ArrowDown")
    await hands.use(page.get_by_role("button", name="Continuar"))
    # Something was left out: the summary has the focus and leads to it.
    await expect(page.get_by_role("alert")).to_be_focused()
    await hands.use(page.get_by_role("link", name=re.compile("sin ella no podemos")))
    await expect(page.get_by_label(re.compile("Autorizo"))).to_be_focused()
    await hands.press("Space")
    await hands.use(page.get_by_role("button", name="Continuar"))
    await hands.use(page.get_by_role("button", name="Enviar solicitud"))
    await expect(page.get_by_role("heading", name="Recibimos su solicitud")).to_be_visible()
    await expect(page.get_by_text(_FOLIO).first).to_be_visible()
    folio = await page.get_by_text(_FOLIO).first.inner_text()
    secret = await page.get_by_text(_SECRET).first.inner_text()

    await visit.go("/seguimiento")
    await hands.reach(page.get_by_label("Folio"))
    await hands.write(folio)
    await hands.press("Tab")
    await hands.write(secret)
    await hands.press("Enter")
    await expect(page.get_by_role("heading", level=1)).to_contain_text("alumbrado")
    await hands.reach(page.get_by_label("Mensaje", exact=True))
    await hands.write("El poste es el de la esquina.")
    await hands.use(page.get_by_role("button", name="Enviar", exact=True))
    await expect(page.get_by_text("El poste es el de la esquina.")).to_be_visible()


async def test_visitor_chats_in_english(visits: Visits) -> None:
    """Tasks 5 and 6: change the language, begin a chat and leave it."""
    visit = await visits.open()
    page, hands = visit.page, Fingers(visit.page)
    await visit.go("/")
    await hands.use(page.get_by_role("button", name="English"))
    await expect(page.locator("html")).to_have_attribute("lang", "en")
    opener = page.get_by_role("button", name="Chat", exact=True)
    await hands.use(opener)
    await hands.reach(page.get_by_label("Write your message"))
    await hands.write("A lamp is broken in the park")
    await hands.press("Enter")
    await expect(page.get_by_role("dialog").get_by_text("A lamp is broken")).to_be_visible()
    await hands.press("Escape")
    await expect(page.get_by_role("dialog")).to_be_hidden()
    await expect(opener).to_be_focused()


async def test_clerk_claims_notes_and_transfers(visits: Visits, city: City) -> None:
    """Tasks 7 to 10: find and claim a case, note, transfer; the shortcuts tell themselves."""
    await city.open_hours()
    who = city.person()
    key = f"wamid.{city.run}.{who.number}"
    text = "Poste de alumbrado público sin luz en la cancha"
    assert await city.whatsapp.deliver(city.whatsapp.webhook(who, text, key)) == 200
    case = await city.case((await city.arrival(key))["case_id"])
    visit = await visits.open()
    await visit.sign_in("lucia.mora")
    page, hands = visit.page, Fingers(visit.page)
    await visit.settle()
    await hands.press("?")
    help_ = page.get_by_role("dialog", name="Atajos de teclado")
    await expect(help_).to_be_visible()
    await hands.press("Escape")
    await expect(help_).to_be_hidden()
    await hands.press("/")
    await expect(page.get_by_role("searchbox")).to_be_focused()
    await hands.write(case["folio"])
    await hands.press("Escape")
    rows = page.get_by_role("list", name="Lista de casos")
    await expect(rows.get_by_text(case["folio"])).to_be_visible()
    await hands.press("o")
    opened = page.get_by_role("article")
    await expect(opened.get_by_text(case["folio"]).first).to_be_visible()
    await hands.press("c")
    await expect(page.get_by_text(f"{case['folio']} está a su cargo.")).to_be_visible()
    await hands.press("n")
    await expect(page.get_by_role("textbox", name="Nota interna")).to_be_focused()
    await hands.write("Llamé y no contestan.")
    await hands.press("Control+Enter")
    await expect(opened.get_by_text("Llamé y no contestan.")).to_be_visible()
    await hands.press("Escape")
    await hands.press("t")
    dialog = page.get_by_role("dialog", name="Trasladar a otra dependencia")
    await expect(dialog).to_be_visible()
    await hands.reach(dialog.get_by_label(re.compile("Dependencia")))
    await hands.press("ArrowDown")
    await hands.reach(dialog.get_by_label(re.compile("Motivo")))
    await hands.write("Es de otra dependencia.")
    await hands.use(dialog.get_by_role("button", name="Trasladar"))
    await expect(page.get_by_text(f"Se pidió el traslado de {case['folio']}.")).to_be_visible()
