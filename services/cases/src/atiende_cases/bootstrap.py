"""Puts cases together; the only module that knows the adapters."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from atiende.cases.v1 import cases_service_pb2_grpc as pb2_grpc
from atiende_cases.adapters.grpc_clients.peers import GrpcAttachments, GrpcRouting
from atiende_cases.adapters.mongo.store import Store
from atiende_cases.adapters.releases import PatientReleases
from atiende_cases.application.change_cases import ChangeCases
from atiende_cases.application.citizen.access import CitizenDesk, Limits
from atiende_cases.application.citizen.codes import SendingCodes
from atiende_cases.application.citizen.ports import Limit
from atiende_cases.application.citizen.withdraw import Forgetting
from atiende_cases.application.desk.access import Desk
from atiende_cases.application.ports import AttachmentReader, Routing
from atiende_cases.application.public_cases import PublicCases
from atiende_cases.application.public_figures import PublishFigures
from atiende_cases.application.receive_messages import ReceiveMessages
from atiende_cases.application.recipients import GetRecipients
from atiende_cases.application.record_delivery import RecordDelivery
from atiende_cases.application.record_notification import RecordNotification
from atiende_cases.application.sweep import Sweep
from atiende_cases.application.tell_incidents import TellIncidents
from atiende_cases.contract import CONTRACT
from atiende_cases.entrypoints.events.handlers import handlers
from atiende_cases.entrypoints.grpc.servicers import CasesServicer, CitizensServicer
from atiende_cases.entrypoints.http.case_help import case_help_routes
from atiende_cases.entrypoints.http.cases import case_routes
from atiende_cases.entrypoints.http.changes import change_routes
from atiende_cases.entrypoints.http.citizen_cases import own_case_routes
from atiende_cases.entrypoints.http.citizen_deps import PUBLIC, CitizenServices
from atiende_cases.entrypoints.http.citizen_profile import profile_routes
from atiende_cases.entrypoints.http.citizen_sessions import session_routes
from atiende_cases.entrypoints.http.citizens import citizen_routes
from atiende_cases.entrypoints.http.counter import counter_routes
from atiende_cases.entrypoints.http.deps import Services
from atiende_cases.entrypoints.http.figures import figure_routes
from atiende_cases.entrypoints.http.inbox import inbox_routes
from atiende_cases.entrypoints.http.incidents import incident_routes
from atiende_cases.entrypoints.http.live import LiveChanges
from atiende_cases.entrypoints.http.mentions import mention_routes
from atiende_cases.entrypoints.http.merging import merge_routes
from atiende_cases.entrypoints.http.public_figures import PUBLIC_FIGURES, public_figure_routes
from atiende_cases.entrypoints.http.views import view_routes
from atiende_cases.settings import Settings
from atiende_city.cache import ReleaseCache
from atiende_city.citizen_access import CitizenAccess
from atiende_city.grpc_source import releases_over
from atiende_kit.auth import ServiceTokens, TokenVerifier
from atiende_kit.bus import Bus, BusPort, Workers
from atiende_kit.clock import Clock, domain_clock
from atiende_kit.grpc_ import GrpcPeer, GrpcServer
from atiende_kit.http import HttpServer, IdempotencyKeys, PublicCity, create_app
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
        releases=releases_over(peers["catalog"]),
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
    access = CitizenAccess(settings.citizen, secure=settings.http.public_url.startswith("https://"))
    components: list[Component] = [
        outside.verifier,
        outside.releases,
        # An event that is not in the audit chain is not published.
        Relay(outside.database, outside.bus, store.audit.append),
    ]
    if role in {"worker", "all"}:
        components += background(settings, outside.bus, store, desk, releases)
    if role in {"api", "all"}:
        components.append(_grpc(settings, outside, store, releases, access))
    services = Services(
        desk=desk,
        routing=outside.routing,
        attachments=outside.attachments,
        views=store.views,
        directory=store.directory,
        audit=store.audit,
        incidents=store.incidents,
        keys=keys,
        live=LiveChanges(outside.bus, CONTRACT.feeds),
    )
    routes = (
        *(inbox_routes, view_routes, mention_routes, case_routes, case_help_routes),
        *(merge_routes, incident_routes, counter_routes),
        *(citizen_routes, change_routes, figure_routes),
    )
    sending = SendingCodes(
        store.codes,
        per_visitor=Limit("codes-visitor", settings.limits.visitor_codes, 3600),
        per_city=Limit("codes-city", settings.limits.city_codes, 3600),
    )
    own_desk = _citizen_desk(settings, outside, store, releases, access)
    forgetting = Forgetting(
        own_desk,
        store.withdrawals,
        store.codes,
        timedelta(days=settings.cases.forget_after_days),
    )
    if role in {"worker", "all"}:
        components.append(Periodic("forget", settings.cases.sweep_seconds, forgetting))
    citizens = CitizenServices(
        own_desk,
        sending,
        forgetting,
        outside.attachments,
        keys,
        PublicCity(settings),
    )
    figures = public_figure_routes(store.publications, releases, PublicCity(settings))
    own_routes = (session_routes, profile_routes, own_case_routes)
    app = create_app(
        settings,
        CONTRACT,
        # A worker answers /livez, /readyz and /metrics only.
        [*(make(services) for make in routes), *(make(citizens) for make in own_routes), figures]
        if role in {"api", "all"}
        else [],
        verifier=outside.verifier,
        title="Atiende: cases",
        description=DESCRIPTION,
        readiness=[
            outside.database,
            *(component for component in components if component is not outside.verifier),
        ],
        public=PUBLIC | PUBLIC_FIGURES if role in {"api", "all"} else (),
    )
    access.install(app)
    app.state.sending = sending
    return [*components, HttpServer(app, settings)]


def _citizen_desk(
    settings: Settings,
    outside: Outside,
    store: Store,
    releases: PatientReleases,
    access: CitizenAccess,
) -> CitizenDesk:
    return CitizenDesk(
        citizens=store.citizens,
        conversations=store.conversations,
        messages=store.messages,
        cases=store.cases,
        own_cases=store.own_cases,
        attempts=store.attempts,
        releases=releases,
        clock=outside.clock,
        access=access,
        limits=Limits.of(
            visitor_proofs=settings.limits.visitor_proofs, case_proofs=settings.limits.case_proofs
        ),
    )


def background(
    settings: Settings, bus: BusPort, store: Store, desk: Desk, releases: PatientReleases
) -> list[Component]:
    """What a worker does unasked: enters messages, hears of others, lets nothing lie for ever."""
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
        directory=store.directory,
        refresh_release=releases.refresh,
    )

    async def checkpoint() -> None:
        for tenant in await store.audit.tenants():
            await store.audit.checkpoint(tenant)

    publish = PublishFigures(
        store.publications,
        releases,
        desk.clock,
        every=timedelta(seconds=settings.cases.figures_seconds),
    )

    async def publish_figures() -> None:
        for tenant in await store.audit.tenants():
            await publish(tenant)

    return [
        Workers(bus, CONTRACT, heard),
        Periodic("sweep", settings.cases.sweep_seconds, Sweep(desk, record_delivery, change_cases)),
        # Every second: people wait for it, and it asks only about incidents that have an answer.
        Periodic("tell-incidents", 1.0, TellIncidents(desk, store.incidents)),
        # Asks often and computes seldom: what is younger than it may be is left alone.
        Periodic("public-figures", min(30.0, settings.cases.figures_seconds), publish_figures),
        Periodic("audit-checkpoint", settings.cases.checkpoint_seconds, checkpoint),
    ]


def _grpc(
    settings: Settings,
    outside: Outside,
    store: Store,
    releases: PatientReleases,
    access: CitizenAccess,
) -> GrpcServer:
    cases = CasesServicer(
        cases=store.cases,
        citizens=store.citizens,
        conversations=store.conversations,
        messages=store.messages,
        public_cases=PublicCases(store.cases, releases),
        releases=releases,
    )
    citizens = CitizensServicer(GetRecipients(store.citizens, store.conversations), access)
    return GrpcServer(
        settings,
        CONTRACT,
        outside.verifier,
        [
            (pb2_grpc.add_CasesServiceServicer_to_server, cases),
            (pb2_grpc.add_CitizensServiceServicer_to_server, citizens),
        ],
    )
