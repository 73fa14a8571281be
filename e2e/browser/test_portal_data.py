"""A citizen says how to be reached, corrects their data, takes it along and has it deleted."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from e2e.browser.letters import codes_by_mail, write_mail
from e2e.browser.visit import Size, Visit, Visits
from e2e.city import City

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(240, func_only=True)]


async def enter(visit: Visit, city: City, address: str) -> None:
    """Enters by a code."""
    await visit.go("/ingresar")
    await visit.page.get_by_label("Su correo").fill(address)
    await visit.page.get_by_role("button", name="Enviar el código").click()
    [code] = await codes_by_mail(city, address)
    await visit.page.get_by_label("Código de seis cifras").fill(code)
    await visit.page.get_by_role("button", name="Entrar", exact=True).click()
    await visit.page.wait_for_url("**/casos")


async def go(page: Page, name: str) -> None:
    """Follows a link of one's own pages."""
    bar = page.get_by_role("navigation", name="Sus casos")
    await bar.get_by_role("link", name=name).click()
    await expect(page.get_by_role("heading", level=1)).to_have_text(name)


@pytest.mark.parametrize("size", ["desktop", "phone"])
async def test_what_is_refused_is_not_used(visits: Visits, city: City, size: Size) -> None:
    who = city.person()
    case = await write_mail(city, who, "La farola de mi calle no enciende")
    visit = await visits.open(size)
    page = visit.page
    await enter(visit, city, who.email)
    await go(page, "Cómo le escribimos")
    await page.get_by_role("radio", name="Correo").check()
    await visit.photo("preferencias")
    assert await visit.axe() == []
    assert await visit.overflow() == 0
    await page.get_by_label("Pueden escribirme por correo").uncheck()
    # What is refused cannot come first, and nothing is left: that is said at once.
    await expect(page.get_by_role("radio", name="Correo")).to_have_count(0)
    await expect(page.get_by_text("No le avisaremos por ningún medio")).to_be_visible()
    await page.get_by_role("button", name="Guardar").click()
    await expect(page.get_by_text("Guardado.")).to_be_visible()
    await visit.photo("preferencias-sin-medio")
    assert await visit.axe() == []
    view = await city.admin.get(f"/api/cases/v1/citizens/{case['citizen_id']}")
    [point] = [one for one in view["contact_points"] if one["channel"] == "email"]
    assert point["consent"] is False
    await page.reload()
    await expect(page.get_by_label("Pueden escribirme por correo")).not_to_be_checked()


@pytest.mark.parametrize("size", ["desktop", "phone"])
async def test_own_data_is_corrected_taken_along_and_deleted(
    visits: Visits, city: City, size: Size, tmp_path: Path
) -> None:
    who, more = city.person(), city.person().email
    visit = await visits.open(size)
    page = visit.page
    await enter(visit, city, who.email)
    await expect(page.get_by_text("No hay casos con los datos con que entró")).to_be_visible()
    await visit.photo("mis-casos-ninguno")
    assert await visit.axe() == []
    await go(page, "Mis datos")
    await page.get_by_label("Nombre", exact=True).fill("Rosa Elvira Díaz")
    await page.get_by_role("button", name="Guardar el nombre").click()
    await expect(page.get_by_text("Guardado.")).to_be_visible()
    # The last proved address stays: there would be no way back in.
    await page.get_by_role("button", name=f"Quitar {who.email}").click()
    await expect(page.get_by_text("Es el último dato comprobado")).to_be_visible()
    await visit.photo("mis-datos")
    assert await visit.axe() == []
    assert await visit.overflow() == 0
    await page.get_by_role("button", name="Agregar otro").click()
    await page.get_by_label("Su correo").fill(more)
    await page.get_by_role("button", name="Enviar el código").click()
    [code] = await codes_by_mail(city, more)
    await page.get_by_label("Código de seis cifras").fill(code)
    await visit.photo("mis-datos-agregar")
    assert await visit.axe() == []
    await page.get_by_role("button", name="Comprobar").click()
    await expect(page.get_by_text("Agregado y comprobado.")).to_be_visible()
    await page.get_by_role("button", name=f"Quitar {who.email}").click()
    await expect(page.get_by_text("Quitado.")).to_be_visible()
    async with page.expect_download() as coming:
        await page.get_by_role("button", name="Descargar mis datos").click()
    copy = tmp_path / "copy.json"
    await (await coming.value).save_as(copy)
    held = json.loads(copy.read_text(encoding="utf-8"))
    assert held["display_name"] == "Rosa Elvira Díaz"
    assert [p["address"] for p in held["preferences"]["contact_points"]] == [more]
    await delete(visit)


async def delete(visit: Visit) -> None:
    """Has everything deleted, and finds the door closed."""
    page = visit.page
    await page.get_by_role("button", name="Ver qué se borra").click()
    await expect(page.get_by_role("heading", name="Qué pasa si lo pide")).to_be_focused()
    await page.get_by_role("button", name="Borrar mis datos").click()
    await expect(page.get_by_text("Marque esta casilla")).to_be_visible()
    await visit.photo("mis-datos-borrar")
    assert await visit.axe() == []
    assert await visit.overflow() == 0
    await page.get_by_label("Entiendo que no se puede deshacer").check()
    await page.get_by_role("button", name="Borrar mis datos").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("Sus datos ya no se usan")
    await visit.photo("mis-datos-borrados")
    assert await visit.axe() == []
    await visit.go("/mis-datos")
    await expect(page.get_by_role("heading", level=1)).to_have_text("Ver mis casos")


async def test_deletion_waits_for_open_cases(visits: Visits, city: City) -> None:
    who = city.person()
    case = await write_mail(city, who, "Hay un hueco en la calle 45")
    visit = await visits.open("phone")
    page = visit.page
    await enter(visit, city, who.email)
    await go(page, "Mis datos")
    await page.get_by_role("button", name="Ver qué se borra").click()
    await expect(page.get_by_text(f"todavía se pueden reabrir: {case['folio']}")).to_be_visible()
    await page.get_by_label("Entiendo que no se puede deshacer").check()
    await page.get_by_role("button", name="Borrar mis datos").click()
    await expect(page.get_by_text("Usted pidió el")).to_be_visible()
    await visit.photo("mis-datos-espera")
    assert await visit.axe() == []
    await page.get_by_role("button", name="English").click()
    await expect(page.get_by_text("By law this stays")).to_be_visible()
    await expect(page.get_by_text("The audit chain")).to_be_visible()
    await visit.photo("mis-datos-espera-en")
    assert await visit.axe() == []
