"""The browser in which people meet the city: Chromium over the running platform."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Browser, async_playwright, expect

from dev.stack.packages import BROWSER
from e2e.browser.visit import Visit, Visits
from e2e.city import City

# No service of the browser's maker is asked anything; the tests talk to the platform alone.
_FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    # The map is drawn by WebGL, here without a graphics card; our own pages are all that it meets.
    "--enable-unsafe-swiftshader",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)

# Conditions, not speed: a small machine that also runs the platform is slow now and then.
expect.set_options(timeout=15_000)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser() -> AsyncIterator[Browser]:
    """One browser for all tests; each visit has a profile of its own."""
    program = BROWSER.find()
    if program is None:
        pytest.skip("no Chromium on this machine: what people see was not tested")
    # What is waited for is what counts, also on a machine that has much else to do.
    expect.set_options(timeout=15_000)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=program, args=list(_FLAGS))
        yield browser
        await browser.close()


@pytest_asyncio.fixture(loop_scope="session")
async def visits(browser: Browser, city: City) -> AsyncIterator[Visits]:
    """Opens visits; at the end none may have seen an error, a violation or a foreign request."""
    visits = Visits(browser, city)
    yield visits
    complaints = await visits.close()
    assert complaints == []


@pytest_asyncio.fixture(loop_scope="session")
async def desktop(visits: Visits) -> Visit:
    """Somebody at a desk."""
    return await visits.open("desktop")


@pytest_asyncio.fixture(loop_scope="session")
async def phone(visits: Visits) -> Visit:
    """Somebody with a phone."""
    return await visits.open("phone")
