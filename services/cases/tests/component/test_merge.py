"""Duplicates over HTTP: who may join and part, what everybody sees of it, and the record."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from atiende.common.v1 import common_pb2
from atiende_cases.application.verify import verify_audit
from atiende_cases.testing import TENANT

pytestmark = pytest.mark.component
BASE = "/api/cases/v1"
LIGHTS = "alumbrado"


async def two(running) -> tuple[str, str]:
    first = await running.open_case(1)
    running.clock.advance(timedelta(minutes=3))
    second = await running.open_case(
        2, address="573009998877", text="El poste de mi calle no tiene luz"
    )
    return first, second


def ask(running, headers):
    async def call(method: str, url: str, **body):
        answer = await running.client.request(
            method, f"{BASE}/cases/{url}", headers=headers, json=body or None
        )
        return answer.status_code, answer.json()

    return call


async def test_two_requests_become_one_matter_and_two_again(running):
    first, second = await two(running)
    agent = running.as_staff("agent", units=[LIGHTS])
    call = ask(running, agent)
    before = {one: (await call("GET", one))[1] for one in (first, second)}

    status, alike = await call("GET", f"{second}/similar")
    assert status == 200
    assert [one["case"]["case_id"] for one in alike["items"]] == [first]
    assert alike["items"][0]["words"] > 0.5

    folio = before[first]["folio"]
    status, family = await call("POST", f"{second}/merge", into=folio, reason="Es el mismo poste")
    assert status == 200, family
    assert family["case"]["case_id"] == first
    [joined] = family["duplicates"]
    assert (joined["case"]["case_id"], joined["reason"]) == (second, "Es el mismo poste")
    # Twice is once.
    assert (await call("POST", f"{second}/merge", into=first, reason="Otra vez"))[0] == 200
    assert (await call("GET", first))[1]["merged"] == 1
    _, other = await call("GET", f"{second}/family")
    assert other["survivor"]["folio"] == folio

    # One row in the inbox; what is joined is worked on there only.
    page = (await running.client.get(f"{BASE}/cases", headers=agent)).json()
    assert [row["case_id"] for row in page["items"]] == [first]
    for verb, body in {"replies": {"text": "Hola"}, "resolve": {"outcome": "reparado"}}.items():
        status, problem = await call("POST", f"{second}/{verb}", **body)
        assert (status, problem["reason"]) == (409, "CASE_MERGED")
    status, problem = await call("POST", f"{second}/claim")
    assert (status, problem["reason"]) == (409, "CASE_MERGED")

    # Both conversations stand in one timeline; an answer goes to both people, and shows once.
    status, sent = await call("POST", f"{first}/replies", text="Mañana va la cuadrilla")
    assert status == 201
    _, timeline = await call("GET", f"{first}/timeline")
    written = [e for e in timeline["items"] if e["direction"] == "inbound"]
    assert {e["case_id"] for e in written} == {first, second}
    [answer] = [e for e in timeline["items"] if e["direction"] == "outbound"]
    assert answer["message_id"] == sent["message_id"]
    assert [copy["case_id"] for copy in answer["copies"]] == [second]
    addresses = {
        m.address
        for m in await running.store.messages.of_conversation(
            TENANT, before[second]["conversation_id"], limit=9
        )
    }
    assert addresses == {"573009998877"}

    # The record knows who did it, at both; the chain holds.
    await running.relay.drained()
    _, trail = await call("GET", f"{second}/audit")
    assert {"annotated", "state_changed"} <= {
        entry["type"].rpartition(".")[2] for entry in trail["items"]
    }
    assert (await verify_audit(running.store.audit, TENANT)).broken is None

    status, alone = await call("POST", f"{second}/unmerge", reason="Son dos postes")
    assert (status, alone["merged_into"]) == (200, "")
    for one in (first, second):
        after = (await call("GET", one))[1]
        kept = ("state", "status", "assignee_id", "due_time", "legal_time", "priority", "merged")
        assert {n: after[n] for n in kept} == {n: before[one][n] for n in kept}
    page = (await running.client.get(f"{BASE}/cases", headers=agent)).json()
    assert {row["case_id"] for row in page["items"]} == {first, second}
    status, problem = await call("POST", f"{second}/unmerge", reason="Otra vez")
    assert (status, problem["reason"]) == (409, "CASE_NOT_MERGED")
    # The answer that went to both stays with both.
    _, timeline = await call("GET", f"{second}/timeline")
    assert [e["text"] for e in timeline["items"] if e["direction"] == "outbound"] == [
        "Mañana va la cuadrilla"
    ]


async def test_joining_needs_rights_on_both_and_parting_on_the_one_that_stays(running):
    lights = await running.open_case(1)
    roads = await running.open_case(2, address="573009998877", text="Hay un hueco en la vía")
    body = {"into": roads, "reason": "Es lo mismo"}
    one = ask(running, running.as_staff("agent", units=[LIGHTS]))
    assert (await one("POST", f"{lights}/merge", **body))[0] == 404
    other = ask(running, running.as_staff("agent", units=["vias"], subject="agent-2"))
    assert (await other("POST", f"{lights}/merge", **body))[0] == 404
    auditor = ask(running, running.as_staff("auditor"))
    assert (await auditor("POST", f"{lights}/merge", **body))[0] == 403
    both = ask(running, running.as_staff("supervisor", units=[LIGHTS, "vias"], subject="boss"))
    assert (await both("POST", f"{lights}/merge", **body))[0] == 200

    # Whoever works on the one that stays sees what was joined to it, its files too.
    assert (await other("GET", lights))[1]["merged_into"] == roads
    assert len((await other("GET", f"{roads}/family"))[1]["duplicates"]) == 1
    # The unit that gave it away sees its own, not the other.
    assert (await one("GET", f"{lights}/family"))[1]["survivor"] is None
    assert (await one("GET", roads))[0] == 404
    status, problem = await one("POST", f"{lights}/unmerge", reason="No")
    assert (status, problem["reason"]) == (404, "CASE_NOT_FOUND")
    assert (await other("POST", f"{lights}/unmerge", reason="No"))[0] == 200
    assert (await other("GET", lights))[0] == 404


async def test_what_another_agent_has_is_not_taken_by_joining_it(running):
    first, second = await two(running)
    has = ask(running, running.as_staff("agent", units=[LIGHTS], subject="agent-1"))
    assert (await has("POST", f"{second}/claim"))[0] == 200
    other = ask(running, running.as_staff("agent", units=[LIGHTS], subject="agent-2"))
    status, problem = await other("POST", f"{second}/merge", into=first, reason="Igual")
    assert (status, problem["reason"]) == (409, "CASE_ASSIGNED_TO_OTHER")
    # Into a colleague's case it may go.
    assert (await other("POST", f"{first}/merge", into=second, reason="Igual"))[0] == 200


async def test_two_who_join_crosswise_at_once_leave_no_circle(running):
    first, second = await two(running)
    call = ask(running, running.as_staff("supervisor", units=[LIGHTS]))
    answers = await asyncio.gather(
        call("POST", f"{first}/merge", into=second, reason="Igual"),
        call("POST", f"{second}/merge", into=first, reason="Igual"),
    )
    assert [status for status, _ in answers].count(200) <= 1
    assert all(status in {200, 409} for status, _ in answers)
    cases = await running.store.cases.get_many(TENANT, [first, second])
    pointing = [case for case in cases if case.merged_into]
    assert len(pointing) == [status for status, _ in answers].count(200)
    for case in cases:
        assert len(case.duplicates) == sum(one.merged_into == case.case_id for one in cases)


async def test_citizen_follows_the_one_matter_by_the_own_folio(running):
    first, second = await two(running)
    call = ask(running, running.as_staff("agent", units=[LIGHTS]))
    await call("POST", f"{second}/merge", into=first, reason="Es el mismo poste")
    await call("POST", f"{first}/claim")
    await call("POST", f"{first}/replies", text="Mañana va la cuadrilla")
    case = await running.store.cases.get(TENANT, second)
    body = {
        "reference": case.folio,
        "secret": running.access.tracking_secret(TENANT, second),
    }
    entered = await running.client.post(f"{BASE}/citizen/sessions", json=body)
    assert entered.status_code < 300, entered.text
    running.client.cookies.clear()
    cookie = {"cookie": entered.headers["set-cookie"].partition(";")[0]}
    followed = (await running.client.get(f"{BASE}/citizen/cases/{second}", headers=cookie)).json()
    text = str(followed)
    assert case.folio in text
    assert "junto con otras iguales" in text
    assert "Mañana va la cuadrilla" in text
    # Nothing of the other person: neither folio nor words.
    other = await running.store.cases.get(TENANT, first)
    assert other.folio not in text
    assert "No hay luz en el poste de mi calle" not in text


async def test_message_of_the_other_person_stands_at_the_one_matter(running):
    first, second = await two(running)
    call = ask(running, running.as_staff("agent", units=[LIGHTS]))
    await call("POST", f"{second}/merge", into=first, reason="Igual")
    await call("POST", f"{first}/replies", text="Mañana va la cuadrilla")
    assert (await call("GET", first))[1]["needs_answer"] is False
    running.clock.advance(timedelta(hours=1))
    kept = await running.open_case(
        3,
        address="573009998877",
        text="Sigue apagado, adjunto foto",
        attachments=[common_pb2.AttachmentRef(attachment_id="file-9", filename="a.png")],
    )
    assert kept == second
    assert (await call("GET", first))[1]["needs_answer"] is True
    _, timeline = await call("GET", f"{first}/timeline")
    assert timeline["items"][-1]["text"] == "Sigue apagado, adjunto foto"
    read = await running.client.get(
        f"{BASE}/attachments/file-9", headers=running.as_staff("agent", units=[LIGHTS])
    )
    assert read.status_code == 200
