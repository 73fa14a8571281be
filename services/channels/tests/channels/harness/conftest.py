"""One case per channel for the conformance suite."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import pytest
from aiosmtpd.smtp import SMTP

from atiende_channels.adapters.safe_http import SafeHttp
from atiende_channels.channels.email.adapter import EmailAdapter
from atiende_channels.channels.email.parser import provider_id
from atiende_channels.channels.open311.adapter import Open311Adapter
from atiende_channels.channels.open311.form import read_form
from atiende_channels.channels.portal.adapter import CounterAdapter, KioskAdapter, PortalAdapter
from atiende_channels.channels.webchat.adapter import WebchatAdapter
from atiende_channels.channels.webchat.store import ChatStore
from atiende_channels.channels.whatsapp.adapter import WhatsAppAdapter
from atiende_channels.channels.whatsapp.graph import GraphApi
from atiende_channels.channels.whatsapp.splitting import split
from atiende_channels.domain.model import (
    Account,
    Channel,
    Contact,
    OutboundFile,
    OutboundMessage,
    ParsedStatus,
    RawIntake,
    SendResult,
)
from atiende_channels.settings import LmtpSettings, SmtpSettings
from atiende_channels.testing import Answer, ChannelCase
from atiende_kit.errors import Unavailable
from atiende_kit.store import MemoryDatabase

CHANNELS_DIR = Path(__file__).parents[1]
NOW = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)
TENANT = "sanaurelio"


def fixtures(channel: Channel) -> list[Path]:
    return sorted((CHANNELS_DIR / channel.value / "fixtures").iterdir())


def raw(account: Account, key: str, body: bytes) -> RawIntake:
    return RawIntake(TENANT, account.channel, account.account_id, key, body, receive_time=NOW)


def outbound(channel: Channel, address: str, **changes: Any) -> OutboundMessage:
    values: dict[str, Any] = {
        "message_id": "0197f9a2-6a52-7c3e-9d0a-1f2e3d4c5b6a",
        "conversation_id": "c1",
        "recipient": Contact(channel, address),
        "text": "Hola",
        "subject": "Su caso",
        "send_time": NOW,
        "last_inbound_time": NOW - timedelta(hours=1),
        "idempotency_key": "k",
    }
    return OutboundMessage(**(values | changes))


PHOTO = OutboundFile("u" + "0" * 36, "poste dañado.jpg", "image/jpeg", 6, b"\xff\xd8foto")


class Host:
    """A smart host that answers as it is told."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        return {
            Answer.OK: "250 2.0.0 OK",
            Answer.TOO_MANY: "421 4.7.0 Too many",
            Answer.BROKEN: "451 4.3.0 Broken",
            Answer.NONSENSE: "999 what",
        }.get(self.answer, "250 OK")


async def mail_by(answer: Answer, **changes: Any) -> SendResult:
    loop = asyncio.get_running_loop()
    kind = asyncio.Protocol if answer is Answer.SILENT else None
    server = await loop.create_server(
        kind or (lambda: SMTP(Host(answer), loop=loop, hostname="h")), "127.0.0.1", 0
    )
    port = server.sockets[0].getsockname()[1]
    smtp = SmtpSettings(port=port, message_id_domain="mail.example", timeout_seconds=0.3)
    adapter = EmailAdapter(LmtpSettings(), smtp)
    try:
        return await adapter.send(
            outbound(Channel.EMAIL, "rosa@example.org", **changes),
            Account(TENANT, Channel.EMAIL, "atencion@sanaurelio.example", "Atención"),
        )
    finally:
        server.close()


def email_case() -> ChannelCase:
    account = Account(TENANT, Channel.EMAIL, "atencion@sanaurelio.example")
    smtp = SmtpSettings(message_id_domain="mail.sanaurelio.example")
    bodies = [path.read_bytes() for path in fixtures(Channel.EMAIL)]
    return ChannelCase(
        EmailAdapter(LmtpSettings(), smtp),
        account,
        [raw(account, provider_id(body), body) for body in bodies],
        send=mail_by,
        file=lambda: mail_by(Answer.OK, files=(PHOTO,)),
    )


class AcknowledgingWebchat(WebchatAdapter):
    """Web chat's statuses come from the page over HTTP; here a frame stands for it."""

    def parse(self, raw: RawIntake) -> Any:
        if raw.provider_id == "ack":
            return [ParsedStatus(raw.body.decode(), "delivered")]
        return super().parse(raw)


def webchat_case() -> ChannelCase:
    account = Account(TENANT, Channel.WEBCHAT, "portal")

    async def send(answer: Answer, **changes: Any) -> SendResult:
        store = ChatStore(MemoryDatabase())
        if answer is not Answer.OK:

            async def down(*args: Any) -> Any:
                raise Unavailable("STORE_DOWN", "…")

            store.entries.write = down  # type: ignore[method-assign]
        message = outbound(Channel.WEBCHAT, "s3ss10n", **changes)
        return await WebchatAdapter(store).send(message, account)

    raws = [raw(account, path.stem, path.read_bytes()) for path in fixtures(Channel.WEBCHAT)]
    return ChannelCase(
        AcknowledgingWebchat(),
        account,
        [*raws, raw(account, "ack", b"m.0")],
        send=send,
        file=lambda: send(Answer.OK, text="", files=(PHOTO,)),
    )


