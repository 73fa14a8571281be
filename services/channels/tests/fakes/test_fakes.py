"""The fakes of dev/fakes against our own clients: what they take, refuse, send back and show."""

import json
from collections.abc import AsyncIterator, Mapping
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
from aiosmtpd.smtp import Envelope

from atiende_channels.adapters.safe_http import SafeHttp
from atiende_channels.channels.whatsapp.adapter import WhatsAppAdapter
from atiende_channels.channels.whatsapp.graph import GraphApi
from atiende_channels.channels.whatsapp.signature import is_signed
from atiende_channels.channels.whatsapp.splitting import split
from atiende_channels.domain.errors import (
    ChannelConfigInvalid,
    ChannelError,
    ContentUnsupported,
    RejectedByProvider,
    ResponseUnparseable,
    Throttled,
)
from atiende_channels.domain.model import Account, Channel, Contact, OutboundMessage, RemoteMedia
from atiende_kit.clock import FixedClock
from dev.fakes import smtp_sink
from dev.fakes.whatsapp import Meta, create_app

pytestmark = pytest.mark.unit

NOW = datetime(2026, 1, 2, 15, 0, tzinfo=UTC)
CITIZEN = "573005550142"
ACCOUNT = Account(
    "sanaurelio",
    Channel.WHATSAPP,
    "100200300400500",
    secrets={"access_token": "tok"},
    options={"graph_url": "http://graph.test"},
)


class City:
    """Takes the fake's webhooks; may answer badly first."""

    def __init__(self) -> None:
        self.bodies: list[bytes] = []
        self.answers: list[int] = []

    async def post(self, url: str, body: bytes, kind: str, headers: Mapping[str, str]) -> int:
        assert is_signed(body, [headers["X-Hub-Signature-256"]], ["s"])
        assert url.endswith("/webhooks/whatsapp/100200300400500")
        assert kind == "application/json"
        self.bodies.append(body)
        return self.answers.pop(0) if self.answers else 200

    async def close(self) -> None:
        """As a wire is closed."""

    def seen(self) -> list[str]:
        return [piece.key for body in self.bodies for piece in split(body)]


@pytest.fixture
def city() -> City:
    return City()


@pytest.fixture
async def meta(city: City, tmp_path: Path) -> AsyncIterator[Meta]:
    made = Meta(
        callback="http://city.test/webhooks/whatsapp/{phone_number_id}",
        app_secret="s",
        access_token="tok",
        journal=tmp_path / "sent.jsonl",
        clock=FixedClock(NOW),
        wire=city,
    )
    made.behaviour.receipt_seconds = 0
    yield made
    await made.close()


@pytest.fixture
async def http(meta: Meta) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(create_app(meta))
    async with httpx.AsyncClient(transport=transport, base_url="http://graph.test") as client:
        yield client


@pytest.fixture
def adapter(meta: Meta, http: httpx.AsyncClient) -> WhatsAppAdapter:
    async def loopback(host: str, port: int) -> list[str]:
        return ["127.0.0.1"]

    foreign = SafeHttp(
        allowed=("graph.test:80",),
        resolver=loopback,
        transport=httpx.ASGITransport(create_app(meta)),
    )
    return WhatsAppAdapter(GraphApi(http, foreign))


def message(**changes: object) -> OutboundMessage:
    given = {
        "message_id": "m",
        "conversation_id": "c",
        "recipient": Contact(Channel.WHATSAPP, CITIZEN),
        "text": "Su caso está en camino.",
        "last_inbound_time": NOW,
        "send_time": NOW,
    }
    return OutboundMessage(**{**given, **changes})  # type: ignore[arg-type]


async def test_what_the_city_sends_is_on_the_citizens_phone_and_receipts_come_back(
    meta: Meta, http: httpx.AsyncClient, adapter: WhatsAppAdapter, city: City
) -> None:
    wamid = (await adapter.send(message(), ACCOUNT)).provider_message_id
    template = message(last_inbound_time=None, template_name="caso", template_values=("SA-1",))
    await adapter.send(template, ACCOUNT)
    await meta.settle()
    shown = (await http.get(f"/citizens/{CITIZEN}/messages")).json()
    assert [item["text"] for item in shown] == ["Su caso está en camino.", "[caso] SA-1"]
    mine = [key for key in city.seen() if wamid in key]
    assert [key.split("|")[1] for key in mine] == ["sent", "delivered", "read"]


async def test_journal_keeps_what_was_sent(
    meta: Meta, adapter: WhatsAppAdapter, tmp_path: Path
) -> None:
    await adapter.send(message(), ACCOUNT)
    await meta.settle()
    again = Meta(callback="", app_secret="s", journal=tmp_path / "sent.jsonl")
    assert [sent.wamid for sent in again.sent] == [sent.wamid for sent in meta.sent]
    await again.close()


async def test_receipts_can_be_lost_repeated_shuffled_and_bad(
    meta: Meta, http: httpx.AsyncClient, adapter: WhatsAppAdapter, city: City
) -> None:
    await http.put("/admin/behaviour", json={"lose_receipts": 1, "receipt_seconds": 0})
    await adapter.send(message(), ACCOUNT)
    await meta.settle()
    assert city.bodies == []
    wanted = {"repeat_receipts": 3, "shuffle_receipts": True, "receipt_seconds": 0}
    await http.put("/admin/behaviour", json=wanted)
    await adapter.send(message(), ACCOUNT)
    await meta.settle()
    assert len(city.bodies) == 9
    city.bodies.clear()
    await http.put("/admin/behaviour", json={"failing": {CITIZEN: 131026}, "receipt_seconds": 0})
    await adapter.send(message(), ACCOUNT)
    await meta.settle()
    (body,) = city.bodies
    status = json.loads(body)["entry"][0]["changes"][0]["value"]["statuses"][0]
    assert (status["status"], status["errors"][0]["code"]) == ("failed", 131026)


