"""A desk that loses its connection: cut sockets, two tabs, a laptop that slept (R25)."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.async_api import Page, expect

from e2e.browser.line import Line
from e2e.browser.visit import Visit, Visits
from e2e.city import City

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(180, func_only=True)]
LIST = "/desk/casos?unit=alumbrado&sort=newest"
CLERK = "rosa.bermudez"
CONVERGES_MS = 10_000
ANSWER = "Ya va una cuadrilla."


async def _new_case(city: City) -> dict[str, Any]:
    who = city.person()
    key = f"wamid.{city.run}.{who.number}"
    text = f"Poste de alumbrado público sin luz. Soy {who.number}"
    assert await city.whatsapp.deliver(city.whatsapp.webhook(who, text, key)) == 200
    return await city.case((await city.arrival(key))["case_id"])


async def _lists(page: Page, case: dict[str, Any], *, shown: bool) -> None:
    row = page.get_by_role("list", name="Lista de casos").get_by_text(case["folio"])
    if shown:
        await expect(row).to_be_visible(timeout=CONVERGES_MS)
    else:
        await expect(row).to_have_count(0, timeout=CONVERGES_MS)


async def _second_tab(visit: Visit, address: str) -> Page:
    page = await visit.context.new_page()
    await page.goto(f"{visit.city.url}{address}")
    return page


async def test_lists_of_both_tabs_are_true_after_a_lost_connection(
    visits: Visits, city: City
) -> None:
    await city.open_hours()
    old = await _new_case(city)
    visit = await visits.open()
    await visit.sign_in(CLERK, LIST)
    tabs = [visit.page, await _second_tab(visit, LIST)]
    for tab in tabs:
        await _lists(tab, old, shown=True)
    await visit.context.set_offline(True)
    for tab in tabs:
        await expect(tab.get_by_text("Sin conexión").first).to_be_visible()
    await visit.photo("escritorio-sin-red", whole=False)
    await city.resolve(city.desk(CLERK), old["case_id"])
    new = await _new_case(city)
    await visit.context.set_offline(False)
    for tab in tabs:
        await _lists(tab, new, shown=True)
        await _lists(tab, old, shown=False)
    visit.complaints.clear()  # a browser says of each request that there was no network


async def test_list_is_true_after_a_laptop_slept(visits: Visits, city: City) -> None:
    """A connection that died in the sleep says nothing; the clock that jumped does."""
    await city.open_hours()
    old = await _new_case(city)
    async with Line(city.url) as line:
        visit = await visits.open(proxy={"server": line.url})
        page = visit.page
        await page.clock.install()
        await visit.sign_in(CLERK, LIST)
        await _lists(page, old, shown=True)
        line.go_deaf()
        await city.resolve(city.desk(CLERK), old["case_id"])
        new = await _new_case(city)
        # A change that another person's browser has seen by now: this one stays as it was.
        awake = await visits.open()
        await awake.sign_in("lucia.mora", LIST)
        await _lists(awake.page, new, shown=True)
        await _lists(page, old, shown=True)
        await _lists(page, new, shown=False)
        await page.clock.fast_forward("01:00:00")
        await _lists(page, new, shown=True)
        await _lists(page, old, shown=False)


async def test_what_was_being_written_survives(visits: Visits, city: City) -> None:
    await city.open_hours()
    case = await _new_case(city)
    visit = await visits.open()
    await visit.sign_in(CLERK, f"/desk/casos/{case['case_id']}")
    page = visit.page
    writing = page.get_by_role("textbox", name="Responder")
    await writing.fill(ANSWER)
    await visit.context.set_offline(True)
    await writing.press("Control+Enter")
    await expect(page.get_by_role("article").get_by_text(ANSWER)).to_be_visible()
    await visit.photo("escritorio-sin-enviar", whole=False)
    await visit.context.set_offline(False)
    await page.reload()

    async def answers() -> list[str]:
        entries = await city.timeline(case["case_id"])
        return [one["text"] for one in entries if one.get("text") == ANSWER]

    assert await city.eventually("the answer leaves", answers) == [ANSWER]
    await expect(page.get_by_role("article").get_by_text(ANSWER)).to_have_count(1)
    await expect(page.get_by_role("button", name="Intentar de nuevo")).to_have_count(0)
    assert await answers() == [ANSWER], "twice"
    visit.complaints.clear()
