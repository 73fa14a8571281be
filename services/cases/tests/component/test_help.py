"""What helps a clerk with one case, over HTTP."""

from __future__ import annotations

from datetime import timedelta

import pytest

from atiende.common.v1 import common_pb2
from atiende_cases.testing import TENANT

pytestmark = pytest.mark.component
BASE = "/api/cases/v1"


async def get(running, path, headers, **params):
    answer = await running.client.get(f"{BASE}{path}", headers=headers, params=params)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_clock_tells_its_story_in_both_languages(running):
    case_id = await running.open_case()
    agent = running.as_staff("agent", units=["alumbrado"])
    clock = await get(running, f"/cases/{case_id}/clock", agent)
    case = await get(running, f"/cases/{case_id}", agent)
    assert clock["due_time"] == case["due_time"]
    kinds = [step["kind"] for step in clock["steps"]]
    assert kinds == ["entry", "legal", "first_answer", "counting", "due"]
    assert all(set(step["text"]) == {"es", "en"} for step in clock["steps"])


async def test_template_goes_where_the_window_is_closed_and_free_text_does_not(running):
    case_id = await running.open_case()
    agent = running.as_staff("agent", units=["alumbrado"])
    running.clock.advance(timedelta(hours=25))
    options = (await get(running, f"/cases/{case_id}/reply-options", agent))["items"]
    by_channel = {option["channel"]: option for option in options}
    assert set(by_channel) == {"whatsapp", "email", "webchat", "portal"}
    whatsapp = by_channel["whatsapp"]
    assert (whatsapp["allowed"], whatsapp["reason"]) == (False, "WINDOW_CLOSED")
    assert whatsapp["window_end_time"] is not None
    assert whatsapp["address"] == "•••• 2233"
    keys = [template["key"] for template in whatsapp["templates"]]
    assert keys == ["reply_waiting", "case_update"]
    url = f"{BASE}/cases/{case_id}/replies"
    text = await running.client.post(
        url, json={"text": "Ya va", "channel": "whatsapp"}, headers=agent
    )
    assert (text.status_code, text.json()["reason"]) == (409, "WINDOW_CLOSED")
    for body in (
        {"template": "survey_invitation", "channel": "whatsapp"},
        {"template": "nada", "channel": "whatsapp"},
        {"template": "case_update", "text": "y texto", "channel": "whatsapp"},
        {"channel": "whatsapp"},
    ):
        wrong = await running.client.post(url, json=body, headers=agent)
        assert wrong.status_code == 422, (body, wrong.text)
    sent = await running.client.post(
        url, json={"template": "case_update", "channel": "whatsapp"}, headers=agent
    )
    assert sent.status_code == 201, sent.text
    assert sent.json()["kind"] == "template:case_update"
    case = await get(running, f"/cases/{case_id}", agent)
    assert case["folio"] in sent.json()["text"]
    assert case["needs_answer"] is False


async def test_requirements_are_ticked_by_name(running):
    case_id = await running.open_case(procedure_code="certificado-residencia")
    agent = running.as_staff("agent", units=["atencion"])
    items = await get(running, f"/cases/{case_id}/checklist", agent)
    assert items["missing"] == 3
    name = items["items"][1]["requirement_id"]
    url = f"{BASE}/cases/{case_id}/checklist/{name}"
    done = await running.client.put(url, json={"done": True}, headers=agent)
    assert (done.status_code, done.json()["missing"]) == (200, 2)
    assert done.json()["items"][1]["actor_id"] == "agent-1"
    unknown = await running.client.put(
        f"{BASE}/cases/{case_id}/checklist/000000000000", json={"done": True}, headers=agent
    )
    assert unknown.status_code == 404
    assert (await running.client.put(url, json={"done": "yes"}, headers=agent)).status_code == 422


async def test_note_calls_colleagues_who_may_see_the_case_and_nobody_else(running):
    case_id = await running.open_case()
    ana = running.as_staff("agent", units=["alumbrado"], subject="ana")
    eva = running.as_staff("supervisor", units=["alumbrado", "vias"], subject="eva")
    for headers in (
        ana,
        eva,
        running.as_staff("agent", units=["parques"], subject="pedro"),
        running.as_staff("admin", subject="jefe"),
        running.as_staff("agent", units=["alumbrado"], subject="intrusa", tenant="otraciudad"),
    ):
        await get(running, "/cases/counts", headers)
    people = (await get(running, f"/cases/{case_id}/people", ana))["items"]
    assert {person["subject"] for person in people} == {"ana", "eva", "jefe"}
    url = f"{BASE}/cases/{case_id}/notes"
    for stranger in ("pedro", "intrusa", "nadie"):
        wrong = await running.client.post(
            url, json={"text": "¿Lo ves?", "mentions": ["eva", stranger]}, headers=ana
        )
        assert (wrong.status_code, wrong.json()["reason"]) == (422, "MENTION_UNKNOWN"), stranger
    note = await running.client.post(
        url, json={"text": "¿Lo ves, Eva?", "mentions": ["eva", "eva"]}, headers=ana
    )
    assert note.status_code == 201, note.text
    assert [m["subject"] for m in note.json()["mentions"]] == ["eva"]

    [called] = (await get(running, "/mentions", eva, unread=True))["items"]
    assert (called["case_id"], called["text"], called["read_time"]) == (
        case_id,
        "¿Lo ves, Eva?",
        None,
    )
    assert (await get(running, "/mentions", ana))["items"] == []
    assert (await get(running, "/cases/counts", eva))["counts"]["mentions"] == 1
    mine = (await get(running, "/cases", eva, mentions="me"))["items"]
    assert [item["case_id"] for item in mine] == [case_id]
    ids = {"message_ids": [called["message_id"]]}
    # Somebody else's mark means nothing; one's own is set once.
    other = await running.client.post(f"{BASE}/mentions/read", json=ids, headers=ana)
    assert other.json() == {"read": 0}
    read = await running.client.post(f"{BASE}/mentions/read", json=ids, headers=eva)
    assert read.json() == {"read": 1}
    again = await running.client.post(f"{BASE}/mentions/read", json=ids, headers=eva)
    assert again.json() == {"read": 0}
    assert (await get(running, "/cases/counts", eva))["counts"]["mentions"] == 0
    assert (await get(running, "/cases", eva, mentions="me"))["items"] == []
    [seen] = (await get(running, "/mentions", eva))["items"]
    assert seen["read_time"] is not None
    timeline = (await get(running, f"/cases/{case_id}/timeline", ana))["items"]
    [entry] = [e for e in timeline if e["kind"] == "note"]
    assert entry["mentions"][0]["read_time"] is not None


