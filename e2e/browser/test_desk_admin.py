"""Administration: a draft is edited, judged, published, rolled back, and shared by two people."""

from __future__ import annotations

import re
from uuid import uuid4

import pytest
from playwright.async_api import Locator, expect

from e2e.browser.visit import Size, Visit, Visits

pytestmark = pytest.mark.e2e

ADMIN, OTHER, AUDITOR = "nestor.acuna", "carolina.duarte", "elena.trujillo"
HOME = "/desk/administracion"


async def begin(visit: Visit, title: str) -> str:
    """Begins a draft; returns its address."""
    page = visit.page
    await page.get_by_role("button", name="Empezar un borrador").click()
    dialog = page.get_by_role("dialog")
    await dialog.get_by_label("Qué se va a cambiar").fill(title)
    await dialog.get_by_role("button", name="Empezar").click()
    await expect(page.get_by_role("heading", level=1, name=title)).to_be_visible()
    await page.wait_for_url(re.compile(r"/administracion/borradores/[0-9a-f-]+$"))
    return page.url.removeprefix(visit.city.url)


async def filled(visit: Visit, label: str) -> str:
    """What stands in a field of the form, as soon as something does."""
    await expect(field(visit, label)).not_to_have_value("")
    return await field(visit, label).input_value()


async def judge(visit: Visit, name: str) -> None:
    """Photographs a page and judges it."""
    await visit.photo(f"admin-{name}")
    assert await visit.axe() == []
    assert await visit.overflow() == 0


def field(visit: Visit, label: str) -> Locator:
    return visit.page.get_by_label(label, exact=True)


async def save(visit: Visit) -> None:
    await visit.page.get_by_role("button", name="Guardar en el borrador").click()
    await expect(visit.page.get_by_text("Todo está guardado en el borrador")).to_be_visible()


async def publish(visit: Visit) -> None:
    await visit.page.get_by_role("link", name="Resumen").click()
    await visit.page.get_by_role("button", name="Publicar").click()
    dialog = visit.page.get_by_role("dialog")
    await dialog.get_by_role("button", name="Publicar").click()
    await expect(visit.page.get_by_text("está en vigor.").first).to_be_visible()


