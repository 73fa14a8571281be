"""Routes that a citizen's cookie opens: who gets in, and from which page."""

from __future__ import annotations

from typing import Annotated

import httpx
import pytest
from fastapi import APIRouter, Depends, FastAPI

from atiende_city.citizen_access import (
    COOKIE,
    RENEW_AFTER_SECONDS,
    CitizenAccess,
    CitizenSession,
    CitizenSettings,
    require_citizen,
)
from atiende_kit.contract import ServiceContract
from atiende_kit.http import create_app, policies, public, public_routes
from atiende_kit.settings import HttpSettings, KitSettings
from atiende_kit.testing.tokens import TokenFactory

pytestmark = pytest.mark.unit

BASE = "/api/demo/v1"
Anyone = Annotated[CitizenSession, Depends(require_citizen())]
Person = Annotated[CitizenSession, Depends(require_citizen("contact", "login"))]


def routes() -> APIRouter:
    router = APIRouter(prefix=BASE, tags=["demo"])

    @router.get("/case", summary="For every session")
    async def see(who: Anyone) -> str:
        return who.case_id or who.citizen_id

    @router.post("/case", summary="For every session, unsafe")
    async def change(who: Anyone) -> str:
        return who.tenant

    @router.get("/person", summary="For persons")
    async def person(who: Person) -> str:
        return who.citizen_id

    @router.post(
        "/door",
        summary="For everybody",
        dependencies=[Depends(public("tests", same_origin=True))],
    )
    async def door() -> str:
        return "in"

    return router


class World:
    def __init__(self) -> None:
        self.at = 1_780_000_000.0
        self.access = CitizenAccess(CitizenSettings.example(), secure=True, now=lambda: self.at)
        kit = KitSettings.example(http=HttpSettings(public_url="https://ciudad.example/"))
        self.app: FastAPI = create_app(
            kit,
            ServiceContract("demo"),
            [routes()],
            verifier=TokenFactory().verifier(),
            title="Demo",
            description="",
        )
        self.access.install(self.app)

    async def ask(
        self, method: str, path: str, session: CitizenSession | str | None = None, **headers: str
    ) -> httpx.Response:
        token = self.access.token(session) if isinstance(session, CitizenSession) else session
        cookies = {} if token is None else {"cookie": f"{COOKIE}={token}"}
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        async with httpx.AsyncClient(
            transport=httpx.ASGITransport(self.app), base_url="https://ciudad.example"
        ) as client:
            return await client.request(method, BASE + path, headers={**cookies, **sent})


@pytest.fixture
def world() -> World:
    return World()


async def test_without_a_session_nobody_gets_in(world: World) -> None:
    for token in (None, "", "x", "a.b", "a" * 3000):
        for method, path in (("GET", "/case"), ("POST", "/case"), ("GET", "/person")):
            answer = await world.ask(method, path, token)
            assert answer.status_code == 401, (token, path)


async def test_a_session_opens_what_its_assurance_reaches(world: World) -> None:
    case = world.access.begin("sanaurelio", "case", case_id="c-1")
    person = world.access.begin("sanaurelio", "contact", citizen_id="p-1")
    assert (await world.ask("GET", "/case", case)).json() == "c-1"
    assert (await world.ask("GET", "/case", person)).json() == "p-1"
    assert (await world.ask("GET", "/person", person)).json() == "p-1"
    refused = await world.ask("GET", "/person", case)
    assert (refused.status_code, refused.json()["reason"]) == (403, "ASSURANCE_TOO_LOW")


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"origin": "http://ciudad.example"},
        {"origin": "https://ciudad.example.evil.example"},
        {"origin": "https://ciudad.example:8443"},
        {"sec_fetch_site": "cross-site"},
        {"sec_fetch_site": "same-site"},
        {"sec_fetch_site": "cross-site", "origin": "https://ciudad.example"},
    ],
)
async def test_a_foreign_page_changes_nothing(world: World, headers: dict[str, str]) -> None:
    session = world.access.begin("sanaurelio", "case", case_id="c-1")
    for path in ("/case", "/door"):
        refused = await world.ask("POST", path, session, **headers)
        assert (refused.status_code, refused.json()["reason"]) == (403, "ORIGIN_FOREIGN")
    assert (await world.ask("GET", "/case", session, **headers)).status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"origin": "https://ciudad.example"},
        {"sec_fetch_site": "same-origin", "origin": "https://ciudad.example"},
        {"sec_fetch_site": "none"},
    ],
)
async def test_our_own_page_may(world: World, headers: dict[str, str]) -> None:
    session = world.access.begin("sanaurelio", "case", case_id="c-1")
    assert (await world.ask("POST", "/case", session, **headers)).json() == "sanaurelio"
    assert (await world.ask("POST", "/door", **headers)).json() == "in"


async def test_a_used_session_gets_a_longer_cookie(world: World) -> None:
    session = world.access.begin("sanaurelio", "contact", citizen_id="p-1")
    assert "set-cookie" not in (await world.ask("GET", "/person", session)).headers
    world.at += RENEW_AFTER_SECONDS
    renewed = await world.ask("GET", "/person", session)
    token = renewed.headers["set-cookie"].partition(";")[0].partition("=")[2]
    assert world.access.read(token).expire == session.expire + RENEW_AFTER_SECONDS


def test_policy_and_document_name_the_cookie(world: World) -> None:
    found = dict(policies(world.app))
    assert None not in found.values()
    assert set(public_routes(world.app)) == {f"POST {BASE}/door"}
    document = world.app.openapi()
    operation = document["paths"][f"{BASE}/person"]["get"]
    assert operation["security"] == [{COOKIE: []}]
    assert {"401", "403"} <= set(operation["responses"])
    assert "`contact`, `login`" in operation["description"]
    assert document["components"]["securitySchemes"][COOKIE] == {
        "type": "apiKey",
        "in": "cookie",
        "name": COOKIE,
    }
    assert "403" in document["paths"][f"{BASE}/door"]["post"]["responses"]
