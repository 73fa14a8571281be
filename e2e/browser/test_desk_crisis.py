"""Crisis mode: one person asks, another one confirms, everybody sees it, and it ends the same way."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import expect

from e2e.browser.visit import Visit, Visits
from e2e.city import City

pytestmark = pytest.mark.e2e

CRISIS = "/api/catalog/v1/crisis"
NOTICE = "El río Aurelio está crecido. Si está en peligro, llame al 123."


async def judge(visit: Visit, name: str) -> None:
    """Photographs a page and judges it."""
    await visit.photo(f"crisis-{name}")
    assert await visit.axe() == []
    assert await visit.overflow() == 0


async def confirm(visit: Visit, name: str) -> None:
    """Confirms what waits."""
    await visit.page.get_by_role("main").get_by_role("button", name=name).click()
    await visit.page.get_by_role("dialog").get_by_role("button", name=name).click()


@pytest_asyncio.fixture(loop_scope="session")
async def calm(city: City) -> AsyncIterator[None]:
    """The city is in no crisis before and after, whatever fails in between."""
    await end_crisis(city)
    yield
    await end_crisis(city)


async def end_crisis(city: City) -> None:
    """Two people end what there is, or what is asked for."""
    asker, other = city.desk("beatriz.londono"), city.admin
    told = await asker.get(CRISIS)
    if told["pending"]:
        path = f"{CRISIS}/requests/{told['pending']['id']}/withdrawal"
        await city.done(other, "POST", path)
    if told["active"]:
        asked = {"activate": False, "reason": "Fin de la prueba"}
        request = await city.done(asker, "POST", f"{CRISIS}/requests", json=asked)
        await city.done(other, "POST", f"{CRISIS}/requests/{request['id']}/confirmation")


@pytest.mark.usefixtures("calm")
async def test_a_crisis_takes_two_people_and_ends_with_two(visits: Visits) -> None:
    supervisor, admin, agent = (
        await visits.open("desktop"),
        await visits.open("phone"),
        await visits.open("desktop"),
    )
    await agent.sign_in("lucia.mora")
    await supervisor.sign_in("beatriz.londono", "/desk/crisis")
    page = supervisor.page
    main = page.get_by_role("main")
    await expect(main.get_by_text("La ciudad funciona con normalidad")).to_be_visible()
    await judge(supervisor, "calma")
    # Without a reason it is not asked for; what it would change is shown as it is written.
    await page.get_by_role("button", name="Pedir confirmación").click()
    await expect(page.get_by_text("Escriba el motivo, con 5 letras o más.")).to_be_visible()
    await page.get_by_label("Motivo").fill("Creciente del río")
    await page.get_by_label("Aviso para todos (Español)").fill(NOTICE)
    await expect(main.get_by_text(NOTICE)).to_have_count(2)
    await judge(supervisor, "pedir")
    await page.get_by_role("button", name="Pedir confirmación").click()
    await expect(main.get_by_text("Usted lo pidió")).to_be_visible()
    await expect(main.get_by_role("button", name="Confirmar la crisis")).to_be_hidden()
    await judge(supervisor, "pedido")
    # Nothing has changed for anybody yet.
    await expect(agent.page.get_by_text(NOTICE)).to_be_hidden()
    # An administrator is told on whatever page they are.
    await admin.sign_in("nestor.acuna")
    waits = admin.page.get_by_text("Beatriz Londoño Uribe pidió activar el modo de crisis")
    await expect(waits).to_be_visible()
    await admin.page.get_by_role("link", name="Ver", exact=True).click()
    await expect(admin.page.get_by_text("Usted puede confirmarlo")).to_be_visible()
    await judge(admin, "confirmar")
    await confirm(admin, "Confirmar la crisis")
    await expect(
        admin.page.get_by_role("main").get_by_text("La ciudad está en crisis")
    ).to_be_visible()
    await judge(admin, "activa")
    # Everybody at the desk and everybody at the portal reads it.
    await expect(agent.page.get_by_text(NOTICE)).to_be_visible(timeout=30_000)
    await judge(agent, "operador")
    citizen = await visits.open("phone")
    await citizen.go("/")
    await expect(citizen.page.get_by_text(NOTICE)).to_be_visible()
    # It ends as it began: the administrator who asks cannot confirm.
    await admin.page.get_by_label("Motivo").fill("Bajó el nivel del río")
    await admin.page.get_by_role("button", name="Pedir confirmación").click()
    await expect(admin.page.get_by_text("Usted lo pidió")).to_be_visible()
    await expect(
        admin.page.get_by_role("button", name="Confirmar el fin de la crisis")
    ).to_be_hidden()
    other = await visits.open("desktop")
    await other.sign_in("carolina.duarte", "/desk/crisis")
    await confirm(other, "Confirmar el fin de la crisis")
    await expect(
        other.page.get_by_role("main").get_by_text("La ciudad funciona con normalidad")
    ).to_be_visible()
    await expect(
        other.page.get_by_text(re.compile("Confirmado por Carolina")).first
    ).to_be_visible()
    await judge(other, "historial")
    await expect(agent.page.get_by_text(NOTICE)).to_be_hidden(timeout=30_000)


async def test_a_request_can_be_taken_back_and_reads_in_english(visits: Visits) -> None:
    visit = await visits.open("desktop", language="en-GB")
    await visit.go("/desk/crisis")
    await visit.page.get_by_role("button", name="Sign in").click()
    await visit.page.locator("#username").fill("carolina.duarte")
    password = visit.city.stack.context().credentials.staff()["carolina.duarte"]
    await visit.page.locator("#password").fill(password)
    await visit.page.locator("#kc-login").click()
    page = visit.page
    await page.get_by_label("Reason").fill("A drill, nothing else")
    await page.get_by_role("button", name="Ask for confirmation").click()
    await expect(page.get_by_text("You asked for it")).to_be_visible()
    await judge(visit, "english")
    await page.get_by_role("button", name="Take the request back").click()
    await page.get_by_role("dialog").get_by_role("button", name="Take the request back").click()
    await expect(page.get_by_text(re.compile("Taken back by Carolina")).first).to_be_visible()
