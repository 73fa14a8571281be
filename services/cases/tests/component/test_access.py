"""Who may not: nobody, other cities, other units, other roles, other services; and hostile input."""

from __future__ import annotations

from urllib.parse import quote

import pytest

from atiende_cases.testing import OTHER_TENANT, TENANT
from atiende_kit.http import ByCookie, Public, policies

pytestmark = pytest.mark.component
BASE = "/api/cases/v1"
BODIES = {
    "replies": {"text": "Hola"},
    "notes": {"text": "Hola"},
    "transfers": {"unit_id": "vias", "reason": "Es de vías"},
    "transfers/return": {"reason": "No"},
    "transitions": {"transition": "ask_citizen"},
    "resolve": {"outcome": "done"},
    "reopen": {"reason": "No"},
    "reclassify": {"procedure": "huecos-vias"},
    "merge": {"into": "SA-2026-0000009-9", "reason": "Es lo mismo"},
    "unmerge": {"reason": "No"},
    "contact-points": {"channel": "email", "address": "otra@example.org"},
    "preferences": {"preferred_channel": None},
}
READS = (
    *("clock", "reply-options", "suggestions", "checklist", "attachments", "people", "audit"),
    *("family", "similar"),
)


def calls(case_id: str, citizen_id: str) -> list[tuple[str, str, dict | None]]:
    case, citizen = f"{BASE}/cases/{case_id}", f"{BASE}/citizens/{citizen_id}"
    verbs = (
        "replies",
        "notes",
        "transfers",
        "transfers/return",
        "transitions",
        "resolve",
        "reopen",
        "reclassify",
        "merge",
        "unmerge",
    )
    return [
        ("GET", case, None),
        ("GET", f"{case}/timeline", None),
        *(("GET", f"{case}/{what}", None) for what in READS),
        ("PUT", f"{case}/checklist/000000000000", {"done": True}),
        ("POST", f"{case}/claim", None),
        ("POST", f"{case}/transfers/accept", None),
        *(("POST", f"{case}/{verb}", BODIES[verb]) for verb in verbs),
        ("GET", citizen, None),
        ("GET", f"{citizen}/timeline", None),
        ("POST", f"{citizen}/contact-points", BODIES["contact-points"]),
        ("PUT", f"{citizen}/preferences", BODIES["preferences"]),
        ("GET", f"{BASE}/attachments/raw:x", None),
    ]


async def test_nobody_gets_in_without_a_token(running):
    routes = [
        name for name, policy in policies(running.app) if not isinstance(policy, Public | ByCookie)
    ]
    assert len(routes) >= 20
    for name in routes:
        method, path = name.split(" ", 1)
        url = (
            path.replace("{case_id}", "x")
            .replace("{citizen_id}", "0")
            .replace("{attachment_id}", "x")
            .replace("{requirement_id}", "000000000000")
            .replace("{incident_id}", "0")
        )
        for headers in ({}, {"Authorization": "Bearer x"}, {"Authorization": "Basic eDp4"}):
            answer = await running.client.request(method, url, headers=headers)
            assert answer.status_code == 401, (name, answer.text)
            assert answer.headers["content-type"] == "application/problem+json"


async def test_citizens_and_services_have_no_place_at_the_desk(running):
    case_id = await running.open_case()
    for token in (running.tokens.citizen_token(), running.tokens.service_token("channels")):
        headers = {"Authorization": f"Bearer {token}"}
        answer = await running.client.get(f"{BASE}/cases/{case_id}", headers=headers)
        assert answer.status_code == 403


@pytest.mark.parametrize(
    "who",
    [
        {"roles": ("agent",), "units": ["vias"]},
        {"roles": ("supervisor",), "units": ["vias", "parques"]},
        {"roles": ("unit_manager",), "units": []},
        {"roles": ("agent",), "units": ["alumbrado"], "tenant": OTHER_TENANT},
        {"roles": ("admin",), "tenant": OTHER_TENANT},
    ],
)
async def test_what_is_not_yours_does_not_exist(running, who):
    case_id = await running.open_case()
    case = await running.store.cases.get(TENANT, case_id)
    headers = running.as_staff(*who["roles"], **{k: v for k, v in who.items() if k != "roles"})
    nowhere = "019cd843-0000-7000-8000-000000000000"
    real = calls(case_id, case.citizen_id)
    missing = calls(nowhere, nowhere)
    for (method, url, body), (_, other, _) in zip(real, missing, strict=True):
        mine = await running.client.request(method, url, json=body, headers=headers)
        none = await running.client.request(method, other, json=body, headers=headers)
        assert mine.status_code == none.status_code, (method, url, mine.text)
        assert mine.status_code in {403, 404}, (method, url, mine.text)
        first, second = mine.json(), none.json()
        assert {**first, "trace_id": ""} == {**second, "trace_id": ""}
    by_folio = await running.client.get(f"{BASE}/cases/{case.folio}", headers=headers)
    assert by_folio.status_code == 404
    lists = (
        *("", f"?q={case.folio}", "?unit=alumbrado", "?q=poste", "?status=open", "?assignee=none"),
        *("?needs_answer=true", "?sort=newest", "?sort=updated", "?mentions=me&unit=alumbrado"),
    )
    for query in lists:
        page = (await running.client.get(f"{BASE}/cases{query}", headers=headers)).json()
        assert page["items"] == []
    for query in ("", "?unit=alumbrado"):
        counts = (await running.client.get(f"{BASE}/cases/counts{query}", headers=headers)).json()
        assert set(counts["counts"].values()) == {0}
    assert await running.store.cases.get(TENANT, case_id) == case


