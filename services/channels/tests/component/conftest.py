"""One whole channels service over real servers, with a small smart host for its mail."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

import grpc
import httpx
import pytest_asyncio
from aiosmtpd.smtp import SMTP
from pydantic import SecretStr

from atiende.channels.v1 import channels_service_pb2_grpc
from atiende.channels.v1 import events_pb2 as pb
from atiende.common.v1 import common_pb2
from atiende_channels.bootstrap import Outside, Parts, assemble
from atiende_channels.contract import CONTRACT
from atiende_channels.settings import (
    LmtpSettings,
    PortalSettings,
    SendSettings,
    Settings,
    SmtpSettings,
    WebchatSettings,
)
from atiende_city.cache import Fetched, ReleaseCache
from atiende_city.testing import example_bytes, example_release
from atiende_kit.bus import Bus, Workers, each
from atiende_kit.clock import FixedClock
from atiende_kit.contract import Consume, ServiceContract
from atiende_kit.errors import NotFound
from atiende_kit.grpc_ import GrpcServer
from atiende_kit.http import HttpServer
from atiende_kit.ids import new_id
from atiende_kit.runtime import Runner
from atiende_kit.settings import GrpcSettings, HttpSettings
from atiende_kit.store import Database, Event, OutboxEntry
from atiende_kit.testing.tokens import TokenFactory

MORNING = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)
CASES = ServiceContract(
    name="cases",
    publishes=(pb.SendMessage,),
    consumes=(
        Consume(pb.MessageReceived, "cases-on-message-received"),
        Consume(pb.DeliveryUpdated, "cases-on-delivery-updated"),
    ),
)
MAIL = "atencion@sanaurelio.example"


class SmartHost:
    """Takes our outgoing mail; answers what `verdicts` holds, one for each try, then 250."""

    def __init__(self) -> None:
        self.mails: list[tuple[str, list[str], bytes]] = []
        self.verdicts: list[str] = []

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        if self.verdicts:
            return self.verdicts.pop(0)
        self.mails.append((envelope.mail_from, list(envelope.rcpt_tos), envelope.content))
        return "250 2.0.0 OK"

    async def handle_RCPT(
        self, server: Any, session: Any, envelope: Any, address: str, options: Any
    ) -> str:
        if address.startswith("nadie@"):
            return "550 5.1.1 no such user"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"


class NoPeer:
    """A cases service that knows no case."""

    async def unary(self, *args: Any, **kwargs: Any) -> Any:
        raise NotFound("CASE_NOT_FOUND", "No se encontró.")


class Service:
    """A running service with everything around it."""

    def __init__(
        self, parts: Parts, bus: Bus, clock: FixedClock, tokens: TokenFactory, host: SmartHost
    ) -> None:
        self.parts = parts
        self.bus = bus
        self.clock = clock
        self.tokens = tokens
        self.host = host
        self.heard: list[Any] = []
        self._news = asyncio.Condition()
        servers = {type(one): one for one in parts.components}
        self.url = servers[HttpServer].url
        self.http = httpx.AsyncClient(base_url=f"{self.url}/api/channels/v1")
        self.channel = grpc.aio.insecure_channel(servers[GrpcServer].address)
        self.stub = channels_service_pb2_grpc.ChannelsServiceStub(self.channel)

    def staff(self, *roles: str, tenant: str = "sanaurelio") -> dict[str, str]:
        token = self.tokens.staff_token(roles or ("supervisor",), (), tenant)
        return {"Authorization": f"Bearer {token}"}

    def service(self, name: str = "cases", tenant: str = "sanaurelio") -> Any:
        return (
            ("authorization", f"Bearer {self.tokens.service_token(name)}"),
            ("atiende-tenant", tenant),
        )

    async def hear(self, delivery: Any) -> None:
        async with self._news:
            self.heard.append(delivery)
            self._news.notify_all()

    async def until(self, kind: type, predicate: Callable[[Any], bool], count: int = 1) -> Any:
        """Waits until so many events of a kind match; returns them (or the one)."""

        def found() -> list[Any]:
            return [d for d in self.heard if isinstance(d.message, kind) and predicate(d.message)]

        async with asyncio.timeout(15), self._news:
            await self._news.wait_for(lambda: len(found()) >= count)
        matches = found()
        return matches[0].message if count == 1 else [d.message for d in matches]

    async def deliver(self, body: bytes, *recipients: str, sender: str = "vecina@example.org"):
        """Delivers a mail over LMTP; returns the replies by recipient."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.parts.mail.port)

        async def answer() -> str:
            while True:
                line = (await reader.readline()).decode().strip()
                if line[3:4] != "-":
                    return line

        async def say(line: str) -> str:
            writer.write(line.encode() + b"\r\n")
            return await answer()

        await answer()
        await say("LHLO mta.example")
        replies = {"MAIL": await say(f"MAIL FROM:<{sender}> BODY=8BITMIME")}
        taken = []
        for recipient in recipients or (MAIL,):
            replies[recipient] = await say(f"RCPT TO:<{recipient}>")
            if replies[recipient].startswith("250"):
                taken.append(recipient)
        if taken:
            assert (await say("DATA")).startswith("354")
            lines = body.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
            writer.write(lines.replace(b"\r\n.", b"\r\n..") + b"\r\n.\r\n")
            for recipient in taken:
                replies[recipient] = await answer()
        writer.close()
        return replies

    async def command(self, tenant: str = "sanaurelio", **fields: Any) -> str:
        """Publishes a SendMessage; returns the message id."""
        values = {
            "message_id": new_id(),
            "conversation_id": new_id(),
            "recipient": common_pb2.ContactPoint(
                channel=common_pb2.CHANNEL_KIND_EMAIL, address="vecina@example.org"
            ),
            "subject": "Su caso SA-2026-0000001-K",
            "text": "Recibimos su solicitud.",
            "purpose": "reply",
            "purpose_id": new_id(),
        } | fields
        event = Event(pb.SendMessage(**values), event_id=new_id())
        entry = OutboxEntry.of(
            event, tenant=tenant, document_id="x", collection="x", now=self.clock.now()
        )
        assert await self.bus.publish([entry]) == [None]
        return str(values["message_id"])


