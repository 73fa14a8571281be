"""Puts administration together; the only module that knows the adapters."""

from __future__ import annotations

from dataclasses import dataclass

import httpx

from atiende_admin.adapters.grave import BusGrave
from atiende_admin.adapters.keycloak import KeycloakPeople
from atiende_admin.adapters.mongo.audit import MongoAudit
from atiende_admin.adapters.mongo.dead_letters import MongoDeadLetters
from atiende_admin.application.manage_people import ManagePeople
from atiende_admin.application.mend_dead_letters import MendDeadLetters, TendDeadLetters
from atiende_admin.application.ports import People
from atiende_admin.contract import CONTRACT
from atiende_admin.entrypoints.http.dead_letter_routes import dead_letter_routes
from atiende_admin.entrypoints.http.routes import BASE, router
from atiende_admin.settings import Settings
from atiende_kit.auth import ServiceTokens, TokenVerifier
from atiende_kit.clock import Clock, domain_clock
from atiende_kit.dead_letters import DeadLetterStream
from atiende_kit.http import HttpServer, create_app
from atiende_kit.runtime import Component, Periodic
from atiende_kit.store import Database

DESCRIPTION = """
The people who work for a city: accounts at the identity provider, their roles and units, their
sessions. An administrator sees and changes their own city's staff only, and never their own
rights; everything is written down. And the messages that no service could process: seen, sent
again, or let go with a reason.
"""
TEND_SECONDS = 2.0
COLLECT_SECONDS = 20.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Outside:
    """What the service stands on; tests give their own."""

    people: People
    database: Database
    verifier: TokenVerifier
    clock: Clock


def build(settings: Settings, role: str) -> list[Component]:
    """Returns the components of a role, in the order in which they start."""
    clock = domain_clock(settings.clock.file)
    tokens = ServiceTokens(settings.auth)
    client = httpx.AsyncClient(
        base_url=settings.keycloak.url, timeout=settings.keycloak.timeout_seconds
    )
    people = KeycloakPeople(client, tokens)
    outside = Outside(
        people=people,
        database=Database.connect(settings.mongo, CONTRACT, clock=clock),
        verifier=TokenVerifier(settings.auth),
        clock=clock,
    )
    return [tokens, people, *assemble(settings, role, outside)]


def assemble(settings: Settings, role: str, outside: Outside) -> list[Component]:
    """Puts the service together over what it stands on."""
    database = outside.database
    letters = MongoDeadLetters(database)
    manage = ManagePeople(outside.people, MongoAudit(database), outside.clock)
    app = create_app(
        settings,
        CONTRACT,
        # A worker answers /livez, /readyz and /metrics only.
        [router(manage), dead_letter_routes(MendDeadLetters(letters, outside.clock), BASE)]
        if role in {"api", "all"}
        else [],
        verifier=outside.verifier,
        title="Atiende: administration",
        description=DESCRIPTION,
        readiness=[database],
        public=(),
    )
    tending = _tending(settings, letters) if role in {"worker", "all"} else []
    return [database, outside.verifier, *tending, HttpServer(app, settings)]


def _tending(settings: Settings, letters: MongoDeadLetters) -> list[Component]:
    """The loops over the stream of dead letters, where the operator's credentials are given."""
    if settings.grave is None:
        return []
    credentials = {"user": settings.grave.user, "password": settings.grave.password}
    stream = DeadLetterStream(settings.nats.model_copy(update=credentials))
    tend = TendDeadLetters(letters, BusGrave(stream))
    return [
        stream,
        Periodic("collect-dead-letters", COLLECT_SECONDS, tend.collect),
        Periodic("tend-dead-letters", TEND_SECONDS, tend.tend),
    ]
