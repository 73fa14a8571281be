"""What every service's HTTP API promises; run in process and over a real socket."""

import json

import httpx
import pytest

from atiende_kit.errors import Unavailable
from atiende_kit.testing.tokens import TokenFactory

pytestmark = pytest.mark.contract

THINGS = "/api/demo/v1/things"


def bearer(token: str) -> dict[str, str]:
    return {"authorization": f"Bearer {token}"}


@pytest.fixture
def agent(tokens: TokenFactory) -> dict[str, str]:
    return bearer(tokens.staff_token(["agent"]))


def assert_problem(response: httpx.Response, status: int, reason: str) -> dict:
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    body = response.json()
    assert set(body) == {"type", "title", "status", "detail", "reason", "trace_id", "errors"}
    assert (body["status"], body["reason"]) == (status, reason)
    return body


async def test_anonymous_is_refused(demo) -> None:
    response = await demo.get(THINGS)
    assert_problem(response, 401, "TOKEN_MISSING")
    assert response.headers["www-authenticate"] == "Bearer"


@pytest.mark.parametrize("header", ["Bearer", "Bearer x", "Basic YTpi", "Bearer a.b.c", "x" * 5000])
async def test_credentials_of_another_kind_are_refused(demo, header) -> None:
    response = await demo.get(THINGS, headers={"authorization": header})
    assert response.status_code == 401


async def test_right_role_is_admitted(demo, agent) -> None:
    response = await demo.get(f"{THINGS}/a-1", headers=agent)
    assert response.json() == {"id": "a-1", "text": "sanaurelio"}


@pytest.mark.parametrize("roles", [[], ["admin"], ["auditor"], ["agents"]])
async def test_wrong_role_is_refused(demo, tokens, roles) -> None:
    response = await demo.get(THINGS, headers=bearer(tokens.staff_token(roles)))
    assert_problem(response, 403, "ROLE_MISSING")


async def test_kinds_of_callers_do_not_mix(demo, tokens, agent) -> None:
    citizen, service = bearer(tokens.citizen_token()), bearer(tokens.service_token("cases"))
    assert (await demo.get("/api/demo/v1/mine", headers=citizen)).status_code == 200
    assert_problem(await demo.get("/api/demo/v1/mine", headers=agent), 403, "ROLE_MISSING")
    assert_problem(await demo.get(THINGS, headers=citizen), 403, "ROLE_MISSING")
    assert_problem(await demo.get(THINGS, headers=service), 403, "ROLE_MISSING")


async def test_expired_token_is_refused(demo, tokens) -> None:
    token = tokens.sign(tokens.claims(exp=1))
    assert_problem(await demo.get(THINGS, headers=bearer(token)), 401, "TOKEN_EXPIRED")


async def test_unknown_address_and_method_are_problems(demo, agent) -> None:
    assert_problem(await demo.get("/api/demo/v1/nothing"), 404, "ROUTE_NOT_FOUND")
    response = await demo.delete(THINGS, headers=agent)
    assert_problem(response, 405, "METHOD_NOT_ALLOWED")
    assert response.headers["allow"] == "GET, POST"


async def test_slash_at_the_end_is_not_redirected(demo, agent) -> None:
    assert_problem(await demo.get(f"{THINGS}/", headers=agent), 404, "ROUTE_NOT_FOUND")


async def test_domain_error_keeps_its_reason(demo, agent) -> None:
    assert_problem(await demo.get(f"{THINGS}/missing", headers=agent), 404, "THING_NOT_FOUND")


async def test_retry_after_is_a_header(demo) -> None:
    response = await demo.get("/api/demo/v1/down")
    assert_problem(response, 503, "DB_DOWN")
    assert response.headers["retry-after"] == "5"


async def test_unforeseen_failure_is_a_clean_500(demo) -> None:
    response = await demo.get("/api/demo/v1/boom")
    body = assert_problem(response, 500, "INTERNAL")
    assert "hunter2" not in response.text
    assert len(body["trace_id"]) == 32
    assert response.headers["x-request-id"]