async def _fetch(tenant: str, known_sha256: str) -> Fetched:
    sha256 = example_release().sha256
    return Fetched(1, sha256, None if known_sha256 == sha256 else example_bytes())


@pytest_asyncio.fixture(loop_scope="session")
async def channels(
    mongo_settings: Any, bus_for: Callable[..., Awaitable[Bus]]
) -> AsyncIterator[Service]:
    """The service in the role `all`, on free ports."""
    host = SmartHost()
    loop = asyncio.get_running_loop()
    smtp = await loop.create_server(
        lambda: SMTP(host, enable_SMTPUTF8=True, loop=loop, hostname="host"), "127.0.0.1", 0
    )
    tokens = TokenFactory()
    settings = Settings.example(
        http=HttpSettings(port=0),
        grpc=GrpcSettings(port=0),
        mongo=mongo_settings,
        example_city=True,
        default_tenant="sanaurelio",
        portal=PortalSettings(uploads_per_minute=1000),
        lmtp=LmtpSettings(port=0, max_message_bytes=1_000_000, max_recipients=5),
        smtp=SmtpSettings(
            port=smtp.sockets[0].getsockname()[1], message_id_domain="mail.sanaurelio.example"
        ),
        webchat=WebchatSettings(
            token_secret=SecretStr("chat"),
            origins=("https://portal.example",),
            poll_seconds=0.05,
            messages_per_minute=100,
        ),
        send=SendSettings(first_delay_seconds=0.05, max_delay_seconds=0.2, max_attempts=3),
    )
    clock = FixedClock(MORNING)
    bus = await bus_for(CONTRACT, CASES)
    database = Database.connect(mongo_settings, CONTRACT, clock=clock)
    parts = assemble(
        settings,
        "all",
        Outside(
            database=database,
            bus=bus,
            verifier=tokens.verifier(),
            clock=clock,
            cases=NoPeer(),
            releases=ReleaseCache(_fetch),
        ),
    )
    await database.ensure_indexes()
    heard: list[Service] = []

    async def hear(delivery: Any) -> None:
        await heard[0].hear(delivery)

    listeners = Workers(bus, CASES, {c.durable: each(hear) for c in CASES.consumes})
    runner = Runner([*parts.components, listeners])
    await runner.start()
    service = Service(parts, bus, clock, tokens, host)
    heard.append(service)
    yield service
    await service.http.aclose()
    await service.channel.close()
    await runner.unwind()
    smtp.close()
    await smtp.wait_closed()
