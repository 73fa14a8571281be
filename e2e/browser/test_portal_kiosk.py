"""The kiosk: a ticket, large targets, and nothing of a person left after a minute."""

from __future__ import annotations

import pytest
from playwright.async_api import expect

from e2e.browser.visit import Size, Visits

pytestmark = pytest.mark.e2e

_KEPT = """async () => {
  const found = [];
  for (const { name } of await indexedDB.databases()) {
    const base = await new Promise(done => {
      const opening = indexedDB.open(name);
      opening.onsuccess = () => done(opening.result);
    });
    for (const store of base.objectStoreNames) {
      const count = await new Promise(done => {
        const asked = base.transaction(store).objectStore(store).count();
        asked.onsuccess = () => done(asked.result);
      });
      if (count) found.push(`${name}/${store}: ${count}`);
    }
    base.close();
  }
  return [found, Object.keys(sessionStorage).filter(key => !key.startsWith("tsr-"))];
}"""


@pytest.mark.parametrize("size", ["desktop", "phone"])
async def test_kiosk_offers_large_targets(visits: Visits, size: Size) -> None:
    visit = await visits.open(size)
    await visit.go("/kiosco?unidad=atencion")
    await expect(visit.page.get_by_role("heading", name="¿Qué necesita hoy?")).to_be_visible()
    await visit.photo("kiosco-inicio")
    assert await visit.axe() == []
    assert await visit.overflow() <= 0
    targets = visit.page.locator("main a, main button, header button")
    for target in await targets.all():
        box = await target.bounding_box()
        assert box is not None
        assert box["height"] >= 64, await target.inner_text()
    await visit.page.get_by_role("link", name="Pedir un turno").click()
    await expect(visit.page.get_by_role("button", name="Turno preferencial")).to_be_visible()
    await visit.photo("kiosco-turno")
    assert await visit.axe() == []


async def test_after_a_minute_nothing_of_the_person_is_left(visits: Visits) -> None:
    visit = await visits.open()
    page = visit.page
    await page.clock.install()
    await visit.go("/kiosco?unidad=atencion")
    await page.get_by_role("link", name="Preguntas frecuentes").click()
    await page.get_by_role("button", name="English").click()
    await page.evaluate(
        """() => new Promise(done => {
          const opening = indexedDB.open("atiende-chat");
          opening.onupgradeneeded = () => opening.result.createObjectStore("chat");
          opening.onsuccess = () => {
            const work = opening.result.transaction("chat", "readwrite");
            work.objectStore("chat").put("Me llamo Rosa", "draft");
            work.oncomplete = () => { opening.result.close(); done(); };
          };
        })"""
    )
    await page.clock.run_for(46_000)
    warning = page.get_by_role("alertdialog")
    await expect(warning).to_be_visible()
    await visit.photo("kiosco-cuenta", whole=False)
    assert await visit.axe() == []
    await warning.get_by_role("button").click()
    await expect(warning).to_be_hidden()
    await page.clock.run_for(61_000)
    await page.wait_for_url("**/kiosco?unidad=atencion")
    await expect(page.get_by_role("heading", name="¿Qué necesita hoy?")).to_be_visible()
    assert await page.evaluate(_KEPT) == [[], ["atiende_kiosk_unit"]]
