"""The whole service in process: real database and bus, real HTTP application."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
import pytest_asyncio
from google.protobuf.timestamp_pb2 import Timestamp

from atiende.catalog.v1 import events_pb2 as catalog_pb2
from atiende.channels.v1 import events_pb2 as channels_pb2
from atiende.common.v1 import common_pb2
from atiende.notifications.v1 import events_pb2 as notifications_pb2
from atiende.routing.v1 import events_pb2 as routing_pb2
from atiende.surveys.v1 import events_pb2 as surveys_pb2
from atiende_cases.adapters.mongo.store import Store
from atiende_cases.bootstrap import Outside, assemble
from atiende_cases.contract import CONTRACT
from atiende_cases.domain.values import Attachment
from atiende_cases.settings import Settings
from atiende_cases.testing import MORNING, TENANT
from atiende_city.cache import Fetched, ReleaseCache
from atiende_city.citizen_access import CitizenAccess
from atiende_city.content import sha256_hex
from atiende_city.testing import example_bytes
from atiende_kit.clock import FixedClock
from atiende_kit.contract import ServiceContract, subject_for
from atiende_kit.errors import Conflict, NotFound, Unprocessable
from atiende_kit.http import HttpServer
from atiende_kit.ids import derived_id, new_id
from atiende_kit.outbox import Relay
from atiende_kit.runtime import Runner
from atiende_kit.store import Database, OutboxEntry
from atiende_kit.testing.tokens import TokenFactory

PEERS = (
    ServiceContract(
        "channels", publishes=(channels_pb2.MessageReceived, channels_pb2.DeliveryUpdated)
    ),
    ServiceContract("routing", publishes=(routing_pb2.WorkAssigned, routing_pb2.WorkReleased)),
    ServiceContract("notifications", publishes=(notifications_pb2.NotificationSent,)),
    ServiceContract("surveys", publishes=(surveys_pb2.ResponseReceived,)),
    ServiceContract("catalog", publishes=(catalog_pb2.ReleasePublished,)),
)


class FakeRouting:
    """Routing that gives each case to the first who asks."""

    def __init__(self) -> None:
        self.owners: dict[str, str] = {}

    async def claim(self, tenant, *, case_id, agent_id):
        owner = self.owners.setdefault(case_id, agent_id)
        if owner != agent_id:
            raise Conflict("WORK_TAKEN", "Otra persona tomó el caso.")
        return derived_id(MORNING, "work", case_id), 3


class FakeAttachments:
    """Channels that holds one file in two parts."""

    parts = (b"abc", b"def")

    async def read(self, tenant, attachment_id, *, offset, limit):
        if attachment_id == "gone":
            raise NotFound("ATTACHMENT_NOT_FOUND", "No existe.")
        whole = b"".join(self.parts)
        data = whole[offset : offset + 3]
        ref = Attachment(attachment_id, 'foto "ñ".png', "image/png", len(whole), "")
        return ref, data, offset + len(data) >= len(whole)

    async def keep(self, tenant, attachment_ids):
        if any(one.endswith("0") for one in attachment_ids):
            raise Unprocessable("ATTACHMENT_UNKNOWN", "Falta un archivo.")
        size = 9 * 2**20
        return tuple(Attachment(a, "foto.png", "image/png", size, "") for a in attachment_ids)


def stamp(at: datetime) -> Timestamp:
    made = Timestamp()
    made.FromDatetime(at)
    return made


@dataclass
class Running:
    store: Store
    bus: Any
    client: httpx.AsyncClient
    tokens: TokenFactory
    clock: FixedClock
    relay: Relay
    routing: FakeRouting
    app: Any
    database: Database
    access: CitizenAccess
    sent: list = field(default_factory=list)

    async def say(self, message, *, tenant: str = TENANT, event_id: str = "") -> None:
        """Publishes as another service would."""
        entry = OutboxEntry(
            event_id=event_id or new_id(),
            subject=subject_for(type(message), tenant),
            tenant=tenant,
            type=message.DESCRIPTOR.full_name,
            body=message.SerializeToString(),
            headers={"atiende-correlation-id": "test"},
            document_id="",
            collection="",
            time=self.clock.now(),
        )
        assert await self.bus.publish([entry]) == [None]

    async def eventually(self, check, seconds: float = 15.0):
        """Waits until a check gives something; the test's only clock is the work itself."""
        async with asyncio.timeout(seconds):
            while not (found := await check()):
                await asyncio.sleep(0.02)
        return found

    def as_staff(self, *roles: str, units=(), tenant=TENANT, subject="agent-1") -> dict[str, str]:
        token = self.tokens.staff_token(roles or ("agent",), units, tenant, subject=subject)
        return {"Authorization": f"Bearer {token}"}

    async def open_case(self, number: int = 1, **more) -> str:
        """A citizen's message over the bus; gives the id of its case."""
        message = received(number, at=self.clock.now(), **more)
        await self.say(message, tenant=more.get("tenant", TENANT))
        await self.eventually(
            lambda: self.store.messages.get(more.get("tenant", TENANT), message.message_id)
        )
        stored = await self.store.messages.get(more.get("tenant", TENANT), message.message_id)
        return stored.case_id


