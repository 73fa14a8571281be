"""From a citizen's first click over the clerk's desk to the survey, and to the supervisor's board."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import Page, expect

from e2e.browser.letters import mail_with
from e2e.browser.visit import Size, Visit, Visits
from e2e.city import City

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(240, func_only=True)]
_FOLIO = re.compile(r"^SA-\d{4}-\d{7}-[0-9A-Z]$")
_SECRET = re.compile(r"^[0-9A-HJKMNP-TV-Z]{4}(-[0-9A-HJKMNP-TV-Z]{4}){2}$")
ANSWER = "La cuadrilla cambió la lámpara esta mañana."


@pytest.mark.parametrize("size", ["phone", "desktop"])
async def test_lamp_is_reported_mended_and_judged(visits: Visits, city: City, size: Size) -> None:
    await city.open_hours()
    address = city.person().email
    citizen = await visits.open(size)
    folio, secret = await _report_a_lamp(citizen, address)

    clerk = await visits.open(size)
    await clerk.sign_in("rosa.bermudez")
    await _answer_by_keyboard(clerk, folio)

    await _follow(citizen, folio, secret)
    await _judge(citizen, city, address)

    supervisor = await visits.open(size)
    await supervisor.sign_in("beatriz.londono", "/desk/tablero/encuestas")
    await supervisor.settle()
    board = supervisor.page
    await expect(board.get_by_role("link", name=folio)).to_be_visible()
    await supervisor.photo("camino-6-tablero")
    assert await supervisor.axe() == []


async def _report_a_lamp(visit: Visit, address: str) -> tuple[str, str]:
    page = visit.page
    await visit.go("/")
    await page.get_by_label("Busque un trámite, una respuesta o su folio").fill("poste sin luz")
    await page.get_by_role("button", name="Buscar").click()
    await page.get_by_role("link", name=re.compile("alumbrado público")).first.click()
    await page.get_by_role("link", name="Iniciar").first.click()
    await page.get_by_label("Dirección o esquina más cercana").fill("Calle 12 con carrera 4")
    await _next(page)
    await page.get_by_label("Está apagada de noche").check()
    await page.get_by_label("Otros detalles").fill("Lleva tres noches así, frente a la escuela.")
    await _next(page)
    await page.get_by_label("Correo electrónico", exact=True).check()
    await page.get_by_label("Su correo").fill(address)
    await page.get_by_label(re.compile("Autorizo")).check()
    await _next(page)
    await expect(page.get_by_role("heading", name="Revise antes de enviar")).to_be_visible()
    await visit.photo("camino-1-revisar")
    assert await visit.axe() == []
    await page.get_by_role("button", name="Enviar solicitud").click()
    await expect(page.get_by_role("heading", name="Recibimos su solicitud")).to_be_visible()
    folio, secret = page.get_by_text(_FOLIO), page.get_by_text(_SECRET)
    await expect(folio.first).to_be_visible()
    await visit.photo("camino-2-recibo")
    assert await visit.axe() == []
    return await folio.first.inner_text(), await secret.first.inner_text()


async def _next(page: Page) -> None:
    await page.get_by_role("button", name="Continuar").click()


async def _answer_by_keyboard(visit: Visit, folio: str) -> None:
    page, keys = visit.page, visit.page.keyboard
    await expect(page.get_by_role("heading", level=1).first).to_be_visible()
    await keys.press("/")
    await keys.type(folio)
    await keys.press("Escape")
    await expect(page.get_by_role("list").get_by_text(folio)).to_be_visible()
    await keys.press("o")
    case = page.get_by_role("article").first
    await expect(case.get_by_text(folio).first).to_be_visible()
    await keys.press("c")
    await expect(page.get_by_text(f"{folio} está a su cargo.")).to_be_visible()
    await keys.press("r")
    await expect(page.get_by_role("textbox", name="Responder")).to_be_focused()
    await keys.type(ANSWER)
    await keys.press("Control+Enter")
    await expect(case.get_by_text(ANSWER)).to_be_visible()
    await visit.photo("camino-3-caso")
    assert await visit.axe() == []
    await keys.press("Escape")
    await keys.press("e")
    await (
        page.get_by_role("dialog").get_by_role("combobox", name="Resultado").select_option(index=1)
    )
    await keys.press("Tab")
    await keys.type("Quedó encendida.")
    await page.get_by_role("dialog").get_by_role("button", name="Resolver").press("Enter")
    await expect(page.get_by_text(f"{folio} quedó resuelto.")).to_be_visible()


async def _follow(visit: Visit, folio: str, secret: str) -> None:
    page = visit.page
    await visit.go("/seguimiento")
    await page.get_by_label("Folio").fill(folio)
    await page.get_by_label("Clave").fill(secret)
    await page.get_by_role("button", name="Consultar").click()
    await expect(page.get_by_text(ANSWER)).to_be_visible()
    await expect(page.get_by_role("heading", name="¿Quedó resuelto?")).to_be_visible()
    await visit.photo("camino-4-seguimiento")
    assert await visit.axe() == []


async def _judge(visit: Visit, city: City, address: str) -> None:
    mail = await mail_with(city, address, "/encuesta#")
    link = re.search(r"/encuesta#[\w.-]+", mail["text"])
    assert link is not None
    page = visit.page
    await visit.go(link[0])
    await page.get_by_role("radio", name="2 Mala").check()
    await page.get_by_role("radio", name="Sí, quedó resuelto").check()
    await page.get_by_label("¿Quiere contarnos algo más?").fill("Tardaron tres noches.")
    await visit.photo("camino-5-encuesta")
    assert await visit.axe() == []
    await page.get_by_role("button", name="Enviar respuesta").click()
    await expect(page.get_by_role("heading", name="Gracias por su respuesta")).to_be_visible()
