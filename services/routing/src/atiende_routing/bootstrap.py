"""Puts routing together; the only module that knows the adapters."""

from __future__ import annotations

from dataclasses import dataclass

from atiende.routing.v1 import routing_service_pb2_grpc
from atiende_city.cache import ReleaseCache
from atiende_city.grpc_source import releases_over
from atiende_kit.auth import ServiceTokens, TokenVerifier
from atiende_kit.bus import Bus, BusPort, Workers
from atiende_kit.clock import SystemClock, domain_clock
from atiende_kit.grpc_ import GrpcPeer, GrpcServer
from atiende_kit.http import HttpServer, Limiter, PublicCity, create_app
from atiende_kit.outbox import Relay
from atiende_kit.runtime import Component, Periodic
from atiende_kit.store import Database
from atiende_routing.adapters.city import ReleaseCities
from atiende_routing.adapters.messages import work_facts
from atiende_routing.adapters.mongo.agents import MongoAgents
from atiende_routing.adapters.mongo.turns import MongoTurns
from atiende_routing.adapters.mongo.work_items import MongoWorkItems
from atiende_routing.application.apply_case_changes import ApplyCaseChanges
from atiende_routing.application.assign_work import AssignWork
from atiende_routing.application.dispatch import Dispatch
from atiende_routing.application.moments import Clocks
from atiende_routing.application.oversee_queues import OverseeQueues
from atiende_routing.application.reconcile import Reconcile
from atiende_routing.application.reopen_mailbox import ReopenMailbox
from atiende_routing.application.sign_presence import SignPresence
from atiende_routing.application.take_turns import TakeTurns
from atiende_routing.contract import CONTRACT
from atiende_routing.entrypoints.events.handlers import handlers
from atiende_routing.entrypoints.grpc.servicer import RoutingServicer
from atiende_routing.entrypoints.http.deps import Desk, Hall
from atiende_routing.entrypoints.http.routes import routers
from atiende_routing.settings import RoutingSettings, Settings

DESCRIPTION = """
Who has what, and what waits for whom. Work is offered to the right person with reasons; a claim
is exclusive under any race; what nobody takes is offered to others and climbs a ladder; what comes
in out of hours is held and goes first in the morning.
"""
PUBLIC = (
    "GET /api/routing/v1/public/wait",
    "POST /api/routing/v1/public/turns",
    "GET /api/routing/v1/public/turns/board",
    "GET /api/routing/v1/public/turns/{turn_id}",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outside:
    """What the service stands on; tests give their own."""

    database: Database
    bus: Bus
    verifier: TokenVerifier
    releases: ReleaseCache
    clocks: Clocks


def build(settings: Settings, role: str) -> list[Component]:
    """Returns the components of a role, in the order in which they start."""
    clock = domain_clock(settings.clock.file)
    tokens = ServiceTokens(settings.auth)
    catalog = GrpcPeer(settings, "catalog", tokens)
    outside = Outside(
        database=Database.connect(settings.mongo, CONTRACT, clock=clock),
        bus=Bus.connect(settings.nats, CONTRACT.name),
        verifier=TokenVerifier(settings.auth),
        releases=releases_over(catalog),
        clocks=Clocks(clock, SystemClock()),
    )
    return [tokens, catalog, *assemble(settings, role, outside)]


def assemble(settings: Settings, role: str, outside: Outside) -> list[Component]:
    """Puts the service together over what it stands on."""
    database, clocks = outside.database, outside.clocks
    items = MongoWorkItems(database, clocks.domain)
    agents = MongoAgents(database)
    cities = ReleaseCities(outside.releases.get)
    assign = AssignWork(items, agents, cities, clocks)
    oversee = OverseeQueues(
        items, agents, cities, clocks, fresh_seconds=settings.routing.figures_seconds
    )
    bus: BusPort = outside.bus
    components: list[Component] = [
        database,
        outside.verifier,
        outside.releases,
        outside.bus,
        Relay(database, bus),
    ]
    if role in {"worker", "all"}:
        components += background(
            settings.routing, bus, items, agents, cities, assign, clocks, outside.releases
        )
    if role in {"api", "all"}:
        servicer = RoutingServicer(assign, oversee, work_facts)
        add = routing_service_pb2_grpc.add_RoutingServiceServicer_to_server
        components.append(GrpcServer(settings, CONTRACT, outside.verifier, [(add, servicer)]))
    desk = Desk(
        items=items,
        agents=agents,
        cities=cities,
        assign=assign,
        presence=SignPresence(agents, cities, clocks),
        oversee=oversee,
        turns=TakeTurns(MongoTurns(database), cities, clocks),
        clocks=clocks,
    )
    hall = Hall(
        city=PublicCity(settings),
        reads=Limiter(settings.routing.public_reads_per_minute),
        tickets=Limiter(settings.routing.tickets_per_minute),
    )
    serves = role in {"api", "all"}
    app = create_app(
        settings,
        CONTRACT,
        # A worker answers /livez, /readyz and /metrics only.
        routers(desk, hall) if serves else [],
        verifier=outside.verifier,
        title="Atiende: routing",
        description=DESCRIPTION,
        readiness=[one for one in components if one is not outside.verifier],
        public=PUBLIC if serves else (),
    )
    return [*components, HttpServer(app, settings)]


def background(
    beats: RoutingSettings,
    bus: BusPort,
    items: MongoWorkItems,
    agents: MongoAgents,
    cities: ReleaseCities,
    assign: AssignWork,
    clocks: Clocks,
    releases: ReleaseCache,
) -> list[Component]:
    """What a worker does unasked: hears of cases, offers work, puts right what was left."""
    dispatch = Dispatch(items, agents, cities, assign, clocks)
    dispatcher = Periodic("dispatch", beats.dispatch_seconds, dispatch, rest_seconds=0.05)
    heard = handlers(
        ApplyCaseChanges(items, cities, assign, clocks),
        cities,
        ReopenMailbox(items, cities, clocks),
        refresh=releases.refresh,
        wake=dispatcher.wake,
    )
    reconcile = Reconcile(items, agents, cities, assign, clocks)
    return [
        dispatcher,
        Periodic("reconcile", beats.reconcile_seconds, reconcile),
        Workers(bus, CONTRACT, heard),
    ]
