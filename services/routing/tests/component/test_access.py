import pytest

from atiende_kit.testing.fuzz import fuzz_api

pytestmark = pytest.mark.component

ITEM = "0197f9a2-6a52-7c3e-9d0a-1f2e3d4c5b6a"
TURN = "AAAAAAAAAAAAAAAAAAAAAA"
ENDPOINTS = [
    ("PUT", "/presence", {"status": "online"}),
    ("POST", "/presence/heartbeat", None),
    ("GET", "/presence", None),
    ("GET", "/offers", None),
    ("GET", "/work-items", None),
    ("GET", f"/work-items/{ITEM}", None),
    ("POST", f"/work-items/{ITEM}/claim", None),
    ("POST", f"/work-items/{ITEM}/accept", None),
    ("POST", f"/work-items/{ITEM}/decline", None),
    ("POST", f"/work-items/{ITEM}/release", None),
    ("POST", f"/work-items/{ITEM}/assignment", {"agent_id": "ana"}),
    ("GET", "/queues", None),
    ("GET", "/agents", None),
    ("PUT", "/agents/ana/skills", {"skills": []}),
    ("GET", "/turns?unit=alumbrado", None),
    ("POST", "/turns/next", {"unit_id": "alumbrado", "desk": "Ventanilla 1"}),
    ("POST", f"/turns/{TURN}/recall", {}),
    ("POST", f"/turns/{TURN}/attend", None),
    ("POST", f"/turns/{TURN}/absent", None),
    ("POST", f"/turns/{TURN}/finish", {}),
]
PUBLIC = {
    ("GET", "/public/wait"),
    ("POST", "/public/turns"),
    ("GET", "/public/turns/board"),
    ("GET", "/public/turns/{turn_id}"),
}


@pytest.mark.parametrize(("method", "path", "body"), ENDPOINTS)
async def test_anonymous_is_refused(api, method, path, body):
    answer = await api.http.request(method, path, json=body)
    assert (answer.status_code, answer.json()["reason"]) == (401, "TOKEN_MISSING")


@pytest.mark.parametrize(("method", "path", "body"), ENDPOINTS)
async def test_citizen_is_refused(api, method, path, body):
    headers = {"Authorization": f"Bearer {api.tokens.citizen_token()}"}
    answer = await api.http.request(method, path, json=body, headers=headers)
    assert answer.status_code == 403


async def test_list_of_endpoints_is_complete(api):
    document = (await api.http.get("/../openapi.json")).json()
    capacity = document["components"]["schemas"]["SkillsBody"]["properties"]["capacity"]
    assert capacity["anyOf"][0] == {"type": "integer", "minimum": 0, "maximum": 50}
    listed = {
        (
            method,
            path.split("?")[0]
            .replace(ITEM, "{item_id}")
            .replace(TURN, "{turn_id}")
            .replace("/ana/", "/{agent_id}/"),
        )
        for method, path, _ in ENDPOINTS
    } | PUBLIC
    served = {
        (method.upper(), path.removeprefix("/api/routing/v1"))
        for path, operations in document["paths"].items()
        for method in operations
    }
    assert listed == served


async def test_auditor_reads_and_takes_nothing(api):
    auditor = api.staff("auditor", units=())
    assert (await api.http.get("/work-items", headers=auditor)).status_code == 200
    assert (await api.http.post(f"/work-items/{ITEM}/claim", headers=auditor)).status_code == 403
    assert (
        await api.http.put("/presence", json={"status": "online"}, headers=auditor)
    ).status_code == 403


async def test_agent_does_not_oversee(api):
    assert (await api.http.get("/agents", headers=api.staff())).status_code == 403


async def test_item_of_another_unit_does_not_exist_for_an_agent(service):
    case_id = await service.open_case()
    item = await service.item_of(case_id, service.staff())
    stranger = service.staff("eva", units=("aseo",))
    for action in ("claim", "accept", "decline", "release"):
        answer = await service.http.post(
            f"/work-items/{item['work_item_id']}/{action}", headers=stranger
        )
        assert (answer.status_code, answer.json()["reason"]) == (404, "WORK_ITEM_NOT_FOUND")
    listed = await service.http.get("/work-items", headers=stranger)
    assert listed.json()["items"] == []


async def test_item_of_another_city_does_not_exist(service):
    case_id = await service.open_case()
    item = await service.item_of(case_id, service.staff())
    foreign = service.staff("ana", ("agent", "admin", "auditor", "supervisor"), tenant="otraciudad")
    assert (
        await service.http.get(f"/work-items/{item['work_item_id']}", headers=foreign)
    ).status_code == 404
    assert (await service.http.get("/work-items", headers=foreign)).json()["items"] == []
    assert (await service.http.get("/queues", headers=foreign)).json()["items"] == []
    assert (await service.http.get("/agents", headers=foreign)).json()["items"] == []


async def test_same_subject_in_two_cities_is_two_agents(service):
    await service.online(service.staff("ana"))
    other = (
        await service.http.get("/presence", headers=service.staff("ana", tenant="otraciudad"))
    ).json()
    assert other["status"] == "offline"


