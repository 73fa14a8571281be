"""`python -m dev.bench.pages`: how soon people see something, in Chromium over the running stack.

The portal as on a cheap phone: slow 4G (1.6 Mbit/s down, 0.75 up, 150 ms) and a processor four
times slower, a fresh profile for each run. The desk as on the machine itself; fill it first
(`make seed N=100000`).
"""

from __future__ import annotations

import asyncio
import re
import statistics
from typing import Annotated, Any

import typer
from playwright.async_api import Browser, Page, async_playwright
from rich.console import Console
from rich.table import Table

from dev.demo.play import ADMIN
from dev.stack.packages import BROWSER, ensure
from dev.stack.stack import Stack

PHONE: Any = {
    "viewport": {"width": 390, "height": 844},
    "device_scale_factor": 2,
    "is_mobile": True,
    "locale": "es-CO",
}
DESKTOP: Any = {"viewport": {"width": 1280, "height": 800}, "locale": "es-CO"}
SLOW_4G = {
    "offline": False,
    "latency": 150,
    "downloadThroughput": 1_600_000 / 8,
    "uploadThroughput": 750_000 / 8,
}
SLOWER = 4
PAGES = ("/", "/tramites", "/tramites/alumbrado-publico", "/tramites/alumbrado-publico/iniciar")
_LARGEST = """() => new Promise(resolve => {
  let last = 0;
  new PerformanceObserver(list => { for (const one of list.getEntries()) last = one.startTime; })
    .observe({ type: "largest-contentful-paint", buffered: true });
  setTimeout(() => resolve(last), 1000);
})"""
_OPEN = """async ({ from, many, patience }) => {
  const until = async ready => {
    const began = performance.now();
    while (!ready()) {
      if (performance.now() - began > patience) throw new Error("nothing came");
      await new Promise(requestAnimationFrame);
    }
    await new Promise(requestAnimationFrame);
    return performance.now() - began;
  };
  const told = [];
  for (let at = from; at < from + many; at += 1) {
    const row = document.querySelector(`a[data-case][data-index="${at}"]`);
    if (!row) break;
    const id = row.dataset.case;
    row.dispatchEvent(new MouseEvent("click", { bubbles: true, cancelable: true, button: 0 }));
    const said = "article [role=region] li";
    told.push(await until(() => location.pathname.endsWith(id) && document.querySelector(said)));
    row.scrollIntoView();
    await new Promise(done => setTimeout(done, 300));
  }
  return told;
}"""
_KEYS = """async ({ key, many }) => {
  const told = [], active = "a[data-case][data-active=true]";
  const how = { key, bubbles: true, cancelable: true };
  for (let step = 0; step < many; step += 1) {
    const before = document.querySelector(active)?.dataset.case;
    const began = performance.now();
    (document.activeElement ?? document.body).dispatchEvent(new KeyboardEvent("keydown", how));
    while (document.querySelector(active)?.dataset.case === before) {
      if (performance.now() - began > 5000) throw new Error("the row did not change");
      await new Promise(requestAnimationFrame);
    }
    await new Promise(requestAnimationFrame);
    told.push(performance.now() - began);
  }
  return told;
}"""


def main(
    rounds: Annotated[int, typer.Option(min=1, help="Visits of each page of the portal.")] = 5,
    cases: Annotated[int, typer.Option(min=2, help="Cases opened at the desk.")] = 40,
) -> None:
    """Measures and prints; the stack must be up."""
    asyncio.run(_run(rounds, cases))


async def _run(rounds: int, cases: int) -> None:
    stack = Stack()
    url = stack.endpoints().public_url
    ensure(BROWSER)
    program = BROWSER.find()
    if program is None:
        raise SystemExit("no Chromium on this machine")
    table = Table("what", "n", "p50", "p95", "worst", title=f"Chromium over {url}")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        for path in PAGES:
            _tell(
                table,
                f"largest paint of {path} (ms)",
                [await _paint(browser, url + path) for _ in range(rounds)],
            )
        page = await _desk(browser, stack)
        opened = await page.evaluate(_OPEN, {"from": 0, "many": cases, "patience": 10_000})
        _tell(table, "desk: a case opened by a click (ms)", opened)
        await page.goto(f"{url}/desk/casos")
        await page.locator("a[data-case]").first.wait_for()
        await page.locator("a[data-case]").first.focus()
        for key in ("j", "k"):
            told = await page.evaluate(_KEYS, {"key": key, "many": cases})
            _tell(table, f"desk: the next row by {key} (ms)", told)
        await browser.close()
    Console(width=100).print(table)


async def _paint(browser: Browser, address: str) -> float:
    context = await browser.new_context(**PHONE)
    page = await context.new_page()
    debugger = await context.new_cdp_session(page)
    await debugger.send("Network.enable")
    await debugger.send("Network.emulateNetworkConditions", SLOW_4G)
    await debugger.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    await page.goto(address, wait_until="networkidle")
    largest = float(await page.evaluate(_LARGEST))
    await context.close()
    return largest


async def _desk(browser: Browser, stack: Stack) -> Page:
    page = await (await browser.new_context(**DESKTOP)).new_page()
    await page.goto(f"{stack.endpoints().public_url}/desk/casos")
    await page.get_by_role("button", name="Iniciar sesión").click()
    await page.locator("#username").fill(ADMIN)
    await page.locator("#password").fill(stack.context().credentials.staff()[ADMIN])
    await page.locator("#kc-login").click()
    await page.wait_for_url(re.compile(r"/desk/(?!callback)"))
    await page.locator("a[data-case]").first.wait_for()
    return page


def _tell(table: Table, what: str, told: list[Any]) -> None:
    figures = sorted(float(one) for one in told)
    p95 = figures[min(len(figures) - 1, int(len(figures) * 0.95))]
    table.add_row(
        what,
        str(len(figures)),
        *(f"{one:.0f}" for one in (statistics.median(figures), p95, figures[-1])),
    )


if __name__ == "__main__":
    typer.run(main)
