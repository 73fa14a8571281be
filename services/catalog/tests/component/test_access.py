"""Who may do what; the first test of every endpoint is the anonymous one."""

from __future__ import annotations

import grpc
import pytest

from atiende.catalog.v1 import catalog_service_pb2 as pb

pytestmark = pytest.mark.component

DRAFT = "0197f9a2-6a52-7c3e-9d0a-1f2e3d4c5b6a"
REQUEST = "0197f9a2-6a52-7c3e-9d0a-1f2e3d4c5b6b"
CONTENT = {"title": "t", "content": {}}
READ = [
    ("GET", "/drafts", None),
    ("GET", f"/drafts/{DRAFT}", None),
    ("POST", f"/drafts/{DRAFT}/validate", None),
    ("GET", f"/drafts/{DRAFT}/diff", None),
    ("GET", f"/drafts/{DRAFT}/sections/units", None),
    ("GET", f"/drafts/{DRAFT}/sections/units/vias", None),
    ("GET", f"/drafts/{DRAFT}/procedures/x", None),
    ("POST", f"/drafts/{DRAFT}/preview", {"template": "case_received", "channel": "email"}),
    ("GET", "/releases", None),
    ("GET", "/releases/1", None),
    ("GET", "/releases/1/content", None),
    ("GET", "/releases/1/diff?against=1", None),
]
WRITE = [
    ("POST", "/drafts", CONTENT),
    ("PUT", f"/drafts/{DRAFT}", {**CONTENT, "revision": 1}),
    ("DELETE", f"/drafts/{DRAFT}", None),
    ("PUT", f"/drafts/{DRAFT}/sections/units", {"revision": 1, "value": {}}),
    ("PUT", f"/drafts/{DRAFT}/sections/units/vias", {"revision": 1, "value": {}}),
    ("DELETE", f"/drafts/{DRAFT}/sections/units/vias?revision=1", None),
    ("POST", f"/drafts/{DRAFT}/publish", {"expected_version": 0}),
    ("POST", "/releases/1/rollback", {"expected_version": 0}),
    ("POST", f"/crisis/requests/{REQUEST}/confirmation", None),
]
CRISIS_READ = [("GET", "/crisis", None)]
CRISIS_ASK = [
    ("POST", "/crisis/requests", {"activate": True, "reason": "Creciente"}),
    ("POST", f"/crisis/requests/{REQUEST}/withdrawal", None),
]
STAFF = [("GET", "/release", None)]
PUBLIC = [
    ("GET", path, None)
    for path in ("/city", "/units", "/procedures", "/procedures/x", "/faq", "/search?q=luz")
]


@pytest.mark.parametrize(
    ("method", "path", "body"), READ + WRITE + STAFF + CRISIS_READ + CRISIS_ASK
)
async def test_anonymous_and_citizens_are_refused(service, method, path, body):
    answer = await service.http.request(method, path, json=body)
    assert (answer.status_code, answer.json()["reason"]) == (401, "TOKEN_MISSING")
    headers = {"Authorization": f"Bearer {service.tokens.citizen_token()}"}
    assert (await service.http.request(method, path, json=body, headers=headers)).status_code == 403


@pytest.mark.parametrize("role", ["agent", "unit_manager", "supervisor", "auditor"])
async def test_only_administrators_write(service, role):
    for method, path, body in WRITE:
        answer = await service.http.request(method, path, json=body, headers=service.staff(role))
        assert answer.status_code == 403, path


@pytest.mark.parametrize(
    ("role", "allowed"), [("supervisor", True), ("auditor", True), ("agent", False)]
)
async def test_supervisors_and_auditors_read(service, role, allowed):
    for method, path, body in READ:
        answer = await service.http.request(method, path, json=body, headers=service.staff(role))
        assert (answer.status_code != 403) is allowed, path


@pytest.mark.parametrize(
    ("role", "reads", "asks"),
    [
        ("agent", False, False),
        ("unit_manager", True, False),
        ("auditor", True, False),
        ("supervisor", True, True),
        ("admin", True, True),
    ],
)
async def test_who_sees_and_who_asks_for_the_crisis_switch(service, role, reads, asks):
    for endpoints, allowed in ((CRISIS_READ, reads), (CRISIS_ASK, asks)):
        for method, path, body in endpoints:
            answer = await service.http.request(
                method, path, json=body, headers=service.staff(role)
            )
            assert (answer.status_code != 403) is allowed, path


async def test_list_of_endpoints_is_complete(service):
    document = (await service.http.get("/../openapi.json")).json()
    served = {
        (method.upper(), path.removeprefix("/api/catalog/v1"))
        for path, operations in document["paths"].items()
        for method in operations
    }
    listed = {
        (
            method,
            path.split("?")[0]
            .replace(DRAFT, "{draft_id}")
            .replace("/releases/1", "/releases/{version}")
            .replace("procedures/x", "procedures/{code}")
            .replace("sections/units/vias", "sections/{section}/{key}")
            .replace("sections/units", "sections/{section}")
            .replace(REQUEST, "{request_id}"),
        )
        for method, path, _ in READ + WRITE + STAFF + PUBLIC + CRISIS_READ + CRISIS_ASK
    }
    assert listed == served


async def test_city_without_release_says_so(service):
    for method, path, _ in PUBLIC:
        answer = await service.http.request(method, path)
        assert (answer.status_code, answer.json()["reason"]) == (404, "RELEASE_NOT_PUBLISHED")
    answer = await service.http.get("/release", headers=service.staff("agent"))
    assert answer.json()["reason"] == "RELEASE_NOT_PUBLISHED"
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await service.stub.GetRelease(
            pb.GetReleaseRequest(), metadata=service.service(tenant="otraciudad"), timeout=5
        )
    assert caught.value.code() is grpc.StatusCode.NOT_FOUND


async def test_other_services_are_refused(service):
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await service.stub.SearchFaq(
            pb.SearchFaqRequest(query="x"), metadata=service.service("routing"), timeout=5
        )
    assert caught.value.code() is grpc.StatusCode.PERMISSION_DENIED
