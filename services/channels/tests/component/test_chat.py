"""The chat over HTTP and WebSocket, through the whole service."""

from __future__ import annotations

import asyncio
import email
import json
from email.policy import default
from typing import Any

import pytest
import websockets

from atiende.cases.v1 import cases_service_pb2
from atiende.cases.v1 import events_pb2 as cases_events
from atiende.channels.v1 import channels_service_pb2 as rpc
from atiende.channels.v1 import events_pb2 as pb
from atiende.common.v1 import common_pb2
from atiende_kit.errors import Unavailable

pytestmark = pytest.mark.component

LETTER = """From: Rosa Pérez <rosa@example.org>
To: atencion@sanaurelio.example
Subject: =?utf-8?q?Poste_da=C3=B1ado?=
Message-ID: <carta-{n}@example.org>
Date: Mon, 2 Mar 2026 09:00:00 -0500
MIME-Version: 1.0
Content-Type: text/plain; charset=utf-8

El poste de la calle 12 no enciende.

--\x20
Rosa Pérez
"""


async def chat(channels: Any) -> tuple[str, dict[str, str]]:
    answer = await channels.http.post("/webchat/sessions", json={})
    assert answer.status_code == 201
    body = answer.json()
    return body["session_id"], {"X-Chat-Token": body["token"]}


async def test_chat_goes_both_ways_and_survives_a_reload(channels: Any) -> None:
    session_id, token = await chat(channels)
    said = {"client_message_id": "c-0000001", "text": "Hay un hueco en la vía."}
    first = await channels.http.post("/webchat/messages", json=said, headers=token)
    again = await channels.http.post("/webchat/messages", json=said, headers=token)
    assert (first.status_code, again.status_code) == (202, 202)
    assert first.json()["message_id"] == again.json()["message_id"]
    assert again.json()["duplicate"] is True
    event = await channels.until(pb.MessageReceived, lambda m: m.thread_key == session_id)
    assert event.text == said["text"]
    assert event.message_id == first.json()["message_id"]
    reply = await channels.command(
        recipient=common_pb2.ContactPoint(
            channel=common_pb2.CHANNEL_KIND_WEBCHAT, address=session_id
        ),
        text="Gracias, ya lo registramos.",
    )
    await channels.until(pb.DeliveryUpdated, lambda m: m.message_id == reply)
    page = (await channels.http.get("/webchat/messages", headers=token)).json()
    assert [(e["direction"], e["text"]) for e in page["entries"]] == [
        ("in", said["text"]),
        ("out", "Gracias, ya lo registramos."),
    ]
    assert page["cursor"] == 2
    empty = await channels.http.get(
        "/webchat/messages", params={"cursor": page["cursor"]}, headers=token
    )
    assert empty.json() == {"entries": [], "cursor": 2}
    delivered = await channels.until(
        pb.DeliveryUpdated,
        lambda m: m.message_id == reply and m.state == pb.DELIVERY_STATE_DELIVERED,
    )
    assert delivered.channel == common_pb2.CHANNEL_KIND_WEBCHAT


async def test_chat_refuses_reused_id_other_text_and_foreign_tokens(channels: Any) -> None:
    _, token = await chat(channels)
    said = {"client_message_id": "c-0000001", "text": "uno"}
    await channels.http.post("/webchat/messages", json=said, headers=token)
    other = await channels.http.post(
        "/webchat/messages", json=said | {"text": "dos"}, headers=token
    )
    assert other.status_code == 409
    forged = {"X-Chat-Token": token["X-Chat-Token"][:-2] + "xx"}
    assert (await channels.http.get("/webchat/messages", headers=forged)).status_code == 401
    assert (await channels.http.get("/webchat/messages")).status_code == 401


def socket_url(channels: Any) -> str:
    return channels.url.replace("http://", "ws://") + "/api/channels/v1/webchat/ws"


