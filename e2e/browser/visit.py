"""One person's browser: a page that is watched, judged by axe, and can be photographed."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Literal
from urllib.parse import urlsplit

from playwright.async_api import Browser, BrowserContext, ConsoleMessage, Page, Request, expect

from e2e.city import City

Size = Literal["desktop", "phone", "zoom200", "zoom400"]
SIZES: Final[dict[Size, dict[str, int]]] = {
    "desktop": {"width": 1280, "height": 800},
    "phone": {"width": 390, "height": 844},
    # What is left of a window of 1280 x 1024 when its text is made larger (WCAG 1.4.10).
    "zoom200": {"width": 640, "height": 512},
    "zoom400": {"width": 320, "height": 256},
}
_ROOT: Final = Path(__file__).resolve().parents[2]
_AXE: Final = _ROOT / "web" / "node_modules" / "axe-core" / "axe.min.js"
_RULES: Final = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
# Chromium writes every answer of 400 and above to the console; the tests provoke many on purpose.
_REFUSALS: Final = re.compile(r"Failed to load resource: the server responded with a status of")
_LOADING: Final = "[aria-busy=true], .mantine-Loader-root, .mantine-Skeleton-root[data-visible]"
_MOVING: Final = """() => document.getAnimations()
  .filter(one => one.playState === "running" && one.effect.getComputedTiming().duration > 1)
  .map(one => one.effect.target.outerHTML.slice(0, 120))"""
# A window that opens begins to fade some frames later: two looks without motion are calm.
# What turns for ever is not waited for.
_SETTLED: Final = """async () => {
  const fading = () => document.getAnimations()
    .filter(one => one.effect.getComputedTiming().iterations !== Infinity);
  for (let calm = 0; calm < 2;) {
    await new Promise(done => setTimeout(done, 40));
    await new Promise(requestAnimationFrame);
    const moving = fading();
    await Promise.allSettled(moving.map(one => one.finished));
    calm = moving.length > 0 ? 0 : calm + 1;
  }
}"""
_SIGN_IN: Final = re.compile("Iniciar sesión|Sign in")
PHOTOS: Final = "ATIENDE_PHOTOS"
"""Names a folder outside the repository that photos are put in."""


@dataclass  # Playwright hangs its wrappers on the instance: no slots
class Visit:
    """A page with what was seen in it.

    Attributes:
        complaints: console errors, uncaught exceptions, violations of the page's security policy
            and requests to anybody but the city.
    """

    city: City
    context: BrowserContext
    page: Page
    size: Size
    complaints: list[str] = field(default_factory=list)

    async def go(self, path: str) -> None:
        """Opens an address of the city and waits until the page has settled."""
        await self.page.goto(f"{self.city.url}{path}", wait_until="load")

    async def settle(self) -> None:
        """Waits until the page says what it is and nothing in it is being fetched."""
        await expect(self.page.locator("h1").first).to_be_visible()
        await expect(self.page.locator(_LOADING)).to_have_count(0)

    async def moving(self) -> list[str]:
        """What still moves or fades; nothing may for whom motion makes ill (WCAG 2.3.3)."""
        return list(await self.page.evaluate(_MOVING))

    async def sign_in(self, username: str, path: str = "/desk/") -> None:
        """Signs a member of staff in, as they do it: button, Keycloak's form, back at the desk."""
        await self.go(path)
        await self.page.get_by_role("button", name=_SIGN_IN).click()
        await self.page.locator("#username").fill(username)
        password = self.city.stack.context().credentials.staff()[username]
        await self.page.locator("#password").fill(password)
        await self.page.locator("#kc-login").click()
        await self.page.wait_for_url(re.compile(r"/desk/(?!callback)"))

    async def axe(self) -> list[str]:
        """What axe-core finds against WCAG 2.2 A and AA, one line for each element."""
        # What is half faded in has no contrast yet.
        await self.page.evaluate(_SETTLED)
        # Evaluated by the debugger, so that the page's policy needs no exception for the test.
        await self.page.evaluate(_AXE.read_text(encoding="utf-8"))
        told = await self.page.evaluate(
            "rules => axe.run(document, {runOnly: {type: 'tag', values: rules}, resultTypes: ['violations']})",
            _RULES,
        )
        return [
            f"{found['id']}: {found['help']} · {' '.join(map(str, node['target']))}"
            for found in told["violations"]
            for node in found["nodes"]
        ]

    async def overflow(self) -> int:
        """How many CSS pixels the page is wider than the window (WCAG 1.4.10)."""
        return int(
            await self.page.evaluate(
                "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
            )
        )

    async def photo(self, name: str, *, whole: bool = True) -> None:
        """Takes a picture when ATIENDE_PHOTOS says where to."""
        if folder := os.environ.get(PHOTOS):
            target = Path(folder) / f"{name}-{self.size}.png"
            target.parent.mkdir(parents=True, exist_ok=True)
            await self.page.screenshot(path=target, full_page=whole)

    def watch(self) -> None:
        """Begins to note what must not happen."""
        self.page.on("console", self._heard)
        self.page.on("pageerror", lambda error: self.complaints.append(f"uncaught: {error}"))
        self.page.on("request", self._asked)

    def _heard(self, message: ConsoleMessage) -> None:
        if message.type == "error" and not _REFUSALS.search(message.text):
            self.complaints.append(f"console: {message.text}")

    def _asked(self, request: Request) -> None:
        asked, ours = urlsplit(request.url), urlsplit(self.city.url)
        if asked.scheme in {"data", "blob", "about"}:
            return
        if asked.hostname != ours.hostname or asked.port != ours.port:
            self.complaints.append(f"foreign request: {request.url}")


class Visits:
    """Makes visits and closes them."""

    def __init__(self, browser: Browser, city: City) -> None:
        self._browser = browser
        self._city = city
        self._open: list[Visit] = []

    async def open(self, size: Size = "desktop", *, language: str = "es-CO", **given: Any) -> Visit:
        """Opens a fresh profile.

        Args:
            size: of the window.
            language: of the browser.
            given: further options of the profile, as Playwright knows them.
        """
        is_phone = size == "phone"
        context = await self._browser.new_context(
            viewport=SIZES[size],  # type: ignore[arg-type]  # a plain dict is what it takes
            locale=language,
            timezone_id="America/Bogota",
            has_touch=is_phone,
            is_mobile=is_phone,
            device_scale_factor=2 if is_phone else 1,
            **given,
        )
        context.set_default_timeout(15_000)
        visit = Visit(self._city, context, await context.new_page(), size)
        visit.watch()
        self._open.append(visit)
        return visit

    async def close(self) -> list[str]:
        """Closes all; gives what was complained about."""
        complaints = [complaint for visit in self._open for complaint in visit.complaints]
        for visit in self._open:
            await visit.context.close()
        return complaints
