"""Puts the service together; the only module that knows the adapters."""

from __future__ import annotations

from atiende.notifications.v1.notifications_service_pb2_grpc import (
    add_NotificationsServiceServicer_to_server,
)
from atiende_city.grpc_source import releases_over
from atiende_kit.auth import ServiceTokens, TokenVerifier
from atiende_kit.bus import Bus, BusPort, Workers
from atiende_kit.clock import Clock, domain_clock
from atiende_kit.grpc_ import GrpcPeer, GrpcServer
from atiende_kit.http import HttpServer, create_app
from atiende_kit.outbox import Relay
from atiende_kit.runtime import Component, Periodic
from atiende_kit.store import Database
from atiende_notifications.adapters.city_texts import ReleaseTextsSource
from atiende_notifications.adapters.grpc_clients.recipients import CasesRecipients
from atiende_notifications.adapters.mongo.store import MongoNotifications
from atiende_notifications.application.dispatch import Dispatch
from atiende_notifications.application.ports import CitySource, Notifications, Recipients
from atiende_notifications.application.retry import Retry
from atiende_notifications.application.sweep import Sweep
from atiende_notifications.application.take_receipts import TakeReceipts
from atiende_notifications.contract import CONTRACT
from atiende_notifications.entrypoints.events.handlers import Handlers
from atiende_notifications.entrypoints.grpc.service import NotificationsService
from atiende_notifications.entrypoints.http.routes import router
from atiende_notifications.settings import Settings

SWEEP_SECONDS = 0.5
DESCRIPTION = "What the city tells people, and the truth about its delivery."


class UseCases:
    """The use cases over the given ports; tests give fakes."""

    def __init__(
        self, store: Notifications, recipients: Recipients, cities: CitySource, clock: Clock
    ) -> None:
        self.store = store
        self.dispatch = Dispatch(store, recipients, cities, clock)
        self.take_receipts = TakeReceipts(store, self.dispatch)
        self.retry = Retry(store, self.dispatch, clock)
        self.sweep = Sweep(store, self.dispatch, clock)
        self.handlers = Handlers(self.dispatch, self.take_receipts, clock)


def background(bus: BusPort, use_cases: UseCases) -> list[Component]:
    """What a worker does unasked: hears what is to be told, and goes on with what waits."""
    return [
        Workers(bus, CONTRACT, use_cases.handlers.by_durable()),
        Periodic("sweep", SWEEP_SECONDS, use_cases.sweep),
    ]


def build(settings: Settings, role: str) -> list[Component]:
    """The components of a role in the order of start; nothing connects yet.

    Args:
        settings: of the process.
        role: "api", "worker" or "all".
    """
    clock = domain_clock(settings.clock.file)
    database = Database.connect(settings.mongo, CONTRACT, clock=clock)
    bus = Bus.connect(settings.nats, CONTRACT.name)
    verifier, tokens = TokenVerifier(settings.auth), ServiceTokens(settings.auth)
    cases, catalog = GrpcPeer(settings, "cases", tokens), GrpcPeer(settings, "catalog", tokens)
    releases = releases_over(catalog)
    use_cases = UseCases(
        MongoNotifications(database),
        CasesRecipients(cases),
        ReleaseTextsSource(releases, clock),
        clock,
    )
    components: list[Component] = [
        database,
        bus,
        Relay(database, bus),
        verifier,
        tokens,
        cases,
        catalog,
        releases,
    ]
    if role in {"worker", "all"}:
        components += background(bus, use_cases)
    if role in {"api", "all"}:
        servicer = NotificationsService(releases)
        components.append(
            GrpcServer(
                settings,
                CONTRACT,
                verifier,
                [(add_NotificationsServiceServicer_to_server, servicer)],
            )
        )
    app = create_app(
        settings,
        CONTRACT,
        [router] if role != "worker" else [],
        verifier=verifier,
        title="Atiende: notifications",
        description=DESCRIPTION,
        readiness=[one for one in components if one is not verifier],
        public=[],
    )
    app.state.notifications = use_cases.store
    app.state.retry = use_cases.retry
    return [*components, HttpServer(app, settings)]
