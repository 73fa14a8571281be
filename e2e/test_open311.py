"""Open311 both ways, with an app that shares no code with the city."""

from __future__ import annotations

import asyncio
import json
import os
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from dev.demo.world import JURISDICTION
from e2e.city import City
from e2e.georeport import App

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(180, func_only=True)]
DATA = Path(os.environ.get("ATIENDE_DATA") or Path(__file__).parents[1] / "../shared/data")
SCHEMAS = DATA / "open311" / "georeport-v2-jsonschema"


@pytest.mark.parametrize("form", ["xml", "json"])
async def test_report_is_taken_seen_at_once_worked_on_and_closed(city: City, form: str) -> None:
    await city.open_hours()
    app = App(f"{city.url}/open311/v2", form, JURISDICTION, city.world.addresses.open311_key)
    found = await asyncio.to_thread(_discover, app)
    assert found["service_code"] == "huecos-vias"
    who = city.person()
    text = "Hueco profundo frente al colegio. Mi teléfono es 3001234567."
    created = await asyncio.to_thread(
        lambda: app.post(
            "requests",
            service_code="huecos-vias",
            description=text,
            lat="4.6097",
            long="-74.0817",
            email=who.email,
            first_name="Rosa",
            last_name="Pérez",
            **{"attribute[elemento]": "calzada"},
        )
    )
    assert created.status in {200, 201}, created.value
    case_id = created.value[0]["service_request_id"]
    at_once = await asyncio.to_thread(app.get, f"requests/{case_id}")
    assert at_once.status == 200
    _check(app, at_once.value, case_id, "open")

    case = await city.case_when(case_id, "the case is there", lambda c: bool(c["folio"]))
    assert (case["unit_id"], case["channel"]) == ("vias", "open311")
    by_folio = await asyncio.to_thread(app.get, f"requests/{case['folio']}")
    _check(app, by_folio.value, case_id, "open")

    boss = city.desk("beatriz.londono")
    await city.done(boss, "POST", f"/api/cases/v1/cases/{case_id}/claim")
    await city.resolve(boss, case_id)
    closed = await asyncio.to_thread(app.get, "requests", service_request_id=case_id)
    _check(app, closed.value, case_id, "closed")
    assert who.email not in str(closed.value)


@pytest.mark.parametrize("form", ["xml", "json"])
async def test_refusals_are_in_the_words_of_the_specification(city: City, form: str) -> None:
    app = App(f"{city.url}/open311/v2", form, JURISDICTION, city.world.addresses.open311_key)
    report = {"description": "x", "address_string": "y"}

    def post(key: str, jurisdiction: str = JURISDICTION, **fields: str) -> Any:
        return App(app.endpoint, form, jurisdiction, key).post("requests", **report, **fields)

    answers = [
        await asyncio.to_thread(post, app.api_key, service_code="no-existe"),
        await asyncio.to_thread(post, "otra", service_code="huecos-vias"),
        await asyncio.to_thread(post, app.api_key, "otra.example", service_code="huecos-vias"),
        await asyncio.to_thread(app.get, "requests/no-existe"),
        await asyncio.to_thread(lambda: app.get("requests", start_date="ayer")),
    ]
    assert [answer.status for answer in answers] == [404, 403, 404, 404, 400]
    for answer in answers:
        (error,) = answer.value
        assert str(error["code"]) == str(answer.status)
        assert error["description"]


def _discover(app: App) -> dict[str, Any]:
    services = app.get("services")
    assert services.status == 200
    assert services.content_type.split(";")[0] in {"text/xml", "application/json"}
    service: dict[str, Any] = next(
        one for one in services.value if one["service_code"] == "huecos-vias"
    )
    definition = app.get("services/huecos-vias").value
    assert "elemento" in str(definition)
    _validate(app, "service", services.value)
    _validate(app, "service-definition", [definition])
    return service


def _check(app: App, value: Any, case_id: str, status: str) -> None:
    (request,) = value
    assert request["service_request_id"] == case_id
    assert (request["status"], request["service_code"]) == (status, "huecos-vias")
    # What everybody may read does not tell how to reach the person.
    assert request["description"] == "Hueco profundo frente al colegio. Mi teléfono es [número]."
    assert float(request["lat"]) == pytest.approx(4.6097)
    _validate(app, "request", value)


def _validate(app: App, name: str, values: list[Any]) -> None:
    """Checks against the public JSON Schemas, where they are at hand."""
    schema = SCHEMAS / f"{name}.json"
    if app.form == "json" and schema.exists():
        validator = jsonschema.Draft4Validator(json.loads(schema.read_text(encoding="utf-8")))
        for value in values:
            validator.validate(value)
