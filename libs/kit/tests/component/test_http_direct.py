"""Routes that are given the request as it came keep their place, their policy and their answers."""

from __future__ import annotations

from typing import Annotated

import httpx
import pytest
from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import JSONResponse

from atiende_kit.contract import ServiceContract
from atiende_kit.errors import NotFound
from atiende_kit.http import DirectRoute, create_app, public, public_routes, require
from atiende_kit.settings import KitSettings

pytestmark = pytest.mark.component
OPEN = [Depends(public("a machine calls it; the body is signed"))]
PATH = "/hooks/{account}"


def router_with(endpoint, dependencies):
    router = APIRouter(dependencies=dependencies)
    router.add_api_route(PATH, endpoint, methods=["POST"], route_class_override=DirectRoute)
    return router


async def take(account: str, request: Request) -> JSONResponse:
    if account == "unknown":
        raise NotFound("ACCOUNT_UNKNOWN", "No existe esa cuenta.")
    return JSONResponse({"account": account, "bytes": len(await request.body())})


async def test_the_endpoint_gets_the_request_and_the_parts_of_the_path(tokens):
    app = create_app(
        KitSettings.example(),
        ServiceContract("demo"),
        [router_with(take, OPEN)],
        verifier=tokens.verifier(),
        title="Demo",
        description="",
    )
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://demo") as http:
        taken = await http.post("/hooks/mesa%20uno", content=b"12345")
        assert taken.json() == {"account": "mesa uno", "bytes": 5}
        assert taken.headers["x-request-id"]
        refused = await http.post("/hooks/unknown")
        assert (refused.status_code, refused.json()["reason"]) == (404, "ACCOUNT_UNKNOWN")
        assert (await http.get("/hooks/a")).status_code == 405
    assert set(public_routes(app)) == {f"POST {PATH}"}
    [parameter] = app.openapi()["paths"][PATH]["post"]["parameters"]
    assert (parameter["name"], parameter["in"]) == ("account", "path")


async def with_query(account: str, request: Request, page: Annotated[str, Query()] = "") -> None:
    """Asks for more than the request."""


async def with_number(account: int, request: Request) -> None:
    """Would be given text where it expects a number."""


async def without_request(account: str) -> None:
    """Asks for less."""


@pytest.mark.parametrize(
    ("endpoint", "dependencies"),
    [
        (with_query, OPEN),
        (with_number, OPEN),
        (without_request, OPEN),
        # Whoever must prove something is asked by a dependency, and none would be called.
        (take, [Depends(require("agent"))]),
        (take, [Depends(public("our own pages", same_origin=True))]),
    ],
)
def test_what_needs_resolving_is_refused_when_the_route_is_made(endpoint, dependencies):
    with pytest.raises(ValueError, match="direct route"):
        router_with(endpoint, dependencies)