async def test_socket_pushes_replies_and_resumes_by_cursor(channels: Any) -> None:
    session_id, token = await chat(channels)
    hello = {"type": "hello", "token": token["X-Chat-Token"], "cursor": 0}
    async with websockets.connect(socket_url(channels), origin="https://portal.example") as socket:
        await socket.send(json.dumps(hello))
        message = {"type": "message", "client_message_id": "c-0000001", "text": "Hola"}
        await socket.send(json.dumps(message))
        frames = [json.loads(await asyncio.wait_for(socket.recv(), 5)) for _ in range(2)]
        assert {frame["type"] for frame in frames} == {"accepted", "entries"}
        await channels.command(
            recipient=common_pb2.ContactPoint(
                channel=common_pb2.CHANNEL_KIND_WEBCHAT, address=session_id
            ),
            text="¿En qué dirección?",
        )
        pushed = json.loads(await asyncio.wait_for(socket.recv(), 5))
        assert [e["text"] for e in pushed["entries"]] == ["¿En qué dirección?"]
        await socket.send(json.dumps({"type": "ack", "cursor": pushed["cursor"]}))
        await channels.until(pb.DeliveryUpdated, lambda m: m.state == pb.DELIVERY_STATE_DELIVERED)
    async with websockets.connect(socket_url(channels), origin="https://portal.example") as socket:
        await socket.send(json.dumps(hello | {"cursor": 1}))
        resumed = json.loads(await asyncio.wait_for(socket.recv(), 5))
        assert [e["sequence"] for e in resumed["entries"]] == [2]


@pytest.mark.parametrize("origin", [None, "https://malo.example"])
async def test_socket_refuses_foreign_origins(channels: Any, origin: str | None) -> None:
    with pytest.raises(websockets.exceptions.InvalidStatus):
        await websockets.connect(socket_url(channels), origin=origin)


@pytest.mark.parametrize(
    ("frame", "code"),
    [
        (json.dumps({"type": "hello", "token": "x.y"}), 1008),
        ("no json", 1008),
        (json.dumps({"type": "hello", "token": "x" * 40_000}), 1009),
        (b"binary", 1003),
    ],
)
async def test_socket_closes_on_bad_first_frames(
    channels: Any, frame: str | bytes, code: int
) -> None:
    async with websockets.connect(socket_url(channels), origin="https://portal.example") as socket:
        await socket.send(frame)
        async with asyncio.timeout(10):
            await socket.wait_closed()
        assert socket.close_code == code


PDF = b"%PDF-1.7\n" + b"x" * 300_000


async def say(channels: Any, token: dict[str, str], key: str = "c-0000001", **more: Any) -> Any:
    body = {"client_message_id": key, "text": "Hay un hueco en la vía."} | more
    return await channels.http.post("/webchat/messages", json=body, headers=token)


async def put_up(channels: Any, token: dict[str, str], data: bytes = PDF) -> Any:
    headers = {**token, "X-Filename": "recibo.pdf"}
    return await channels.http.post("/webchat/attachments", content=data, headers=headers)


async def lines(channels: Any, token: dict[str, str]) -> list[dict[str, Any]]:
    page = await channels.http.get("/webchat/messages", headers=token)
    found: list[dict[str, Any]] = page.json()["entries"]
    return found


async def test_file_of_a_chat_is_told_and_can_be_read_by_its_visitor_only(channels: Any) -> None:
    session_id, token = await chat(channels)
    uploaded = (await put_up(channels, token)).json()
    assert (uploaded["filename"], uploaded["content_type"]) == ("recibo.pdf", "application/pdf")
    sent = await say(channels, token, text="", attachment_ids=[uploaded["attachment_id"]])
    assert sent.status_code == 202
    event = await channels.until(pb.MessageReceived, lambda m: m.thread_key == session_id)
    [ref] = event.attachments
    [line] = await lines(channels, token)
    assert line["files"] == [
        {
            "attachment_id": ref.attachment_id,
            "filename": "recibo.pdf",
            "content_type": "application/pdf",
        }
    ]
    url = f"/webchat/attachments/{ref.attachment_id}"
    read = await channels.http.get(url, headers=token)
    assert (read.status_code, read.content) == (200, PDF)
    assert read.headers["content-disposition"].startswith("attachment")
    assert read.headers["x-content-type-options"] == "nosniff"
    _, other = await chat(channels)
    assert (await channels.http.get(url, headers=other)).status_code == 404
    assert (await channels.http.get(url)).status_code == 401


