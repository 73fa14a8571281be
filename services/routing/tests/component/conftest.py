"""One whole routing service over real servers."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import grpc
import httpx
import pytest_asyncio
from google.protobuf.message import Message

from atiende.cases.v1 import events_pb2 as cases
from atiende.catalog.v1 import events_pb2 as catalog
from atiende.routing.v1 import events_pb2 as routing
from atiende.routing.v1 import routing_service_pb2_grpc
from atiende_city.cache import Fetched, ReleaseCache
from atiende_city.testing import example_bytes, example_release
from atiende_kit.bus import Bus, Workers, each
from atiende_kit.clock import FixedClock, SystemClock
from atiende_kit.contract import Consume, ServiceContract
from atiende_kit.errors import NotFound
from atiende_kit.grpc_ import GrpcServer
from atiende_kit.http import HttpServer
from atiende_kit.ids import new_id
from atiende_kit.runtime import Runner
from atiende_kit.settings import GrpcSettings, HttpSettings, NatsSettings
from atiende_kit.store import Database, Event, MemoryDatabase, OutboxEntry
from atiende_kit.testing.tokens import TokenFactory
from atiende_routing.application.moments import Clocks
from atiende_routing.bootstrap import Outside, assemble
from atiende_routing.contract import CONTRACT
from atiende_routing.settings import RoutingSettings, Settings

# A Monday that is no holiday, 10:00 in Bogotá.
MORNING = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)
WORK_EVENTS = (
    routing.WorkQueued,
    routing.WorkOffered,
    routing.WorkAssigned,
    routing.WorkReleased,
    routing.WorkEscalated,
    routing.WorkCompleted,
)
CASES = ServiceContract(
    name="cases",
    publishes=(
        cases.CaseOpened,
        cases.CaseAssigned,
        cases.CaseStateChanged,
        cases.CaseReclassified,
        cases.CaseTransferred,
        cases.CaseResolved,
        cases.CaseReopened,
        cases.ConversationMessageAdded,
    ),
    consumes=tuple(
        Consume(message, f"cases-on-{message.DESCRIPTOR.name.lower()}") for message in WORK_EVENTS
    ),
)
CATALOG = ServiceContract(name="catalog", publishes=(catalog.ReleasePublished,))


async def _fetch(tenant: str, known_sha256: str) -> Fetched:
    if tenant not in {"sanaurelio", "otraciudad"}:
        raise NotFound("RELEASE_NOT_FOUND", "No hay versión.")
    sha256 = example_release().sha256
    return Fetched(1, sha256, None if known_sha256 == sha256 else example_bytes())


@dataclass(frozen=True)
class Api:
    """A client of the API alone, and the tokens it believes."""

    http: httpx.AsyncClient
    tokens: TokenFactory

    def staff(self, *roles: str, units: tuple[str, ...] = ("alumbrado",)) -> dict[str, str]:
        token = self.tokens.staff_token(roles or ("agent",), units, subject="ana")
        return {"Authorization": f"Bearer {token}"}


class Service:
    """A running service, with a citizen's side (events of cases) and a desk's side (HTTP)."""

    def __init__(self, runner: Runner, bus: Bus, clock: FixedClock, tokens: TokenFactory) -> None:
        self.runner = runner
        self.bus = bus
        self.clock = clock
        self.tokens = tokens
        self.heard: list[tuple[str, Any]] = []
        servers = {type(one): one for one in runner.components}
        self.http = httpx.AsyncClient(base_url=f"{servers[HttpServer].url}/api/routing/v1")
        self.channel = grpc.aio.insecure_channel(servers[GrpcServer].address)
        self.stub = routing_service_pb2_grpc.RoutingServiceStub(self.channel)

    def staff(
        self,
        subject: str = "ana",
        roles: tuple[str, ...] = ("agent",),
        units: tuple[str, ...] = ("alumbrado",),
        tenant: str = "sanaurelio",
    ) -> dict[str, str]:
        token = self.tokens.staff_token(roles, units, tenant, subject=subject, name=subject.title())
        return {"Authorization": f"Bearer {token}"}

    def service(
        self, name: str = "cases", tenant: str = "sanaurelio"
    ) -> tuple[tuple[str, str], ...]:
        return (
            ("authorization", f"Bearer {self.tokens.service_token(name)}"),
            ("atiende-tenant", tenant),
        )

    async def say(
        self, message: Message, tenant: str = "sanaurelio", event_id: str | None = None
    ) -> None:
        event = Event(message, event_id=event_id or new_id())
        entry = OutboxEntry.of(
            event, tenant=tenant, document_id="x", collection="x", now=self.clock.now()
        )
        assert await self.bus.publish([entry]) == [None]

    async def open_case(self, tenant: str = "sanaurelio", **facts: Any) -> str:
        case_id = facts.pop("case_id", None) or new_id()
        await self.say(cases.CaseOpened(case=self.facts(case_id, **facts)), tenant)
        return case_id

    def facts(self, case_id: str, **changes: Any) -> cases.CaseFacts:
        values = {
            "folio": "SA-2026-0000001-K",
            "citizen_id": "ci",
            "conversation_id": "co",
            "procedure_code": "alumbrado-publico",
            "unit_id": "alumbrado",
            "state_kind": cases.STATE_KIND_OPEN,
            "priority": 2,
            "version": 1,
            **changes,
        }
        found = cases.CaseFacts(case_id=case_id, **values)
        found.open_time.FromDatetime(self.clock.now())
        return found

    async def until(self, found: Callable[[], Any]) -> Any:
        """Waits until something is true; for what happens in other tasks and servers."""
        async with asyncio.timeout(15):
            while True:
                value = found()
                if asyncio.iscoroutine(value):
                    value = await value
                if value:
                    return value
                await asyncio.sleep(0.02)

    async def event(self, kind: type[Message], case_id: str) -> Any:
        return await self.until(
            lambda: next(
                (m for _, m in self.heard if isinstance(m, kind) and m.item.case_id == case_id),
                None,
            )
        )

    async def offer_of(self, case_id: str, headers: dict[str, str]) -> dict[str, Any]:
        async def look() -> Any:
            offers = (await self.http.get("/offers", headers=headers)).json()["items"]
            return next((one for one in offers if one["case_id"] == case_id), None)

        return await self.until(look)

    async def item_of(self, case_id: str, headers: dict[str, str]) -> dict[str, Any]:
        async def look() -> Any:
            items = (await self.http.get("/work-items?limit=200", headers=headers)).json()["items"]
            return next((one for one in items if one["case_id"] == case_id), None)

        return await self.until(look)

    async def online(self, headers: dict[str, str], status: str = "online") -> dict[str, Any]:
        answer = await self.http.put("/presence", json={"status": status}, headers=headers)
        assert answer.status_code == 200, answer.text
        return answer.json()


@pytest_asyncio.fixture(loop_scope="session")
async def service(
    mongo_settings, database: Database, bus_for, nats_url: str
) -> AsyncIterator[Service]:
    """A service in role `all`, on a clock that stands on a working morning."""
    outer = await bus_for(CASES, CATALOG, CONTRACT)
    tokens = TokenFactory()
    clock = FixedClock(MORNING)
    settings = Settings.example(
        mongo=mongo_settings,
        nats=NatsSettings(url=nats_url),
        auth=tokens.settings("svc-routing"),
        http=HttpSettings(port=0),
        grpc=GrpcSettings(port=0),
        routing=RoutingSettings(
            dispatch_seconds=0.05,
            reconcile_seconds=0.2,
            figures_seconds=0,
            public_reads_per_minute=100_000,
            tickets_per_minute=100_000,
        ),
        hosts={"otra.example": "otraciudad"},
        default_tenant="sanaurelio",
    )
    outside = Outside(
        database=Database.connect(mongo_settings, CONTRACT, clock=clock),
        bus=Bus.connect(settings.nats, "routing"),
        verifier=tokens.verifier(),
        releases=ReleaseCache(_fetch),
        clocks=Clocks(clock, SystemClock()),
    )
    runner = Runner(assemble(settings, "all", outside))
    await outside.database.ensure_indexes()
    await runner.start()
    running = Service(runner, outer, clock, tokens)

    async def hear(delivery: Any) -> None:
        running.heard.append((delivery.tenant, delivery.message))

    listeners = Workers(outer, CASES, {c.durable: each(hear) for c in CASES.consumes})
    await listeners.start()
    yield running
    await listeners.stop()
    await running.http.aclose()
    await running.channel.close()
    await runner.unwind()


@pytest_asyncio.fixture(loop_scope="session")
async def api() -> AsyncIterator[Api]:
    """The HTTP API alone, over a store in memory: for what needs no other server."""
    tokens = TokenFactory()
    clock = FixedClock(MORNING)
    settings = Settings.example(
        auth=tokens.settings("svc-routing"),
        routing=RoutingSettings(
            figures_seconds=0, public_reads_per_minute=20, tickets_per_minute=5
        ),
        default_tenant="sanaurelio",
    )
    outside = Outside(
        database=MemoryDatabase(CONTRACT, clock=clock),
        bus=Bus.connect(settings.nats, "routing"),
        verifier=tokens.verifier(),
        releases=ReleaseCache(_fetch),
        clocks=Clocks(clock, SystemClock()),
    )
    [server] = [one for one in assemble(settings, "api", outside) if isinstance(one, HttpServer)]
    transport = httpx.ASGITransport(server.app)
    async with httpx.AsyncClient(
        transport=transport, base_url="http://test/api/routing/v1"
    ) as client:
        yield Api(client, tokens)
