"""The chat over HTTP and WebSocket, through the whole service."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
import websockets

from atiende.channels.v1 import events_pb2 as pb
from atiende.common.v1 import common_pb2

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