async def test_file_that_is_not_there_and_a_message_without_anything_are_refused(
    channels: Any,
) -> None:
    _, token = await chat(channels)
    gone = await say(channels, token, attachment_ids=["u" + "0" * 36])
    assert (gone.status_code, gone.json()["reason"]) == (422, "ATTACHMENT_UNKNOWN")
    assert (await say(channels, token, text=" \n ")).status_code == 422
    assert (await put_up(channels, {})).status_code == 401
    assert (await put_up(channels, token, b"MZ" + b"\0" * 80)).status_code == 422


async def leave(channels: Any, token: dict[str, str], **body: str) -> Any:
    return await channels.http.post("/webchat/contact", json=body, headers=token)


async def test_contact_left_in_a_chat_is_told_with_its_session(channels: Any) -> None:
    session_id, token = await chat(channels)
    await say(channels, token)
    await channels.until(pb.MessageReceived, lambda m: m.thread_key == session_id)
    answer = await leave(channels, token, channel="whatsapp", address="300 555 0142")
    assert (answer.status_code, answer.json()["address"]) == (202, "573005550142")
    event = await channels.until(
        pb.MessageReceived, lambda m: m.message_id == answer.json()["message_id"]
    )
    assert (event.contact_only, event.thread_key) == (True, session_id)
    assert [(p.channel, p.address, p.verified) for p in event.given_contact_points] == [
        (common_pb2.CHANNEL_KIND_WHATSAPP, "573005550142", False)
    ]
    assert [(line["kind"], line["direction"]) for line in await lines(channels, token)] == [
        ("message", "in"),
        ("contact", "in"),
    ]


async def test_contact_that_is_none_or_comes_before_any_word_is_refused(channels: Any) -> None:
    _, token = await chat(channels)
    early = await leave(channels, token, channel="email", address="rosa@example.org")
    assert (early.status_code, early.json()["reason"]) == (409, "CHAT_WITHOUT_CASE")
    for channel, address in (("email", "rosa"), ("whatsapp", "12"), ("open311", "x")):
        answer = await leave(channels, token, channel=channel, address=address)
        assert answer.status_code == 422
    foreign = {"X-Chat-Token": "x.y"}
    answer = await leave(channels, foreign, channel="email", address="rosa@example.org")
    assert answer.status_code == 401


class Cases:
    """A cases service that knows the case of one chat, or does not answer."""

    def __init__(self, session_id: str) -> None:
        self.session_id = session_id
        self.answer = cases_service_pb2.ListConversationMessagesResponse()
        self.is_down = False

    async def unary(self, stub: Any, method: str, request: Any, *, tenant: str, **_: Any) -> Any:
        if self.is_down:
            raise Unavailable("CASES_DOWN", "…")
        assert (method, tenant) == ("ListConversationMessages", "sanaurelio")
        assert (request.account_id, request.thread_key) == ("portal", self.session_id)
        return self.answer


