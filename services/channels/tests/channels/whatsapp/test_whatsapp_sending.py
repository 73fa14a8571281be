"""What goes to the Graph API, and what its answers mean."""

import json
import os
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import jsonschema
import pytest
import yaml

from atiende_channels.adapters.safe_http import SafeHttp
from atiende_channels.channels.whatsapp.adapter import WhatsAppAdapter, file_payload, payload_of
from atiende_channels.channels.whatsapp.graph import GraphApi
from atiende_channels.domain.errors import (
    ChannelConfigInvalid,
    ChannelError,
    ConnectionFailed,
    ContentUnsupported,
    RecipientInvalid,
    RecipientOptedOut,
    RejectedByProvider,
    RejectedRetryable,
    ResponseUnexpected,
    ResponseUnparseable,
    Throttled,
)
from atiende_channels.domain.model import (
    Account,
    Channel,
    Contact,
    OutboundFile,
    OutboundMessage,
    RemoteMedia,
)

pytestmark = pytest.mark.unit

NOW = datetime(2026, 1, 2, 15, 0, tzinfo=UTC)
ACCOUNT = Account(
    "sanaurelio",
    Channel.WHATSAPP,
    "100200300400500",
    secrets={"access_token": "tok-1", "app_secret": "s"},
    options={"graph_url": "http://graph.test", "graph_version": "v23.0"},
)
DATA = Path(os.environ.get("ATIENDE_DATA", Path(__file__).parents[5].parent / "shared/data"))
OPENAPI = DATA / "whatsapp" / "meta-business-messaging-api_v23.0.yaml"

Answer = Callable[[httpx.Request], httpx.Response]


def outbound(**changes: Any) -> OutboundMessage:
    given: dict[str, Any] = {
        "message_id": "m1",
        "conversation_id": "c1",
        "recipient": Contact(Channel.WHATSAPP, "573005550142"),
        "text": "Su caso SA-2026-0000123-K está en camino.",
        "last_inbound_time": NOW - timedelta(hours=1),
        "send_time": NOW,
    }
    return OutboundMessage(**{**given, **changes})


async def public_resolver(host: str, port: int) -> list[str]:
    return ["93.184.216.34"]


def adapter(answer: Answer) -> WhatsAppAdapter:
    transport = httpx.MockTransport(answer)
    foreign = SafeHttp(transport=transport, resolver=public_resolver)
    return WhatsAppAdapter(GraphApi(httpx.AsyncClient(transport=transport), foreign))


async def test_text_inside_the_window_goes_as_text() -> None:
    seen: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(200, json={"messages": [{"id": "wamid.1"}]})

    result = await adapter(answer).send(outbound(idempotency_key="m1/0"), ACCOUNT)
    assert result.provider_message_id == "wamid.1"
    assert str(seen[0].url) == "http://graph.test/v23.0/100200300400500/messages"
    assert seen[0].headers["authorization"] == "Bearer tok-1"
    assert json.loads(seen[0].content) == {
        "messaging_product": "whatsapp",
        "recipient_type": "individual",
        "to": "573005550142",
        "biz_opaque_callback_data": "m1/0",
        "type": "text",
        "text": {"preview_url": False, "body": "Su caso SA-2026-0000123-K está en camino."},
    }


def test_answer_to_a_message_names_it() -> None:
    keys = ("wamid.X", "wamid.W")
    assert payload_of(outbound(reply_to_keys=keys))["context"] == {"message_id": "wamid.X"}
    assert "context" not in payload_of(outbound(reply_to_keys=keys, part=1))
    assert "context" not in payload_of(outbound(reply_to_keys=("<mail@id>",)))


def test_person_without_number_is_reached_by_user_id() -> None:
    payload = payload_of(outbound(recipient=Contact(Channel.WHATSAPP, "CO.1349120")))
    assert payload["recipient"] == "CO.1349120"
    assert "to" not in payload


@pytest.mark.parametrize(
    "last_inbound_time", [None, NOW - timedelta(hours=24), NOW - timedelta(days=9)]
)
def test_closed_window_takes_the_template(last_inbound_time: datetime | None) -> None:
    message = outbound(
        last_inbound_time=last_inbound_time,
        template_name="caso_resuelto",
        template_language="es_CO",
        template_values=("SA-2026-0000123-K", "línea uno\n\tlínea   dos", ""),
    )
    payload = payload_of(message)
    assert payload["type"] == "template"
    assert payload["template"] == {
        "name": "caso_resuelto",
        "language": {"policy": "deterministic", "code": "es_CO"},
        "components": [
            {
                "type": "body",
                "parameters": [
                    {"type": "text", "text": "SA-2026-0000123-K"},
                    {"type": "text", "text": "línea uno línea dos"},
                    {"type": "text", "text": "-"},
                ],
            }
        ],
    }