async def test_refusals_are_those_of_the_graph_api(
    meta: Meta, http: httpx.AsyncClient, adapter: WhatsAppAdapter
) -> None:
    limits = {"fail_status": 429, "fail_code": 130429, "fail_count": 1, "retry_after": 3}
    await http.put("/admin/behaviour", json=limits)
    with pytest.raises(Throttled) as caught:
        await adapter.send(message(), ACCOUNT)
    assert caught.value.retry_after == 3
    with pytest.raises(RejectedByProvider):
        await adapter.send(message(text="x" * 4097), ACCOUNT)
    wrong = Account(**{**vars_of(ACCOUNT), "secrets": {"access_token": "other"}})
    with pytest.raises(ChannelConfigInvalid):
        await adapter.send(message(), wrong)
    await http.put("/admin/behaviour", json={"lose_answers": 1, "receipt_seconds": 0})
    with pytest.raises(ChannelError) as lost:
        await adapter.send(message(), ACCOUNT)
    assert lost.value.outcome_unknown
    assert not isinstance(lost.value, ResponseUnparseable)
    assert len(meta.sent) == 1


def vars_of(account: Account) -> dict[str, object]:
    return {name: getattr(account, name) for name in ("tenant", "channel", "account_id", "options")}


async def test_what_a_citizen_writes_reaches_the_city_until_it_answers(
    meta: Meta, http: httpx.AsyncClient, city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dev.fakes.whatsapp.RETRY_SECONDS", (0,))
    city.answers = [503, 500]
    written = {"phone_number_id": "100200300400500", "name": "Lucía", "text": "Hola", "times": 2}
    answer = await http.post(f"/citizens/{CITIZEN}/messages", json=written)
    await meta.settle()
    assert city.seen() == [answer.json()["id"]] * 4
    assert (await http.get("/admin/webhooks")).json() == {"sent": 4, "answered": 2, "waiting": 0}


async def test_files_are_fetched_by_their_id(
    http: httpx.AsyncClient, adapter: WhatsAppAdapter
) -> None:
    headers = {"Content-Type": "image/jpeg"}
    name = (await http.post("/admin/media", content=b"JPEG", headers=headers)).json()["id"]
    file = await adapter.fetch(RemoteMedia(name, "foto.jpg", "image/jpeg"), ACCOUNT)
    assert (file.data, file.filename) == (b"JPEG", "foto.jpg")
    with pytest.raises((RejectedByProvider, ContentUnsupported)):
        await adapter.fetch(RemoteMedia("nada", "x", "x"), ACCOUNT)


def envelope(recipient: str, subject: str = "Su caso") -> Envelope:
    made = Envelope()
    made.mail_from = "atencion@sanaurelio.example"
    made.rcpt_tos = [recipient]
    lines = (
        "From: atencion@sanaurelio.example",
        f"To: {recipient}",
        f"Subject: {subject}",
        "Message-ID: <m1@sanaurelio.example>",
        "",
        "Buenas tardes",
    )
    made.content = "\r\n".join(lines).encode()
    return made


async def test_mail_is_kept_and_shown_to_its_recipient(tmp_path: Path) -> None:
    post = smtp_sink.Post(journal=tmp_path / "mail.jsonl")
    answer = await post.handle_DATA(None, None, envelope("Lucia@vecinos.example"))  # type: ignore[arg-type]
    assert answer.startswith("250")
    again = smtp_sink.Post(journal=tmp_path / "mail.jsonl")
    (mail,) = again.of("lucia@vecinos.example")
    shown = mail.document()
    assert (shown["subject"], shown["text"].strip()) == ("Su caso", "Buenas tardes")
    assert shown["message_id"] == "<m1@sanaurelio.example>"
    assert again.of("pedro@vecinos.example") == []


async def test_smart_host_refuses_as_told() -> None:
    post = smtp_sink.Post()
    post.behaviour.refused["nadie@vecinos.example"] = "550 5.1.1 no such user"
    taken = Envelope()
    args = (None, None, taken, "Nadie@vecinos.example", [])
    assert (await post.handle_RCPT(*args)).startswith("550")  # type: ignore[arg-type]
    post.behaviour.fail_answer, post.behaviour.fail_count = "451 4.7.1 later", 1
    answers = [await post.handle_DATA(None, None, envelope("a@b.example")) for _ in range(2)]  # type: ignore[arg-type]
    assert [answer[:3] for answer in answers] == ["451", "250"]


async def test_citizen_answers_a_mail_and_bounces_come_back(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    handed: list[tuple[bytes, str, str]] = []
    post = smtp_sink.Post(authserv_id="correo.sanaurelio.example", clock=FixedClock(NOW))
    monkeypatch.setattr(post, "_hand_over", lambda *given: handed.append(given))
    post.behaviour.bouncing["pedro@vecinos.example"] = "5.1.1"
    for recipient in ("lucia@vecinos.example", "pedro@vecinos.example"):
        await post.handle_DATA(None, None, envelope(recipient))  # type: ignore[arg-type]
    await post.settle()
    written = {"to": "atencion@sanaurelio.example", "text": "Gracias", "in_reply_to": 0}
    await post.write("lucia@vecinos.example", written)
    (bounce, to, sender), (answer, *_) = handed
    assert (to, sender) == ("atencion@sanaurelio.example", "")
    assert b"Status: 5.1.1" in bounce
    assert b"In-Reply-To: <m1@sanaurelio.example>" in answer
    assert b"Subject: Re: Su caso" in answer
    assert answer.startswith(b"Authentication-Results: correo.sanaurelio.example; dkim=pass")