async def test_chat_says_its_case_and_the_secret_that_opens_it(
    channels: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    session_id, token = await chat(channels)
    cases = Cases(session_id)
    known = channels.parts.context.extra["chat_cases"]
    monkeypatch.setattr(type(known), "cases", cases)

    async def case() -> Any:
        return await channels.http.get("/webchat/case", headers=token)

    assert (await case()).status_code == 404
    await say(channels, token)
    event = await channels.until(pb.MessageReceived, lambda m: m.thread_key == session_id)
    secret = channels.parts.citizen_access.tracking_secret("sanaurelio", event.case_id_if_new)
    receiving = (await case()).json()
    assert (receiving["state"], receiving["folio"]) == ("receiving", None)
    assert (receiving["case_id"], receiving["secret"]) == (event.case_id_if_new, secret)
    cases.is_down = True
    assert (await case()).json() == receiving
    cases.is_down = False
    cases.answer.folio, cases.answer.status_text = "SA-2026-0000001-K", "Lo vamos a revisar."
    cases.answer.case.case_id = event.case_id_if_new
    cases.answer.case.state_kind = cases_events.STATE_KIND_OPEN
    cases.answer.case.open_time.FromJsonString("2026-03-03T04:00:00Z")
    cases.answer.legal_time.FromJsonString("2026-03-03T13:00:00Z")
    cases.answer.out_of_hours = True
    assert (await case()).json() == {
        "case_id": event.case_id_if_new,
        "secret": secret,
        "state": "open",
        "folio": "SA-2026-0000001-K",
        "status_text": "Lo vamos a revisar.",
        "out_of_hours": True,
        "receive_time": "2026-03-03T04:00:00Z",
        "legal_time": "2026-03-03T13:00:00Z",
        "next_opening": "2026-03-03T13:00:00Z",
    }
    assert (await channels.http.get("/webchat/case")).status_code == 401


async def test_answer_with_a_file_shows_it_in_the_chat_and_only_there(channels: Any) -> None:
    session_id, token = await chat(channels)
    staff = channels.staff("agent")
    headers = {**staff, "X-Filename": "plano.pdf"}
    assert (await channels.http.post("/attachments", content=PDF)).status_code == 401
    refused = await channels.http.post("/attachments", content=PDF, headers=channels.staff("admin"))
    assert refused.status_code == 403
    uploaded = (await channels.http.post("/attachments", content=PDF, headers=headers)).json()
    kept = await channels.stub.KeepAttachments(
        rpc.KeepAttachmentsRequest(attachment_ids=[uploaded["attachment_id"]]),
        metadata=channels.service(),
        timeout=5,
    )
    await channels.command(
        recipient=common_pb2.ContactPoint(
            channel=common_pb2.CHANNEL_KIND_WEBCHAT, address=session_id
        ),
        text="Va el plano.",
        attachments=kept.attachments,
    )
    await channels.until(pb.DeliveryUpdated, lambda m: m.state == pb.DELIVERY_STATE_SENT)
    [line] = await lines(channels, token)
    assert line["files"] == [
        {
            "attachment_id": uploaded["attachment_id"],
            "filename": "plano.pdf",
            "content_type": "application/pdf",
        }
    ]
    url = f"/webchat/attachments/{uploaded['attachment_id']}"
    assert (await channels.http.get(url, headers=token)).content == PDF
    _, other = await chat(channels)
    assert (await channels.http.get(url, headers=other)).status_code == 404


async def test_file_of_an_answer_goes_by_mail_with_its_bytes(channels: Any) -> None:
    headers = {**channels.staff("agent"), "X-Filename": "recibo.pdf"}
    uploaded = (await channels.http.post("/attachments", content=PDF, headers=headers)).json()
    ref = common_pb2.AttachmentRef(
        attachment_id=uploaded["attachment_id"],
        filename="recibo.pdf",
        content_type="application/pdf",
        size_bytes=len(PDF),
    )
    sent = await channels.command(attachments=[ref])
    await channels.until(pb.DeliveryUpdated, lambda m: m.message_id == sent)
    [(_, _, body)] = channels.host.mails
    [part] = email.message_from_bytes(body, policy=default).iter_attachments()
    assert (part.get_filename(), part.get_content()) == ("recibo.pdf", PDF)
