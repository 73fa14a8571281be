"""Every page in every size and language: axe, no sideways scrolling, no motion, no missing word."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from dev.demo.play import ADMIN
from e2e.browser.every_page import DESK, PORTAL, routes
from e2e.browser.visit import Size, Visit, Visits
from e2e.city import City

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(300, func_only=True)]
DRAFTS = "/api/catalog/v1/drafts"
LOOKS: list[tuple[Size, str]] = [
    ("desktop", "es-CO"),
    ("phone", "es-CO"),
    ("phone", "en-GB"),
    ("zoom200", "es-CO"),
    ("zoom400", "es-CO"),
]


@pytest.mark.parametrize(("app", "known"), [("portal", PORTAL), ("desk", DESK)])
def test_no_page_is_left_out(app: str, known: dict[str, str]) -> None:
    assert routes(app) == set(known)


@pytest.mark.parametrize(("size", "language"), LOOKS)
async def test_portal(visits: Visits, size: Size, language: str) -> None:
    visit = await visits.open(size, language=language, reduced_motion="reduce")
    assert await _look_at(visit, PORTAL.values(), f"portal-{language[:2]}") == []


@pytest.mark.parametrize(("size", "language"), LOOKS)
async def test_desk(visits: Visits, city: City, size: Size, language: str) -> None:
    visit = await visits.open(size, language=language, reduced_motion="reduce")
    case_id = await _case(city)
    await visit.sign_in(ADMIN)
    draft = (await city.done(city.admin, "POST", DRAFTS, json={"title": "Todas las páginas"}))["id"]
    person = (await city.admin.get("/api/admin/v1/people"))["items"][0]["id"]
    made = {"case_id": case_id, "draft": draft, "person": person}
    addresses = [address.format(**made) for address in DESK.values()]
    assert await _look_at(visit, addresses, f"desk-{language[:2]}") == []


async def _case(city: City) -> str:
    who = city.person()
    key = f"wamid.{city.run}.{who.number}"
    text = "Hay un poste de alumbrado público sin luz frente a la escuela"
    assert await city.whatsapp.deliver(city.whatsapp.webhook(who, text, key)) == 200
    return str((await city.arrival(key))["case_id"])


async def _look_at(visit: Visit, addresses: Iterable[str], name: str) -> list[str]:
    """Everything that is wrong with the pages, each with its address."""
    wrong: list[str] = []
    for address in addresses:
        await visit.go(address)
        await visit.settle()
        await visit.photo(f"{name}{address.split('?')[0].replace('/', '_')}")
        wrong += [f"{address}: {found}" for found in await visit.axe()]
        wrong += [f"{address}: moves: {what}" for what in await visit.moving()]
        if (wider := await visit.overflow()) > 0:
            wrong.append(f"{address}: {wider} px wider than the window")
    return wrong
