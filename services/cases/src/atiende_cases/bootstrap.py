"""Puts cases together; the only module that knows the adapters."""

from __future__ import annotations

from dataclasses import dataclass

from atiende.cases.v1 import cases_service_pb2_grpc as pb2_grpc
from atiende_cases.adapters.grpc_clients.peers import GrpcAttachments, GrpcRouting
from atiende_cases.adapters.mongo.store import Store
from atiende_cases.adapters.releases import PatientReleases
from atiende_cases.application.change_cases import ChangeCases
from atiende_cases.application.desk.access import Desk
from atiende_cases.application.ports import AttachmentReader, Routing
from atiende_cases.application.public_cases import PublicCases
from atiende_cases.application.receive_messages import ReceiveMessages
from atiende_cases.application.recipients import GetRecipients
from atiende_cases.application.record_delivery import RecordDelivery
from atiende_cases.application.record_notification import RecordNotification
from atiende_cases.application.sweep import Sweep
from atiende_cases.contract import CONTRACT
from atiende_cases.entrypoints.events.handlers import handlers
from atiende_cases.entrypoints.grpc.servicers import CasesServicer, CitizensServicer
from atiende_cases.entrypoints.http.cases import case_routes
from atiende_cases.entrypoints.http.changes import change_routes
from atiende_cases.entrypoints.http.citizens import citizen_routes
from atiende_cases.entrypoints.http.deps import Services
from atiende_cases.entrypoints.http.figures import figure_routes
from atiende_cases.settings import Settings
from atiende_city.cache import ReleaseCache
from atiende_city.grpc_source import grpc_source
from atiende_kit.auth import ServiceTokens, TokenVerifier
from atiende_kit.bus import Bus, BusPort, Workers
from atiende_kit.clock import Clock, domain_clock
from atiende_kit.grpc_ import GrpcPeer, GrpcServer
from atiende_kit.http import HttpServer, IdempotencyKeys, create_app
from atiende_kit.outbox import Relay
from atiende_kit.runtime import Component, Periodic
from atiende_kit.store import Database

DESCRIPTION = """
The desk of a city: every matter is one case, over all channels of one citizen, with one folio.

Staff sees and does what their units and roles allow; what they may not see does not exist.
`GET /changes` follows the changes live and resumes where a page left off.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outside:
    """What the service stands on; tests give their own."""

    database: Database
    bus: BusPort
    verifier: TokenVerifier
    releases: ReleaseCache
    clock: Clock
    routing: Routing
    attachments: AttachmentReader


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
    peers = {name: GrpcPeer(settings, name, tokens) for name in ("catalog", "routing", "channels")}
    outside = Outside(
        database=database,
        bus=bus,
        verifier=verifier,
        releases=ReleaseCache(grpc_source(peers["catalog"])),
        clock=clock,
        routing=GrpcRouting(peers["routing"]),
        attachments=GrpcAttachments(peers["channels"]),
    )
    return [database, bus, tokens, *peers.values(), *assemble(settings, role, outside)]


def assemble(settings: Settings, role: str, outside: Outside) -> list[Component]:
    """Puts the service together over what it stands on (database and bus come before)."""
    store = Store(outside.database)
    releases = PatientReleases(outside.releases)
    keys = IdempotencyKeys(outside.database)
    desk = Desk(
        citizens=store.citizens,
        conversations=store.conversations,
        messages=store.messages,
        cases=store.cases,
        releases=releases,
        clock=outside.clock,
    )
    components: list[Component] = [
        outside.verifier,
        outside.releases,
        # An event that is not in the audit chain is not published.
        Relay(outside.database, outside.bus, store.audit.append),
    ]
    if role in {"worker", "all"}:
        components += _worker(settings, outside, store, desk, releases)
    if role in {"api", "all"}:
        components.append(_grpc(settings, outside, store, releases))
    services = Services(desk, outside.routing, outside.attachments, keys, outside.bus)
    routes = (case_routes, citizen_routes, change_routes, figure_routes)
    app = create_app(
        settings,
        CONTRACT,
        # A worker answers /livez, /readyz and /metrics only.
        [make(services) for make in routes] if role in {"api", "all"} else [],
        verifier=outside.verifier,
        title="Atiende: cases",
        description=DESCRIPTION,
        readiness=[
            outside.database,
            *(component for component in components if component is not outside.verifier),
        ],
        public=(),
    )
    return [*components, HttpServer(app, settings)]


def _worker(
    settings: Settings, outside: Outside, store: Store, desk: Desk, releases: PatientReleases
) -> list[Component]:
    change_cases = ChangeCases(store.cases, releases)
    record_delivery = RecordDelivery(
        messages=store.messages,
        conversations=store.conversations,
        cases=store.cases,
        change_cases=change_cases,
    )
    heard = handlers(
        receive_messages=ReceiveMessages(
            citizens=store.citizens,
            conversations=store.conversations,
            messages=store.messages,
            cases=store.cases,
            folios=store.folios,
            releases=releases,
        ),
        change_cases=change_cases,
        record_delivery=record_delivery,
        record_notification=RecordNotification(
            messages=store.messages, conversations=store.conversations, cases=store.cases
        ),
        refresh_release=releases.refresh,
    )

    async def checkpoint() -> None:
        for tenant in await store.audit.tenants():
            await store.audit.checkpoint(tenant)

    return [
        Workers(outside.bus, CONTRACT, heard),
        Periodic("sweep", settings.cases.sweep_seconds, Sweep(desk, record_delivery, change_cases)),
        Periodic("audit-checkpoint", settings.cases.checkpoint_seconds, checkpoint),
    ]


def _grpc(
    settings: Settings, outside: Outside, store: Store, releases: PatientReleases
) -> GrpcServer:
    cases = CasesServicer(
        cases=store.cases,
        conversations=store.conversations,
        messages=store.messages,
        public_cases=PublicCases(store.cases, releases),
    )
    citizens = CitizensServicer(GetRecipients(store.citizens, store.conversations))
    return GrpcServer(
        settings,
        CONTRACT,
        outside.verifier,
        [
            (pb2_grpc.add_CasesServiceServicer_to_server, cases),
            (pb2_grpc.add_CitizensServiceServicer_to_server, citizens),
        ],
    )
