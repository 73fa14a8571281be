"""Puts channels together; the only module that knows the adapters."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from atiende.channels.v1 import channels_service_pb2_grpc
from atiende_channels.adapters.mongo.accounts import ConfiguredAccounts
from atiende_channels.adapters.nats.hand_over import GiveRows, TakeRows
from atiende_channels.application.accept_raw import AcceptRaw
from atiende_channels.application.deliveries import Deliveries
from atiende_channels.application.inbox import InboxStore
from atiende_channels.application.process_intake import ProcessIntake
from atiende_channels.application.read_attachment import ReadAttachment
from atiende_channels.application.send_message import SendMessages
from atiende_channels.application.uploads import Uploads
from atiende_channels.channels.base import ChannelAdapter
from atiende_channels.channels.context import ChannelContext, Peer
from atiende_channels.channels.email.adapter import EmailAdapter
from atiende_channels.channels.email.parser import fingerprint as mail_fingerprint
from atiende_channels.channels.portal.adapter import CounterAdapter, KioskAdapter, PortalAdapter
from atiende_channels.channels.portal.document import fingerprint as form_fingerprint
from atiende_channels.channels.portal.routes import UPLOAD_PATH as PORTAL_UPLOADS
from atiende_channels.channels.portal.service import PortalService
from atiende_channels.channels.registry import CHANNELS
from atiende_channels.channels.webchat.adapter import WebchatAdapter
from atiende_channels.channels.webchat.case import ChatCases
from atiende_channels.channels.webchat.hub import ChatHub
from atiende_channels.channels.webchat.routes import UPLOAD_PATH as CHAT_UPLOADS
from atiende_channels.channels.webchat.service import ChatService
from atiende_channels.channels.webchat.store import ChatStore
from atiende_channels.channels.webchat.tokens import SessionTokens
from atiende_channels.contract import CONTRACT, DO_SEND_MESSAGE
from atiende_channels.domain.files import MAX_UPLOAD_BYTES
from atiende_channels.domain.model import Channel
from atiende_channels.entrypoints.grpc.servicer import ChannelsServicer
from atiende_channels.entrypoints.http.intake import intake_router
from atiende_channels.entrypoints.http.uploads import UPLOAD_PATH as STAFF_UPLOADS
from atiende_channels.entrypoints.http.uploads import upload_router
from atiende_channels.entrypoints.lmtp.server import MailHandler, MailServer
from atiende_channels.settings import Settings
from atiende_city.cache import ReleaseCache
from atiende_city.citizen_access import CitizenAccess
from atiende_city.grpc_source import releases_over
from atiende_kit.auth import ServiceTokens, TokenVerifier
from atiende_kit.bus import Bus, BusPort, Workers
from atiende_kit.clock import Clock, domain_clock
from atiende_kit.grpc_ import GrpcPeer, GrpcServer
from atiende_kit.http import HttpServer, Limiter, create_app
from atiende_kit.outbox import Relay
from atiende_kit.runtime import Component, Periodic
from atiende_kit.store import Database

SWEEP_SECONDS = 2.0
PURGE_SECONDS = 600.0
UPLOAD_PATHS = (PORTAL_UPLOADS, CHAT_UPLOADS, STAFF_UPLOADS)
_FORMS = {adapter.channel: adapter for adapter in (PortalAdapter, KioskAdapter, CounterAdapter)}
DESCRIPTION = """
Every way in which a citizen reaches the city, and every way back. What was acknowledged is durable;
what cannot be read is kept and shown to a person; the state of each outbound message is known.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outside:
    """What the service stands on; tests give their own."""

    database: Database
    bus: BusPort
    verifier: TokenVerifier
    clock: Clock
    cases: Peer
    releases: ReleaseCache