async def test_auditor_reads_and_changes_nothing(running):
    case_id = await running.open_case()
    case = await running.store.cases.get(TENANT, case_id)
    headers = running.as_staff("auditor")
    for method, url, body in calls(case_id, case.citizen_id):
        answer = await running.client.request(method, url, json=body, headers=headers)
        allowed = method == "GET"
        assert (answer.status_code < 400) is allowed or "raw:" in url, (method, url, answer.text)
        assert allowed or answer.status_code == 403
    assert await running.store.cases.get(TENANT, case_id) == case


INJECTIONS = [
    '{"$ne":null}',
    '{"$gt":""}',
    '{"$regex":".*"}',
    '{"$where":"sleep(1000)"}',
    "$ne",
    "__proto__",
    "a.b",
    "' || '1'=='1",
    "\x00",
    "[$ne]",
    "{'$expr': 1}",
    "(a+)+$",
    "../../etc",
]


async def test_no_filter_takes_an_operator(running):
    await running.open_case()
    foreign = running.as_staff("agent", units=["vias"])
    names = (
        "status",
        "unit",
        "assignee",
        "channel",
        "procedure",
        "priority",
        "incident",
        "mentions",
        "transfer",
        "overdue",
        "needs_answer",
        "sort",
        "q",
        "cursor",
        "limit",
    )
    for name in names:
        for vector in INJECTIONS:
            for url in ({name: vector}, {f"{name}[$ne]": vector}, {f"{name}.$gt": vector}):
                answer = await running.client.get(f"{BASE}/cases", params=url, headers=foreign)
                assert answer.status_code in {200, 400, 422}, (url, answer.text)
                if answer.status_code == 200:
                    assert answer.json()["items"] == []
    for vector in INJECTIONS:
        for path in ("cases", "citizens", "attachments"):
            answer = await running.client.get(
                f"{BASE}/{path}/{quote(vector, safe='')}", headers=foreign
            )
            assert answer.status_code in {400, 404, 422}, (path, vector, answer.text)


async def test_bodies_take_nothing_but_what_they_declare(running):
    case_id = await running.open_case()
    agent = running.as_staff("agent", units=["alumbrado"])
    url = f"{BASE}/cases/{case_id}"
    extra = ("tenant", "role", "status", "assignee_id", "create_time", "_id", "$set", "version")
    for verb, body in BODIES.items():
        if verb in {"contact-points", "preferences"}:
            continue
        for name in extra:
            answer = await running.client.post(
                f"{url}/{verb}", json={**body, name: "x"}, headers=agent
            )
            assert answer.status_code == 422, (verb, name, answer.text)
        for value in ({"$ne": None}, [], 1, None, True):
            field = next(iter(body))
            answer = await running.client.post(
                f"{url}/{verb}", json={**body, field: value}, headers=agent
            )
            assert answer.status_code == 422, (verb, value, answer.text)


async def test_impossible_moves_say_why(running):
    case_id = await running.open_case()
    agent = running.as_staff("agent", units=["alumbrado"])
    url = f"{BASE}/cases/{case_id}"
    expected = [
        ("reopen", {"reason": "x"}, 409, "CASE_NOT_RESOLVED"),
        ("resolve", {"outcome": "inventado"}, 422, "OUTCOME_UNKNOWN"),
        ("transitions", {"transition": "resolve"}, 409, "OUTCOME_REQUIRED"),
        ("transitions", {"transition": "inventado"}, 409, "TRANSITION_NOT_POSSIBLE"),
        ("transfers", {"unit_id": "alumbrado", "reason": "x"}, 409, "TRANSFER_TO_SAME_UNIT"),
        ("transfers", {"unit_id": "nada", "reason": "x"}, 422, "UNIT_UNKNOWN"),
        ("transfers/accept", None, 409, "NO_TRANSFER_IN_PROGRESS"),
        ("reclassify", {"procedure": "nada"}, 422, "PROCEDURE_UNKNOWN"),
        ("reclassify", {"procedure": "alumbrado-publico"}, 409, "PROCEDURE_UNCHANGED"),
        ("replies", {"text": "Hola", "channel": "email"}, 409, "NO_CHANNEL_TO_ANSWER"),
    ]
    for verb, body, status, reason in expected:
        answer = await running.client.post(f"{url}/{verb}", json=body, headers=agent)
        assert (answer.status_code, answer.json()["reason"]) == (status, reason), verb
    moved = await running.client.post(
        f"{url}/reclassify", json={"procedure": "huecos-vias"}, headers=agent
    )
    assert (moved.status_code, moved.json()["unit_id"]) == (200, "vias")
    assert (await running.client.get(url, headers=agent)).status_code == 404
