"""Puts the catalog together; the only module that knows the adapters."""

from __future__ import annotations

from dataclasses import dataclass

from fastapi import APIRouter

from atiende.catalog.v1.catalog_service_pb2_grpc import add_CatalogServiceServicer_to_server
from atiende_catalog.adapters.mongo.crisis import MongoCrisisRequests
from atiende_catalog.adapters.mongo.drafts import MongoDrafts
from atiende_catalog.adapters.mongo.publications import MongoPublications
from atiende_catalog.application.edit_drafts import EditDrafts
from atiende_catalog.application.edit_sections import EditSections
from atiende_catalog.application.publish_release import PublishRelease
from atiende_catalog.application.read_releases import ReadReleases
from atiende_catalog.application.switch_crisis import SwitchCrisis
from atiende_catalog.contract import CONTRACT
from atiende_catalog.entrypoints.grpc.servicer import CatalogServicer
from atiende_catalog.entrypoints.http.admin_routes import draft_router, release_router
from atiende_catalog.entrypoints.http.crisis_routes import crisis_router
from atiende_catalog.entrypoints.http.deps import Desk
from atiende_catalog.entrypoints.http.public_routes import public_router
from atiende_catalog.entrypoints.http.section_routes import section_router
from atiende_catalog.settings import Settings
from atiende_kit.auth import TokenVerifier
from atiende_kit.bus import Bus, BusPort
from atiende_kit.clock import Clock, domain_clock
from atiende_kit.grpc_ import GrpcServer
from atiende_kit.http import HttpServer, Limiter, PublicCity, create_app
from atiende_kit.outbox import Relay
from atiende_kit.runtime import Component, Periodic
from atiende_kit.store import Database

DRAFT_BYTES = 4 * 1024 * 1024
PUBLIC = (
    "GET /api/catalog/v1/city",
    "GET /api/catalog/v1/faq",
    "GET /api/catalog/v1/procedures",
    "GET /api/catalog/v1/procedures/{code}",
    "GET /api/catalog/v1/search",
    "GET /api/catalog/v1/units",
)
DESCRIPTION = """
Everything that a city configures, as one declarative document: drafted, validated, published as an
immutable release and rolled back byte for byte.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outside:
    """What the service stands on; tests give their own."""

    database: Database
    bus: BusPort
    verifier: TokenVerifier
    clock: Clock


class UseCases:
    """The use cases over a database.

    Args:
        database: Of the service.
        clock: Domain time.
    """

    def __init__(self, database: Database, clock: Clock) -> None:
        publications, drafts = MongoPublications(database), MongoDrafts(database)
        self.read = ReadReleases(publications, drafts)
        self.edit = EditDrafts(drafts, publications, clock)
        self.sections = EditSections(self.edit)
        self.crisis = SwitchCrisis(publications, MongoCrisisRequests(database), clock)
        self.publish = PublishRelease(publications, drafts, clock)


def build(settings: Settings, role: str) -> list[Component]:
    """Returns the components of a role, in the order in which they start."""
    clock = domain_clock(settings.clock.file)
    bus = Bus.connect(settings.nats, CONTRACT.name)
    outside = Outside(
        database=Database.connect(settings.mongo, CONTRACT, clock=clock),
        bus=bus,
        verifier=TokenVerifier(settings.auth),
        clock=clock,
    )
    return [bus, *assemble(settings, role, outside)]


def assemble(settings: Settings, role: str, outside: Outside) -> list[Component]:
    """Puts the service together over what it stands on."""
    use_cases = UseCases(outside.database, outside.clock)
    desk = Desk(
        read=use_cases.read,
        edit=use_cases.edit,
        sections=use_cases.sections,
        publish=use_cases.publish,
        crisis=use_cases.crisis,
        city=PublicCity(settings),
        searches=Limiter(settings.catalog.searches_per_minute),
        clock=outside.clock,
    )
    components: list[Component] = [
        outside.database,
        outside.verifier,
        Relay(outside.database, outside.bus),
    ]
    if role in {"worker", "all"}:
        beat = settings.catalog.crisis_seconds
        components.append(Periodic("crisis", beat, use_cases.crisis.finish_confirmed))
    serves = role in {"api", "all"}
    if serves:
        servicer = CatalogServicer(use_cases.read)
        components.append(
            GrpcServer(
                settings,
                CONTRACT,
                outside.verifier,
                [(add_CatalogServiceServicer_to_server, servicer)],
            )
        )
    app = create_app(
        settings,
        CONTRACT,
        # A worker answers /livez, /readyz and /metrics only.
        _routers(desk) if serves else [],
        verifier=outside.verifier,
        title="Atiende: catalog",
        description=DESCRIPTION,
        readiness=[one for one in components if one is not outside.verifier],
        public=PUBLIC if serves else (),
        body_limits={"/api/catalog/v1/drafts": DRAFT_BYTES},
    )
    return [*components, HttpServer(app, settings)]


def _routers(desk: Desk) -> list[APIRouter]:
    return [
        public_router(desk),
        draft_router(desk),
        section_router(desk),
        release_router(desk),
        crisis_router(desk),
    ]
