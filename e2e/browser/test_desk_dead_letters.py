"""A message that nobody can read: sent again by a supervisor, let go by an administrator."""

from __future__ import annotations

from collections.abc import AsyncIterator
from uuid import uuid4

import pytest
import pytest_asyncio
from playwright.async_api import Locator, expect

from atiende.channels.v1.events_pb2 import MessageReceived
from atiende_kit.contract import DLQ_STREAM, subject_for
from dev.stack.servers import nats
from e2e.browser.visit import Size, Visit, Visits
from e2e.city import City

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(180, func_only=True)]
PAGE = "/desk/tablero/fallos"


async def poison(city: City) -> None:
    """Puts something on the bus that is no message."""
    client = await nats.connect_admin(city.stack.context())
    try:
        headers = {
            "ce-id": str(uuid4()),
            "ce-type": MessageReceived.DESCRIPTOR.full_name,
            "ce-time": "2026-03-02T15:00:00+00:00",
            "Nats-Msg-Id": str(uuid4()),
        }
        subject = subject_for(MessageReceived, "sanaurelio")
        await client.jetstream().publish(subject, b"\xff\xff\xff", headers=headers)
    finally:
        await client.close()


@pytest_asyncio.fixture(loop_scope="session")
async def nothing_waits(city: City) -> AsyncIterator[None]:
    """No dead letters before, and none of ours afterwards, whatever fails in between."""
    await empty(city)
    yield
    await empty(city)


async def empty(city: City) -> None:
    """Takes all dead letters out of their stream."""
    client = await nats.connect_admin(city.stack.context())
    try:
        await client.jetstream().purge_stream(DLQ_STREAM)
    finally:
        await client.close()


async def judge(visit: Visit, name: str) -> None:
    """Photographs what is shown and judges it."""
    await visit.photo(f"fallos-{name}")
    assert await visit.axe() == []
    assert await visit.overflow() <= 0


def waiting(visit: Visit) -> Locator:
    """The buttons of what waits for a decision."""
    section = visit.page.get_by_role("region", name="Mensajes que no se pudieron procesar")
    return section.get_by_role("button", name="Procesar otra vez")


@pytest.mark.usefixtures("nothing_waits")
@pytest.mark.parametrize("size", ["desktop", "phone"])
async def test_what_nobody_could_process_is_sent_again_and_let_go(
    visits: Visits, city: City, size: Size
) -> None:
    supervisor = await visits.open(size)
    page = supervisor.page
    await supervisor.sign_in("beatriz.londono", PAGE)
    section = page.get_by_role("region", name="Mensajes que no se pudieron procesar")
    await expect(section.get_by_text("Todo se pudo procesar")).to_be_visible()
    await judge(supervisor, "nada")
    await poison(city)
    await expect(waiting(supervisor)).to_have_count(1)
    await expect(section.get_by_text("Mensaje de una persona")).to_be_visible()
    await judge(supervisor, "espera")
    # A supervisor may send it again, and may not let it go.
    await expect(section.get_by_role("button", name="Descartar")).to_have_count(0)
    await waiting(supervisor).click()
    dialog = page.get_by_role("dialog")
    await expect(dialog.get_by_text("Quien ya lo procesó no lo repite")).to_be_visible()
    await judge(supervisor, "otra-vez")
    await dialog.get_by_role("button", name="Procesar otra vez").click()
    await expect(page.get_by_text("Se procesará en unos segundos.")).to_be_visible()
    await section.get_by_role("button", name="Ver lo ya decidido").click()
    await expect(section.get_by_text("Se procesó otra vez").first).to_be_visible()
    await judge(supervisor, "decidido")

    # Its cause is not mended, so it comes back; an administrator lets it go and says why.
    admin = await visits.open(size)
    page = admin.page
    await admin.sign_in("nestor.acuna", PAGE)
    section = page.get_by_role("region", name="Mensajes que no se pudieron procesar")
    await expect(waiting(admin)).to_have_count(1)
    await section.get_by_role("button", name="Descartar").click()
    dialog = page.get_by_role("dialog")
    await dialog.get_by_role("button", name="Descartar").click()
    await expect(dialog.get_by_text("Escriba el motivo, con 5 letras o más.")).to_be_visible()
    await judge(admin, "sin-motivo")
    await dialog.get_by_label("Motivo").fill("Prueba: no era un mensaje")
    await dialog.get_by_role("button", name="Descartar").click()
    await expect(section.get_by_text("Todo se pudo procesar")).to_be_visible()
    await section.get_by_role("button", name="Ver lo ya decidido").click()
    await expect(section.get_by_text("Prueba: no era un mensaje").first).to_be_visible()
    await expect(section.get_by_text("Néstor Acuña").first).to_be_visible()
