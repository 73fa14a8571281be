"""The chat: over the portal's pages, on another site by one script tag, and across a reload."""

from __future__ import annotations

import asyncio
import re
from functools import partial

import pytest
from playwright.async_api import Browser, Page, expect

from e2e.browser.visit import Size, Visits
from e2e.city import City

pytestmark = pytest.mark.e2e

_SECRET = re.compile(r"^[0-9A-HJKMNP-TV-Z]{4}(-[0-9A-HJKMNP-TV-Z]{4}){2}$")

_KEPT_DRAFT = """() => new Promise((resolve, reject) => {
  const opening = indexedDB.open("atiende-chat");
  opening.onerror = () => reject(opening.error);
  opening.onsuccess = () => {
    const reading = opening.result.transaction("chat").objectStore("chat").get("draft");
    reading.onsuccess = () => { opening.result.close(); resolve(reading.result ?? null); };
  };
})"""


async def say(page: Page, text: str) -> None:
    """Writes a line, as people with a screen keyboard too."""
    await page.get_by_label("Escriba su mensaje").fill(text)
    await page.get_by_role("button", name="Enviar", exact=True).click()


async def keeps_draft(page: Page, text: str) -> bool:
    """Whether the device has kept it by now: a reload within the same instant would come before."""
    return bool(await page.evaluate(_KEPT_DRAFT) == text)


@pytest.mark.parametrize("size", ["desktop", "phone"])
async def test_chat_becomes_a_case_and_survives_a_reload(
    visits: Visits, city: City, size: Size
) -> None:
    visit = await visits.open(size)
    page = visit.page
    await visit.go("/")
    button = page.get_by_role("button", name="Chat", exact=True)
    await expect(button).to_have_attribute("aria-expanded", "false")
    await button.click()
    chat = page.get_by_role("dialog", name="Chat con la ciudad")
    await expect(chat.get_by_text("Cuéntenos qué necesita")).to_be_visible()
    await visit.photo("chat-vacio", whole=False)
    assert await visit.axe() == []
    await say(page, "Hay un hueco grande en la calle 12 con carrera 4")
    await expect(chat.get_by_text("En línea", exact=True)).to_be_visible()
    await chat.get_by_text("Su folio:").click(timeout=45_000)
    await expect(chat.locator("code")).to_have_text(_SECRET)
    await visit.photo("chat-caso", whole=False)
    assert await visit.axe() == []
    await chat.get_by_label("Correo electrónico", exact=True).check()
    await chat.get_by_label("Su correo").fill("rosa")
    await chat.get_by_role("button", name="Guardar").click()
    await expect(chat.get_by_text("Escriba un correo completo")).to_be_visible()
    assert await visit.axe() == []
    await chat.get_by_label("Su correo").fill("rosa@example.org")
    await chat.get_by_role("button", name="Guardar").click()
    await expect(chat.get_by_text("Quiero seguir por correo")).to_be_visible()
    # What is written and not sent stays as well.
    await page.get_by_label("Escriba su mensaje").fill("Otra cosa")
    await city.eventually("the draft is kept", lambda: keeps_draft(page, "Otra cosa"))
    await page.reload()
    await page.get_by_role("button", name="Chat", exact=True).click()
    await expect(chat.get_by_text("Hay un hueco grande")).to_have_count(1)
    await expect(page.get_by_label("Escriba su mensaje")).to_have_value("Otra cosa")
    await page.keyboard.press("Escape")
    await expect(chat).to_be_hidden()
    await expect(button).to_be_focused()


async def test_message_written_without_network_leaves_once_when_it_is_back(visits: Visits) -> None:
    visit = await visits.open("phone")
    await visit.go("/embed/chat")
    # Nothing of the chat needs the network once its page stands, except the city.
    await expect(visit.page.get_by_label("Escriba su mensaje")).to_be_visible()
    await visit.context.set_offline(True)
    await say(visit.page, "El poste no enciende")
    await expect(visit.page.get_by_text("sin enviar todavía")).to_be_visible()
    assert await visit.axe() == []
    await visit.photo("chat-sin-red", whole=False)
    await visit.context.set_offline(False)
    await expect(visit.page.get_by_text("sin enviar todavía")).to_have_count(0, timeout=45_000)
    await expect(visit.page.get_by_text("El poste no enciende")).to_have_count(1)
    visit.complaints[:] = [one for one in visit.complaints if "ERR_INTERNET_DISCONN" not in one]


async def other_site(
    city_url: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
) -> None:
    """A page that has nothing of the city but one script tag, under a policy without inline."""
    await reader.readuntil(b"\r\n\r\n")
    body = (
        '<!doctype html><html lang="es"><meta charset="utf-8"><title>Otro sitio</title>'
        '<meta name="viewport" content="width=device-width"><link rel="icon" href="data:,">'
        f'<h1>Otro sitio</h1><script src="{city_url}/widget.js" defer></script></html>'
    ).encode()
    policy = (
        f"default-src 'none'; script-src {city_url}; frame-src {city_url}; img-src data:; "
        "require-trusted-types-for 'script'"
    )
    head = (
        "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nConnection: close\r\n"
        f"Content-Length: {len(body)}\r\nContent-Security-Policy: {policy}\r\n\r\n"
    )
    writer.write(head.encode() + body)
    await writer.drain()
    writer.close()


@pytest.mark.parametrize("width", [1280, 390])
async def test_another_site_shows_the_chat_by_one_script_tag(
    browser: Browser, city: City, width: int
) -> None:
    """Under a policy that names the city and allows nothing inline."""
    context = await browser.new_context(viewport={"width": width, "height": 800}, locale="es-CO")
    page = await context.new_page()
    complaints: list[str] = []
    page.on("console", lambda told: complaints.append(told.text) if told.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))

    # A true server: a browser refuses a page of an unknown network the city's loopback address.
    site = await asyncio.start_server(partial(other_site, city.url), "127.0.0.1", 0)
    await page.goto(f"http://127.0.0.1:{site.sockets[0].getsockname()[1]}/")
    button = page.get_by_role("button", name="Chat con la ciudad")
    await button.focus()
    await page.keyboard.press("Enter")
    await expect(button).to_have_attribute("aria-expanded", "true")
    chat = page.frame_locator("iframe[title='Chat con la ciudad']")
    await chat.get_by_label("Escriba su mensaje").fill("Hola")
    await chat.get_by_label("Escriba su mensaje").press("Enter")
    await expect(chat.get_by_text("Recibido")).to_be_visible()
    if width < 640:
        box = await page.locator("iframe").bounding_box()
        assert box is not None
        assert (box["x"], box["y"], box["width"], box["height"]) == (0, 0, width, 800)
    await chat.get_by_label("Escriba su mensaje").press("Escape")
    await expect(button).to_have_attribute("aria-expanded", "false")
    await expect(button).to_be_focused()
    assert complaints == []
    await context.close()
    site.close()
