"""Written when the offices are closed, and delivered again and again."""

from __future__ import annotations

from datetime import time
from typing import Any

import pytest

from dev.demo.world import WHATSAPP_ACCOUNT
from e2e.city import City

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(180, func_only=True)]
AGENT = "jorge.benavides"


async def test_evening_message_waits_in_the_mailbox_and_is_first_in_the_morning(
    city: City,
) -> None:
    evening = await city.go_to(time(19, 0))
    who = city.person()
    case_id = await _whatsapp(city, who.phone, "El semáforo de la calle 10 está dañado")
    case = await city.case(case_id)
    assert (case["unit_id"], case["out_of_hours"]) == ("movilidad", True)
    held = await city.eventually("it waits", lambda: _work(city, case_id, "held"))
    assert held["offers"] == []
    assert held["available_time"] > evening.isoformat()

    morning = await city.go_to(time(8, 30))
    later = await _whatsapp(city, city.person().phone, "Otro semáforo dañado en la avenida 5")
    await city.eventually("the second waits too", lambda: _work(city, later, "queued"))
    first = await city.eventually("it is offered", lambda: _work(city, case_id, "queued"))
    queue = await city.admin.pages("/api/routing/v1/work-items", status="queued", unit="movilidad")
    order = [item["case_id"] for item in queue]
    assert order.index(case_id) < order.index(later)
    assert first["available_time"][:10] <= morning.date().isoformat()
    await city.take(AGENT, case_id)
    resolved = await city.resolve(city.desk(AGENT), case_id)
    assert resolved["status"] == "resolved"


async def test_a_message_delivered_many_times_is_one_message(city: City) -> None:
    await city.open_hours()
    rosa = city.person()
    key = f"wamid.{city.run}.{rosa.number}"
    body = city.whatsapp.webhook(rosa, "¿Qué necesito para el certificado de residencia?", key)
    for _ in range(3):
        assert await city.whatsapp.deliver(body) == 200
    case_id = (await city.arrival(key))["case_id"]

    mail = {"to": "atencion@sanaurelio.example", "subject": "Impuesto predial", "times": 3}
    url = f"{city.world.addresses.mailbox_url}/citizens/{rosa.email}/messages"
    sent = await city.http.post(url, json={**mail, "text": "¿Cómo pido el paz y salvo?"})
    other = (await city.arrival(sent.json()["message_id"]))["case_id"]

    # The same id with other words is not the same message: a person looks at it.
    changed = city.whatsapp.webhook(rosa, "Esto es otra cosa", key)
    assert await city.whatsapp.deliver(changed) == 200
    await city.eventually("the conflict is seen", lambda: _conflict(city, key))
    for one in (case_id, other):
        timeline = await city.timeline(one)
        assert [e["direction"] for e in timeline].count("inbound") == 1


async def _whatsapp(city: City, phone: str, text: str) -> str:
    url = f"{city.world.addresses.whatsapp_fake_url}/citizens/{phone}/messages"
    answer = await city.http.post(url, json={"phone_number_id": WHATSAPP_ACCOUNT, "text": text})
    assert answer.is_success, answer.text
    return str((await city.arrival(answer.json()["id"]))["case_id"])


async def _work(city: City, case_id: str, status: str) -> dict[str, Any] | None:
    items = await city.admin.pages("/api/routing/v1/work-items", status=status)
    return next((item for item in items if item["case_id"] == case_id), None)


async def _conflict(city: City, key: str) -> bool:
    told = await city.admin.get("/api/channels/v1/intake", state="conflict")
    return any(key in item["provider_id"] for item in told["items"])