async def test_mention_of_a_case_that_is_out_of_sight_is_not_shown(running):
    case_id = await running.open_case()
    eva = running.as_staff("agent", units=["alumbrado"], subject="eva")
    await get(running, "/cases/counts", eva)
    await running.client.post(
        f"{BASE}/cases/{case_id}/notes", json={"text": "Eva", "mentions": ["eva"]}, headers=eva
    )
    moved = running.as_staff("agent", units=["vias"], subject="eva")
    assert (await get(running, "/mentions", moved))["items"] == []
    assert (await get(running, "/cases", moved, mentions="me"))["items"] == []


async def test_mentions_page(running):
    case_id = await running.open_case()
    eva = running.as_staff("agent", units=["alumbrado"], subject="eva")
    await get(running, "/cases/counts", eva)
    for n in range(5):
        await running.client.post(
            f"{BASE}/cases/{case_id}/notes",
            json={"text": f"Nota {n}", "mentions": ["eva"]},
            headers=eva,
        )
    seen, cursor = [], None
    while True:
        params = {"limit": 2} | ({"cursor": cursor} if cursor else {})
        page = await get(running, "/mentions", eva, **params)
        seen += [item["text"] for item in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert sorted(seen) == [f"Nota {n}" for n in range(5)]


async def test_files_and_form_of_a_case(running):
    photo = common_pb2.AttachmentRef(
        attachment_id="a1", filename="f.jpg", content_type="image/jpeg", size_bytes=9, sha256="0"
    )
    case_id = await running.open_case(
        procedure_code="certificado-residencia",
        attachments=[photo],
        form_values={"nombres": "Rosa Díaz", "otro": "x"},
    )
    agent = running.as_staff("agent", units=["atencion"])
    [file] = (await get(running, f"/cases/{case_id}/attachments", agent))["items"]
    assert (file["attachment_id"], file["direction"]) == ("a1", "inbound")
    form = (await get(running, f"/cases/{case_id}", agent))["form"]
    assert {"name": "nombres", "title": "Nombres y apellidos", "value": "Rosa Díaz"} in form
    assert {"name": "otro", "title": "otro", "value": "x"} in form


async def test_audit_of_a_case_says_who_did_what_and_whether_it_holds(running):
    case_id = await running.open_case()
    other = await running.open_case(2, address="573009990002")
    agent = running.as_staff("agent", units=["alumbrado"])
    await get(running, "/cases/counts", agent)
    await running.client.post(f"{BASE}/cases/{case_id}/claim", headers=agent)
    await running.client.post(f"{BASE}/cases/{case_id}/replies", json={"text": "Ya"}, headers=agent)

    async def audited():
        page = await get(running, f"/cases/{case_id}/audit", agent)
        types = [item["type"] for item in page["items"]]
        return page if types.count("conversation.message_added") == 2 else None

    page = await running.eventually(audited)
    assert page["holds"] is True
    by_type = {item["type"]: item for item in page["items"]}
    assert {"case.opened", "case.assigned", "conversation.message_added"} <= set(by_type)
    assert by_type["case.opened"]["actor_kind"] == "citizen"
    assert by_type["case.assigned"]["actor_id"] == "agent-1"
    assert by_type["case.assigned"]["actor_name"]
    mine = {item["event_id"] for item in page["items"]}
    theirs = (await get(running, f"/cases/{other}/audit", agent))["items"]
    assert mine.isdisjoint(item["event_id"] for item in theirs)
    # Page by page it is the same.
    seen, cursor = [], None
    while True:
        params = {"limit": 1} | ({"cursor": cursor} if cursor else {})
        part = await get(running, f"/cases/{case_id}/audit", agent, **params)
        seen += part["items"]
        cursor = part["next_cursor"]
        if cursor is None:
            break
    assert seen == page["items"]
    # Somebody changes what an entry says: that entry does not hold, and says so.
    audit = running.store.audit.collection
    blocks = await audit.find(TENANT, {"entries.case_id": case_id}, sort=[("first_seq", 1)])
    forged = blocks[-1]
    entries = [
        {**e, "actor_id": "otra"} if e.get("case_id") == case_id else e for e in forged["entries"]
    ]
    await audit.replace(TENANT, {**forged, "entries": entries})
    page = await get(running, f"/cases/{case_id}/audit", agent)
    assert page["holds"] is False
    assert not all(item["holds"] for item in page["items"])