def test_window_is_open_until_the_last_second() -> None:
    message = outbound(last_inbound_time=NOW - timedelta(hours=24) + timedelta(seconds=1))
    assert payload_of(message)["type"] == "text"


def test_closed_window_without_template_is_an_error_with_its_name() -> None:
    with pytest.raises(RecipientOptedOut, match="WINDOW_CLOSED"):
        payload_of(outbound(last_inbound_time=None))


def test_no_number_and_no_text_are_errors() -> None:
    with pytest.raises(RecipientInvalid):
        payload_of(outbound(recipient=Contact(Channel.WHATSAPP, "lucia@vecinos.example")))
    with pytest.raises(ContentUnsupported):
        payload_of(outbound(text=" "))


def graph_error(status: int, code: int) -> httpx.Response:
    body = {"error": {"message": "(#1) +573005550142 …", "code": code, "fbtrace_id": "A"}}
    return httpx.Response(status, json=body)


@pytest.mark.parametrize(
    ("response", "error", "outcome_unknown"),
    [
        (graph_error(400, 131026), RecipientInvalid, False),
        (graph_error(400, 131047), RecipientOptedOut, False),
        (graph_error(400, 131056), Throttled, False),
        (graph_error(429, 130429), Throttled, False),
        (graph_error(429, 999), Throttled, False),
        (graph_error(400, 132000), ChannelConfigInvalid, False),
        (graph_error(401, 190), ChannelConfigInvalid, False),
        (graph_error(400, 999999), RejectedByProvider, False),
        (graph_error(500, 131000), RejectedRetryable, True),
        (graph_error(503, 0), RejectedRetryable, True),
        (httpx.Response(429, headers={"retry-after": "7"}), Throttled, False),
        (httpx.Response(408), RejectedRetryable, False),
        (httpx.Response(404, text="<html>"), RejectedByProvider, False),
        (httpx.Response(502, text="<html>"), RejectedRetryable, True),
        (httpx.Response(302), ResponseUnexpected, True),
        (httpx.Response(200, text="<html>"), ResponseUnparseable, True),
        (httpx.Response(200, json=[]), ResponseUnparseable, True),
        (httpx.Response(200, json={}), ResponseUnparseable, True),
        (httpx.Response(200, json={"messages": []}), ResponseUnparseable, True),
        (httpx.Response(200, json={"messages": [{"id": ""}]}), ResponseUnparseable, True),
        (httpx.Response(400, json={"error": {"code": "131026"}}), RejectedByProvider, False),
        (httpx.Response(400, json={"error": []}), RejectedByProvider, False),
    ],
    ids=range(22),
)
async def test_each_answer_has_its_error(
    response: httpx.Response, error: type[ChannelError], outcome_unknown: bool
) -> None:
    with pytest.raises(ChannelError) as caught:
        await adapter(lambda _: response).send(outbound(), ACCOUNT)
    assert type(caught.value) is error
    assert caught.value.outcome_unknown is outcome_unknown
    assert "573005550142" not in str(caught.value)
    if response.headers.get("retry-after"):
        assert caught.value.retry_after == 7


@pytest.mark.parametrize(
    ("failure", "outcome_unknown"),
    [
        (httpx.ConnectError("x"), False),
        (httpx.ConnectTimeout("x"), False),
        (httpx.ReadTimeout("x"), True),
        (httpx.RemoteProtocolError("x"), True),
        (httpx.ReadError("x"), True),
    ],
)
async def test_silence_is_a_failed_connection(failure: Exception, outcome_unknown: bool) -> None:
    def answer(_: httpx.Request) -> httpx.Response:
        raise failure

    with pytest.raises(ConnectionFailed) as caught:
        await adapter(answer).send(outbound(), ACCOUNT)
    assert caught.value.outcome_unknown is outcome_unknown


async def test_account_without_token_is_a_wrong_configuration() -> None:
    bare = Account("sanaurelio", Channel.WHATSAPP, "1")
    with pytest.raises(ChannelConfigInvalid):
        await adapter(lambda _: httpx.Response(200)).send(outbound(), bare)


MEDIA = RemoteMedia("70010", "foto.jpg", "image/jpeg")


async def fetched(place: str, file: httpx.Response) -> tuple[bytes, list[httpx.Request]]:
    seen: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        if request.url.path == "/v23.0/70010":
            return httpx.Response(200, json={"url": place, "id": "70010"})
        return file

    attachment = await adapter(answer).fetch(MEDIA, ACCOUNT)
    return attachment.data, seen


