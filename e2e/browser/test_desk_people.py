"""People: an account is made, its password is changed at the first sign-in, and it is disabled."""

from __future__ import annotations

import re
from uuid import uuid4

import pytest
from playwright.async_api import expect

from e2e.browser.visit import Size, Visit, Visits

pytestmark = pytest.mark.e2e

PEOPLE = "/desk/personas"


async def judge(visit: Visit, name: str) -> None:
    """Photographs a page and judges it."""
    await visit.photo(f"people-{name}")
    assert await visit.axe() == []
    assert await visit.overflow() == 0


async def enter(visit: Visit, username: str, password: str) -> None:
    """Signs somebody in who has no password in the stack's credentials."""
    await visit.go("/desk/")
    await visit.page.get_by_role("button", name="Iniciar sesión").click()
    await visit.page.locator("#username").fill(username)
    await visit.page.locator("#password").fill(password)
    await visit.page.locator("#kc-login").click()


@pytest.mark.parametrize("size", ["desktop", "phone"])
async def test_somebody_is_hired_works_and_leaves(visits: Visits, size: Size) -> None:
    admin = await visits.open(size)
    page = admin.page
    await admin.sign_in("nestor.acuna", PEOPLE)
    await expect(page.get_by_role("link", name="Lucía Mora Restrepo")).to_be_visible()
    # Another city's administrator is in the same realm and is not shown, nor are citizens.
    await expect(page.get_by_text("Óscar Medina Solano")).to_be_hidden()
    await judge(admin, "lista")
    username = f"ana.{uuid4().hex[:8]}"
    await page.get_by_role("button", name="Agregar persona").click()
    dialog = page.get_by_role("dialog")
    await dialog.get_by_label("Usuario").fill(username)
    await dialog.get_by_role("button", name="Crear la cuenta").click()
    await expect(dialog.get_by_text("Escriba el nombre.")).to_be_visible()
    await judge(admin, "faltan-datos")
    await dialog.get_by_label("Nombre", exact=True).fill("Ana")
    await dialog.get_by_label("Apellidos").fill(f"Prueba {username[-4:]}")
    await dialog.get_by_label("Correo").fill(f"{username}@sanaurelio.example")
    await dialog.get_by_label(re.compile("Parques")).check()
    await dialog.get_by_role("button", name="Crear la cuenta").click()
    told = page.get_by_role("dialog", name="Contraseña para entrar la primera vez")
    password = await told.locator("code").nth(1).inner_text()
    await judge(admin, "contrasena")
    await told.get_by_role("button", name="Ya la entregué").click()
    # The first sign-in demands another password.
    person = await visits.open()
    await enter(person, username, password)
    await person.page.locator("#password-new").fill("Otra-Clave-Larga-42")
    await person.page.locator("#password-confirm").fill("Otra-Clave-Larga-42")
    await person.page.locator("[type=submit]").first.click()
    await expect(person.page.get_by_role("button", name="Ana Prueba")).to_be_visible()
    # Found by a part of the name, and disabled: signed out for good.
    await page.get_by_label("Buscar por nombre, usuario o correo").fill(username)
    await expect(page.get_by_text("1 persona", exact=True)).to_be_visible()
    await page.get_by_role("link", name=re.compile("Ana Prueba")).click()
    await expect(page.get_by_text("Activa", exact=False).first).to_be_visible()
    await page.get_by_label("Supervisor/a").check()
    await page.get_by_role("button", name="Guardar").click()
    await expect(page.get_by_text("Creada · Néstor Acuña Forero")).to_be_visible()
    await expect(page.get_by_text("Cambiada · Néstor Acuña Forero")).to_be_visible()
    await judge(admin, "persona")
    await page.get_by_role("button", name="Desactivar la cuenta").click()
    await page.get_by_role("dialog").get_by_role("button", name="Desactivar la cuenta").click()
    await expect(page.get_by_text("Desactivada · Néstor Acuña Forero")).to_be_visible()
    await person.page.reload()
    await expect(person.page.get_by_role("button", name="Iniciar sesión")).to_be_visible()
    other = await visits.open()
    await enter(other, username, "Otra-Clave-Larga-42")
    await expect(other.page.locator("#username")).to_be_visible()


async def test_nobody_changes_their_own_rights_and_only_administrators_come_in(
    visits: Visits,
) -> None:
    admin = await visits.open()
    await admin.sign_in("carolina.duarte", PEOPLE)
    page = admin.page
    await page.get_by_role("button", name="English").click()
    await page.get_by_role("link", name="Carolina Duarte Mejía").click()
    await expect(page.get_by_label("Supervisor", exact=True)).to_be_disabled()
    await expect(page.get_by_role("button", name="Disable the account")).to_be_hidden()
    await judge(admin, "english")
    agent = await visits.open()
    await agent.sign_in("lucia.mora")
    await expect(agent.page.get_by_role("link", name="Personas")).to_be_hidden()
    await agent.go(PEOPLE)
    await expect(agent.page.get_by_role("alert").first).to_be_visible()
