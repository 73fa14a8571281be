"""The routes that Meta calls: nothing unsigned enters, everything signed is durable before 200."""

import gzip
import json
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from atiende_channels.channels.whatsapp.signature import sign
from atiende_channels.channels.whatsapp.webhook import routers

pytestmark = pytest.mark.unit

PATH = "/webhooks/whatsapp/100200300400500"
FIXTURES = Path(__file__).parent / "fixtures"


def webhook(name: str) -> dict[str, Any]:
    return json.loads((FIXTURES / f"{name}.json").read_text())["webhook"]


def body_of(name: str) -> bytes:
    return json.dumps(webhook(name)).encode()


def headers_of(body: bytes, secret: str = "secreto-uno") -> dict[str, str]:
    return {"Content-Type": "application/json", "X-Hub-Signature-256": sign(body, secret)}


@pytest.fixture
async def http(client_of: Callable[..., httpx.AsyncClient]) -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(routers) as client:
        yield client


async def test_unsigned_webhook_is_refused_and_stores_nothing(
    http: httpx.AsyncClient, service: Any
) -> None:
    response = await http.post(PATH, json=webhook("text"))
    assert response.status_code == 401
    assert service.raws == {}


async def test_signed_webhook_is_stored_then_answered(
    http: httpx.AsyncClient, service: Any
) -> None:
    body = body_of("batch")
    response = await http.post(PATH, content=body, headers=headers_of(body))
    assert response.status_code == 200
    assert [key[3] for key in service.raws] == [
        "wamid.SAb1",
        "wamid.SAb2",
        "status:wamid.SAout|sent|573005550142|1767364900",
        "wamid.SAb3",
    ]
    assert {key[0] for key in service.raws} == {"sanaurelio"}


async def test_redelivery_alone_or_with_neighbours_makes_no_new_row(
    http: httpx.AsyncClient, service: Any
) -> None:
    for _ in range(3):
        for name in ("batch", "text"):
            body = body_of(name)
            assert (await http.post(PATH, content=body, headers=headers_of(body))).is_success
    mixed = webhook("batch")
    mixed["entry"] = [*webhook("text")["entry"], *reversed(mixed["entry"])]
    body = json.dumps(mixed, indent=2).encode()
    assert (await http.post(PATH, content=body, headers=headers_of(body))).is_success
    assert len(service.raws) == 5


async def test_both_secrets_of_a_rotation_are_accepted(http: httpx.AsyncClient) -> None:
    body = body_of("text")
    for secret in ("secreto-uno", "secreto-cero"):
        assert (await http.post(PATH, content=body, headers=headers_of(body, secret))).is_success


@pytest.mark.parametrize("secret", ["", "secreto-ajeno", "secreto", "SECRETO-UNO"])
async def test_wrong_secret_is_refused(http: httpx.AsyncClient, service: Any, secret: str) -> None:
    body = body_of("text")
    response = await http.post(PATH, content=body, headers=headers_of(body, secret))
    assert response.status_code == 401
    assert service.raws == {}


async def test_two_signature_headers_are_refused(http: httpx.AsyncClient) -> None:
    body = body_of("text")
    headers = [
        ("Content-Type", "application/json"),
        ("X-Hub-Signature-256", sign(body, "otro")),
        ("X-Hub-Signature-256", sign(body, "secreto-uno")),
    ]
    assert (await http.post(PATH, content=body, headers=headers)).status_code == 401


async def test_signature_comes_before_parsing(http: httpx.AsyncClient, service: Any) -> None:
    body = b"{" * 10
    headers = {**headers_of(body), "X-Hub-Signature-256": "sha256=" + "0" * 64}
    assert (await http.post(PATH, content=body, headers=headers)).status_code == 401
    assert (await http.post(PATH, content=body, headers=headers_of(body))).status_code == 200
    ((_, _, _, key),) = service.raws
    assert key.startswith("body:")


@pytest.mark.parametrize(
    "changes",
    [
        {"Content-Type": "text/plain"},
        {"Content-Type": "application/x-www-form-urlencoded"},
        {"Content-Type": ""},
        {"Content-Encoding": "gzip"},
    ],
)
async def test_wrong_kind_of_body_is_refused(
    http: httpx.AsyncClient, service: Any, changes: dict[str, str]
) -> None:
    body = body_of("text")
    if "Content-Encoding" in changes:
        body = gzip.compress(body)
    response = await http.post(PATH, content=body, headers={**headers_of(body), **changes})
    assert response.status_code == 400
    assert service.raws == {}


async def test_body_beyond_the_limit_is_refused(http: httpx.AsyncClient, service: Any) -> None:
    body = b" " * (3 * 1024 * 1024 + 1)
    response = await http.post(PATH, content=body, headers=headers_of(body))
    assert response.status_code == 400
    assert service.raws == {}


async def test_unknown_account_is_404(http: httpx.AsyncClient) -> None:
    body = body_of("text")
    for account in ("999", "sanaurelio.example", "100200300400500%2F"):
        path = f"/webhooks/whatsapp/{account}"
        response = await http.post(path, content=body, headers=headers_of(body))
        assert response.status_code == 404
        assert (await http.get(path)).status_code == 404


async def test_capture_of_one_city_does_not_enter_another(
    http: httpx.AsyncClient, service: Any
) -> None:
    body = body_of("text")
    response = await http.post("/webhooks/whatsapp/900", content=body, headers=headers_of(body))
    assert response.status_code == 401
    assert service.raws == {}


@pytest.mark.parametrize(
    ("named", "stored_under"),
    [
        ("100200300400501", "100200300400501"),  # the city's second number on the same app
        ("900", "100200300400500"),  # another city's number: stays, and parsing refuses it by name
        ("555", "100200300400500"),  # nobody's number
    ],
)
async def test_webhook_of_a_second_number_goes_to_its_account(
    http: httpx.AsyncClient, service: Any, named: str, stored_under: str
) -> None:
    hook = webhook("text")
    hook["entry"][0]["changes"][0]["value"]["metadata"]["phone_number_id"] = named
    body = json.dumps(hook).encode()
    assert (await http.post(PATH, content=body, headers=headers_of(body))).is_success
    ((tenant, _, account, _),) = service.raws
    assert (tenant, account) == ("sanaurelio", stored_under)


async def test_not_durable_is_not_200(http: httpx.AsyncClient, service: Any) -> None:
    service.is_down = True
    body = body_of("text")
    assert (await http.post(PATH, content=body, headers=headers_of(body))).status_code == 503


async def test_challenge_is_answered_to_the_right_token_only(http: httpx.AsyncClient) -> None:
    query = {"hub.mode": "subscribe", "hub.verify_token": "verificame", "hub.challenge": "1158"}
    response = await http.get(PATH, params=query)
    assert (response.status_code, response.text) == (200, "1158")
    assert response.headers["content-type"].startswith("text/plain")
    for wrong in (
        {"hub.verify_token": "otro"},
        {"hub.verify_token": ""},
        {"hub.mode": "unsubscribe"},
        {"hub.mode": ""},
    ):
        assert (await http.get(PATH, params={**query, **wrong})).status_code == 403
    for wrong in ({"hub.challenge": ""}, {"hub.challenge": "x" * 1_001}, {"hub.challenge": "\n"}):
        assert (await http.get(PATH, params={**query, **wrong})).status_code == 400
    # An account without a verify token confirms nothing, not even an empty one.
    path = "/webhooks/whatsapp/900"
    assert (await http.get(path, params={**query, "hub.verify_token": ""})).status_code == 403
