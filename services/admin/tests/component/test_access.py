"""Who may do what over HTTP, and what is kept of it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from uuid import UUID

import httpx
import pytest
import pytest_asyncio

from atiende_admin.bootstrap import Outside, assemble
from atiende_admin.contract import CONTRACT
from atiende_admin.domain.person import Person, Profile
from atiende_admin.settings import Settings
from atiende_kit.clock import FixedClock
from atiende_kit.http import HttpServer
from atiende_kit.runtime import Runner
from atiende_kit.settings import HttpSettings
from atiende_kit.store import Database
from atiende_kit.testing.tokens import TokenFactory

pytestmark = pytest.mark.component

ANA = str(UUID(int=1))
BODY = {
    "first_name": "Ana",
    "last_name": "Pérez",
    "email": "ana@sanaurelio.example",
    "roles": ["agent"],
    "units": ["vias"],
}
PEOPLE = [
    ("GET", "/people", None),
    ("POST", "/people", {**BODY, "username": "luis.gil"}),
    ("GET", f"/people/{ANA}", None),
    ("PUT", f"/people/{ANA}", {**BODY, "enabled": True}),
    ("POST", f"/people/{ANA}/password", None),
    ("POST", f"/people/{ANA}/sign-out", None),
]
AUDIT = [("GET", "/audit", None)]


class Service:
    """The running service and the tokens that it believes."""

    def __init__(self, url: str, tokens: TokenFactory) -> None:
        self.http = httpx.AsyncClient(base_url=f"{url}/api/admin/v1")
        self.tokens = tokens

    async def ask(self, method, path, body=None, *, role="admin", tenant="sanaurelio", who="n"):
        token = self.tokens.staff_token((role,), (), tenant, subject=who, name="Néstor")
        headers = {"Authorization": f"Bearer {token}"}
        return await self.http.request(method, path, json=body, headers=headers)


@pytest_asyncio.fixture(loop_scope="session")
async def service(mongo_settings, people) -> AsyncIterator[Service]:
    profile = {
        key: tuple(value) if isinstance(value, list) else value for key, value in BODY.items()
    }
    people.people["sanaurelio", ANA] = Person(
        id=ANA,
        username="ana.perez",
        profile=Profile(**profile),
        enabled=True,
        must_change_password=False,
    )
    tokens = TokenFactory()
    clock = FixedClock(datetime(2026, 3, 2, tzinfo=UTC))
    settings = Settings.example(
        http=HttpSettings(port=0), mongo=mongo_settings, auth=tokens.settings("svc-admin")
    )
    database = Database.connect(mongo_settings, CONTRACT, clock=clock)
    outside = Outside(people=people, database=database, verifier=tokens.verifier(), clock=clock)
    runner = Runner(assemble(settings, "api", outside))
    await runner.start()
    await database.ensure_indexes()
    [server] = [one for one in runner.components if isinstance(one, HttpServer)]
    made = Service(server.url, tokens)
    yield made
    await made.http.aclose()
    await runner.unwind()


@pytest.mark.parametrize(("method", "path", "body"), PEOPLE + AUDIT)
async def test_without_a_token_or_as_a_citizen_nothing_is_told(service, method, path, body):
    answer = await service.http.request(method, path, json=body)
    assert (answer.status_code, answer.json()["reason"]) == (401, "TOKEN_MISSING")
    headers = {"Authorization": f"Bearer {service.tokens.citizen_token()}"}
    assert (await service.http.request(method, path, json=body, headers=headers)).status_code == 403


@pytest.mark.parametrize("role", ["agent", "supervisor", "unit_manager", "auditor"])
@pytest.mark.parametrize(("method", "path", "body"), PEOPLE)
async def test_only_administrators_see_people(service, method, path, body, role):
    assert (await service.ask(method, path, body, role=role)).status_code == 403


@pytest.mark.parametrize(("method", "path", "body"), PEOPLE)
async def test_administrators_may(service, method, path, body):
    assert (await service.ask(method, path, body)).status_code in {200, 201, 204}


@pytest.mark.parametrize(("method", "path", "body"), [one for one in PEOPLE if ANA in one[1]])
async def test_another_citys_person_does_not_exist(service, method, path, body):
    answer = await service.ask(method, path, body, tenant="otraciudad")
    assert (answer.status_code, answer.json()["reason"]) == (404, "PERSON_NOT_FOUND")
    assert (await service.ask("GET", "/people", tenant="otraciudad")).json() == {"items": []}


async def test_what_was_done_is_kept_by_city_and_read_by_auditors(service):
    made = await service.ask("POST", "/people", {**BODY, "username": "luis.gil"})
    await service.ask("POST", f"/people/{ANA}/sign-out")
    kept = (await service.ask("GET", "/audit", role="auditor")).json()["items"]
    assert {(one["action"], one["username"], one["actor_name"]) for one in kept} == {
        ("created", "luis.gil", "Néstor"),
        ("signed_out", "ana.perez", "Néstor"),
    }
    assert made.json()["password"] not in str(kept)
    of_ana = await service.ask("GET", f"/audit?person_id={ANA}")
    assert [one["action"] for one in of_ana.json()["items"]] == ["signed_out"]
    other = await service.ask("GET", "/audit", tenant="otraciudad")
    assert other.json() == {"items": []}


@pytest.mark.parametrize("extra", ["realm-admin", "system"])
async def test_no_role_but_those_of_the_staff_can_be_given(service, extra):
    body = {**BODY, "username": "luis.gil", "roles": ["agent", extra]}
    assert (await service.ask("POST", "/people", body)).status_code == 422


async def test_nobody_raises_themselves(service):
    body = {**BODY, "roles": ["agent", "admin"], "enabled": True}
    answer = await service.ask("PUT", f"/people/{ANA}", body, who=ANA)
    assert (answer.status_code, answer.json()["reason"]) == (403, "NOT_YOURSELF")
