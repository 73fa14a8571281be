"""Puts surveys together; the only module that knows the adapters."""

from __future__ import annotations

from dataclasses import dataclass

from atiende.surveys.v1 import surveys_service_pb2_grpc
from atiende_city.cache import ReleaseCache
from atiende_city.citizen_access import CitizenAccess
from atiende_city.grpc_source import releases_over
from atiende_kit.auth import ServiceTokens, TokenVerifier
from atiende_kit.bus import Bus, BusPort, Workers
from atiende_kit.clock import Clock, domain_clock
from atiende_kit.grpc_ import GrpcPeer, GrpcServer
from atiende_kit.http import HttpServer, create_app
from atiende_kit.outbox import Relay
from atiende_kit.runtime import Component, Periodic
from atiende_kit.store import Database
from atiende_surveys.adapters.city import ReleaseCities
from atiende_surveys.adapters.mongo.invitations import MongoInvitations
from atiende_surveys.application.answer_on_page import AnswerOnPage
from atiende_surveys.application.issue_invitations import IssueInvitations
from atiende_surveys.application.take_answers import TakeAnswers
from atiende_surveys.application.tend_surveys import LapseInvitations, SettleTask
from atiende_surveys.contract import CONTRACT
from atiende_surveys.entrypoints.events.handlers import handlers
from atiende_surveys.entrypoints.grpc.servicer import SurveysServicer
from atiende_surveys.entrypoints.http.links import PUBLIC, link_router
from atiende_surveys.entrypoints.http.own import own_router
from atiende_surveys.entrypoints.http.routes import Surveys, router
from atiende_surveys.settings import Settings

DESCRIPTION = """
What citizens say of the solution: one invitation for each resolution, on the channel they wrote
from, read from the conversation itself. Scores by unit, channel and agent with the number of
answers and the response rate; every bad score and every comment gets a disposition.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outside:
    """What the service stands on; tests give their own."""

    database: Database
    bus: Bus
    verifier: TokenVerifier
    releases: ReleaseCache
    clock: Clock


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
        clock=clock,
    )
    return [tokens, catalog, *assemble(settings, role, outside)]


def assemble(settings: Settings, role: str, outside: Outside) -> list[Component]:
    """Puts the service together over what it stands on."""
    database, clock = outside.database, outside.clock
    invitations = MongoInvitations(database, clock)
    cities = ReleaseCities(outside.releases.get)
    bus: BusPort = outside.bus
    components: list[Component] = [
        database,
        outside.verifier,
        outside.releases,
        outside.bus,
        Relay(database, bus),
    ]
    if role in {"worker", "all"}:
        seconds = settings.surveys.lapse_seconds
        components += background(seconds, bus, invitations, cities, clock, outside.releases)
    if role in {"api", "all"}:
        add = surveys_service_pb2_grpc.add_SurveysServiceServicer_to_server
        servicer = SurveysServicer(invitations)
        components.append(GrpcServer(settings, CONTRACT, outside.verifier, [(add, servicer)]))
    pages = AnswerOnPage(invitations, cities, clock)
    access = CitizenAccess(settings.citizen, secure=settings.http.public_url.startswith("https://"))
    surveys = Surveys(invitations, SettleTask(invitations, clock), clock)
    app = create_app(
        settings,
        CONTRACT,
        # A worker answers /livez, /readyz and /metrics only.
        [
            router(surveys),
            link_router(pages, outside.releases.get),
            own_router(pages, outside.releases.get),
        ]
        if role in {"api", "all"}
        else [],
        verifier=outside.verifier,
        title="Atiende: surveys",
        description=DESCRIPTION,
        readiness=[one for one in components if one is not outside.verifier],
        public=PUBLIC if role in {"api", "all"} else (),
    )
    access.install(app)
    return [*components, HttpServer(app, settings)]


def background(
    lapse_seconds: float,
    bus: BusPort,
    invitations: MongoInvitations,
    cities: ReleaseCities,
    clock: Clock,
    releases: ReleaseCache,
) -> list[Component]:
    """What a worker does unasked: issues invitations, takes answers, ends what is over."""
    heard = handlers(
        IssueInvitations(invitations, cities, clock),
        TakeAnswers(invitations, cities),
        refresh=releases.refresh,
    )
    return [
        Periodic("lapse", lapse_seconds, LapseInvitations(invitations, clock)),
        Workers(bus, CONTRACT, heard),
    ]
