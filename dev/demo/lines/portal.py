"""The city's own form: filled in at the portal, answered by e-mail."""

from __future__ import annotations

import uuid
from typing import Any

from dev.demo.lines.base import Heard
from dev.demo.script import Citizen, Matter
from dev.demo.world import World

API = "/api/channels/v1/portal/submissions"
GENERAL = "consulta-general"
CREATED = 201


class PortalLine:
    """Every citizen's page with a form; answers come to the e-mail address that it gives."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._procedures: dict[str, dict[str, Any]] = {}

    async def open(self, matter: Matter, *, twice: bool = False) -> None:
        """Sends a form; `twice` sends it again, as a page does that heard no answer."""
        procedure = await self._procedure(matter.procedure or GENERAL)
        if procedure["attachments"] == "required" or not is_simple(procedure["form"]):
            procedure = await self._procedure(GENERAL)
        form: dict[str, Any] = {
            "procedure_code": procedure["code"],
            "values": values_of(procedure["form"], matter),
            "contact": {
                "name": matter.citizen.name,
                "email": matter.citizen.email,
                "preferred_channel": "email",
            },
            "consents": {"data_processing": True},
            "language": "es",
            "origin": "portal",
        }
        if procedure["place"] != "none":
            form["place"] = {"latitude": matter.lat, "longitude": matter.lon, "address": ""}
        headers = {"Idempotency-Key": str(uuid.uuid4())}
        for _ in range(2 if twice else 1):
            answer = await self._world.insist(
                "POST", f"{self._world.addresses.public_url}{API}", json=form, headers=headers
            )
            taken = answer.status_code == CREATED
            key = answer.json()["case_id"] if taken else headers["Idempotency-Key"]
            refusal = "" if taken else f"HTTP {answer.status_code} {answer.text[:200]}"
            self._world.ledger.note("portal", key, acknowledged=taken, refusal=refusal)

    async def _procedure(self, code: str) -> dict[str, Any]:
        if code not in self._procedures:
            url = f"{self._world.addresses.public_url}/api/catalog/v1/procedures/{code}"
            answer = await self._world.insist("GET", url)
            answer.raise_for_status()
            self._procedures[code] = answer.json()
        return self._procedures[code]

    async def say(self, citizen: Citizen, text: str, answer_to: Heard | None = None) -> None:
        """A form is sent once; what comes after goes through the mailbox."""

    async def news(self) -> list[tuple[str, Heard]]:
        """The mailbox has them."""
        return []


def is_simple(form: dict[str, Any]) -> bool:
    """Whether nothing is required that only its owner has: a document, the number of a thing."""
    required = [form["properties"][name] for name in form.get("required", ())]
    return not any("pattern" in one or one.get("x-input") == "file" for one in required)


def values_of(form: dict[str, Any], matter: Matter) -> dict[str, Any]:
    """Answers what a form requires, and tells the matter where it has room for that."""
    required = set(form.get("required", ()))
    return {
        name: _answer(field, matter)
        for name, field in form["properties"].items()
        if name in required or field.get("x-input") == "textarea"
    }


def _answer(field: dict[str, Any], matter: Matter) -> Any:
    """Something sensible for a field: its first choice, a number, the matter or the address."""
    if choices := field.get("oneOf"):
        return choices[0]["const"]
    if "enum" in field:
        return field["enum"][0]
    kind = field["type"]
    if kind == "array":
        return [_answer(field["items"], matter)]
    if kind in {"integer", "number"}:
        return field.get("minimum", 1)
    if kind == "boolean":
        return True
    written = {"date": f"{matter.at:%Y-%m-%d}", "email": matter.citizen.email}
    if text := written.get(field.get("format", "")):
        return text
    told = matter.text if field.get("x-input") == "textarea" else matter.address
    return (told or "Sin dirección").ljust(field.get("minLength", 0), ".")[: field["maxLength"]]
