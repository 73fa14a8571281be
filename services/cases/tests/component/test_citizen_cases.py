"""A citizen follows a case with its secret: what they see, what they do not, and who gets in."""

from __future__ import annotations

from datetime import timedelta

import pytest

from atiende_cases.domain.folio import Folio
from atiende_cases.testing import OTHER_TENANT, TENANT
from atiende_kit.ids import new_id

pytestmark = pytest.mark.component
BASE = "/api/cases/v1/citizen"
DESK = "/api/cases/v1/cases"
SURNAME = "Apellidoquenosale"


async def opened(running, number: int = 1, **more):
    case_id = await running.open_case(number, **more)
    return await running.store.cases.get(more.get("tenant", TENANT), case_id)


async def enter(running, case, **headers) -> dict[str, str]:
    """Enters with folio and secret; gives the cookie."""
    secret = running.access.tracking_secret(case.tenant, case.case_id)
    answer = await running.client.post(
        f"{BASE}/sessions", json={"reference": case.folio, "secret": secret}, headers=headers
    )
    assert answer.status_code == 200, answer.text
    running.client.cookies.clear()
    return {"cookie": answer.headers["set-cookie"].partition(";")[0]}


async def test_folio_and_secret_open_one_case(running):
    case = await opened(running)
    secret = running.access.tracking_secret(TENANT, case.case_id)
    typed = {"reference": case.folio.lower().replace("-", " "), "secret": f" {secret.lower()} "}
    answer = await running.client.post(f"{BASE}/sessions", json=typed)
    body = answer.json()
    assert (answer.status_code, body["assurance"], body["case_id"]) == (200, "case", case.case_id)
    assert answer.headers["cache-control"] == "no-store"
    flags = set(answer.headers["set-cookie"].split("; "))
    assert {"HttpOnly", "SameSite=strict", "Path=/api"} <= flags
    running.client.cookies.clear()
    cookie = {"cookie": answer.headers["set-cookie"].partition(";")[0]}
    seen = (await running.client.get(f"{BASE}/session", headers=cookie)).json()
    assert {**seen, "expire_time": ""} == {**body, "expire_time": ""}
    listed = (await running.client.get(f"{BASE}/cases", headers=cookie)).json()
    assert [item["folio"] for item in listed["items"]] == [case.folio]
    for name in (case.case_id, case.folio):
        shown = await running.client.get(f"{BASE}/cases/{name}", headers=cookie)
        assert shown.json()["folio"] == case.folio


async def test_unknown_folio_and_wrong_secret_get_the_same_answer(running):
    case = await opened(running)
    other = await opened(running, 2, address="573009998877")
    right = running.access.tracking_secret(TENANT, case.case_id)
    wrong = [
        {"reference": case.folio, "secret": "0000-0000-0000"},
        {"reference": case.folio, "secret": "no"},
        {"reference": case.folio, "secret": running.access.tracking_secret(TENANT, other.case_id)},
        {"reference": str(Folio("SA", 2026, 999_999)), "secret": right},
        {"reference": new_id(), "secret": right},
        {"reference": case.case_id, "secret": "0000-0000-0000"},
        {
            "reference": case.folio,
            "secret": running.access.tracking_secret(OTHER_TENANT, case.case_id),
        },
    ]
    answers = []
    for body in wrong:
        answer = await running.client.post(f"{BASE}/sessions", json=body)
        assert answer.status_code == 401, (body, answer.text)
        assert "set-cookie" not in answer.headers
        answers.append({**answer.json(), "trace_id": ""})
    assert all(one == answers[0] for one in answers)
    typo = await running.client.post(
        f"{BASE}/sessions", json={"reference": "hola que tal", "secret": right}
    )
    assert (typo.status_code, typo.json()["reason"]) == (422, "FOLIO_MALFORMED")


async def test_guessing_is_stopped_for_a_visitor_and_successes_do_not_count(running):
    case = await opened(running)
    for _ in range(30):
        await enter(running, case)
    statuses = []
    for number in range(40):
        answer = await running.client.post(
            f"{BASE}/sessions", json={"reference": case.folio, "secret": f"{number:012d}"}
        )
        statuses.append(answer.status_code)
    assert statuses == [401] * 20 + [429] * 20
    assert int(answer.headers["retry-after"]) > 60
    right = running.access.tracking_secret(TENANT, case.case_id)
    blocked = await running.client.post(
        f"{BASE}/sessions", json={"reference": case.folio, "secret": right}
    )
    assert blocked.status_code == 429


