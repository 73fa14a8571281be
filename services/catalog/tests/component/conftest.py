"""One whole catalog over real servers."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import grpc
import httpx
import pytest_asyncio

from atiende.catalog.v1 import catalog_service_pb2_grpc
from atiende.catalog.v1 import events_pb2 as catalog
from atiende_catalog.bootstrap import Outside, UseCases, assemble
from atiende_catalog.contract import CONTRACT
from atiende_catalog.settings import Settings
from atiende_city.testing import example_bytes
from atiende_kit.bus import Workers, each
from atiende_kit.clock import FixedClock
from atiende_kit.contract import Consume, ServiceContract
from atiende_kit.grpc_ import GrpcServer
from atiende_kit.http import HttpServer
from atiende_kit.runtime import Runner
from atiende_kit.settings import GrpcSettings, HttpSettings
from atiende_kit.store import Database
from atiende_kit.testing.tokens import TokenFactory

NOON = datetime(2026, 11, 23, 17, 0, tzinfo=UTC)
LISTENER = ServiceContract(
    name="routing",
    consumes=(Consume(catalog.ReleasePublished, "routing-on-release-published"),),
)


class Service:
    """A running catalog with an administrator's, a citizen's and another service's side."""

    def __init__(
        self, runner: Runner, tokens: TokenFactory, use_cases: UseCases, clock: FixedClock
    ) -> None:
        self.tokens = tokens
        self.clock = clock
        self.use_cases = use_cases
        self.heard: list[tuple[str, Any]] = []
        servers = {type(one): one for one in runner.components}
        base = f"{servers[HttpServer].url}/api/catalog/v1"
        self.http = httpx.AsyncClient(base_url=base, timeout=30)
        self.grpc_address = servers[GrpcServer].address
        self.channel = grpc.aio.insecure_channel(self.grpc_address)
        self.stub = catalog_service_pb2_grpc.CatalogServiceStub(self.channel)

    def staff(
        self, *roles: str, tenant: str = "sanaurelio", subject: str = "ana"
    ) -> dict[str, str]:
        token = self.tokens.staff_token(
            roles or ("admin",), (), tenant, subject=subject, name=subject.title()
        )
        return {"Authorization": f"Bearer {token}"}

    def service(
        self, name: str = "cases", tenant: str = "sanaurelio"
    ) -> tuple[tuple[str, str], ...]:
        return (
            ("authorization", f"Bearer {self.tokens.service_token(name)}"),
            ("atiende-tenant", tenant),
        )

    async def publish_example(self) -> None:
        body = {"title": "t", "content": json.loads(example_bytes())}
        draft = await self.http.post("/drafts", json=body, headers=self.staff())
        url = f"/drafts/{draft.json()['id']}/publish"
        made = await self.http.post(url, json={"expected_version": 0}, headers=self.staff())
        assert made.status_code == 201, made.text
        await self.http.delete(f"/drafts/{draft.json()['id']}", headers=self.staff())

    async def until_heard(self, count: int) -> list[tuple[str, Any]]:
        async with asyncio.timeout(15):
            while len(self.heard) < count:
                await asyncio.sleep(0.02)
        return self.heard


@pytest_asyncio.fixture(loop_scope="session")
async def service(mongo_settings, bus_for) -> AsyncIterator[Service]:
    tokens = TokenFactory()
    settings = Settings.example(
        http=HttpSettings(port=0),
        grpc=GrpcSettings(port=0),
        mongo=mongo_settings,
        auth=tokens.settings("svc-catalog"),
        hosts={"otra.example": "otraciudad"},
        default_tenant="sanaurelio",
    )
    clock = FixedClock(NOON)
    bus = await bus_for(CONTRACT, LISTENER)
    database = Database.connect(mongo_settings, CONTRACT, clock=clock)
    outside = Outside(database=database, bus=bus, verifier=tokens.verifier(), clock=clock)
    components = assemble(settings, "all", outside)
    runner = Runner(components)
    listener = await bus_for(LISTENER)
    await runner.start()
    await database.ensure_indexes()
    # The collections are declared already: a second set of use cases wants its own handle.
    own = Database.connect(mongo_settings, CONTRACT, clock=clock)
    made = Service(runner, tokens, UseCases(own, clock), clock)

    async def hear(delivery: Any) -> None:
        made.heard.append((delivery.tenant, delivery.message))

    workers = Workers(listener, LISTENER, {"routing-on-release-published": each(hear)})
    await workers.start()
    yield made
    await made.http.aclose()
    await made.channel.close()
    await workers.stop()
    await runner.unwind()
    await own.close()
