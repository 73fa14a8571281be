"""WhatsApp and Open311 through the whole service: real database, real broker, the fake Graph API."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
import pytest_asyncio
import uvicorn
from pydantic import SecretStr

from atiende.channels.v1 import events_pb2 as pb
from atiende.common.v1 import common_pb2
from atiende_channels.bootstrap import Outside, assemble
from atiende_channels.contract import CONTRACT
from atiende_channels.domain.model import Channel
from atiende_channels.settings import (
    AccountSettings,
    FetchSettings,
    LmtpSettings,
    SendSettings,
    Settings,
)
from atiende_city.cache import Fetched, ReleaseCache
from atiende_city.testing import example_bytes, example_release
from atiende_kit.bus import Bus, Workers, each
from atiende_kit.clock import FixedClock
from atiende_kit.contract import Consume, ServiceContract
from atiende_kit.errors import NotFound
from atiende_kit.http import HttpServer
from atiende_kit.ids import new_id
from atiende_kit.runtime import Runner
from atiende_kit.settings import GrpcSettings, HttpSettings
from atiende_kit.store import Database, Event, OutboxEntry
from atiende_kit.testing.tokens import TokenFactory
from dev.fakes.whatsapp import Meta, create_app

pytestmark = pytest.mark.component

MORNING = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)
NUMBER = "100200300400500"
CITIZEN = "573005550142"
CASES = ServiceContract(
    name="cases",
    publishes=(pb.SendMessage,),
    consumes=(
        Consume(pb.MessageReceived, "cases-on-message-received"),
        Consume(pb.DeliveryUpdated, "cases-on-delivery-updated"),
    ),
)


class NoCases:
    """Cases that has seen nothing yet."""

    async def unary(self, stub: Any, method: str, request: Any, **_: Any) -> Any:
        from atiende.cases.v1.cases_service_pb2 import ListPublicCasesResponse

        if method == "ListPublicCases":
            return ListPublicCasesResponse()
        raise NotFound("CASE_NOT_FOUND", "No se encontró.")


async def release(tenant: str, known_sha256: str) -> Fetched:
    sha256 = example_release().sha256
    return Fetched(1, sha256, None if known_sha256 == sha256 else example_bytes())


class Service:
    """The service, its provider and what it tells the others."""

    def __init__(self) -> None:
        self.heard: list[Any] = []
        self.news = asyncio.Condition()

    async def hear(self, delivery: Any) -> None:
        async with self.news:
            self.heard.append(delivery.message)
            self.news.notify_all()

    def of(self, kind: type, **fields: Any) -> list[Any]:
        return [
            message
            for message in self.heard
            if isinstance(message, kind)
            and all(getattr(message, name) == value for name, value in fields.items())
        ]

    async def until(self, kind: type, **fields: Any) -> Any:
        async with asyncio.timeout(15), self.news:
            await self.news.wait_for(lambda: self.of(kind, **fields))
        return self.of(kind, **fields)[0]

    async def send(self, **fields: Any) -> str:
        values = {
            "message_id": new_id(),
            "conversation_id": new_id(),
            "recipient": common_pb2.ContactPoint(
                channel=common_pb2.CHANNEL_KIND_WHATSAPP, address=CITIZEN
            ),
            "text": "Su caso SA-2026-0000001-K está en camino.",
            "purpose": "reply",
            "purpose_id": new_id(),
        } | fields
        command = pb.SendMessage(**values)
        command.last_inbound_time.FromDatetime(MORNING)
        entry = OutboxEntry.of(
            Event(command, event_id=new_id()),
            tenant="sanaurelio",
            document_id="x",
            collection="x",
            now=MORNING,
        )
        assert await self.bus.publish([entry]) == [None]
        return str(values["message_id"])


@pytest_asyncio.fixture(loop_scope="session")
async def running(
    mongo_settings: Any, bus_for: Callable[..., Awaitable[Bus]]
) -> AsyncIterator[Service]:
    service = Service()
    meta = Meta(callback="", app_secret="secreto", clock=FixedClock(MORNING))
    meta.behaviour.receipt_seconds = 0
    graph = uvicorn.Server(uvicorn.Config(create_app(meta), port=0, log_level="warning"))
    serving = asyncio.create_task(graph.serve())
    while not graph.started:
        await asyncio.sleep(0.01)
    port = graph.servers[0].sockets[0].getsockname()[1]
    secrets = {
        "access_token": SecretStr("t"),
        "app_secret": SecretStr("secreto"),
        "verify_token": SecretStr("verificame"),
    }
    settings = Settings.example(
        http=HttpSettings(port=0),
        grpc=GrpcSettings(port=0),
        mongo=mongo_settings,
        accounts=(
            AccountSettings(
                tenant="sanaurelio",
                channel=Channel.WHATSAPP,
                account_id=NUMBER,
                secrets=secrets,
                options={"graph_url": f"http://127.0.0.1:{port}"},
            ),
            AccountSettings(
                tenant="sanaurelio",
                channel=Channel.OPEN311,
                account_id="sanaurelio.example",
                secrets={"api_key": SecretStr("clave")},
            ),
        ),
        lmtp=LmtpSettings(enabled=False),
        send=SendSettings(first_delay_seconds=0.05, max_delay_seconds=0.2, max_attempts=3),
        fetch=FetchSettings(allowed_private=(f"127.0.0.1:{port}",)),
    )
    clock = FixedClock(MORNING)
    service.bus = await bus_for(CONTRACT, CASES)
    database = Database.connect(mongo_settings, CONTRACT, clock=clock)
    tokens = TokenFactory()
    outside = Outside(
        database=database,
        bus=service.bus,
        verifier=tokens.verifier(),
        clock=clock,
        cases=NoCases(),
        releases=ReleaseCache(release),
    )
    parts = assemble(settings, "all", outside)
    await database.ensure_indexes()
    listeners = Workers(service.bus, CASES, {c.durable: each(service.hear) for c in CASES.consumes})
    runner = Runner([*parts.components, listeners])
    await runner.start()
    url = next(one.url for one in parts.components if isinstance(one, HttpServer))
    meta.callback = f"{url}/webhooks/whatsapp/{{phone_number_id}}"
    service.meta, service.staff = meta, tokens.staff_token(("supervisor",), (), "sanaurelio")
    async with httpx.AsyncClient(base_url=url) as service.http:
        yield service
    await meta.settle()
    await runner.unwind()
    graph.should_exit = True
    await serving


async def test_citizens_message_is_told_once_however_often_meta_repeats_it(
    running: Service,
) -> None:
    text = "Hay un poste sin luz en la calle 12"
    written = {"phone_number_id": NUMBER, "name": "Lucía", "text": text, "times": 4}
    wamid = running.meta.write(CITIZEN, written)
    await running.meta.settle()
    event = await running.until(pb.MessageReceived, provider_message_id=wamid)
    assert event.text == text
    assert event.sender.address == event.thread_key == CITIZEN
    assert event.sender.verified
    assert event.account_id == NUMBER
    later = running.meta.write(CITIZEN, {**written, "times": 1})
    await running.until(pb.MessageReceived, provider_message_id=later)
    assert len(running.of(pb.MessageReceived, provider_message_id=wamid)) == 1


async def test_photo_is_fetched_and_a_lost_one_leaves_a_partial_message(running: Service) -> None:
    running.meta.media["70010"] = ("image/png", b"\x89PNG\r\n\x1a\n" + b"0" * 64)
    for media_id in ("70010", "70011"):
        image = {"id": media_id, "mime_type": "image/png", "caption": f"Foto {media_id}"}
        message = {"type": "image", "image": image}
        running.meta.write(CITIZEN, {"phone_number_id": NUMBER, "message": message})
    whole = await running.until(pb.MessageReceived, text="Foto 70010")
    assert [file.content_type for file in whole.attachments] == ["image/png"]
    assert whole.quality == pb.MESSAGE_QUALITY_READABLE
    lost = await running.until(pb.MessageReceived, text="Foto 70011")
    assert lost.quality == pb.MESSAGE_QUALITY_PARTIAL
    assert not lost.attachments


async def test_answer_reaches_the_phone_and_its_receipts_come_back(running: Service) -> None:
    running.meta.behaviour.shuffle_receipts = True
    running.meta.behaviour.repeat_receipts = 2
    message_id = await running.send()
    await running.until(pb.DeliveryUpdated, message_id=message_id, state=pb.DELIVERY_STATE_READ)
    (sent,) = running.meta.sent
    assert sent.to == CITIZEN
    states = [told.state for told in running.of(pb.DeliveryUpdated, message_id=message_id)]
    assert len(states) == len(set(states))


async def test_number_without_whatsapp_is_a_permanent_failure(running: Service) -> None:
    running.meta.behaviour.failing[CITIZEN] = 131026
    message_id = await running.send()
    failed = await running.until(
        pb.DeliveryUpdated, message_id=message_id, state=pb.DELIVERY_STATE_PERMANENT_FAILURE
    )
    assert failed.error_code == "RECIPIENT_INVALID"


async def test_throttled_message_is_sent_in_the_end(running: Service) -> None:
    running.meta.behaviour.fail_status = 429
    running.meta.behaviour.fail_code = 130429
    running.meta.behaviour.fail_count = 1
    message_id = await running.send()
    await running.until(pb.DeliveryUpdated, message_id=message_id, state=pb.DELIVERY_STATE_SENT)
    assert len(running.meta.sent) == 1


async def test_reaction_is_refused_by_name_and_seen_by_supervisors(running: Service) -> None:
    reaction = {"type": "reaction", "reaction": {"message_id": "wamid.x", "emoji": "👍"}}
    running.meta.write(CITIZEN, {"phone_number_id": NUMBER, "message": reaction})
    await running.meta.settle()
    written = {"phone_number_id": NUMBER, "text": "después"}
    await running.until(
        pb.MessageReceived, provider_message_id=running.meta.write(CITIZEN, written)
    )
    answer = await running.http.get(
        "/api/channels/v1/intake?state=refused",
        headers={"Authorization": f"Bearer {running.staff}"},
    )
    assert "REACTION" in answer.text


async def test_report_is_answered_with_the_id_that_its_case_will_have(running: Service) -> None:
    report = {
        "api_key": "clave",
        "service_code": "alumbrado-publico",
        "address_string": "Calle 12 # 4-30",
        "description": "El poste no prende",
        "email": "lucia@vecinos.example",
        "attribute[tipo_dano]": "apagada",
    }
    files = {"media": ("poste.png", b"\x89PNG\r\n\x1a\n" + b"0" * 64, "image/png")}
    answer = await running.http.post("/open311/v2/requests.json", data=report, files=files)
    assert answer.status_code == 200, answer.text
    request_id = answer.json()[0]["service_request_id"]
    shown = await running.http.get(f"/open311/v2/requests/{request_id}.json")
    assert shown.json()[0]["description"] == "El poste no prende"
    event = await running.until(pb.MessageReceived, case_id_if_new=request_id)
    assert event.procedure_code == "alumbrado-publico"
    assert dict(event.form_values) == {"tipo_dano": "apagada"}
    assert event.given_contact_points[0].address == "lucia@vecinos.example"
    assert [file.content_type for file in event.attachments] == ["image/png"]
    assert not event.sender.verified


async def test_forged_webhook_enters_nothing(running: Service) -> None:
    answer = await running.http.post(
        f"/webhooks/whatsapp/{NUMBER}",
        json={"object": "whatsapp_business_account"},
        headers={"X-Hub-Signature-256": "sha256=" + "0" * 64},
    )
    assert answer.status_code == 401
    assert answer.json()["reason"] == "SIGNATURE_INVALID"


async def test_document_describes_the_public_routes(running: Service) -> None:
    document = (await running.http.get("/api/channels/openapi.json")).json()
    assert "/open311/v2/requests.{form}" in document["paths"]
    assert "/webhooks/whatsapp/{account_id}" in document["paths"]