async def test_a_case_that_is_still_being_opened_says_so(running):
    case_id = new_id()
    secret = running.access.tracking_secret(TENANT, case_id)
    answer = await running.client.post(
        f"{BASE}/sessions", json={"reference": case_id.upper(), "secret": secret}
    )
    assert answer.status_code == 200
    shown = await running.client.get(f"{BASE}/cases/{case_id}")
    body = shown.json()
    assert (shown.status_code, body["state"], body["folio"]) == (200, "receiving", None)
    assert "folio" in body["next_step_text"]
    assert body["entries"] == []
    listed = (await running.client.get(f"{BASE}/cases?language=en")).json()["items"]
    assert [(one["state"], one["language"]) for one in listed] == [("receiving", "en")]
    foreign = await running.client.get(f"{BASE}/cases/{new_id()}")
    assert foreign.status_code == 404
    reopen = await running.client.post(f"{BASE}/cases/{case_id}/reopen", json={"reason": "No"})
    assert (reopen.status_code, reopen.json()["reason"]) == (409, "CASE_NOT_RESOLVED")
    assert (await running.client.get(f"{BASE}/cases/{case_id}/attachments/x")).status_code == 404
    running.client.cookies.clear()


async def test_the_timeline_has_no_note_no_surname_and_no_code(running):
    case = await opened(running)
    agent = {
        "Authorization": "Bearer "
        + running.tokens.staff_token(["agent"], ["alumbrado"], name=f"Lucía {SURNAME}")
    }
    url = f"{DESK}/{case.case_id}"
    running.clock.advance(timedelta(minutes=1))
    await running.client.post(f"{url}/claim", headers=agent)
    running.clock.advance(timedelta(minutes=1))
    await running.client.post(f"{url}/notes", json={"text": "NOTA-SECRETA"}, headers=agent)
    said = await running.client.post(f"{url}/replies", json={"text": "Ya vamos"}, headers=agent)
    assert said.status_code == 201
    moved = await running.client.post(
        f"{url}/transitions", json={"transition": "ask_citizen"}, headers=agent
    )
    assert moved.status_code == 200
    cookie = await enter(running, case)
    answer = await running.client.get(f"{BASE}/cases/{case.folio}", headers=cookie)
    body = answer.json()
    for hidden in ("NOTA-SECRETA", SURNAME, "agent-1", "staff-1", "en_revision"):
        assert hidden not in answer.text.replace(f'"state":"{body["state"]}"', "")
    assert body["assignee"] == "Lucía"
    assert (body["wants_answer"], body["question"]) == (True, "Ya vamos")
    assert body["status_text"] == "Necesitamos un dato suyo para poder continuar."
    labels = [(e["direction"], e["event"], e["author_kind"]) for e in body["entries"]]
    assert labels == [
        ("inbound", "", "you"),
        (None, "assigned", "city"),
        ("outbound", "", "staff"),
    ]
    assert body["entries"][2]["author"].startswith("Lucía · ")
    english = await running.client.get(f"{BASE}/cases/{case.folio}?language=en", headers=cookie)
    assert english.json()["status_text"] == "We need something from you to go on."
    assert english.json()["procedure"]["name"] == "Street light out of order"


async def test_the_clock_is_explained(running):
    # Friday evening before a Monday that is a holiday in Colombia (2026-03-23).
    running.clock.advance(timedelta(days=10, hours=9))
    case = await opened(running, text="Hueco enorme en la vía", address="573001110000")
    cookie = await enter(running, case)
    body = (await running.client.get(f"{BASE}/cases/{case.folio}", headers=cookie)).json()
    clock = body["clock"]
    assert clock["legal_time"] > clock["effective_time"]
    text = " ".join(clock["explanation"])
    assert "fuera del horario" in text
    assert "días hábiles" in text
    assert "23/03/2026" in text
    assert clock["working_days_left"] > 0
    assert not clock["overdue"]
    running.clock.advance(timedelta(days=300))
    late = (await running.client.get(f"{BASE}/cases/{case.folio}", headers=cookie)).json()
    assert (late["clock"]["overdue"], late["clock"]["working_days_left"]) == (True, 0)
    assert "debió" in late["next_step_text"]