def whatsapp_case() -> ChannelCase:
    account = Account(
        TENANT,
        Channel.WHATSAPP,
        "100200300400500",
        secrets={"app_secret": "secreto", "access_token": "t"},
    )

    def adapter(answer: Answer) -> WhatsAppAdapter:
        def respond(request: httpx.Request) -> httpx.Response:
            if answer is Answer.SILENT:
                raise httpx.ReadTimeout("silent", request=request)
            if request.url.path.endswith("/media"):
                assert PHOTO.data in request.content
                return httpx.Response(200, json={"id": "m1"})
            return {
                Answer.OK: httpx.Response(200, json={"messages": [{"id": "wamid.1"}]}),
                Answer.TOO_MANY: httpx.Response(429, json={"error": {"code": 80007}}),
                Answer.BROKEN: httpx.Response(503, text="down"),
                Answer.NONSENSE: httpx.Response(200, text="<html>"),
            }[answer]

        transport = httpx.MockTransport(respond)
        return WhatsAppAdapter(
            GraphApi(httpx.AsyncClient(transport=transport), SafeHttp(transport=transport))
        )

    async def send(answer: Answer) -> SendResult:
        return await adapter(answer).send(outbound(Channel.WHATSAPP, "573005550142"), account)

    async def template() -> SendResult:
        message = outbound(
            Channel.WHATSAPP,
            "573005550142",
            template_name="case_received",
            template_language="es",
            template_values=("SA-2026-0000001-K",),
            last_inbound_time=None,
        )
        return await adapter(Answer.OK).send(message, account)

    async def file() -> SendResult:
        whatsapp = adapter(Answer.OK)
        message = outbound(Channel.WHATSAPP, "573005550142", files=(PHOTO,))
        [text, photo] = whatsapp.parts_of(message)
        assert (text.files, photo.text) == ((), "")
        return await whatsapp.send(photo, account)

    raws = []
    for path in fixtures(Channel.WHATSAPP):
        webhook = json.dumps(json.loads(path.read_text())["webhook"]).encode()
        raws += [raw(account, piece.key, piece.data) for piece in split(webhook)]
    body = b'{"object":"whatsapp_business_account","entry":[]}'
    digest = hmac.new(b"secreto", body, hashlib.sha256).hexdigest()
    return ChannelCase(
        adapter(Answer.OK),
        account,
        raws,
        send=send,
        file=file,
        template=template,
        signed=(body, {"x-hub-signature-256": f"sha256={digest}"}),
    )


def open311_case() -> ChannelCase:
    account = Account(TENANT, Channel.OPEN311, "sanaurelio.example", can_send=False)
    raws = []
    for path in fixtures(Channel.OPEN311):
        body = json.loads(path.read_text())["body"].encode()
        form = read_form("application/x-www-form-urlencoded", body)
        raws.append(raw(account, path.stem, form.to_bytes()))
    photo = (
        b"--b\r\nContent-Disposition: form-data; name=description\r\n\r\nHueco\r\n--b\r\n"
        b'Content-Disposition: form-data; name="media"; filename="h.jpg"\r\n'
        b"Content-Type: image/jpeg\r\n\r\n\xff\xd8\xff\r\n--b--\r\n"
    )
    form = read_form("multipart/form-data; boundary=b", photo)
    return ChannelCase(Open311Adapter(), account, [*raws, raw(account, "photo", form.to_bytes())])


def form_case(adapter: type[PortalAdapter]) -> ChannelCase:
    channel = adapter.channel
    account = Account(TENANT, channel, f"sanaurelio-{channel.value}", can_send=False)
    raws = []
    for path in fixtures(Channel.PORTAL):
        recorded = json.loads(path.read_text())
        body = json.dumps(recorded["document"]).encode()
        raws.append(replace(raw(account, path.stem, body), headers=recorded["headers"]))
    return ChannelCase(adapter(), account, raws)


CASES: dict[Channel, Callable[[], ChannelCase]] = {
    Channel.EMAIL: email_case,
    Channel.WEBCHAT: webchat_case,
    Channel.WHATSAPP: whatsapp_case,
    Channel.OPEN311: open311_case,
    Channel.PORTAL: partial(form_case, PortalAdapter),
    Channel.KIOSK: partial(form_case, KioskAdapter),
    Channel.COUNTER: partial(form_case, CounterAdapter),
}


@pytest.fixture(params=list(Channel), ids=lambda channel: channel.value)
def case(request: pytest.FixtureRequest) -> ChannelCase:
    """The case of each channel; one that is missing is a failure."""
    assert request.param in CASES, f"{request.param} has no conformance case"
    return CASES[request.param]()
