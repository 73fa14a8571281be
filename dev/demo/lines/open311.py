"""Open311: a reporting app of somebody else, speaking GeoReport v2."""

from __future__ import annotations

from typing import Any

from dev.demo.lines.base import Heard
from dev.demo.script import Citizen, Matter
from dev.demo.world import JURISDICTION, World

CREATED = {200, 201}
FALLBACK = "huecos-vias"


class Open311Line:
    """Every citizen's reporting app; answers come to the e-mail address that a report gives."""

    def __init__(self, world: World, services: frozenset[str]) -> None:
        self._world = world
        self._services = services
        self._said = 0
        self._definitions: dict[str, list[dict[str, Any]]] = {}

    async def open(self, matter: Matter, *, twice: bool = False) -> None:
        """Reports a matter; `twice` repeats the request with the same Idempotency-Key."""
        self._said += 1
        code = matter.procedure if matter.procedure in self._services else FALLBACK
        form = {
            "jurisdiction_id": JURISDICTION,
            "service_code": code,
            "description": matter.text,
            "address_string": matter.address,
            "first_name": matter.citizen.name.split()[0],
            "last_name": matter.citizen.name.split()[-1],
            "email": matter.citizen.email,
            "api_key": self._world.addresses.open311_key,
        }
        if matter.lat or matter.lon:
            form |= {"lat": f"{matter.lat:.6f}", "long": f"{matter.lon:.6f}"}
        form |= await self._attributes(code, matter)
        headers = {"Idempotency-Key": f"{self._world.run}-{self._said}"}
        for _ in range(2 if twice else 1):
            answer = await self._world.insist(
                "POST",
                f"{self._world.addresses.public_url}/open311/v2/requests.json",
                data=form,
                headers=headers,
            )
            taken = answer.status_code in CREATED
            key = answer.json()[0]["service_request_id"] if taken else headers["Idempotency-Key"]
            refusal = "" if taken else f"HTTP {answer.status_code} {answer.text[:200]}"
            self._world.ledger.note("open311", key, acknowledged=taken, refusal=refusal)

    async def _attributes(self, code: str, matter: Matter) -> dict[str, str]:
        """Fills what the service's definition requires, as an app's form would."""
        if code not in self._definitions:
            url = f"{self._world.addresses.public_url}/open311/v2/services/{code}.json"
            answer = await self._world.insist("GET", url)
            answer.raise_for_status()
            self._definitions[code] = answer.json()["attributes"]
        return {
            f"attribute[{one['code']}]": _value(one, matter)
            for one in self._definitions[code]
            if one["required"]
        }

    async def say(self, citizen: Citizen, text: str, answer_to: Heard | None = None) -> None:
        """GeoReport v2 has no second message."""

    async def news(self) -> list[tuple[str, Heard]]:
        """GeoReport v2 has no messages back; the mailbox has them."""
        return []


def _value(attribute: dict[str, Any], matter: Matter) -> str:
    """Something sensible for an attribute: its first choice, a number, or the address."""
    if attribute.get("values"):
        return str(attribute["values"][0]["key"])
    return {"number": "1", "datetime": "2026-03-02T10:00:00-05:00"}.get(
        attribute["datatype"], matter.address or "Sin dirección"
    )
