"""Public pages: which city, how often, and what need not be sent again."""

import httpx
import pytest
from pydantic import BaseModel
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from atiende_kit.errors import NotFound, RateLimited
from atiende_kit.http import Limiter, PublicCity, cached, visitor
from atiende_kit.settings import KitSettings

pytestmark = pytest.mark.unit


def request(host: str = "portal.example", client: tuple[str, int] | None = None) -> Request:
    scope = {"type": "http", "scheme": "https", "path": "/", "query_string": b"", "client": client}
    return Request({**scope, "headers": [(b"host", host.encode())]})


def test_limit_is_per_key_and_comes_back_with_time() -> None:
    limiter = Limiter(per_minute=60, burst=2)
    limiter.take("a", now=0.0)
    limiter.take("a", now=0.0)
    limiter.take("b", now=0.0)
    with pytest.raises(RateLimited) as refused:
        limiter.take("a", now=0.0)
    assert refused.value.retry_after == 1.0
    limiter.take("a", now=1.0)


@pytest.mark.parametrize(
    ("address", "key"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:aaaa::1", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:bbbb::9", "2001:db8:1:2::/64"),
        ("2001:db8:1:3::1", "2001:db8:1:3::/64"),
        ("testclient", "testclient"),
    ],
)
def test_visitor_of_ipv6_is_their_network(address: str, key: str) -> None:
    assert visitor(request(client=(address, 1))) == key


def test_request_without_an_address_is_one_visitor() -> None:
    assert visitor(request()) == ""


def test_city_is_that_of_the_host_name_else_the_only_one() -> None:
    city = PublicCity(
        KitSettings.example(hosts={"Otra.example": "otraciudad"}, default_tenant="sanaurelio")
    )
    assert city(request("otra.EXAMPLE:8443")) == "otraciudad"
    assert city(request("portal.example")) == "sanaurelio"


def test_unknown_host_has_no_city_where_none_is_the_default() -> None:
    city = PublicCity(KitSettings.example(hosts={"otra.example": "otraciudad"}))
    with pytest.raises(NotFound):
        city(request("portal.example"))


class Body(BaseModel):
    text: str


async def test_answer_that_the_client_holds_is_not_sent_again() -> None:
    text = "uno"

    async def read(request: Request) -> Response:
        if request.query_params.get("plain"):
            return JSONResponse({})
        return cached(request, Body(text=text), cache_control="public, max-age=60")

    app = Starlette(routes=[Route("/", read)])
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app), base_url="http://test"
    ) as client:
        first = await client.get("/")
        assert first.json() == {"text": "uno"}
        assert first.headers["cache-control"] == "public, max-age=60"
        tag = first.headers["etag"]
        for held in (tag, tag.removeprefix("W/"), f'"other", {tag}', "*"):
            again = await client.get("/", headers={"If-None-Match": held})
            assert (again.status_code, again.content) == (304, b"")
            assert again.headers["etag"] == tag
        text = "dos"
        fresh = await client.get("/", headers={"If-None-Match": tag})
        assert (fresh.status_code, fresh.json()) == (200, {"text": "dos"})
        assert fresh.headers["etag"] != tag


async def test_tag_stands_for_the_version_where_one_is_given() -> None:
    made = [
        cached(request(), Body(text=text), cache_control="private, no-cache", version="7").headers
        for text in ("uno", "dos")
    ]
    assert made[0]["etag"] == made[1]["etag"]


async def test_answer_for_one_caller_is_not_kept_for_another() -> None:
    answer = cached(request(), Body(text="mío"), cache_control="private, no-cache")
    assert answer.headers["vary"] == "Authorization, Cookie"
