"""Every route of citizens against everybody: nobody, the case's owner, others, other cities."""

from __future__ import annotations

import pytest

from atiende_cases.testing import OTHER_TENANT, TENANT
from atiende_city.citizen_access import COOKIE, CitizenSession, RequireCitizen
from atiende_kit.http import policies
from atiende_kit.ids import new_id

pytestmark = pytest.mark.component
BASE = "/api/cases/v1/citizen"
BODIES = {
    "POST /cases/{case_id}/reopen": {"reason": "Sigue igual"},
    "PUT /preferences": {"preferred_channel": None},
    "PATCH /data": {"display_name": "Otra"},
    "POST /data/deletion": {"confirm": True},
}


def cookie(running, session: CitizenSession) -> dict[str, str]:
    return {"cookie": f"{COOKIE}={running.access.token(session)}"}


async def opened(running, number: int, **more):
    case_id = await running.open_case(number, **more)
    return await running.store.cases.get(more.get("tenant", TENANT), case_id)


@pytest.fixture
def own_routes(running) -> list[tuple[str, str]]:
    """Every route that a citizen's session opens; a new one is tried by every test here."""
    found = [
        name.split(" ", 1)
        for name, policy in policies(running.app)
        if isinstance(policy, RequireCitizen)
    ]
    assert len(found) >= 10
    return [(method, path) for method, path in found]


def filled(path: str, case_id: str) -> str:
    return path.replace("{case_id}", case_id).replace("{attachment_id}", "x")


def body_of(method: str, path: str) -> dict | None:
    return BODIES.get(f"{method} {path.removeprefix(BASE)}")


async def test_nobody_gets_in_without_a_session(running, own_routes):
    case = await opened(running, 1)
    agent = running.as_staff("admin", units=["alumbrado"])
    portal = {"Authorization": f"Bearer {running.tokens.citizen_token()}"}
    for method, path in own_routes:
        for headers in ({}, agent, portal, {"cookie": f"{COOKIE}=x.y"}, {"cookie": f"{COOKIE}="}):
            answer = await running.client.request(
                method, filled(path, case.case_id), json=body_of(method, path), headers=headers
            )
            assert answer.status_code == 401, (method, path, answer.text)


async def test_a_foreign_page_changes_nothing(running, own_routes):
    case = await opened(running, 1)
    session = running.access.begin(TENANT, "case", case_id=case.case_id)
    unsafe = [(m, p) for m, p in own_routes if m != "GET"]
    assert len(unsafe) >= 2
    for method, path in [*unsafe, ("POST", f"{BASE}/sessions")]:
        for hostile in ({"origin": "https://evil.example"}, {"sec-fetch-site": "cross-site"}):
            answer = await running.client.request(
                method,
                filled(path, case.case_id),
                json=body_of(method, path),
                headers={**cookie(running, session), **hostile},
            )
            assert (answer.status_code, answer.json()["reason"]) == (403, "ORIGIN_FOREIGN")


async def test_what_is_somebody_elses_does_not_exist(running, own_routes):
    """Case session A, case session B, contact session, other city: a foreign case is no case."""
    mine = await opened(running, 1)
    theirs = await opened(running, 2, address="573009998877")
    # Folios are counted in each city: the other city's first case has the folio of mine.
    twin = await opened(running, 3, tenant=OTHER_TENANT)
    abroad = await opened(running, 5, tenant=OTHER_TENANT, address="573005550000")
    assert twin.folio == mine.folio
    begin = running.access.begin
    strangers = [
        begin(TENANT, "case", case_id=theirs.case_id),
        begin(TENANT, "contact", citizen_id=theirs.citizen_id),
        begin(TENANT, "login", citizen_id=theirs.citizen_id),
        begin(OTHER_TENANT, "case", case_id=abroad.case_id),
        begin(OTHER_TENANT, "contact", citizen_id=abroad.citizen_id),
        # The same id in another city is another case, which is not opened there.
        begin(OTHER_TENANT, "case", case_id=theirs.case_id),
    ]
    tried = 0
    for method, path in own_routes:
        if "{case_id}" not in path:
            continue
        for session in strangers:
            answers = []
            for name in (mine.case_id, mine.folio, new_id()):
                answer = await running.client.request(
                    method,
                    filled(path, name),
                    json=body_of(method, path),
                    headers=cookie(running, session),
                )
                assert answer.status_code == 404, (method, path, session, answer.text)
                answers.append({**answer.json(), "trace_id": ""})
                tried += 1
            assert answers[0] == answers[1] == answers[2]
    assert tried >= 3 * 6 * 3
    assert await running.store.cases.get(TENANT, mine.case_id) == mine


async def test_lists_hold_ones_own_cases_only(running):
    first = await opened(running, 1)
    second = await opened(running, 4, text="Otro hueco enorme en la vía", thread_key="t2")
    theirs = await opened(running, 2, address="573009998877")
    begin = running.access.begin
    own = {first.case_id, second.case_id}
    assert theirs.citizen_id != first.citizen_id
    for session, expected in (
        (begin(TENANT, "case", case_id=first.case_id), {first.case_id}),
        (begin(TENANT, "contact", citizen_id=first.citizen_id), own),
        (begin(TENANT, "login", citizen_id=theirs.citizen_id), {theirs.case_id}),
    ):
        answer = await running.client.get(f"{BASE}/cases", headers=cookie(running, session))
        assert {item["case_id"] for item in answer.json()["items"]} == expected
    pages: list[str] = []
    url = f"{BASE}/cases?limit=1"
    session = begin(TENANT, "contact", citizen_id=first.citizen_id)
    while url:
        page = (await running.client.get(url, headers=cookie(running, session))).json()
        pages += [item["case_id"] for item in page["items"]]
        url = page["next_cursor"] and f"{BASE}/cases?limit=1&cursor={page['next_cursor']}"
    assert sorted(pages) == sorted(own)


async def test_a_session_of_a_person_ends_with_its_generation(running, own_routes):
    case = await opened(running, 1)
    session = running.access.begin(TENANT, "contact", citizen_id=case.citizen_id)
    headers = cookie(running, session)
    assert (await running.client.get(f"{BASE}/session", headers=headers)).status_code == 200
    assert (await running.client.delete(f"{BASE}/session", headers=headers)).status_code == 204
    for method, path in own_routes:
        answer = await running.client.request(
            method, filled(path, case.case_id), json=body_of(method, path), headers=headers
        )
        assert (answer.status_code, answer.json()["reason"]) == (401, "CITIZEN_SESSION_OVER"), path
    unknown = running.access.begin(TENANT, "contact", citizen_id=new_id())
    answer = await running.client.get(f"{BASE}/cases", headers=cookie(running, unknown))
    assert answer.status_code == 401


async def test_bodies_take_nothing_but_what_they_declare(running):
    case = await opened(running, 1)
    headers = cookie(running, running.access.begin(TENANT, "case", case_id=case.case_id))
    calls = {
        f"{BASE}/sessions": {"reference": case.folio, "secret": "0000-0000-0000"},
        f"{BASE}/cases/{case.case_id}/reopen": {"reason": "Sigue"},
    }
    for url, body in calls.items():
        for extra in ("tenant", "case_id", "citizen_id", "$set", "assurance"):
            answer = await running.client.post(url, json={**body, extra: "x"}, headers=headers)
            assert answer.status_code == 422, (url, extra)
        for name in body:
            for value in ({"$ne": None}, [], 1, None, True, "", " " * 3000):
                answer = await running.client.post(url, json={**body, name: value}, headers=headers)
                assert answer.status_code == 422, (url, name, value, answer.text)
