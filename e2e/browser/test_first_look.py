"""Portal and desk open in a browser, under their policy, without a complaint of axe."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import expect

from e2e.browser.visit import Size, Visits

pytestmark = pytest.mark.e2e


@pytest.mark.parametrize("size", ["desktop", "phone"])
async def test_portal_shows_the_citys_procedures(visits: Visits, size: Size) -> None:
    visit = await visits.open(size)
    await visit.go("/")
    await expect(visit.page.get_by_role("heading", level=1)).to_be_visible()
    await expect(visit.page.get_by_text("alumbrado público").first).to_be_visible()
    await visit.photo("portal-inicio")
    assert await visit.axe() == []
    assert await visit.overflow() <= 0


async def test_staff_signs_in_and_out(visits: Visits) -> None:
    visit = await visits.open()
    await visit.sign_in("lucia.mora")
    await expect(visit.page.get_by_role("heading", level=1)).to_be_visible()
    await visit.photo("escritorio-casos")
    assert await visit.axe() == []
    # A reload keeps the session by Keycloak's cookie; the page itself stores no token.
    await visit.page.reload()
    account = visit.page.get_by_role("button", name="Lucía Mora")
    await expect(account).to_be_visible()
    stored = await visit.page.evaluate(
        "() => JSON.stringify([{...localStorage}, {...sessionStorage}])"
    )
    assert "eyJ" not in stored
    await account.click()
    await visit.page.get_by_role("menuitem", name="Cerrar sesión").click()
    await expect(visit.page.get_by_role("button", name="Iniciar sesión")).to_be_visible()
    await visit.page.reload()
    await expect(visit.page.get_by_role("button", name="Iniciar sesión")).to_be_visible()


async def test_english_is_one_click_away(visits: Visits) -> None:
    visit = await visits.open("phone")
    await visit.go("/")
    await visit.page.get_by_role("button", name="English").click()
    await expect(visit.page.locator("html")).to_have_attribute("lang", re.compile("^en"))
    assert await visit.axe() == []