@dataclass(slots=True)
class Parts:
    """The service's own parts, for tests that look inside."""

    inbox: InboxStore
    intake: AcceptRaw
    processing: ProcessIntake
    give: GiveRows
    deliveries: Deliveries
    sending: SendMessages
    accounts: ConfiguredAccounts
    adapters: dict[Channel, ChannelAdapter]
    hub: ChatHub
    context: ChannelContext
    uploads: Uploads
    read_attachment: ReadAttachment
    citizen_access: CitizenAccess
    mail: MailServer | None = None
    components: list[Component] = field(default_factory=list)


class ParserProcesses:
    """Ends the mail parsers with the service. A component."""

    name = "mail-parsers"

    def __init__(self, adapter: EmailAdapter) -> None:
        self._adapter = adapter

    async def start(self) -> None:
        """They start when the first mail comes."""

    async def stop(self) -> None:
        """Ends them."""
        await self._adapter.pool.close()

    async def check(self) -> None:
        """A parser that dies is replaced; nothing to check."""


def build(settings: Settings, role: str) -> list[Component]:
    """Returns the components of a role, in the order in which they start."""
    clock = domain_clock(settings.clock.file)
    tokens = ServiceTokens(settings.auth)
    catalog = GrpcPeer(settings, "catalog", tokens)
    cases = GrpcPeer(settings, "cases", tokens)
    bus = Bus.connect(settings.nats, CONTRACT.name)
    outside = Outside(
        database=Database.connect(settings.mongo, CONTRACT, clock=clock),
        bus=bus,
        verifier=TokenVerifier(settings.auth),
        clock=clock,
        cases=cases,
        releases=releases_over(catalog),
    )
    before: list[Component] = [tokens, catalog, cases, outside.releases, bus]
    return [*before, *assemble(settings, role, outside).components]


def make_parts(settings: Settings, outside: Outside, role: str = "all") -> Parts:
    """Makes the parts of a role; starts nothing."""
    inbox = InboxStore(outside.database)
    deliveries = Deliveries(outside.database, outside.clock)
    accounts = ConfiguredAccounts(outside.database, settings.all_accounts())
    chat_store = ChatStore(outside.database)
    hub = ChatHub(chat_store, settings.webchat.poll_seconds)
    adapters = {channel: entry.adapter(settings) for channel, entry in CHANNELS.items()}
    uploads = Uploads(outside.database, timedelta(days=settings.portal.upload_days))
    webchat = WebchatAdapter(chat_store, hub.wake, uploads)
    adapters[Channel.WEBCHAT] = webchat
    adapters |= {channel: adapter(uploads) for channel, adapter in _FORMS.items()}
    processing = ProcessIntake(
        inbox, adapters, accounts, deliveries, {Channel.WEBCHAT: webchat.remember}
    )
    fingerprints = {Channel.EMAIL: mail_fingerprint, **dict.fromkeys(_FORMS, form_fingerprint)}
    give = GiveRows(outside.bus)
    # Alone, a process reads what it took; an api leaves that to the workers.
    on_stored = give.offer if role == "api" else processing.offer
    intake = AcceptRaw(inbox, on_stored, fingerprints)
    read_attachment = ReadAttachment(inbox, uploads)
    sending = SendMessages(
        deliveries,
        adapters,
        accounts,
        read_attachment,
        outside.clock,
        max_attempts=settings.send.max_attempts,
        first_delay=settings.send.first_delay_seconds,
        max_delay=settings.send.max_delay_seconds,
    )
    access = CitizenAccess(settings.citizen, secure=settings.http.public_url.startswith("https://"))
    chat = ChatService(
        intake=intake,
        accounts=accounts,
        store=chat_store,
        deliveries=deliveries,
        uploads=uploads,
        read_attachment=read_attachment,
        tokens=SessionTokens(_chat_secret(settings), timedelta(days=settings.webchat.session_days)),
        clock=outside.clock,
        release=outside.releases.get,
        session_limit=Limiter(settings.webchat.sessions_per_minute),
        message_limit=Limiter(settings.webchat.messages_per_minute),
    )
    portal = PortalService(
        intake,
        inbox,
        accounts,
        uploads,
        access,
        outside.cases,
        outside.releases.get,
        outside.clock,
        message_limit=Limiter(settings.portal.messages_per_minute),
    )
    context = ChannelContext(
        settings=settings,
        clock=outside.clock,
        intake=intake,
        inbox=inbox,
        accounts=accounts,
        adapters=adapters,
        cases=outside.cases,
        release=outside.releases.get,
        extra={
            "chat": chat,
            "chat_hub": hub,
            "chat_cases": ChatCases(outside.cases, inbox, chat_store, access),
            "portal": portal,
            "uploads": uploads,
            "upload_limit": Limiter(settings.portal.uploads_per_minute),
            "citizen_access": access,
        },
    )
    return Parts(
        inbox=inbox,
        intake=intake,
        processing=processing,
        give=give,
        deliveries=deliveries,
        sending=sending,
        accounts=accounts,
        adapters=adapters,
        hub=hub,
        context=context,
        uploads=uploads,
        read_attachment=read_attachment,
        citizen_access=access,
    )


