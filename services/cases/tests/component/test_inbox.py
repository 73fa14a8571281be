"""The inbox over HTTP: filters, orders, pages, numbers, names."""

from __future__ import annotations

from datetime import timedelta

import pytest

from atiende.common.v1 import common_pb2
from atiende_cases.application.ports import SaveCase
from atiende_cases.testing import TENANT

pytestmark = pytest.mark.component
BASE = "/api/cases/v1"


async def listed(running, headers, **params) -> list[dict]:
    answer = await running.client.get(f"{BASE}/cases", params=params, headers=headers)
    assert answer.status_code == 200, answer.text
    return answer.json()["items"]


async def test_row_tells_all_that_a_list_shows(running):
    photo = common_pb2.AttachmentRef(
        attachment_id="a1", filename="f.jpg", content_type="image/jpeg", size_bytes=9, sha256="0"
    )
    case_id = await running.open_case(attachments=[photo])
    agent = running.as_staff("agent", units=["alumbrado"])
    [row] = await listed(running, agent)
    shown = {name: row[name] for name in ("case_id", "citizen_name", "status", "overdue", "merged")}
    assert shown == {
        "case_id": case_id,
        "citizen_name": "Rosa Díaz",
        "status": "open",
        "overdue": False,
        "merged": 0,
    }
    assert (row["has_attachments"], row["needs_answer"], row["version"]) == (True, True, 1)
    assert row["description"] == "No hay luz en el poste de mi calle"
    assert row["procedure_name"] == "Reporte de daño en alumbrado público"
    answer = await running.client.get(
        f"{BASE}/cases", headers={**agent, "Accept-Language": "en-GB,en;q=0.8"}
    )
    [english] = answer.json()["items"]
    assert english["procedure_name"] != row["procedure_name"]
    assert english["unit_name"] == "Public Lighting Department"


async def test_pages_follow_each_order_to_the_end(running):
    for n in range(1, 6):
        await running.open_case(n, address=f"57300111000{n}")
        running.clock.advance(timedelta(minutes=7))
    agent = running.as_staff("agent", units=["alumbrado"])
    opened = {}
    for sort in ("due", "newest", "updated"):
        seen, cursor = [], None
        while True:
            params = {"sort": sort, "limit": 2} | ({"cursor": cursor} if cursor else {})
            page = (await running.client.get(f"{BASE}/cases", params=params, headers=agent)).json()
            seen += [item["folio"] for item in page["items"]]
            cursor = page["next_cursor"]
            if cursor is None:
                break
            other = {"newest": "due"}.get(sort, "newest")
            mixed = await running.client.get(
                f"{BASE}/cases", params={"sort": other, "cursor": cursor}, headers=agent
            )
            assert mixed.json()["reason"] == "CURSOR_INVALID"
        opened[sort] = seen
    assert len(set(opened["due"])) == 5
    assert opened["newest"] == sorted(opened["due"], reverse=True)
    assert opened["updated"] == opened["newest"]


async def test_tabs_count_what_their_lists_show(running):
    first = await running.open_case(1)
    await running.open_case(2, address="573009990002")
    late = await running.open_case(3, address="573009990003")
    agent = running.as_staff("agent", units=["alumbrado"])
    case = await running.store.cases.get(TENANT, late)
    from dataclasses import replace

    overdue = replace(
        case,
        first_answer_due_time=running.clock.now() - timedelta(hours=1),
        undelivered=True,
        out_of_hours=True,
    )
    await running.store.cases.write([SaveCase(overdue)])
    assert (
        await running.client.post(f"{BASE}/cases/{first}/claim", headers=agent)
    ).status_code == 200
    moved = await running.client.post(
        f"{BASE}/cases/{first}/transfers",
        json={"unit_id": "vias", "reason": "Es de vías"},
        headers=agent,
    )
    assert moved.status_code == 200
    told = (await running.client.get(f"{BASE}/cases/counts", headers=agent)).json()
    lists = {
        "open": {},
        "mine": {"assignee": "me"},
        "unassigned": {"assignee": "none"},
        "overdue": {"overdue": True},
        "waiting_citizen": {"status": "waiting_citizen"},
        "needs_answer": {"needs_answer": True},
        "mailbox": {"mailbox": True},
        "undelivered": {"undelivered": True},
        "emergency": {"emergency": True},
        "incident": {"incident": "any"},
        "transfer_in": {"transfer": "in"},
        "transfer_out": {"transfer": "out"},
        "mentions": {"mentions": "me"},
    }
    assert set(told["counts"]) == set(lists)
    for tab, params in lists.items():
        assert told["counts"][tab] == len(await listed(running, agent, **params)), tab
    assert (
        told["counts"] | {"open": 3, "mine": 1, "overdue": 1, "transfer_out": 1} == told["counts"]
    )
    [offered] = await listed(running, running.as_staff("agent", units=["vias"]), transfer="in")
    assert (offered["case_id"], offered["transfer"]["reason"]) == (first, "Es de vías")
    [seen] = await listed(running, agent, overdue=True)
    assert (seen["case_id"], seen["overdue"]) == (late, True)


async def test_views_are_each_persons_own_and_no_tab_undoes_another(running):
    mine = running.as_staff("auditor", subject="ana")
    url = f"{BASE}/views"
    assert (await running.client.get(url, headers=mine)).json() == {"version": 0, "views": []}
    late = {"name": "Mis vencidos", "query": "overdue=true&assignee=me"}
    saved = await running.client.put(url, json={"version": 0, "views": [late]}, headers=mine)
    assert saved.json() == {"version": 1, "views": [late]}
    stale = await running.client.put(url, json={"version": 0, "views": []}, headers=mine)
    assert (stale.status_code, stale.json()["reason"]) == (409, "VIEWS_CHANGED")
    again = await running.client.put(url, json={"version": 1, "views": [late] * 2}, headers=mine)
    assert len(again.json()["views"]) == 2
    for other in (
        running.as_staff("auditor", subject="eva"),
        running.as_staff("auditor", subject="ana", tenant="otraciudad"),
    ):
        assert (await running.client.get(url, headers=other)).json()["views"] == []
    for view in (
        {"name": " ", "query": ""},
        {"name": "x", "query": "a b"},
        {"name": "x", "query": "<script>"},
        {"name": "x", "query": "q=1", "owner": "eva"},
    ):
        wrong = await running.client.put(url, json={"version": 2, "views": [view]}, headers=mine)
        assert wrong.status_code == 422, view
