"""The procedure editor: a form is made with buttons and keys, seen as citizens see it, and published."""

from __future__ import annotations

import re
from typing import Any
from uuid import uuid4

import pytest
from playwright.async_api import expect

from e2e.browser.test_desk_admin import ADMIN, HOME, begin, field, judge, publish, save
from e2e.browser.visit import Size, Visit, Visits

pytestmark = pytest.mark.e2e


async def procedure_of(visit: Visit) -> dict[str, Any]:
    """What citizens are shown of the procedure at this moment."""
    path = "/api/catalog/v1/procedures/ruido-convivencia"
    asked = f"fetch('{path}', {{cache: 'no-store'}}).then(r => r.json())"
    found: dict[str, Any] = await visit.page.evaluate(asked)
    return found


async def go_back_to(visit: Visit, version: int) -> None:
    """Leaves the city as it was found."""
    await visit.go(f"{HOME}/versiones/{version}")
    await visit.page.get_by_role("button", name="Volver a esta versión").click()
    dialog = visit.page.get_by_role("dialog")
    await dialog.get_by_role("button", name="Volver a esta versión").click()
    await expect(visit.page.get_by_text("Rige de nuevo").first).to_be_visible()


@pytest.mark.parametrize("size", ["desktop", "phone"])
async def test_a_question_is_added_moved_and_asked_of_citizens(visits: Visits, size: Size) -> None:
    visit = await visits.open(size)
    page = visit.page
    await visit.sign_in(ADMIN, HOME)
    before = (await procedure_of(visit))["release_version"]
    draft = await begin(visit, f"Formulario de ruido ({size})")
    await visit.go(f"{draft}/tramites/ruido-convivencia")
    preview = page.get_by_role("region", name="Así lo ve la persona")
    await expect(preview).to_be_visible()
    await judge(visit, "tramite")
    # A new question shows at once in the preview, in both languages.
    mark = uuid4().hex[:5]
    asked, english = f"¿Hay menores en la casa? {mark}", f"Are there children? {mark}"
    first = page.get_by_role("region", name="Páginas").get_by_role("listitem").first
    await first.get_by_label("Pregunta nueva").fill(asked)
    await first.get_by_role("button", name="Agregar pregunta").click()
    await expect(preview.get_by_text(asked)).to_be_visible()
    question = first.get_by_role("listitem").filter(
        has=page.get_by_text(re.compile(rf"^\d+\. {re.escape(asked)}$"))
    )
    await question.get_by_label("Inglés").first.fill(english)
    await preview.get_by_label("Idioma").select_option("en")
    await expect(preview.get_by_text(english)).to_be_visible()
    await preview.get_by_label("Idioma").select_option("es")
    # It becomes a choice; without options the city is told what is missing.
    await question.get_by_label("Cómo se responde").select_option("choice")
    await question.get_by_label("Es obligatoria").check()
    for option in (f"Sí, {mark}", f"No, {mark}"):
        await question.get_by_role("button", name="Agregar opción").click()
        await question.get_by_role("listitem").last.get_by_label("Español").fill(option)
    await expect(preview.get_by_label(f"Sí, {mark}")).to_be_visible()
    # By keyboard to the top: the focus stays on the button that is pressed.
    up = question.get_by_role("button", name=f"Subir {asked}")
    await up.focus()
    place = question.get_by_text(re.compile(rf"^\d+\. {re.escape(asked)}$"))
    for number in range(int((await place.inner_text()).split(".")[0]) - 1, 0, -1):
        await expect(up).to_be_focused()
        await page.keyboard.press("Enter")
        await expect(place).to_have_text(f"{number}. {asked}")
    await expect(up).to_be_disabled()
    await page.wait_for_function("() => document.activeElement?.tagName === 'BUTTON'")
    await preview.get_by_role("button", name="Probar").click()
    await expect(preview.get_by_role("alert")).to_contain_text(asked)
    await judge(visit, "tramite-vista")
    await save(visit)
    await page.get_by_role("link", name="Resumen").click()
    await expect(page.get_by_role("region", name="Problemas")).to_be_hidden()
    await judge(visit, "tramite-cambios")
    await publish(visit)
    procedure = await procedure_of(visit)
    name = procedure["pages"][0]["fields"][0]
    assert procedure["form"]["properties"][name]["title"] == asked
    assert name in procedure["form"]["required"]
    citizen = await visits.open("phone")
    await citizen.go("/tramites/ruido-convivencia/iniciar")
    await expect(citizen.page.get_by_text(asked)).to_be_visible()
    await go_back_to(visit, before)
    assert name not in (await procedure_of(visit))["form"]["properties"]


async def test_what_is_invalid_is_told_at_its_question(visits: Visits) -> None:
    visit = await visits.open()
    page = visit.page
    await visit.sign_in(ADMIN, HOME)
    draft = await begin(visit, "Formulario con errores")
    await visit.go(f"{draft}/tramites")
    await page.get_by_role("button", name="Agregar trámite").click()
    dialog = page.get_by_role("dialog")
    await dialog.get_by_label("Nombre").fill("Permiso de mudanza")
    await dialog.get_by_role("button", name="Agregar").click()
    problems = page.get_by_role("region", name="Problemas")
    await expect(problems).to_be_visible()
    await expect(problems.get_by_role("button", name=re.compile("Requisitos"))).to_be_visible()
    await judge(visit, "tramite-nuevo")
    await problems.get_by_role("button", name=re.compile("Categoría")).click()
    await expect(field(visit, "Categoría")).to_be_focused()
    await page.get_by_role("button", name="Ver como JSON").click()
    await expect(page.get_by_label("Contenido en JSON")).to_have_value(
        re.compile("permiso|Permiso")
    )
