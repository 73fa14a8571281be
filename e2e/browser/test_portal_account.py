"""Citizens with an account: signing in, registering, and what a stranger's address opens."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import expect

from dev.demo.script import Citizen
from e2e.browser.letters import mail_with, write_mail
from e2e.browser.visit import Size, Visit, Visits
from e2e.city import City

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(240, func_only=True)]
ROSA = Citizen(number=1, name="Rosa Díaz", email="rosa.diaz@correo.example", phone="573001234567")
PASSWORD = "Una-clave-larga-7"


async def holds_no_token(visit: Visit) -> bool:
    """Whether nothing that a script could carry away is left in the browser's stores."""
    stored = await visit.page.evaluate(
        "() => JSON.stringify([{...localStorage}, {...sessionStorage}])"
    )
    return "eyJ" not in stored


@pytest.mark.parametrize("size", ["desktop", "phone"])
async def test_account_shows_the_same_cases(visits: Visits, city: City, size: Size) -> None:
    case = await write_mail(city, ROSA, "La farola de mi calle no enciende")
    visit = await visits.open(size)
    page = visit.page
    await visit.go(f"/ingresar?caso={case['folio']}")
    await page.get_by_role("button", name="Entrar con mi cuenta").click()
    await page.locator("#username").fill("rosa.diaz")
    password = city.stack.context().credentials.citizens()["rosa.diaz"]
    await page.locator("#password").fill(password)
    await page.locator("#kc-login").click()
    await page.wait_for_url(f"**/casos/{case['case_id']}")
    await page.get_by_role("link", name="Mis casos", exact=True).last.click()
    await expect(page.get_by_text(case["folio"])).to_be_visible()
    await visit.photo("cuenta-mis-casos")
    assert await visit.axe() == []
    assert await holds_no_token(visit)
    await page.get_by_role("button", name="Salir").click()
    # Keycloak asks whether that is meant; then the next person needs the password again.
    await page.locator("#kc-logout").click()
    await expect(page).to_have_url(f"{city.url}/")
    await visit.go("/casos")
    await page.get_by_role("button", name="Entrar con mi cuenta").click()
    await expect(page.locator("#password")).to_be_visible()


async def test_registration_opens_nothing_until_the_address_is_proved(
    visits: Visits, city: City
) -> None:
    who = city.person()
    case = await write_mail(city, who, "Hay un hueco en la calle 45")
    visit = await visits.open("phone")
    page = visit.page
    await visit.go("/ingresar")
    await page.get_by_role("button", name="Crear una cuenta").click()
    await page.locator("#username").fill(f"persona-{who.number}")
    await page.locator("#email").fill(who.email)
    await page.locator("#firstName").fill("Rosa")
    await page.locator("#lastName").fill("Pérez")
    await visit.photo("cuenta-registro")
    await page.locator("[type=submit]").first.click()
    await expect(page).to_have_url(re.compile("required-action.*VERIFY_EMAIL"))
    await visit.photo("cuenta-comprobar")
    # Until then it is nobody's: the portal does not know this browser.
    answer = await page.request.get(f"{city.url}/api/cases/v1/citizen/cases")
    assert answer.status == 401
    mail = await mail_with(city, who.email, "action-token")
    found = re.search(r"http\S+action-token\S+", mail["text"])
    assert found is not None
    await page.goto(found[0])
    # The password comes after the proof: nobody prepares an account for somebody else's address.
    await page.locator("#password-new").fill(PASSWORD)
    await page.locator("#password-confirm").fill(PASSWORD)
    await visit.photo("cuenta-clave")
    await page.locator("[type=submit]").first.click()
    await page.wait_for_url("**/casos")
    await expect(page.get_by_text(case["folio"])).to_be_visible()
    assert await holds_no_token(visit)
    # A script of Keycloak's own page looks for the password's field, which comes later.
    visit.complaints[:] = [one for one in visit.complaints if "addEventListener" not in one]


async def test_a_sign_in_that_was_not_begun_here_ends_nowhere(visits: Visits) -> None:
    visit = await visits.open("phone")
    await visit.go("/callback?code=abc&state=forged")
    await expect(visit.page.get_by_text("La entrada no terminó bien")).to_be_visible()
    await visit.photo("cuenta-fallida")
    assert await visit.axe() == []
    await visit.page.get_by_role("link", name="Empezar de nuevo").click()
    await expect(visit.page.get_by_role("heading", level=1)).to_have_text("Ver mis casos")
