"""Nobody sees another city, nor another unit's cases."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

import pytest

from dev.demo.staff import Desk
from e2e.city import City

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(180, func_only=True)]
SERVICES = ("channels", "cases", "routing", "notifications", "surveys", "catalog")
STRANGER = "oscar.medina"
ENDLESS = "/api/cases/v1/changes"
REFUSED = {403, 404}
ASKED = {"unit": "alumbrado", "q": "alumbrado"}


async def test_another_city_sees_nothing_of_this_one(city: City) -> None:
    case = await _case(city)
    own = _names(case)
    stranger, admin = city.desk(STRANGER), city.admin
    seen_by_us = 0
    for path in await _lists(city):
        theirs, ours = await stranger.call("GET", path), await admin.call("GET", path)
        assert theirs.status_code in {200, *REFUSED}, f"{path}: {theirs.status_code}"
        assert not [name for name in own if name in theirs.text], path
        assert not _items(theirs), path
        seen_by_us += bool(_items(ours))
    assert seen_by_us >= 5, "the check sees what there is"


async def test_no_address_of_a_case_opens_to_another_city(city: City) -> None:
    await _every_door_is_closed(city, city.desk(STRANGER), await _case(city))


async def test_no_address_of_a_case_opens_to_another_unit(city: City) -> None:
    case = await _case(city)
    other = city.desk("jorge.benavides")
    await _every_door_is_closed(city, other, case)
    listed = await other.pages("/api/cases/v1/cases")
    assert case["case_id"] not in {one["case_id"] for one in listed}
    work = await other.pages("/api/routing/v1/work-items")
    assert case["case_id"] not in {one["case_id"] for one in work}
    mine = await city.desk("rosa.bermudez").get(f"/api/cases/v1/cases/{case['case_id']}")
    assert mine["case_id"] == case["case_id"]


async def _case(city: City) -> dict[str, Any]:
    await city.open_hours()
    who = city.person()
    key = f"wamid.{city.run}.{who.number}"
    text = f"Poste de alumbrado público sin luz en el parque. Soy {city.run}"
    assert await city.whatsapp.deliver(city.whatsapp.webhook(who, text, key)) == 200
    case = await city.case((await city.arrival(key))["case_id"])
    assert case["unit_id"] == "alumbrado"
    return case


def _names(case: dict[str, Any]) -> set[str]:
    return {case[n] for n in ("case_id", "folio", "citizen_id", "conversation_id", "description")}


async def _every_door_is_closed(city: City, who: Desk, case: dict[str, Any]) -> None:
    base = f"/api/cases/v1/cases/{case['case_id']}"
    reason = {"reason": "No me corresponde."}
    doors: list[tuple[str, str, dict[str, Any] | None]] = [
        ("GET", base, None),
        ("GET", f"{base}/timeline", None),
        ("GET", f"/api/cases/v1/citizens/{case['citizen_id']}", None),
        ("POST", f"{base}/claim", None),
        ("POST", f"{base}/replies", {"text": "Hola"}),
        ("POST", f"{base}/notes", {"text": "Hola"}),
        ("POST", f"{base}/transfers", {"unit_id": "vias", **reason}),
        ("POST", f"{base}/resolve", {"outcome": "atendido"}),
        ("POST", f"{base}/reclassify", {"procedure": "huecos-vias"}),
    ]
    before = len(await city.timeline(case["case_id"]))
    for method, path, body in doors:
        answer = await who.call(method, path, json=body)
        assert answer.status_code in REFUSED, f"{method} {path}: {answer.status_code}"
        assert method == "POST" or answer.status_code == 404, f"{path} tells that it exists"
        assert not [name for name in _names(case) if name in answer.text]
    assert len(await city.timeline(case["case_id"])) == before


async def _lists(city: City) -> list[str]:
    """Every address that staff can read without an id, of all services."""
    paths = []
    for service in SERVICES:
        document = (await city.http.get(f"{city.url}/api/{service}/openapi.json")).json()
        paths += [
            path + _asked(methods["get"])
            for path, methods in document["paths"].items()
            if "{" not in path and path != ENDLESS and _is_for_staff(methods.get("get", {}))
        ]
    assert len(paths) >= 15
    return paths


def _is_for_staff(operation: dict[str, Any]) -> bool:
    return any("bearer" in scheme for scheme in operation.get("security", ()))


def _asked(operation: dict[str, Any]) -> str:
    """The query without which nothing is told."""
    needed = [one["name"] for one in operation.get("parameters", ()) if one.get("required")]
    return "?" + urlencode({name: ASKED[name] for name in needed}) if needed else ""


def _items(answer: Any) -> list[Any]:
    told = answer.json()
    return told.get("items", []) if answer.status_code == 200 and isinstance(told, dict) else []
