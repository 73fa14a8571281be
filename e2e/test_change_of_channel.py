"""Begins by WhatsApp, goes on by e-mail: one case, one conversation to read."""

from __future__ import annotations

from typing import Any

import pytest

from e2e.city import City

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(240, func_only=True)]
AGENT = "marta.velasquez"


async def test_whatsapp_goes_on_by_email_in_one_case(city: City) -> None:
    await city.open_hours()
    rosa = city.person("Rosa Elvira Pérez")
    key = f"wamid.{city.run}.channel"
    text = f"Hay un hueco enorme en la calle 45 con 12. Mi correo es {rosa.email}"
    body = city.whatsapp.webhook(rosa, text, key)
    assert await city.whatsapp.deliver(body, secret="otra-clave") in {401, 403}
    assert await city.whatsapp.deliver(body) == 200
    assert await city.whatsapp.deliver(body) == 200
    first = await city.arrival(key)
    case_id = first["case_id"]
    case = await city.case(case_id)
    assert (case["unit_id"], case["channel"]) == ("vias", "whatsapp")
    await _phone_shows(city, rosa.phone, case["folio"])

    await city.take(AGENT, case_id)
    agent = city.desk(AGENT)
    citizen = case["citizen_id"]
    point = {"channel": "email", "address": rosa.email}
    await city.done(agent, "POST", f"/api/cases/v1/citizens/{citizen}/contact-points", json=point)
    reply = {
        "text": "Le escribo por correo: ¿puede enviar la dirección exacta?",
        "channel": "email",
    }
    await city.done(agent, "POST", f"/api/cases/v1/cases/{case_id}/replies", json=reply)

    mail = await _mail_with(city, rosa.email, reply["text"])
    assert case["folio"] in mail["subject"]
    said = "Es la calle 45 con carrera 12, frente a la panadería."
    written = await _write(city, rosa.email, said, mail["number"])
    answered = await city.arrival(written)
    assert answered["case_id"] == case_id
    assert answered["channel"] == "email"

    timeline = await city.timeline(case_id)
    talk = [
        (e["channel"], e["direction"], e["text"]) for e in timeline if e["actor_kind"] != "system"
    ]
    assert ("whatsapp", "inbound", text) in talk
    assert ("email", "outbound", reply["text"]) in talk
    assert ("email", "inbound", said) in talk, "what the citizen quoted is folded away"
    view = await agent.get(f"/api/cases/v1/citizens/{citizen}")
    assert [one["case_id"] for one in view["cases"]] == [case_id]
    assert {"whatsapp", "email"} <= {point["channel"] for point in view["contact_points"]}
    await city.resolve(agent, case_id)


async def _write(city: City, address: str, text: str, answered: int) -> str:
    answer = await city.http.post(
        f"{city.world.addresses.mailbox_url}/citizens/{address}/messages",
        json={"to": "atencion@sanaurelio.example", "text": text, "in_reply_to": answered},
    )
    assert answer.is_success, answer.text
    return str(answer.json()["message_id"])


async def _phone_shows(city: City, phone: str, words: str) -> None:
    url = f"{city.world.addresses.whatsapp_fake_url}/citizens/{phone}/messages"

    async def look() -> bool:
        return any(words in one["text"] for one in (await city.http.get(url)).json())

    await city.eventually(f"the phone shows {words}", look)


async def _mail_with(city: City, address: str, words: str) -> dict[str, Any]:
    url = f"{city.world.addresses.mailbox_url}/citizens/{address}/messages"

    async def look() -> dict[str, Any] | None:
        return next((m for m in (await city.http.get(url)).json() if words in m["text"]), None)

    return await city.eventually(f"the mailbox shows {words}", look)