async def test_wrong_input_points_to_the_field(demo, agent) -> None:
    response = await demo.post(THINGS, json={"text": "", "count": "3", "extra": 1}, headers=agent)
    body = assert_problem(response, 422, "INPUT_INVALID")
    assert {item["pointer"]: item["detail"] for item in body["errors"]} == {
        "/text": "es demasiado corto",
        "/count": "debe ser un número entero",
        "/extra": "no es un campo conocido",
    }


async def test_wrong_query_points_to_the_parameter(demo, agent) -> None:
    body = assert_problem(
        await demo.get(THINGS, params={"limit": "0"}, headers=agent), 422, "INPUT_INVALID"
    )
    assert body["errors"][0]["pointer"] == "/query/limit"


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"\xff\xfe",
        b'{"text":"a","text":"b"}',
        b'{"text":"\\u0000"}',
        b'{"text":"\\ud800"}',
        b'{"count":1e999}',
        b"[" * 2000,
        b'{"count":99999999999999999999}',
    ],
)
async def test_hostile_json_is_a_400(demo, agent, body) -> None:
    headers = {**agent, "content-type": "application/json; charset=utf-8"}
    assert_problem(await demo.post(THINGS, content=body, headers=headers), 400, "JSON_MALFORMED")


@pytest.mark.parametrize(
    "content_type", ["text/plain", "application/xml", "", "multipart/form-data"]
)
async def test_other_content_types_are_not_json(demo, agent, content_type) -> None:
    headers = {**agent, "content-type": content_type}
    response = await demo.post(THINGS, content=b'{"text":"a"}', headers=headers)
    assert response.status_code in {400, 422}


@pytest.mark.parametrize("address", ["%00", "a%zz", "%", "?q=%00", "?q=%G0"])
async def test_malformed_address_is_a_400(demo, address) -> None:
    path = "/api/demo/v1/open" + (address if address.startswith("?") else f"/{address}")
    request = demo.build_request("GET", "/x")
    request.url = request.url.copy_with(raw_path=path.encode())
    assert_problem(await demo.send(request), 400, "ADDRESS_MALFORMED")


async def test_endless_query_is_refused(demo) -> None:
    response = await demo.get("/api/demo/v1/open", params={"q": "x" * 9000})
    assert_problem(response, 400, "ADDRESS_TOO_LONG")


async def test_declared_body_beyond_the_limit_is_a_413(demo, agent) -> None:
    response = await demo.post(THINGS, content=b"x" * 5000, headers=agent)
    assert_problem(response, 413, "BODY_TOO_LARGE")


async def test_chunked_body_beyond_the_limit_is_a_413(demo, agent) -> None:
    async def chunks():
        for _ in range(100):
            yield b"x" * 100

    response = await demo.post(THINGS, content=chunks(), headers=agent)
    assert_problem(response, 413, "BODY_TOO_LARGE")


async def test_path_may_have_a_limit_and_json_of_its_own(demo) -> None:
    body = b'{"a":1,"a":"\\u0000' + b"x" * 5000 + b'"}'
    headers = {"content-type": "application/json"}
    response = await demo.post("/api/demo/v1/webhooks/raw", content=body, headers=headers)
    assert response.status_code == 200


async def test_request_id_comes_back(demo) -> None:
    given = "abc.DEF-123_456"
    response = await demo.get("/api/demo/v1/open", headers={"x-request-id": given})
    assert response.headers["x-request-id"] == given


@pytest.mark.parametrize(
    "given", ["short", "x" * 65, "with space in it", "a/b/c/d/e/f", '"quoted"']
)
async def test_request_id_that_could_break_a_log_is_replaced(demo, given) -> None:
    response = await demo.get("/api/demo/v1/open", headers={"x-request-id": given})
    assert response.headers["x-request-id"] != given
    assert len(response.headers["x-request-id"]) == 32