@pytest.mark.parametrize("size", ["desktop", "phone"])
async def test_a_unit_changes_for_everybody_and_back(visits: Visits, size: Size) -> None:
    visit = await visits.open(size)
    page = visit.page
    await visit.sign_in(ADMIN, HOME)
    await expect(page.get_by_role("heading", name="Versiones publicadas")).to_be_visible()
    await expect(page.get_by_text("En vigor")).to_be_visible()
    await judge(visit, "inicio")
    draft = await begin(visit, f"Teléfono de Vías ({size})")
    await judge(visit, "borrador-vacio")
    await (
        page.get_by_role("navigation", name="Partes del borrador")
        .get_by_role("link", name="Dependencias")
        .click()
    )
    await expect(page.get_by_role("heading", level=2, name="Dependencias")).to_be_focused()
    await judge(visit, "dependencias")
    await page.get_by_role("link", name=re.compile("Malla Vial")).click()
    usual = await filled(visit, "Teléfono")
    await judge(visit, "dependencia")
    # What is wrong is said beside its field, and the draft cannot be published.
    await field(visit, "Correo").fill("sin arroba")
    await save(visit)
    await expect(page.get_by_role("region", name="Problemas")).to_contain_text("no tiene la forma")
    await expect(field(visit, "Correo")).to_have_attribute("aria-invalid", "true")
    await judge(visit, "dependencia-mal")
    await (
        page.get_by_role("region", name="Problemas")
        .get_by_role("button", name=re.compile("Correo"))
        .click()
    )
    await expect(field(visit, "Correo")).to_be_focused()
    # Leaving with something unsaved asks first.
    await field(visit, "Correo").fill("vias@sanaurelio.example")
    await page.get_by_role("link", name="Resumen").click()
    await page.get_by_role("dialog").get_by_role("button", name="Seguir editando").click()
    number = next(one for one in ("+57 601 555 9901", "+57 601 555 9902") if one != usual)
    await field(visit, "Teléfono").fill(number)
    await save(visit)
    await page.get_by_role("link", name="Resumen").click()
    told = page.get_by_text(f"teléfono: cambia de «{usual}» a «{number}»")
    await expect(told).to_be_visible()
    await judge(visit, "cambios")
    await publish(visit)
    units = await page.evaluate(
        "fetch('/api/catalog/v1/units', {cache: 'no-store'}).then(r => r.text())"
    )
    assert number in units
    await visit.go(draft)
    await expect(page.get_by_text("Este borrador ya se publicó")).to_be_visible()
    # Back to what was before: the newest row but one.
    await page.get_by_role("link", name="Volver a la configuración").click()
    await expect(page.get_by_role("row").nth(1)).to_contain_text("Néstor Acuña")
    newest = await page.get_by_role("link", name=re.compile("^Versión ")).first.inner_text()
    before = f"Versión {int(newest.split()[1]) - 1}"
    await page.get_by_role("link", name=before, exact=True).click()
    await page.get_by_role("button", name="Volver a esta versión").click()
    dialog = page.get_by_role("dialog")
    await expect(dialog.get_by_text(f"a «{usual}»")).to_be_visible()
    await judge(visit, "volver")
    await dialog.get_by_role("button", name="Volver a esta versión").click()
    await expect(page.get_by_text("Rige de nuevo").first).to_be_visible()
    await expect(page.get_by_text(f"Vuelve a la {before.lower()}").first).to_be_visible()
    units = await page.evaluate(
        "fetch('/api/catalog/v1/units', {cache: 'no-store'}).then(r => r.text())"
    )
    assert number not in units


async def test_two_people_in_one_draft_and_one_who_published_meanwhile(visits: Visits) -> None:
    mine, theirs = await visits.open(), await visits.open("phone")
    await mine.sign_in(ADMIN, HOME)
    draft = await begin(mine, "A cuatro manos")
    await mine.go(f"{draft}/dependencias/parques")
    await theirs.sign_in(OTHER, f"{draft}/dependencias/parques")
    await expect(field(theirs, "Teléfono")).to_be_visible()
    await expect(field(mine, "Teléfono")).to_be_visible()
    # They save first: their address stays, and the telephone that both changed is asked about.
    await field(theirs, "Dirección").fill("Vivero nuevo")
    await field(theirs, "Teléfono").fill("+57 601 555 1111")
    await save(theirs)
    await field(mine, "Teléfono").fill("+57 601 555 2222")
    await mine.page.get_by_role("button", name="Guardar en el borrador").click()
    dialog = mine.page.get_by_role("dialog", name="Dos personas cambiaron lo mismo")
    await expect(dialog.get_by_role("radiogroup")).to_have_count(1)
    await judge(mine, "choque")
    await dialog.get_by_label("Lo de este borrador: +57 601 555 2222").check()
    await dialog.get_by_role("button", name="Guardar combinado").click()
    await expect(dialog).to_be_hidden()
    await expect(field(mine, "Dirección")).to_have_value("Vivero nuevo")
    await expect(field(mine, "Teléfono")).to_have_value("+57 601 555 2222")
    # Somebody publishes another draft: this one says so, and takes it in.
    await theirs.go(HOME)
    other = await begin(theirs, "Otro nombre")
    renamed = f"Aseo y reciclaje {uuid4().hex[:6]}"
    await theirs.go(f"{other}/habilidades/residuos")
    await theirs.page.get_by_label("Español", exact=True).fill(renamed)
    await save(theirs)
    await publish(theirs)
    await mine.go(draft)
    await expect(mine.page.get_by_text("Publicarlo así desharía")).to_be_visible()
    await expect(mine.page.get_by_role("button", name="Publicar")).to_be_hidden()
    await judge(mine, "atrasado")
    await mine.page.get_by_role("button", name="Traer los cambios publicados").click()
    await expect(mine.page.get_by_role("button", name="Publicar")).to_be_visible()
    await expect(mine.page.get_by_text(renamed)).to_be_hidden()
    await expect(mine.page.get_by_text("Vivero nuevo")).to_be_visible()
    await mine.page.get_by_role("button", name="Descartar el borrador").click()
    await (
        mine.page.get_by_role("dialog").get_by_role("button", name="Descartar el borrador").click()
    )
    await expect(mine.page.get_by_role("heading", level=1, name="Configuración")).to_be_visible()


