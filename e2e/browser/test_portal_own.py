"""A citizen's own place: entering by a code, the cases, and out again."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest
from playwright.async_api import Page, expect

from e2e.browser.letters import code_by_phone, codes_by_mail, submit_form, write_mail
from e2e.browser.visit import Size, Visit, Visits
from e2e.city import City

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(240, func_only=True)]


async def ask_for_code(page: Page, address: str) -> None:
    """Fills in the first step."""
    await page.get_by_label("Su correo").fill(address)
    await page.get_by_role("button", name="Enviar el código").click()
    await expect(page.get_by_label("Código de seis cifras")).to_be_focused()


@pytest.mark.parametrize("size", ["desktop", "phone"])
async def test_code_opens_all_cases(visits: Visits, city: City, size: Size) -> None:
    who = city.person()
    case = await write_mail(city, who, "La farola de mi calle no enciende hace una semana")
    other = await write_mail(city, who, "Hay basura acumulada en el parque central")
    visit = await visits.open(size)
    page = visit.page
    await enter(visit, city, who.email, case)
    await (
        page.get_by_role("navigation", name="Sus casos")
        .get_by_role("link", name="Mis casos")
        .click()
    )
    await see_cases(visit, [case["folio"], other["folio"]])
    stored = await page.evaluate("() => JSON.stringify([{...localStorage}, {...sessionStorage}])")
    assert who.email not in stored
    # A link of a message now leads to the case itself.
    await visit.go(f"/casos/{other['folio']}")
    await page.wait_for_url(f"**/casos/{other['case_id']}")
    await page.get_by_label("Mensaje").fill("Sigue igual esta mañana")
    await page.get_by_role("button", name="Enviar", exact=True).click()
    await expect(page.get_by_role("listitem").get_by_text("Sigue igual esta mañana")).to_be_visible(
        timeout=45_000
    )
    await visit.photo("mi-caso")
    assert await visit.axe() == []
    await page.get_by_role("button", name="Salir").click()
    await expect(page).to_have_url(f"{city.url}/")
    await visit.go("/casos")
    await expect(page.get_by_role("heading", level=1)).to_have_text("Ver mis casos")


async def enter(visit: Visit, city: City, address: str, case: dict[str, Any]) -> None:
    """Follows the link of a message and enters by a code, with the slips that people make."""
    page = visit.page
    await visit.go(f"/casos/{case['folio']}")
    # Nobody has entered: the folio is there, its key or a code is wanted.
    await expect(page.get_by_label("Folio")).to_have_value(case["folio"])
    await page.get_by_role("link", name="Entrar con un código").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("Ver mis casos")
    await visit.photo("ingresar")
    assert await visit.axe() == []
    assert await visit.overflow() == 0
    await page.get_by_role("button", name="Enviar el código").click()
    await expect(page.get_by_label("Su correo")).to_be_focused()
    await expect(page.get_by_text("Escriba un correo completo")).to_be_visible()
    assert await visit.axe() == []
    await ask_for_code(page, address)
    await visit.photo("ingresar-codigo")
    assert await visit.axe() == []
    assert await visit.overflow() == 0
    [code] = await codes_by_mail(city, address)
    await page.get_by_label("Código de seis cifras").fill(f"{(int(code) + 1) % 1_000_000:06d}")
    await page.get_by_role("button", name="Entrar", exact=True).click()
    await expect(page.get_by_text("El código no es correcto")).to_be_visible()
    await visit.photo("ingresar-codigo-mal")
    assert await visit.axe() == []
    # Phones close a page while one looks for the code: it is still asked for afterwards.
    await page.reload()
    field = page.get_by_label("Código de seis cifras")
    await field.fill(f"{code[:3]} {code[3:]}")
    await page.get_by_role("button", name="Entrar", exact=True).click()
    # Back to what was wanted.
    await page.wait_for_url(f"**/casos/{case['case_id']}")


async def see_cases(visit: Visit, folios: list[str]) -> None:
    """Looks at the list of all cases."""
    await expect(visit.page.get_by_role("heading", level=1)).to_have_text("Mis casos")
    for folio in folios:
        await expect(visit.page.get_by_text(folio)).to_be_visible()
    await visit.photo("mis-casos")
    assert await visit.axe() == []
    assert await visit.overflow() == 0


async def test_form_is_found_by_the_address_that_it_gave(visits: Visits, city: City) -> None:
    """Filled in without entering, found with a code to the address that was given in it."""
    who = city.person()
    contact = {"email": who.email, "preferred_channel": "email"}
    case_id = (await submit_form(city, contact))["case_id"]
    await city.case_when(case_id, "the form is a case", lambda case: bool(case["folio"]))
    visit = await visits.open("phone")
    page = visit.page
    await visit.go("/ingresar")
    await ask_for_code(page, who.email)
    [code] = await codes_by_mail(city, who.email)
    await page.get_by_label("Código de seis cifras").fill(code)
    await page.get_by_role("button", name="Entrar", exact=True).click()
    await page.get_by_role("link", name=re.compile("alumbrado", re.IGNORECASE)).click()
    await page.wait_for_url(f"**/casos/{case_id}")
    await page.get_by_label("Mensaje").fill("Es el poste de la esquina")
    await page.get_by_role("button", name="Enviar", exact=True).click()
    await expect(
        page.get_by_role("listitem").get_by_text("Es el poste de la esquina")
    ).to_be_visible(timeout=45_000)


async def test_number_of_a_phone_opens_its_cases(visits: Visits, city: City) -> None:
    # A number that Colombia could give: it is read as people write it, and compared.
    who = replace(city.person(), phone=f"573{city.person().number:09d}")
    key = f"wamid.{city.run}.own"
    text = "Hay un hueco enorme en la calle 45 con 12"
    assert await city.whatsapp.deliver(city.whatsapp.webhook(who, text, key)) == 200
    case_id = (await city.arrival(key))["case_id"]
    case = await city.case(case_id)
    visit = await visits.open("phone")
    page = visit.page
    await visit.go("/ingresar")
    await page.get_by_role("radio", name="WhatsApp").check()
    await page.get_by_label("Su número de WhatsApp").fill(f"+{who.phone}")
    await visit.photo("ingresar-numero")
    assert await visit.axe() == []
    await page.get_by_role("button", name="Enviar el código").click()
    await page.get_by_label("Código de seis cifras").fill(await code_by_phone(city, who.phone))
    await page.get_by_role("button", name="Entrar", exact=True).click()
    await expect(page.get_by_text(case["folio"])).to_be_visible()


async def test_nothing_tells_whether_an_address_is_known(visits: Visits, city: City) -> None:
    visit = await visits.open("phone", language="en-GB")
    page = visit.page
    stranger = city.person().email
    await visit.go("/ingresar")
    await page.get_by_label("Your e-mail").fill(stranger)
    await page.get_by_role("button", name="Send the code").click()
    await expect(page.get_by_text(f"If {stranger} exists, the code arrives")).to_be_visible()
    await visit.photo("ingresar-codigo-en")
    assert await visit.axe() == []
    await page.get_by_role("button", name="Use another e-mail or number").click()
    await expect(page.get_by_label("Your e-mail")).to_have_value(stranger)