async def resolved(running, case) -> None:
    agent = running.as_staff("supervisor", units=["alumbrado"])
    answer = await running.client.post(
        f"{DESK}/{case.case_id}/resolve", json={"outcome": "reparado"}, headers=agent
    )
    assert answer.status_code == 200, answer.text


async def test_not_solved_reopens_inside_the_window_once(running):
    case = await opened(running)
    cookie = await enter(running, case)
    url = f"{BASE}/cases/{case.case_id}"
    early = await running.client.post(f"{url}/reopen", json={"reason": "No"}, headers=cookie)
    assert (early.status_code, early.json()["reason"]) == (409, "CASE_NOT_RESOLVED")
    await resolved(running, case)
    body = (await running.client.get(url, headers=cookie)).json()
    assert (body["status"], body["wants_answer"]) == ("resolved", False)
    assert body["can_reopen_until"]
    assert body["entries"][-1]["event"] == "resolved"
    headers = {**cookie, "Idempotency-Key": "reopen-0001"}
    again = {"reason": "La luz volvió a fallar"}
    for _ in range(2):
        answer = await running.client.post(f"{url}/reopen", json=again, headers=headers)
        assert (answer.status_code, answer.json()["status"]) == (200, "open"), answer.text
    last = answer.json()["entries"][-1]
    assert (last["event"], last["author_kind"]) == ("reopened", "you")
    assert "La luz volvió a fallar" in last["text"]
    stored = await running.store.cases.get(TENANT, case.case_id)
    assert stored.reopen_count == 1
    found = await running.client.get(
        f"{DESK}?q=volvió", headers=running.as_staff("agent", units=["alumbrado"])
    )
    assert [item["case_id"] for item in found.json()["items"]] == [case.case_id]
    second = await running.client.post(f"{url}/reopen", json=again, headers=cookie)
    assert second.json()["reason"] == "CASE_NOT_RESOLVED"


async def test_after_the_window_nothing_is_reopened(running):
    case = await opened(running)
    await resolved(running, case)
    running.clock.advance(timedelta(hours=73))
    cookie = await enter(running, case)
    url = f"{BASE}/cases/{case.case_id}"
    body = (await running.client.get(url, headers=cookie)).json()
    assert body["can_reopen_until"] is None
    answer = await running.client.post(f"{url}/reopen", json={"reason": "No"}, headers=cookie)
    assert (answer.status_code, answer.json()["reason"]) == (409, "REOPEN_WINDOW_OVER")


async def test_files_of_the_timeline_are_read_and_saved(running):
    from atiende.common.v1 import common_pb2

    ref = common_pb2.AttachmentRef(
        attachment_id="file-1", filename="foto.png", content_type="image/png", size_bytes=6
    )
    case = await opened(running, attachments=[ref])
    other = await opened(running, 2, address="573009998877")
    cookie = await enter(running, case)
    url = f"{BASE}/cases/{case.case_id}/attachments"
    answer = await running.client.get(f"{url}/file-1", headers=cookie)
    assert (answer.status_code, answer.content) == (200, b"abcdef")
    assert answer.headers["content-disposition"].startswith("attachment;")
    assert answer.headers["x-content-type-options"] == "nosniff"
    foreign = await enter(running, other)
    for headers, path in (
        (foreign, f"{url}/file-1"),
        (foreign, f"{BASE}/cases/{other.case_id}/attachments/file-1"),
        (cookie, f"{url}/file-2"),
        (cookie, f"{url}/raw:{case.opened_by_message_id}"),
    ):
        refused = await running.client.get(path, headers=headers)
        assert refused.status_code in {404, 422}, path


async def test_leaving_takes_the_cookie_back(running):
    case = await opened(running)
    cookie = await enter(running, case)
    answer = await running.client.delete(f"{BASE}/session", headers=cookie)
    assert answer.status_code == 204
    assert "Max-Age=0" in answer.headers["set-cookie"]