@pytest.mark.parametrize("size", ["desktop", "phone"])
async def test_every_part_has_a_page_that_works(visits: Visits, size: Size) -> None:
    visit = await visits.open(size)
    page = visit.page
    await visit.sign_in(ADMIN, HOME)
    draft = await begin(visit, f"Recorrido ({size})")
    for path, name in [
        ("calendario", "Festivos"),
        ("respuestas/pedir-foto", "Pedir una foto"),
        ("preguntas", "Preguntas frecuentes"),
        ("plantillas/case_received", "case_received"),
        ("habilidades", "Habilidades"),
        ("reparto", "Reparto"),
        ("tramites", "Trámites"),
    ]:
        await visit.go(f"{draft}/{path}")
        await expect(page.get_by_role("heading", level=2, name=name)).to_be_visible()
        await judge(visit, path.replace("/", "-"))
    # A holiday is added in its year.
    await visit.go(f"{draft}/calendario")
    await field(visit, "Fecha").fill("2027-12-24")
    await field(visit, "Nombre").fill("Nochebuena")
    await page.get_by_role("button", name="Agregar festivo").click()
    await expect(field(visit, "Nombre del 2027-12-24")).to_have_value("Nochebuena")
    await save(visit)
    await page.get_by_role("link", name="Resumen").click()
    await expect(page.get_by_text("Nochebuena")).to_be_visible()
    # A message as the person receives it.
    await visit.go(f"{draft}/plantillas/case_received")
    await page.get_by_role("button", name="Ver mensaje").click()
    await expect(page.get_by_text("Recibimos su solicitud").last).to_be_visible()
    # A question that is new; broken JSON is told and not saved.
    await visit.go(f"{draft}/preguntas")
    await page.get_by_role("button", name="Agregar pregunta").click()
    dialog = page.get_by_role("dialog")
    await dialog.get_by_label("Nombre").fill("¿Hay baños públicos?")
    await expect(dialog.get_by_label("Identificador")).to_have_value("hay-banos-publicos")
    await dialog.get_by_role("button", name="Agregar").click()
    await expect(page.get_by_role("region", name="Problemas")).to_be_visible()
    await page.get_by_role("button", name="Ver como JSON").click()
    written = page.get_by_label("Contenido en JSON")
    await written.fill('{"question": ')
    await expect(page.get_by_text("no se puede leer y no se guarda")).to_be_visible()
    await expect(page.get_by_role("button", name="Guardar en el borrador")).to_be_disabled()
    await judge(visit, "json-mal")
    await written.fill('{"question": {"es": "¿Hay baños?"}, "answer": {"es": "Sí, en el parque."}}')
    await save(visit)


async def test_in_english_and_for_those_who_only_read(visits: Visits) -> None:
    visit = await visits.open()
    await visit.sign_in(AUDITOR, HOME)
    page = visit.page
    await expect(page.get_by_role("heading", level=1, name="Configuración")).to_be_visible()
    await expect(page.get_by_role("button", name="Empezar un borrador")).to_be_hidden()
    await page.get_by_role("button", name="English").click()
    await expect(page.get_by_role("heading", level=1, name="Configuration")).to_be_visible()
    await page.get_by_role("link", name=re.compile("^Version ")).last.click()
    await expect(page.get_by_role("button", name="Go back to this version")).to_be_hidden()
    await judge(visit, "english")
