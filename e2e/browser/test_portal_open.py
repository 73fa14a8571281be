"""What the portal tells everybody: procedures, search, the city's figures; and that it installs."""

from __future__ import annotations

import csv
import math
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Page, expect
from pydantic import SecretStr

from atiende_cases.adapters.mongo.store import Store
from atiende_cases.application.public_figures import PublishFigures
from atiende_cases.contract import CONTRACT
from atiende_cases.testing import FixedReleases
from atiende_city.testing import example_release
from atiende_kit.clock import SystemClock
from atiende_kit.settings import MongoSettings
from atiende_kit.store import Database
from dev.seed.fill import fill
from dev.seed.past import History
from dev.stack.servers import mongo
from e2e.browser.visit import Size, Visits
from e2e.city import City

pytestmark = pytest.mark.e2e
LEAST = 10


@pytest.mark.parametrize("size", ["desktop", "phone"])
async def test_procedure_says_all_that_one_must_know(visits: Visits, size: Size) -> None:
    visit = await visits.open(size)
    page = visit.page
    await visit.go("/tramites/alumbrado-publico")
    for heading in ("Qué necesita", "Paso a paso", "Cómo pedirlo", "Dónde ir", "Base legal"):
        await expect(page.get_by_role("heading", name=heading)).to_be_visible()
    await expect(page.get_by_text("La cuadrilla revisa el sitio de noche.")).to_be_visible()
    await expect(page.get_by_text("Centro de Operaciones")).to_be_visible()
    await expect(page.get_by_text("En 4 horas del horario de atención")).to_be_visible()
    await visit.photo("tramite")
    assert await visit.axe() == []
    assert await visit.overflow() == 0
    await page.get_by_role("button", name="English").click()
    await expect(page.get_by_text("Streets and lighting")).to_be_visible()
    await expect(page.get_by_text("The crew checks the place at night.")).to_be_visible()
    await visit.photo("tramite-en")
    assert await visit.axe() == []
    assert await visit.overflow() == 0


@pytest.mark.parametrize("size", ["desktop", "phone"])
async def test_search_knows_the_words_of_people(visits: Visits, size: Size) -> None:
    visit = await visits.open(size)
    page = visit.page
    await visit.go("/")
    found = page.get_by_role("search").get_by_role("link")
    box = page.get_by_label("Busque un trámite")
    # In no name and no description: the city's own list of words knows it.
    await box.fill("farola dañada")
    await expect(found.first).to_contain_text("alumbrado público")
    await box.fill("hueco en la calle")
    await expect(page.locator("mark").first).to_have_text(re.compile("^huecos?$", re.IGNORECASE))
    await visit.photo("busqueda")
    assert await visit.axe() == []
    assert await visit.overflow() == 0
    await box.press("Enter")
    await expect(found.first).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", level=1)).to_have_text(re.compile("Huecos"))


async def publish_a_past(city: City, cases: int) -> None:
    """Gives the city a past, and publishes its figures as the worker does each quarter hour."""
    context = city.stack.context()
    [service] = [one for one in context.services if one.name == "cases"]
    url = SecretStr(mongo.service_url(context, service))
    database = Database.connect(MongoSettings(url=url, database=service.database), CONTRACT)
    await database.start()
    store, release = Store(database), example_release()
    past = History("sanaurelio", release, now=datetime.now(UTC), days=25, active=0.3, seed=7)
    async for _ in fill(store, "sanaurelio", release, past.people(cases)):
        pass
    publish = PublishFigures(store.publications, FixedReleases(), SystemClock(), timedelta(0))
    await publish("sanaurelio")
    await database.stop()


def recomputed(path: Path, keys: tuple[str, ...]) -> dict[tuple[str, ...], list[int | None]]:
    """What anybody works out of the file: cases, then half and nine tenths of both measures."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    page: dict[tuple[str, ...], list[int | None]] = {}
    for key in {tuple(row[one] for one in keys) for row in rows}:
        mine = [row for row in rows if tuple(row[one] for one in keys) == key]
        line: list[int | None] = [len(mine)]
        for measure in ("first_answer_seconds", "resolution_seconds"):
            values = sorted(int(row[measure]) for row in mine if row[measure])
            line += [
                values[math.ceil(p * len(values) / 100) - 1] if len(values) >= LEAST else None
                for p in (50, 90)
            ]
        page[key] = line
    return page


async def shown(page: Page) -> list[list[int | None]]:
    """The table's numbers, row by row; what is kept back says so and is None."""
    rows: list[list[Any]] = await page.locator("table tbody tr").evaluate_all(
        "rows => rows.map(row => [...row.querySelectorAll('td')].slice(-5).map(cell => "
        "cell.querySelector('data')?.value ?? cell.lastElementChild.textContent))"
    )
    told = [[None if "menos de 10" in value else int(value) for value in row] for row in rows]
    assert all(len(row) == LEAST // 2 for row in told)
    return told


@pytest.mark.parametrize("size", ["desktop", "phone"])
async def test_public_figures_follow_from_the_file(
    visits: Visits, city: City, size: Size, tmp_path: Path
) -> None:
    await publish_a_past(city, 600)
    visit = await visits.open(size)
    page = visit.page
    await visit.go("/")
    await page.get_by_role("link", name="Cifras abiertas").click()
    await expect(page.get_by_role("heading", name="Toda la ciudad")).to_be_visible()
    for period in (30, 90):
        await page.get_by_role("radio", name=f"Últimos {period} días").check()
        await expect(page.get_by_text(f"en los últimos {period} días")).to_be_visible()
        async with page.expect_download() as downloading:
            await page.get_by_role("link", name=f"Descargar los casos de {period} días").click()
        download = await downloading.value
        file = tmp_path / f"{period}.csv"
        await download.save_as(file)
        views = (
            ("Dependencia", ("unit",)),
            ("Trámite", ("procedure",)),
            ("Las dos cosas", ("unit", "procedure")),
        )
        for view, keys in views:
            await page.get_by_role("radio", name=view, exact=True).check()
            title = {1: f"Por {view.lower()}", 2: "Por trámite y dependencia"}[len(keys)]
            await expect(page.get_by_role("table", name=title)).to_be_visible()
            wanted = recomputed(file, keys)
            assert len(wanted) > 1

            def order(row: list[int | None]) -> tuple[int, ...]:
                return tuple(value or 0 for value in row)

            assert sorted(await shown(page), key=order) == sorted(wanted.values(), key=order)
    await expect(page.get_by_text("no se publica ningún grupo")).to_be_visible()
    await page.get_by_role("heading", name="En una gráfica").scroll_into_view_if_needed()
    await expect(page.locator("canvas")).to_be_visible()
    await visit.photo("cifras")
    assert await visit.axe() == []
    assert await visit.overflow() == 0
    await page.get_by_role("button", name="English").click()
    await expect(page.get_by_role("heading", name="The whole city")).to_be_visible()
    assert await visit.axe() == []
    assert await visit.overflow() == 0


async def test_portal_can_be_installed(visits: Visits) -> None:
    visit = await visits.open("phone")
    await visit.go("/")
    await visit.page.wait_for_function("() => navigator.serviceWorker.controller !== null")
    session = await visit.context.new_cdp_session(visit.page)
    told = await session.send("Page.getInstallabilityErrors")
    # Every profile of these tests is incognito, where nothing is installed.
    errors = {one["errorId"] for one in told["installabilityErrors"]} - {"in-incognito"}
    assert errors == set()
    manifest = await session.send("Page.getAppManifest")
    assert manifest["errors"] == []
    assert manifest["url"].endswith("/manifest.json")