async def test_supervisor_sets_skills_of_their_own_unit_only(service):
    await service.online(service.staff("ana"))
    boss = service.staff("jefa", ("supervisor",))
    answer = await service.http.put(
        "/agents/ana/skills", json={"skills": ["alturas"], "capacity": 3}, headers=boss
    )
    assert (answer.status_code, answer.json()["skills"], answer.json()["capacity"]) == (
        200,
        ["alturas"],
        3,
    )
    other = service.staff("jefe", ("supervisor",), ("aseo",))
    answer = await service.http.put("/agents/ana/skills", json={"skills": []}, headers=other)
    assert (answer.status_code, answer.json()["reason"]) == (404, "AGENT_NOT_FOUND")


async def test_agent_cannot_take_away_a_colleagues_work(service):
    ana, luis = service.staff(), service.staff("luis")
    case_id = await service.open_case()
    item = await service.item_of(case_id, ana)
    path = f"/work-items/{item['work_item_id']}"
    assert (await service.http.post(f"{path}/claim", headers=ana)).status_code == 200
    answer = await service.http.post(f"{path}/release", headers=luis)
    assert (answer.status_code, answer.json()["reason"]) == (409, "WORK_NOT_YOURS")
    answer = await service.http.post(f"{path}/claim", headers=luis)
    assert (answer.status_code, answer.json()["reason"]) == (409, "WORK_ALREADY_ASSIGNED")
    assert (await service.http.post(f"{path}/release", headers=ana)).status_code == 200


async def test_first_sign_in_takes_units_and_skills(api):
    answer = await api.http.put("/presence", json={"status": "online"}, headers=api.staff())
    agent = answer.json()
    assert agent["units"] == ["alumbrado"]
    assert agent["skills"]
    assert agent["capacity"] == 6


async def test_heartbeat_of_somebody_who_never_signed_says_so(api):
    answer = await api.http.post("/presence/heartbeat", headers=api.staff())
    assert (answer.status_code, answer.json()["reason"]) == (404, "AGENT_NOT_FOUND")


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/work-items?cursor=%00", 400),
        ("/work-items?cursor=e30", 400),
        ("/work-items?limit=0", 422),
        ("/work-items?status=nothing", 422),
        ("/work-items?unit=%00", 400),
        ("/work-items/not-an-id", 422),
    ],
)
async def test_wrong_input_is_refused_with_a_reason(api, path, status):
    answer = await api.http.get(path, headers=api.staff())
    assert (answer.status_code, answer.headers["content-type"]) == (
        status,
        "application/problem+json",
    )


@pytest.mark.parametrize(
    "body", [{}, {"status": "busy"}, {"status": "online", "more": 1}, {"status": 1}, []]
)
async def test_wrong_presence_is_refused(api, body):
    answer = await api.http.put("/presence", json=body, headers=api.staff())
    assert answer.status_code == 422


async def test_pages_follow_each_other_without_gap_or_repeat(service):
    ids = [await service.open_case() for _ in range(7)]
    for case_id in ids:
        await service.item_of(case_id, service.staff())
    seen, cursor = [], None
    while True:
        params = {"limit": 3, **({"cursor": cursor} if cursor else {})}
        page = (
            await service.http.get("/work-items", params=params, headers=service.staff())
        ).json()
        seen += [one["case_id"] for one in page["items"]]
        cursor = page.get("next_cursor")
        if cursor is None:
            break
    assert sorted(seen) == sorted(ids)


@pytest.mark.timeout(110)
async def test_generated_requests_meet_only_documented_answers(service):
    token = service.tokens.staff_token(("agent", "supervisor", "admin"), ("alumbrado",))
    base = str(service.http.base_url).split("/api/")[0]
    assert await fuzz_api(base, "routing", token, max_examples=15) == len(ENDPOINTS) + len(PUBLIC)


async def test_work_is_given_to_people_of_its_unit_by_their_supervisor_only(service):
    ana = service.staff()
    await service.online(ana)
    await service.online(service.staff("eva", units=("aseo",)))
    case_id = await service.open_case()
    item = await service.item_of(case_id, ana)
    path = f"/work-items/{item['work_item_id']}/assignment"
    boss = service.staff("jefa", ("supervisor",), ("alumbrado", "aseo"))
    strange = service.staff("jefe", ("supervisor",), ("aseo",))
    refused = [
        (ana, "ana", 403, "ROLE_MISSING"),
        (strange, "eva", 404, "WORK_ITEM_NOT_FOUND"),
        (boss, "nadie", 404, "AGENT_NOT_FOUND"),
        (boss, "eva", 409, "AGENT_OF_ANOTHER_UNIT"),
        (service.staff("auditor", ("auditor",), ()), "ana", 403, "ROLE_MISSING"),
    ]
    for who, to, status, reason in refused:
        answer = await service.http.post(path, json={"agent_id": to}, headers=who)
        assert (answer.status_code, answer.json()["reason"]) == (status, reason)
