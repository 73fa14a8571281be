"""The form: without a network from its first answer to its receipt, and a place on the map."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

import pytest
from playwright.async_api import Page, expect

from e2e.browser.visit import Size, Visit, Visits
from e2e.city import City

pytestmark = pytest.mark.e2e

FORM = "/tramites/alumbrado-publico/iniciar"
# What the service worker may keep: the portal's own files and the city's public answers.
KEPT = re.compile(
    r"^/(index\.html|assets/[\w.-]+|icons/crest\.svg|manifest\.json"
    r"|api/catalog/v1/(city|units|faq|procedures(/[\w-]+)?))$"
)
_CACHED = """async () => {
  const names = await caches.keys();
  const lists = await Promise.all(names.map(async name => (await caches.open(name)).keys()));
  return lists.flat().map(request => request.url);
}"""


async def kept(page: Page) -> set[str]:
    """Paths of all that the service worker keeps."""
    return {urlsplit(url).path for url in await page.evaluate(_CACHED)}


async def ready_for_offline(page: Page, city: City, path: str) -> None:
    """Waits until the worker is in charge and keeps an answer of the city."""
    await page.wait_for_function("() => navigator.serviceWorker.controller !== null")

    async def has() -> bool:
        found = await kept(page)
        return path in found and any(one.startswith("/assets/") for one in found)

    await city.eventually(f"{path} is kept", has)


async def portal_rows(city: City) -> int:
    """How many forms of the portal have arrived."""
    return sum(row["channel"] == "portal" for row in await city.rows())


def forgive_offline(visit: Visit) -> None:
    """A browser complains about each request without a network; here that is the matter."""
    visit.complaints[:] = [one for one in visit.complaints if "ERR_INTERNET_DISCONN" not in one]


async def answer(page: Page, address: str) -> None:
    """Fills the form from its first page to its last."""
    await page.get_by_label("Dirección o esquina").fill(address)
    await page.get_by_role("button", name="Continuar").click()
    await page.get_by_label("Está apagada de noche").check()
    await page.get_by_role("button", name="Continuar").click()
    await page.get_by_label("No quiero dejar un dato de contacto").check()
    await page.get_by_label("Autorizo que la ciudad").check()
    await page.get_by_role("button", name="Continuar").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("Revise antes de enviar")


@pytest.mark.parametrize("size", ["desktop", "phone"])
async def test_form_filled_without_network_arrives_once(
    visits: Visits, city: City, size: Size
) -> None:
    before = await portal_rows(city)
    visit = await visits.open(size)
    page = visit.page
    await visit.go(FORM)
    await ready_for_offline(page, city, "/api/catalog/v1/procedures/alumbrado-publico")
    await visit.context.set_offline(True)
    await page.get_by_label("Dirección o esquina").fill("Calle 12 # 4-30")
    await expect(page.get_by_text("Guardado en este dispositivo")).to_be_visible()
    # A reload without a network: the page comes from the worker, the answers from the device.
    await expect(page.get_by_text("Sin conexión.")).to_be_visible()
    await page.reload()
    await expect(page.get_by_label("Dirección o esquina")).to_have_value("Calle 12 # 4-30")
    await visit.photo("formulario-sin-red")
    assert await visit.axe() == []
    await answer(page, "Calle 12 # 4-30, segundo poste")
    await page.get_by_role("button", name="Enviar solicitud").click()
    await expect(page.get_by_text("Lista para enviar. No hay conexión.")).to_be_visible()
    await visit.photo("formulario-en-espera")
    assert await visit.axe() == []
    # It waits on every page, also after one was loaded anew.
    await page.get_by_role("link", name="San Aurelio").click()
    waiting = page.get_by_text("se envía sola cuando vuelva la red")
    await expect(waiting).to_be_visible()
    await page.reload()
    await expect(waiting).to_be_visible()
    await visit.photo("inicio-en-espera")
    assert await visit.axe() == []
    assert await visit.overflow() == 0
    await visit.context.set_offline(False)
    await expect(page.get_by_text("Se envió «Reporte de daño")).to_be_visible(timeout=45_000)
    await visit.photo("inicio-enviado")
    assert await visit.axe() == []
    # Not seen yet: it is told again after a reload, and still it is one case.
    await page.reload()
    await page.get_by_role("button", name="Ver el recibo").click(timeout=45_000)
    await expect(page.get_by_role("heading", level=1)).to_have_text("Recibimos su solicitud")
    await expect(page.locator("dd", has_text=re.compile(r"^SA-\d{4}-"))).to_be_visible(
        timeout=45_000
    )
    await visit.photo("recibo")
    assert await visit.axe() == []
    await page.get_by_role("link", name="San Aurelio").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("¿Qué necesita hacer?")
    await expect(page.get_by_text("Se envió «")).to_have_count(0)

    async def arrived() -> bool:
        return await portal_rows(city) > before

    await city.eventually("the form arrives", arrived)
    assert await portal_rows(city) == before + 1
    assert [path for path in await kept(page) if not KEPT.match(path)] == []
    forgive_offline(visit)


@pytest.mark.parametrize("size", ["desktop", "phone"])
async def test_place_is_marked_by_pointer_and_by_keyboard(
    visits: Visits, city: City, size: Size
) -> None:
    visit = await visits.open(size)
    page = visit.page
    await visit.go(FORM)
    opener = page.get_by_role("button", name="Marcar en el mapa")
    await opener.click()
    canvas = page.locator("canvas")
    await expect(canvas).to_be_visible(timeout=45_000)
    await expect(page.get_by_role("button", name="Acercar")).to_be_visible()
    await page.get_by_role("button", name="Marcar el centro del mapa").click()
    told = page.get_by_text(re.compile(r"Punto marcado \(latitud"))
    await expect(told).to_be_visible()
    middle = await told.text_content()
    assert await visit.axe() == []
    assert await visit.overflow() == 0
    await canvas.focus()
    await page.keyboard.press("ArrowRight")

    async def moved() -> bool:
        # The key's movement takes a moment; Enter marks the middle as it is by then.
        await page.keyboard.press("Enter")
        return await told.text_content() != middle

    await city.eventually("the middle has moved", moved)
    keyed = await told.text_content()
    box = await canvas.bounding_box()
    assert box is not None
    await page.mouse.click(box["x"] + box["width"] / 3, box["y"] + box["height"] / 3)
    await expect(told).not_to_have_text(keyed or "")
    await visit.photo("formulario-mapa")
    await page.get_by_role("button", name="Quitar el punto").click()
    await expect(told).to_have_count(0)
    await page.get_by_role("button", name="Cerrar el mapa").click()
    await expect(canvas).to_have_count(0)


async def test_form_goes_on_where_no_map_can_be_drawn(visits: Visits) -> None:
    visit = await visits.open("phone")
    await visit.page.add_init_script(
        "const get = HTMLCanvasElement.prototype.getContext;"
        "HTMLCanvasElement.prototype.getContext = function (kind, ...rest) {"
        " return /webgl/.test(kind) ? null : get.call(this, kind, ...rest); };"
    )
    await visit.go(FORM)
    await visit.page.get_by_role("button", name="Marcar en el mapa").click()
    await expect(visit.page.get_by_text("Basta con la dirección").last).to_be_visible()
    assert await visit.axe() == []
    await visit.photo("formulario-sin-mapa")
    await visit.page.get_by_label("Dirección o esquina").fill("Calle 12 # 4-30")
    await visit.page.get_by_role("button", name="Continuar").click()
    await expect(visit.page.get_by_role("heading", level=1)).to_have_text("¿Qué ocurre?")