async def test_file_is_fetched_with_the_token_of_meta_only() -> None:
    data, seen = await fetched(
        "https://lookaside.fbsbx.com/whatsapp/?mid=70010",
        httpx.Response(200, stream=httpx.ByteStream(b"JPEG")),
    )
    assert data == b"JPEG"
    assert seen[0].url.params["phone_number_id"] == "100200300400500"
    assert seen[1].headers["authorization"] == "Bearer tok-1"
    assert seen[1].headers["host"] == "lookaside.fbsbx.com"
    assert seen[1].url.host == "93.184.216.34"
    _, seen = await fetched(
        "https://fbsbx.com.evil.example/x", httpx.Response(200, stream=httpx.ByteStream(b"J"))
    )
    assert "authorization" not in seen[1].headers


@pytest.mark.parametrize(
    ("place", "file", "error"),
    [
        ("http://127.0.0.1/x", httpx.Response(200), ContentUnsupported),
        ("https://lookaside.fbsbx.com/x", httpx.Response(404), ContentUnsupported),
        ("https://lookaside.fbsbx.com/x", httpx.Response(500), ConnectionFailed),
        ("file:///etc/passwd", httpx.Response(200), ContentUnsupported),
    ],
)
async def test_file_that_cannot_be_fetched_is_an_error_of_the_list(
    place: str, file: httpx.Response, error: type[ChannelError]
) -> None:
    if place.startswith("http://127"):

        async def loopback(host: str, port: int) -> list[str]:
            return [host]

        transport = httpx.MockTransport(lambda _: httpx.Response(200, json={"url": place}))
        graph = GraphApi(
            httpx.AsyncClient(transport=transport), SafeHttp(transport=transport, resolver=loopback)
        )
        with pytest.raises(error):
            await WhatsAppAdapter(graph).fetch(MEDIA, ACCOUNT)
        return
    with pytest.raises(error):
        await fetched(place, file)


async def test_media_id_cannot_leave_its_path() -> None:
    with pytest.raises(ContentUnsupported):
        await adapter(lambda _: httpx.Response(200)).fetch(RemoteMedia("../me", "x", "x"), ACCOUNT)


if OPENAPI.exists():

    def test_payloads_keep_to_the_schema_of_meta() -> None:
        document = yaml.load(OPENAPI.read_text(), yaml.CSafeLoader)
        text = payload_of(outbound(reply_to_keys=("wamid.X",)))
        template = payload_of(
            outbound(last_inbound_time=None, template_name="t", template_values=("a",))
        )
        # TextMessage itself forbids the very properties that its base demands, so its parts are used.
        for name, payload in (
            ("BaseMessageProperties", text),
            ("BaseMessageProperties", template),
            ("TemplateMessage", template),
        ):
            schema = {
                "$ref": f"#/components/schemas/{name}",
                "components": document["components"],
            }
            jsonschema.Draft202012Validator(schema).validate(payload)
        inner = document["components"]["schemas"]["TextMessage"]["allOf"][1]["properties"]["text"]
        jsonschema.validate(text["text"], inner)


def photo(kind: str, size: int) -> OutboundFile:
    return OutboundFile("u1", "poste.jpg", kind, size, b"bytes")


@pytest.mark.parametrize(
    ("kind", "size", "sent_as"),
    [
        ("image/jpeg", 5 * 2**20, "image"),
        ("image/jpeg", 5 * 2**20 + 1, "document"),
        ("image/webp", 10, "document"),
        ("audio/ogg", 10, "audio"),
        ("application/pdf", 10, "document"),
    ],
)
def test_file_goes_as_what_the_phone_can_show(kind: str, size: int, sent_as: str) -> None:
    payload = file_payload(outbound(files=(photo(kind, size),)), "m1")
    assert (payload["type"], payload[sent_as]["id"]) == (sent_as, "m1")
    assert ("filename" in payload[sent_as]) == (sent_as == "document")


def test_each_file_is_a_message_of_its_own_after_the_text() -> None:
    message = outbound(text="a" * 5000, files=(photo("image/png", 1), photo("audio/ogg", 1)))
    parts = adapter(lambda _: httpx.Response(500)).parts_of(message)
    assert [(bool(part.text), len(part.files), part.part) for part in parts] == [
        (True, 0, 0),
        (True, 0, 1),
        (False, 1, 2),
        (False, 1, 3),
    ]


def test_files_outside_the_window_are_refused_before_anything_is_sent() -> None:
    message = outbound(files=(photo("image/png", 1),), last_inbound_time=None, template_name="t")
    with pytest.raises(RecipientOptedOut, match="WINDOW_CLOSED"):
        adapter(lambda _: httpx.Response(500)).parts_of(message)


async def test_refused_upload_has_sent_nothing() -> None:
    transport = httpx.MockTransport(lambda _: httpx.Response(500, json={"error": {"code": 131000}}))
    graph = GraphApi(httpx.AsyncClient(transport=transport), SafeHttp(transport=transport))
    with pytest.raises(ChannelError) as refused:
        await graph.upload(ACCOUNT, photo("image/png", 1))
    assert (refused.value.retryable, refused.value.outcome_unknown) == (True, False)