def received(
    number: int,
    *,
    at: datetime,
    channel=common_pb2.CHANNEL_KIND_WHATSAPP,
    address: str = "573001112233",
    text: str = "No hay luz en el poste de mi calle",
    tenant: str = TENANT,
    **more,
):
    message_id = derived_id(at, tenant, channel, number, address)
    return channels_pb2.MessageReceived(
        message_id=message_id,
        case_id_if_new=derived_id(at, "case", message_id),
        account_id="100200300400500",
        sender=common_pb2.ContactPoint(
            channel=channel, address=address, display_name="Rosa Díaz", verified=True
        ),
        thread_key=more.pop("thread_key", address),
        provider_message_id=more.pop("provider_message_id", f"provider-{number}-{address}"),
        provider_time=stamp(at),
        receive_time=stamp(at),
        text=text,
        quality=channels_pb2.MESSAGE_QUALITY_READABLE,
        **more,
    )


@pytest_asyncio.fixture(loop_scope="session")
async def running(mongo_settings, bus_for) -> AsyncIterator[Running]:
    tokens = TokenFactory()
    clock = FixedClock(MORNING)
    database = Database.connect(mongo_settings, CONTRACT, clock=clock)
    await database.start()
    bus = await bus_for(CONTRACT, *PEERS)

    async def fetch(tenant: str, known: str) -> Fetched:
        content = example_bytes()
        return Fetched(1, sha256_hex(content), None if known else content)

    settings = Settings.example().model_copy(
        update={
            "auth": tokens.settings("svc-cases"),
            "grpc": Settings.example().grpc.model_copy(update={"port": 0}),
            "http": Settings.example().http.model_copy(update={"port": 0}),
            "default_tenant": TENANT,
        }
    )
    routing = FakeRouting()
    parts = assemble(
        settings,
        "all",
        Outside(
            database=database,
            bus=bus,
            verifier=tokens.verifier(),
            releases=ReleaseCache(fetch),
            clock=clock,
            routing=routing,
            attachments=FakeAttachments(),
        ),
    )
    await database.ensure_indexes()
    [server] = [part for part in parts if isinstance(part, HttpServer)]
    [relay] = [part for part in parts if isinstance(part, Relay)]
    runner = Runner(parts)
    await runner.start()
    async with httpx.AsyncClient(base_url=server.url) as client:
        yield Running(
            store=_StoreView(database),
            bus=bus,
            client=client,
            tokens=tokens,
            clock=clock,
            relay=relay,
            routing=routing,
            app=server.app,
            database=database,
            access=server.app.state.citizen_access,
        )
    await runner.unwind()
    await database._backend.drop()
    await database.stop()


class _StoreView(Store):
    """The repositories over collections that the service has declared already."""

    def __init__(self, database: Database) -> None:
        super().__init__(_Declared(database))


class _Declared:
    def __init__(self, database: Database) -> None:
        self._database = database

    def collection(self, name: str, *_args, **_more):
        return self._database._collections[name]

    def bucket(self, name: str):
        return self._database.bucket(name)


@pytest.fixture
def utc() -> datetime:
    return datetime.now(UTC)