async def test_answers_carry_protecting_headers(demo) -> None:
    for path in ("/api/demo/v1/open", "/api/demo/v1/nothing", "/api/demo/v1/boom"):
        headers = (await demo.get(path)).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["cache-control"] == "no-store"
        assert headers["content-security-policy"].startswith("default-src 'none'")
        assert "server" not in headers


async def test_probes_tell_alive_from_ready(demo) -> None:
    assert (await demo.get("/livez")).status_code == 200
    assert (await demo.get("/readyz")).json() == {"status": "ready"}
    demo.app.state.flag.error = Unavailable("MONGO_DOWN", "x")
    response = await demo.get("/readyz")
    assert response.status_code == 503
    assert response.json()["not_ready"] == {"flag": "MONGO_DOWN"}
    demo.app.state.flag.error = RuntimeError("hunter2")
    response = await demo.get("/readyz")
    assert response.json()["not_ready"] == {"flag": "CHECK_FAILED"}
    assert (await demo.get("/livez")).status_code == 200


async def test_metrics_have_templates_not_addresses(demo, agent) -> None:
    await demo.get(f"{THINGS}/some-secret-id", headers=agent)
    text = (await demo.get("/metrics")).text
    assert 'route="/api/demo/v1/things/{thing_id}"' in text
    assert "some-secret-id" not in text


async def test_pages_follow_one_another(demo, agent) -> None:
    seen, cursor = [], None
    while True:
        params = {"limit": "40", **({"cursor": cursor} if cursor else {})}
        page = (await demo.get(THINGS, params=params, headers=agent)).json()
        seen += [item["id"] for item in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert seen == [str(number) for number in range(100)]


async def test_repeated_request_gets_the_first_answer(demo, agent, tokens) -> None:
    headers = {**agent, "idempotency-key": "key-00001"}
    first = await demo.post(THINGS, json={"text": "a"}, headers=headers)
    again = await demo.post(THINGS, json={"text": "a"}, headers=headers)
    assert first.status_code == again.status_code == 201
    assert first.json() == again.json()
    assert again.headers["idempotency-replayed"] == "true"
    other = await demo.post(THINGS, json={"text": "b"}, headers=headers)
    assert_problem(other, 422, "IDEMPOTENCY_KEY_REUSED")
    stranger = {**bearer(tokens.staff_token(subject="staff-2")), "idempotency-key": "key-00001"}
    assert (await demo.post(THINGS, json={"text": "a"}, headers=stranger)).json() != first.json()


async def test_document_is_openapi_31_with_everything_that_can_happen(demo) -> None:
    document = (await demo.get("/api/demo/openapi.json")).json()
    assert document["openapi"] == "3.1.0"
    assert document["tags"] == [{"name": "things"}]
    post = document["paths"][THINGS]["post"]
    assert post["security"] == [{"bearer": []}]
    assert set(post["responses"]) == {
        "201",
        "400",
        "401",
        "403",
        "404",
        "408",
        "409",
        "413",
        "422",
        "429",
        "503",
        "504",
    }
    assert set(post["responses"]["422"]["content"]) == {"application/problem+json"}
    assert document["paths"]["/api/demo/v1/open"]["get"]["security"] == []
    (key,) = [one for one in post["parameters"] if one["name"] == "Idempotency-Key"]
    # A header cannot say null, so a key of "null" must not look allowed.
    assert (key["schema"]["type"], key["schema"]["minLength"]) == ("string", 8)
    assert "HTTPValidationError" not in json.dumps(document)


async def test_documentation_pages_are_our_own(demo) -> None:
    page = await demo.get("/api/demo/docs")
    assert "script-src 'self'" in page.headers["content-security-policy"]
    assert "http" not in page.text
    assert (await demo.get("/api/demo/docs/swagger-ui-bundle.js")).status_code == 200
    assert (await demo.get("/api/demo/docs/index.html")).status_code == 404
    start = await demo.get("/api/demo/docs/start.js")
    assert 'fetch("/api/demo/openapi.json")' in start.text
    assert "value.example = value.examples[0]" in start.text
