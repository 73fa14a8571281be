"""Incidents over HTTP: roles, units, cities; the worker tells everybody; the inbox finds them."""

from __future__ import annotations

from datetime import timedelta

import pytest

from atiende_cases.testing import OTHER_TENANT

pytestmark = pytest.mark.component
BASE = "/api/cases/v1"
NEW = {"title": "Apagón en La Merced", "area": "La Merced", "unit_id": "alumbrado"}


def ask(running, headers):
    async def call(method: str, path: str, body=None):
        answer = await running.client.request(method, f"{BASE}{path}", headers=headers, json=body)
        return answer.status_code, answer.json() if answer.content else None

    return call


async def test_incident_from_the_first_case_to_the_last_answer(running):
    first = await running.open_case(1)
    running.clock.advance(timedelta(minutes=1))
    second = await running.open_case(2, address="573009998877")
    boss = ask(running, running.as_staff("supervisor", units=["alumbrado"], subject="boss"))
    agent = ask(running, running.as_staff("agent", units=["alumbrado"]))
    status, incident = await boss("POST", "/incidents", {**NEW, "procedure": "alumbrado-publico"})
    assert status == 201, incident
    path = f"/incidents/{incident['incident_id']}"
    status, results = await agent("POST", f"{path}/cases", {"case_ids": [first, second, "nada"]})
    assert status == 200
    assert [(one["linked"], one["reason"]) for one in results["items"]] == [
        (True, ""),
        (True, ""),
        (False, "CASE_NOT_FOUND"),
    ]
    _, page = await agent("GET", f"/cases?incident={incident['incident_id']}")
    assert {row["case_id"] for row in page["items"]} == {first, second}
    outcome = incident["outcomes"][0]["id"]
    body = {"text": "Ya volvió la luz", "outcome": outcome, "after": 0}
    assert (await agent("POST", f"{path}/answers", body))[0] == 403
    status, answered = await boss("POST", f"{path}/answers", body)
    assert (status, len(answered["answers"])) == (200, 1)

    async def told():
        _, now = await agent("GET", path)
        return now if now["waiting"] == 0 and now["active"] == 0 else None

    now = await running.eventually(told)
    assert now["deliveries"] == {"queued": 2}
    for case_id in (first, second):
        assert (await agent("GET", f"/cases/{case_id}"))[1]["status"] == "resolved"
        _, timeline = await agent("GET", f"/cases/{case_id}/timeline")
        said = [e["text"] for e in timeline["items"] if e["direction"] == "outbound"]
        assert said == ["Ya volvió la luz"]
        assert "incident_linked" in {e["kind"] for e in timeline["items"]}
    assert (await agent("DELETE", f"{path}/cases/{first}"))[0] == 204
    status, problem = await agent("DELETE", f"{path}/cases/{first}")
    assert (status, problem["reason"]) == (409, "CASE_NOT_OF_INCIDENT")
    assert (await boss("POST", f"{path}/close"))[1]["open"] is False
    assert (await agent("GET", "/incidents"))[1]["items"] == []
    _, over = await agent("GET", "/incidents?open=false")
    assert [one["incident_id"] for one in over["items"]] == [incident["incident_id"]]
    status, problem = await boss("POST", f"{path}/answers", {**body, "after": 1})
    assert (status, problem["reason"]) == (409, "INCIDENT_CLOSED")


async def test_who_may_do_what_with_an_incident(running):
    case_id = await running.open_case()
    boss = ask(running, running.as_staff("supervisor", units=["alumbrado"], subject="boss"))
    _, incident = await boss("POST", "/incidents", NEW)
    path = f"/incidents/{incident['incident_id']}"
    answer = {"text": "Hola", "after": 0}
    roads = ask(running, running.as_staff("supervisor", units=["vias"], subject="roads"))
    status, problem = await roads("POST", f"{path}/answers", answer)
    assert (status, problem["reason"]) == (403, "INCIDENT_OF_OTHER_UNIT")
    assert (await roads("POST", f"{path}/close"))[0] == 403
    assert (await roads("POST", "/incidents", NEW))[0] == 403
    _, results = await roads("POST", f"{path}/cases", {"case_ids": [case_id]})
    assert [one["reason"] for one in results["items"]] == ["CASE_NOT_FOUND"]
    assert (await roads("DELETE", f"{path}/cases/{case_id}"))[0] == 404
    auditor = ask(running, running.as_staff("auditor"))
    assert (await auditor("GET", path))[0] == 200
    for method, where, body in (
        ("POST", "/incidents", NEW),
        ("POST", f"{path}/answers", answer),
        ("POST", f"{path}/close", None),
        ("POST", f"{path}/cases", {"case_ids": [case_id]}),
        ("DELETE", f"{path}/cases/{case_id}", None),
    ):
        assert (await auditor(method, where, body))[0] == 403
    other = ask(running, running.as_staff("admin", tenant=OTHER_TENANT))
    assert (await other("GET", path))[1]["reason"] == "INCIDENT_NOT_FOUND"
    assert (await other("POST", f"{path}/answers", answer))[0] == 404
    assert (await other("GET", "/incidents"))[1]["items"] == []
    status, problem = await boss("POST", "/incidents", {**NEW, "tenant": "x"})
    assert status == 422
    _, now = await boss("GET", path)
    assert (now["answers"], now["cases"], now["open"]) == ([], 0, True)
