"""The service in process over a real database and a real bus; cases is played by a fake."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

import httpx
import pytest_asyncio

from atiende.cases.v1.events_pb2 import (
    CaseOpened,
    CaseReopened,
    CaseResolved,
    CaseStateChanged,
    CaseTransferred,
)
from atiende.channels.v1.events_pb2 import DeliveryUpdated, SendMessage
from atiende.notifications.v1.events_pb2 import (
    NotificationDelivered,
    NotificationFailed,
    NotificationSent,
    RequestNotification,
)
from atiende_city.cache import Fetched, ReleaseCache
from atiende_city.testing import example_bytes, example_release
from atiende_kit.bus import Bus, Delivery, Workers
from atiende_kit.clock import FixedClock
from atiende_kit.contract import Consume, ServiceContract
from atiende_kit.errors import Unavailable
from atiende_kit.http import create_app
from atiende_kit.outbox import Relay
from atiende_kit.runtime import Runner
from atiende_kit.store import Database, OutboxEntry
from atiende_kit.store.operations import Event
from atiende_kit.testing.tokens import TokenFactory
from atiende_notifications.adapters.city_texts import ReleaseTextsSource
from atiende_notifications.adapters.mongo.store import MongoNotifications
from atiende_notifications.bootstrap import UseCases
from atiende_notifications.contract import CONTRACT
from atiende_notifications.domain.notification import ReachablePoint, Recipient
from atiende_notifications.entrypoints.http.routes import router
from atiende_notifications.settings import Settings

NOON = datetime(2026, 3, 2, 17, 0, tzinfo=UTC)
TENANT = "sanaurelio"

CASES = ServiceContract(
    "cases",
    publishes=(CaseOpened, CaseStateChanged, CaseTransferred, CaseResolved, CaseReopened),
)
CHANNELS = ServiceContract(
    "channels",
    publishes=(DeliveryUpdated,),
    consumes=(Consume(SendMessage, "channels-do-send-message"),),
)
WATCHER = ServiceContract(
    "watcher",
    publishes=(RequestNotification,),
    consumes=(
        Consume(NotificationSent, "watcher-on-notification-sent"),
        Consume(NotificationDelivered, "watcher-on-notification-delivered"),
        Consume(NotificationFailed, "watcher-on-notification-failed"),
    ),
)


class FakeRecipients:
    """What cases would answer; `down` makes it unavailable."""

    def __init__(self) -> None:
        self.points: dict[str, tuple[ReachablePoint, ...]] = {}
        self.down = False
        self.calls = 0

    async def get(
        self, tenant: str, keys: Sequence[tuple[str, str]]
    ) -> Mapping[tuple[str, str], Recipient]:
        self.calls += 1
        if self.down:
            raise Unavailable("PEER_UNAVAILABLE", "no responde")
        return {
            (citizen, conversation): Recipient(
                citizen, conversation, self.points[citizen], display_name="Marta"
            )
            for citizen, conversation in keys
            if citizen in self.points and tenant == TENANT
        }


@dataclass
class World:
    """The running service and what it said."""

    bus: Bus
    recipients: FakeRecipients
    clock: FixedClock
    use_cases: UseCases
    http: httpx.AsyncClient
    tokens: TokenFactory
    heard: list[Delivery] = field(default_factory=list)
    changed: asyncio.Condition = field(default_factory=asyncio.Condition)

    async def say(self, *messages, tenant: str = TENANT) -> list[str]:
        entries = [
            OutboxEntry.of(Event(message), tenant=tenant, document_id="d", collection="c", now=NOON)
            for message in messages
        ]
        assert await self.bus.publish(entries) == [None] * len(entries)
        return [entry.event_id for entry in entries]

    async def repeat(self, entry: OutboxEntry) -> None:
        assert await self.bus.publish([entry]) == [None]

    async def hears(self, kind, count: int = 1, seconds: float = 10.0) -> list:
        def found() -> list:
            return [d.message for d in self.heard if isinstance(d.message, kind)]

        async with asyncio.timeout(seconds), self.changed:
            await self.changed.wait_for(lambda: len(found()) >= count)
        return found()

    async def until(self, condition: Callable[[], Awaitable[bool]], seconds: float = 10.0) -> None:
        async with asyncio.timeout(seconds):
            while not await condition():
                await asyncio.sleep(0.02)

    async def listen(self, deliveries: Sequence[Delivery]) -> None:
        async with self.changed:
            self.heard.extend(deliveries)
            self.changed.notify_all()


@pytest_asyncio.fixture(loop_scope="session")
async def world(database: Database, bus_for) -> AsyncIterator[World]:
    bus = await bus_for(CONTRACT, CASES, CHANNELS, WATCHER)
    clock, recipients, tokens = FixedClock(NOON), FakeRecipients(), TokenFactory()

    async def fetch(tenant: str, known: str) -> Fetched:
        return Fetched(version=1, sha256=example_release().sha256, content=example_bytes())

    releases = ReleaseCache(fetch)
    store = MongoNotifications(database)
    await database.ensure_indexes()
    use_cases = UseCases(store, recipients, ReleaseTextsSource(releases, clock), clock)
    app = create_app(
        Settings.example(),
        CONTRACT,
        [router],
        verifier=tokens.verifier(),
        title="t",
        description="d",
        public=[],
    )
    app.state.notifications, app.state.retry = use_cases.store, use_cases.retry
    client = httpx.AsyncClient(
        transport=httpx.ASGITransport(app=app), base_url="http://notifications.test"
    )
    made = World(bus, recipients, clock, use_cases, client, tokens)
    runner = Runner(
        [
            Relay(database, bus),
            Workers(bus, CONTRACT, use_cases.handlers.by_durable()),
            Workers(bus, CHANNELS, {c.durable: made.listen for c in CHANNELS.consumes}),
            Workers(bus, WATCHER, {c.durable: made.listen for c in WATCHER.consumes}),
        ]
    )
    await runner.start()
    yield made
    await client.aclose()
    await runner.unwind()
