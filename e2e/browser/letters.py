"""What the city sent to a person, read in their mailbox or on their phone."""

from __future__ import annotations

import re
from typing import Any

from dev.demo.script import Citizen
from e2e.city import City


async def mail_with(city: City, address: str, words: str) -> dict[str, Any]:
    """The e-mail to an address that says something."""
    url = f"{city.world.addresses.mailbox_url}/citizens/{address}/messages"

    async def look() -> dict[str, Any] | None:
        return next((m for m in (await city.http.get(url)).json() if words in m["text"]), None)

    return await city.eventually(f"the mailbox shows {words}", look)


async def codes_by_mail(city: City, address: str, count: int = 1) -> list[str]:
    """The one-time codes that an address got, oldest first, as soon as there are so many."""
    url = f"{city.world.addresses.mailbox_url}/citizens/{address}/messages"

    async def look() -> list[str] | None:
        told = (await city.http.get(url)).json()
        found = [m for mail in told for m in re.findall(r"Su código es (\d{6})", mail["text"])]
        return found if len(found) >= count else None

    return await city.eventually(f"{address} gets {count} codes", look)


async def code_by_phone(city: City, phone: str) -> str:
    """The one-time code that a phone shows."""
    url = f"{city.world.addresses.whatsapp_fake_url}/citizens/{phone}/messages"

    async def look() -> str | None:
        told = [one["text"] for one in (await city.http.get(url)).json()]
        found = [
            code for text in told for code in re.findall(r"codigo_verificacion\S+ (\d{6})", text)
        ]
        return found[-1] if found else None

    return await city.eventually(f"{phone} gets a code", look)


async def write_mail(city: City, who: Citizen, text: str) -> dict[str, Any]:
    """Writes to the city; gives the case that it became."""
    answer = await city.http.post(
        f"{city.world.addresses.mailbox_url}/citizens/{who.email}/messages",
        json={"to": "atencion@sanaurelio.example", "subject": "Consulta", "text": text},
    )
    assert answer.is_success, answer.text
    row = await city.arrival(str(answer.json()["message_id"]))
    return await city.case(row["case_id"])


async def submit_form(city: City, contact: dict[str, str]) -> dict[str, Any]:
    """Fills in a form without having entered; gives its receipt."""
    answer = await city.http.post(
        f"{city.url}/api/channels/v1/portal/submissions",
        json={
            "procedure_code": "alumbrado-publico",
            "values": {"direccion": "Calle 12 # 4-30", "tipo_dano": "apagada"},
            "place": {"address": "Calle 12 # 4-30"},
            "contact": contact,
            "consents": {"data_processing": True},
        },
        headers={"Idempotency-Key": f"form-{city.person().email}"},
    )
    assert answer.is_success, answer.text
    return dict(answer.json())
