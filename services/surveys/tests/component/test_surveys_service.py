import pytest

from atiende.notifications.v1.events_pb2 import RequestNotification
from atiende.surveys.v1 import surveys_service_pb2 as rpc
from atiende_kit.ids import new_id
from atiende_kit.testing.fuzz import fuzz_api

pytestmark = pytest.mark.component

INVITATION = "0197f9a2-6a52-7c3e-9d0a-1f2e3d4c5b6a"
SETTLE = f"/recovery-tasks/{INVITATION}/disposition"
ENDPOINTS = [
    ("GET", "/scores", None),
    ("GET", "/responses", None),
    ("GET", "/recovery-tasks", None),
    ("GET", "/recovery-tasks/counts", None),
    ("POST", SETTLE, {"disposition": "noted"}),
]
# Opened by the link of an invitation (test_links) and by a citizen's session (test_own).
OPEN_OTHERWISE = {
    ("GET", "/public/invitation"),
    ("POST", "/public/response"),
    ("GET", "/citizen/cases/{case_id}/survey"),
    ("POST", "/citizen/cases/{case_id}/survey"),
}


@pytest.mark.parametrize(("method", "path", "body"), ENDPOINTS)
async def test_anonymous_is_refused(api, method, path, body):
    answer = await api.http.request(method, path, json=body)
    assert (answer.status_code, answer.json()["reason"]) == (401, "TOKEN_MISSING")


@pytest.mark.parametrize(("method", "path", "body"), ENDPOINTS)
async def test_citizen_is_refused(api, method, path, body):
    headers = {"Authorization": f"Bearer {api.tokens.citizen_token()}"}
    assert (await api.http.request(method, path, json=body, headers=headers)).status_code == 403


async def test_list_of_endpoints_is_complete(api):
    document = (await api.http.get("/../openapi.json")).json()
    listed = {
        (method, path.replace(INVITATION, "{invitation_id}")) for method, path, _ in ENDPOINTS
    }
    served = {
        (method.upper(), path.removeprefix("/api/surveys/v1"))
        for path, operations in document["paths"].items()
        for method in operations
    }
    assert listed | OPEN_OTHERWISE == served


async def test_resolution_answer_score_recovery_and_disposition(service):
    request = await service.resolve()
    await service.answer(request.prompt_id, "1 sigue igual")
    told = await service.response(request.prompt_id)
    assert (told.score, told.needs_recovery, told.agent_id) == (1, True, "ana")
    assert (await service.asked(request.case_id, "survey_thanks")).at_most_once
    boss = service.staff()
    [task] = (await service.http.get("/recovery-tasks?status=open", headers=boss)).json()["items"]
    assert (task["task"]["kind"], task["score"], task["comment"]) == ("recovery", 1, "sigue igual")
    path = f"/recovery-tasks/{request.prompt_id}/disposition"
    body = {"disposition": "contacted", "note": "se llamó"}
    settled = await service.http.post(path, json=body, headers=boss)
    assert settled.json()["task"]["status"] == "settled"
    other = await service.http.post(path, json={"disposition": "noted"}, headers=boss)
    assert (other.status_code, other.json()["reason"]) == (409, "RECOVERY_TASK_SETTLED")
    assert (await service.http.get("/recovery-tasks/counts", headers=boss)).json() == {
        "open": 0,
        "overdue": 0,
    }
    [score] = (await service.http.get("/scores?by=unit", headers=boss)).json()["items"]
    assert (score["key"], score["n"], score["response_rate"], score["csat"]) == (
        "alumbrado",
        1,
        1.0,
        0.0,
    )


async def test_resolution_delivered_many_times_is_asked_about_once(service):
    case_id = new_id()
    for _ in range(5):
        await service.resolve(case_id=case_id)
    await service.resolve()
    asked = [
        m for m in service.heard if isinstance(m, RequestNotification) and m.case_id == case_id
    ]
    assert len(asked) == 1


async def test_scores_by_grpc(service):
    request = await service.resolve()
    await service.answer(request.prompt_id, "4")
    await service.response(request.prompt_id)
    answer = await service.stub.GetScores(
        rpc.GetScoresRequest(dimension=rpc.SCORE_DIMENSION_CHANNEL),
        metadata=(
            ("authorization", f"Bearer {service.tokens.service_token('cases')}"),
            ("atiende-tenant", "sanaurelio"),
        ),
        timeout=5,
    )
    [score] = answer.scores
    assert (score.key, score.invitations, score.responses, score.csat) == ("whatsapp", 1, 1, 1.0)


async def test_answers_of_other_units_and_cities_do_not_exist(service):
    request = await service.resolve(unit="aseo")
    await service.answer(request.prompt_id, "1")
    await service.response(request.prompt_id)
    path = f"/recovery-tasks/{request.prompt_id}/disposition"
    strangers = (
        service.staff(units=("alumbrado",)),
        service.staff("supervisor", "admin", units=("aseo",), tenant="otraciudad"),
    )
    for stranger in strangers:
        for listing in ("/responses", "/recovery-tasks", "/scores", "/responses?unit=aseo"):
            assert (await service.http.get(listing, headers=stranger)).json()["items"] == []
        refused = await service.http.post(path, json={"disposition": "noted"}, headers=stranger)
        assert (refused.status_code, refused.json()["reason"]) == (404, "RECOVERY_TASK_NOT_FOUND")
    auditor = service.staff("auditor", units=())
    assert len((await service.http.get("/responses", headers=auditor)).json()["items"]) == 1
    refused = await service.http.post(path, json={"disposition": "noted"}, headers=auditor)
    assert refused.status_code == 403


async def test_plain_agent_sees_no_scores_of_colleagues(api):
    agent = api.staff("agent")
    assert (await api.http.get("/scores?by=unit", headers=agent)).status_code == 200
    assert (await api.http.get("/scores?by=agent", headers=agent)).status_code == 403


async def test_pages_follow_each_other_without_gap_or_repeat(service):
    ids = set()
    for _ in range(5):
        request = await service.resolve()
        await service.answer(request.prompt_id, "5")
        await service.response(request.prompt_id)
        ids.add(request.prompt_id)
    seen, cursor = [], None
    while True:
        params = {"limit": 2, **({"cursor": cursor} if cursor else {})}
        page = (await service.http.get("/responses", params=params, headers=service.staff())).json()
        seen += [one["invitation_id"] for one in page["items"]]
        cursor = page.get("next_cursor")
        if cursor is None:
            break
    assert sorted(seen) == sorted(ids)


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/scores?by=nothing", 422),
        ("/scores?since=yesterday", 422),
        ("/scores?until=0.5", 422),
        ("/responses?cursor=e30", 400),
        ("/responses?limit=0", 422),
    ],
)
async def test_wrong_input_is_refused_with_a_reason(api, path, status):
    answer = await api.http.get(path, headers=api.staff("supervisor"))
    assert (answer.status_code, answer.headers["content-type"]) == (
        status,
        "application/problem+json",
    )


@pytest.mark.timeout(110)
async def test_generated_requests_meet_only_documented_answers(service):
    token = service.tokens.staff_token(("agent", "supervisor", "admin"), ("alumbrado",))
    base = str(service.http.base_url).split("/api/")[0]
    assert await fuzz_api(base, "surveys", token, max_examples=15) == len(ENDPOINTS) + len(
        OPEN_OTHERWISE
    )
