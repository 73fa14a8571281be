"""One whole surveys service over real servers."""

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
from atiende.common.v1 import common_pb2 as common
from atiende.notifications.v1.events_pb2 import RequestNotification
from atiende.surveys.v1 import events_pb2 as surveys
from atiende.surveys.v1 import surveys_service_pb2_grpc
from atiende_city.cache import Fetched, ReleaseCache
from atiende_city.testing import example_bytes, example_release
from atiende_kit.bus import Bus, Workers, each
from atiende_kit.clock import FixedClock
from atiende_kit.contract import Consume, ServiceContract
from atiende_kit.grpc_ import GrpcServer
from atiende_kit.http import HttpServer
from atiende_kit.ids import new_id
from atiende_kit.runtime import Runner
from atiende_kit.settings import GrpcSettings, HttpSettings, NatsSettings
from atiende_kit.store import Database, Event, MemoryDatabase, OutboxEntry
from atiende_kit.testing.tokens import TokenFactory
from atiende_surveys.bootstrap import Outside, assemble
from atiende_surveys.contract import CONTRACT
from atiende_surveys.settings import Settings, SurveySettings

MORNING = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)
CASES = ServiceContract(
    name="cases",
    publishes=(cases.CaseResolved, cases.PromptAnswered),
    consumes=(Consume(surveys.ResponseReceived, "cases-on-response-received"),),
)
NOTIFICATIONS = ServiceContract(
    name="notifications",
    consumes=(Consume(RequestNotification, "notifications-do-request-notification"),),
)
CATALOG = ServiceContract(name="catalog", publishes=(catalog.ReleasePublished,))


async def _fetch(tenant: str, known_sha256: str) -> Fetched:
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
    """A running service, with the side of cases (events) and of the desk (HTTP)."""

    def __init__(self, runner: Runner, bus: Bus, clock: FixedClock, tokens: TokenFactory) -> None:
        self.bus = bus
        self.clock = clock
        self.tokens = tokens
        self.heard: list[Any] = []
        servers = {type(one): one for one in runner.components}
        self.http = httpx.AsyncClient(base_url=f"{servers[HttpServer].url}/api/surveys/v1")
        self.channel = grpc.aio.insecure_channel(servers[GrpcServer].address)
        self.stub = surveys_service_pb2_grpc.SurveysServiceStub(self.channel)

    def staff(
        self, *roles: str, units: tuple[str, ...] = ("alumbrado",), tenant: str = "sanaurelio"
    ) -> dict[str, str]:
        token = self.tokens.staff_token(roles or ("supervisor",), units, tenant, subject="jefa")
        return {"Authorization": f"Bearer {token}"}

    async def say(self, message: Message, tenant: str = "sanaurelio") -> None:
        entry = OutboxEntry.of(
            Event(message), tenant=tenant, document_id="x", collection="x", now=self.clock.now()
        )
        assert await self.bus.publish([entry]) == [None]

    async def resolve(
        self, unit: str = "alumbrado", number: int = 1, case_id: str | None = None
    ) -> Any:
        """Resolves a case; returns the request to send the invitation."""
        case_id = case_id or new_id()
        facts = cases.CaseFacts(
            case_id=case_id,
            folio="SA-2026-0000001-K",
            unit_id=unit,
            assignee_id="ana",
            citizen_id="ci",
            conversation_id="co",
            language="es",
        )
        await self.say(
            cases.CaseResolved(
                case=facts, resolution_number=number, last_channel=common.CHANNEL_KIND_WHATSAPP
            )
        )
        return await self.asked(case_id, "survey_invitation")

    async def asked(self, case_id: str, template: str) -> Any:
        return await self.until(
            lambda: next(
                (
                    m
                    for m in self.heard
                    if isinstance(m, RequestNotification)
                    and (m.case_id, m.template_key) == (case_id, template)
                ),
                None,
            )
        )

    async def answer(self, invitation_id: str, text: str) -> str:
        message_id = new_id()
        await self.say(
            cases.PromptAnswered(
                prompt_id=invitation_id,
                prompt_kind="survey",
                message_id=message_id,
                text=text,
                channel=common.CHANNEL_KIND_WHATSAPP,
            )
        )
        return message_id

    async def response(self, invitation_id: str) -> Any:
        return await self.until(
            lambda: next(
                (
                    m
                    for m in self.heard
                    if isinstance(m, surveys.ResponseReceived) and m.invitation_id == invitation_id
                ),
                None,
            )
        )

    async def until(self, found: Callable[[], Any]) -> Any:
        """Waits until something is true; for what happens in other tasks and servers."""
        async with asyncio.timeout(15):
            while not (value := found()):
                await asyncio.sleep(0.02)
            return value


@pytest_asyncio.fixture(loop_scope="session")
async def service(
    mongo_settings, database: Database, bus_for, nats_url: str
) -> AsyncIterator[Service]:
    """A service in role `all`, on a clock that stands."""
    outer = await bus_for(CASES, NOTIFICATIONS, CATALOG, CONTRACT)
    tokens = TokenFactory()
    clock = FixedClock(MORNING)
    settings = Settings.example(
        mongo=mongo_settings,
        nats=NatsSettings(url=nats_url),
        auth=tokens.settings("svc-surveys"),
        http=HttpSettings(port=0),
        grpc=GrpcSettings(port=0),
        surveys=SurveySettings(lapse_seconds=0.1),
    )
    outside = Outside(
        database=Database.connect(mongo_settings, CONTRACT, clock=clock),
        bus=Bus.connect(settings.nats, "surveys"),
        verifier=tokens.verifier(),
        releases=ReleaseCache(_fetch),
        clock=clock,
    )
    runner = Runner(assemble(settings, "all", outside))
    await outside.database.ensure_indexes()
    await runner.start()
    running = Service(runner, outer, clock, tokens)

    async def hear(delivery: Any) -> None:
        running.heard.append(delivery.message)

    listeners = [
        Workers(outer, one, {c.durable: each(hear) for c in one.consumes})
        for one in (CASES, NOTIFICATIONS)
    ]
    for one in listeners:
        await one.start()
    yield running
    for one in listeners:
        await one.stop()
    await running.http.aclose()
    await running.channel.close()
    await runner.unwind()


@pytest_asyncio.fixture(loop_scope="session")
async def api() -> AsyncIterator[Api]:
    """The HTTP API alone, over a store in memory: for what needs no other server."""
    tokens = TokenFactory()
    clock = FixedClock(MORNING)
    settings = Settings.example(auth=tokens.settings("svc-surveys"))
    outside = Outside(
        database=MemoryDatabase(CONTRACT, clock=clock),
        bus=Bus.connect(settings.nats, "surveys"),
        verifier=tokens.verifier(),
        releases=ReleaseCache(_fetch),
        clock=clock,
    )
    [server] = [one for one in assemble(settings, "api", outside) if isinstance(one, HttpServer)]
    transport = httpx.ASGITransport(server.app)
    async with httpx.AsyncClient(
        transport=transport, base_url="http://test/api/surveys/v1"
    ) as client:
        yield Api(client, tokens)
