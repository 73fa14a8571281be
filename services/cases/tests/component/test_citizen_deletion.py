"""Forgetting a citizen: blocked first, then deleted; afterwards no word of theirs is left (S32)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from atiende_cases.testing import TENANT
from atiende_city.citizen_access import COOKIE

pytestmark = pytest.mark.component
BASE = "/api/cases/v1/citizen"
CANARY = "CANARIO77"
PHONE = "573007771234"


async def test_after_the_grace_nothing_of_the_person_is_left(running):
    case_id = await running.open_case(
        address=PHONE, text=f"Soy {CANARY} y no hay luz en el poste", thread_key=PHONE
    )
    case = await running.store.cases.get(TENANT, case_id)
    boss = running.as_staff("supervisor", units=["alumbrado"])
    url = f"/api/cases/v1/cases/{case_id}"
    for verb, body in (
        ("replies", {"text": f"Hola {CANARY}"}),
        ("notes", {"text": f"Llamé a {CANARY}"}),
    ):
        said = await running.client.post(f"{url}/{verb}", json=body, headers=boss)
        assert said.status_code == 201, said.text
    session = running.access.begin(TENANT, "contact", citizen_id=case.citizen_id)
    cookie = {"cookie": f"{COOKIE}={running.access.token(session)}"}
    deletion = f"{BASE}/data/deletion"
    refused = await running.client.post(deletion, json={"confirm": False}, headers=cookie)
    assert refused.status_code == 422
    before = (await running.client.get(deletion, headers=cookie)).json()
    assert (before["state"], before["ask_time"]) == ("none", None)
    assert (before["waiting_for"], len(before["kept"])) == ([case.folio], 3)
    waiting = (await running.client.post(deletion, json={"confirm": True}, headers=cookie)).json()
    assert (await running.client.get(deletion, headers=cookie)).json() == waiting
    assert (waiting["state"], waiting["waiting_for"]) == ("waiting", [case.folio])
    assert len(waiting["kept"]) == 3
    done = await running.client.post(f"{url}/resolve", json={"outcome": "reparado"}, headers=boss)
    assert done.status_code == 200, done.text
    running.clock.advance(timedelta(days=4))

    async def is_blocked():
        return (await running.store.citizens.get(TENANT, case.citizen_id)).is_blocked

    await running.eventually(is_blocked)
    assert (await running.client.get(f"{BASE}/cases", headers=cookie)).status_code == 401
    secret = running.access.tracking_secret(TENANT, case_id)
    tracked = await running.client.post(
        f"{BASE}/sessions", json={"reference": case.folio, "secret": secret}
    )
    assert tracked.status_code == 401
    # Whoever writes from that number is a new person to the city.
    running.clock.advance(timedelta(minutes=1))
    fresh_id = await running.open_case(2, address=PHONE, text="Otra vez sin luz", thread_key=PHONE)
    fresh = await running.store.cases.get(TENANT, fresh_id)
    assert fresh.citizen_id != case.citizen_id
    running.clock.advance(timedelta(days=16))

    async def is_forgotten():
        citizen = await running.store.citizens.get(TENANT, case.citizen_id)
        return citizen.withdrawal.suppress_time is not None

    await running.eventually(is_forgotten)

    async def is_published():
        for one in running.database.outboxes:
            if await one._engine.find({"outbox.0": {"$exists": True}}, limit=1):
                return False
        return True

    await running.eventually(is_published)
    for name, collection in running.database._collections.items():
        for doc in await collection._engine.find({}):
            if name != "audit":
                assert CANARY not in str(doc), (name, doc)
            if doc.get("citizen_id") == case.citizen_id or doc["_id"] == case.citizen_id:
                assert PHONE not in str(doc), (name, doc)
                assert "Rosa" not in str(doc), (name, doc)
    kept = await running.store.cases.get(TENANT, case_id)
    assert (kept.folio, kept.outcome_code, kept.open_time) == (
        case.folio,
        "reparado",
        case.open_time,
    )