def assemble(settings: Settings, role: str, outside: Outside) -> Parts:
    """Puts the service together over what it stands on."""
    parts = make_parts(settings, outside, role)
    email = parts.adapters[Channel.EMAIL]
    components: list[Component] = [
        outside.database,
        outside.verifier,
        Relay(outside.database, outside.bus),
    ]
    if role == "api":
        components.append(parts.give)
    if role in {"worker", "all"}:
        if isinstance(email, EmailAdapter):
            components.append(ParserProcesses(email))
        components += [
            Periodic("uploads-purge", PURGE_SECONDS, parts.uploads.purge),
            *background(outside.bus, parts.processing, parts.sending),
        ]
    routers: list[Any] = []
    if role in {"api", "all"}:
        servicer = ChannelsServicer(
            parts.accounts, parts.adapters, parts.uploads, parts.read_attachment
        )
        add = channels_service_pb2_grpc.add_ChannelsServiceServicer_to_server
        components += [
            parts.hub,
            GrpcServer(settings, CONTRACT, outside.verifier, [(add, servicer)]),
        ]
        if settings.lmtp.enabled:
            handler = MailHandler(parts.intake, parts.accounts, outside.clock, settings.lmtp)
            parts.mail = MailServer(handler, settings.lmtp)
            components.append(parts.mail)
        # Webhooks first: routes are tried in their order.
        for entry in CHANNELS.values():
            routers += entry.routers(parts.context) if entry.routers else []
        routers += [intake_router(parts.inbox, parts.deliveries), upload_router(parts.uploads)]
    app = create_app(
        settings,
        CONTRACT,
        routers,
        verifier=outside.verifier,
        title="Atiende: channels",
        description=DESCRIPTION,
        readiness=[one for one in components if one is not outside.verifier],
        body_limits={
            "/webhooks/": 4 * 1024 * 1024,
            "/open311/": 32 * 1024 * 1024,
            # Twice what is taken: whoever sends a little too much is told so, not cut off.
            **dict.fromkeys(UPLOAD_PATHS, 2 * MAX_UPLOAD_BYTES),
        },
        unchecked_json=("/webhooks/", "/open311/"),
    )
    parts.citizen_access.install(app)
    parts.components = [*components, HttpServer(app, settings)]
    return parts


def background(bus: BusPort, processing: ProcessIntake, sending: SendMessages) -> list[Component]:
    """What a worker does unasked: takes up what a crash left, and sends what others wish."""
    return [
        processing,
        TakeRows(bus, processing.offer),
        Periodic("intake-sweep", SWEEP_SECONDS, processing.sweep),
        Workers(bus, CONTRACT, {DO_SEND_MESSAGE: sending}),
    ]


def _chat_secret(settings: Settings) -> bytes:
    """Key of chat tokens; outside production a fixed one, so that a restart keeps sessions."""
    if settings.webchat.token_secret is not None:
        return settings.webchat.token_secret.get_secret_value().encode()
    return hashlib.sha256(f"not for production: {settings.mongo.database}".encode()).digest()
