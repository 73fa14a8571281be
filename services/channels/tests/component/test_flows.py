"""Messages in and out of the whole service, over its real doors."""

from __future__ import annotations

import email
from typing import Any

import grpc
import pytest

from atiende.channels.v1 import channels_service_pb2 as rpc
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


def letter(n: int | str = 1, **changes: str) -> bytes:
    text = LETTER.format(n=n)
    for old, new in changes.items():
        text = text.replace(old, new)
    return text.encode()


async def test_letter_over_lmtp_becomes_message_received(channels: Any) -> None:
    replies = await channels.deliver(letter("a"))
    assert replies["atencion@sanaurelio.example"].startswith("250 2.0.0 Stored as ")
    event = await channels.until(
        pb.MessageReceived, lambda m: m.provider_message_id == "carta-a@example.org"
    )
    assert event.text == "El poste de la calle 12 no enciende."
    assert event.folded_text.endswith("Rosa Pérez")
    assert event.subject == "Poste dañado"
    assert event.sender.address == "rosa@example.org"
    assert event.sender.display_name == "Rosa Pérez"
    assert not event.sender.verified
    assert event.quality == pb.MESSAGE_QUALITY_READABLE
    assert event.account_id == "atencion@sanaurelio.example"


async def test_letter_delivered_twice_is_acknowledged_twice_and_told_once(channels: Any) -> None:
    first = await channels.deliver(letter("dup"))
    relayed = b"Received: from other.example\r\n" + letter("dup")
    second = await channels.deliver(relayed)
    assert first["atencion@sanaurelio.example"] == second["atencion@sanaurelio.example"]
    await channels.deliver(letter("after"))
    await channels.until(
        pb.MessageReceived, lambda m: m.provider_message_id == "carta-after@example.org"
    )
    told = [
        d.message.provider_message_id
        for d in channels.heard
        if isinstance(d.message, pb.MessageReceived)
    ]
    assert told.count("carta-dup@example.org") == 1


async def test_same_message_id_with_other_text_is_kept_aside_and_shown(channels: Any) -> None:
    await channels.deliver(letter("same"))
    replies = await channels.deliver(letter("same", enciende="sirve"))
    assert replies["atencion@sanaurelio.example"].startswith("250")
    answer = await channels.http.get(
        "/intake", params={"state": "conflict"}, headers=channels.staff()
    )
    [item] = answer.json()["items"]
    assert item["reason"] == "SAME_ID_OTHER_BODY"
    assert item["conflicts_with"] == item["id"].partition("~")[0]
    raw = await channels.http.get(f"/intake/{item['id']}/raw", headers=channels.staff())
    assert b"no sirve" in raw.content
    assert raw.headers["content-disposition"].startswith("attachment")
    assert raw.headers["x-content-type-options"] == "nosniff"


async def test_mail_for_unknown_recipient_is_refused_and_others_are_taken(channels: Any) -> None:
    replies = await channels.deliver(
        letter("mixed"), "nadie@sanaurelio.example", "atencion+barrio@sanaurelio.example"
    )
    assert replies["nadie@sanaurelio.example"].startswith("550 5.1.1")
    assert replies["atencion+barrio@sanaurelio.example"].startswith("250")


async def test_mail_that_is_too_big_is_refused_for_each_recipient(channels: Any) -> None:
    big = letter("big") + b"x" * 60 + b"\r\n" + (b"y" * 900 + b"\r\n") * 1200
    replies = await channels.deliver(
        big, "atencion@sanaurelio.example", "atencion+b@sanaurelio.example"
    )
    assert replies["atencion@sanaurelio.example"].startswith("552 5.3.4")
    assert replies["atencion+b@sanaurelio.example"].startswith("552 5.3.4")


async def test_too_many_recipients_are_put_off(channels: Any) -> None:
    addresses = [f"atencion+{n}@sanaurelio.example" for n in range(7)]
    replies = await channels.deliver(letter("many"), *addresses)
    assert [replies[a][:3] for a in addresses] == ["250"] * 5 + ["452"] * 2


async def test_unreadable_mail_is_published_as_unreadable_with_its_raw(channels: Any) -> None:
    bomb = (
        b"From: a@example.org\r\nMessage-ID: <bomba@example.org>\r\n"
        b'Content-Type: multipart/mixed; boundary="b"\r\n\r\n' + b"--b\r\n\r\n" * 5000
    )
    await channels.deliver(bomb, sender="a@example.org")
    event = await channels.until(
        pb.MessageReceived, lambda m: m.provider_message_id == "bomba@example.org"
    )
    assert event.quality == pb.MESSAGE_QUALITY_UNREADABLE
    assert event.sender.address == "a@example.org"
    part = await channels.stub.ReadAttachment(
        rpc.ReadAttachmentRequest(attachment_id=f"raw:{event.message_id}", limit_bytes=20),
        metadata=channels.service(),
        timeout=5,
    )
    assert part.data == bomb[:20]
    answer = await channels.http.get(
        "/intake", params={"state": "unreadable"}, headers=channels.staff("auditor")
    )
    assert [i["reason"] for i in answer.json()["items"]] == ["LIMIT_PARTS"]


async def test_automatic_mail_opens_nothing_and_is_listed_with_its_reason(channels: Any) -> None:
    await channels.deliver(letter("auto", **{"MIME-Version": "Auto-Submitted: auto-replied\nX"}))
    await channels.parts.processing.idle()
    answer = await channels.http.get(
        "/intake", params={"state": "refused", "channel": "email"}, headers=channels.staff("admin")
    )
    assert [i["reason"] for i in answer.json()["items"]] == ["AUTO_REPLY"]
    assert not channels.heard


async def test_mail_of_the_null_sender_opens_nothing(channels: Any) -> None:
    await channels.deliver(letter("null"), sender="")
    await channels.parts.processing.idle()
    answer = await channels.http.get(
        "/intake", params={"state": "refused", "channel": "email"}, headers=channels.staff("admin")
    )
    assert [i["detail"] for i in answer.json()["items"]] == ["Remitente de sobre vacío"]
    assert not channels.heard


async def test_mail_is_put_off_while_the_database_is_down(channels: Any, monkeypatch: Any) -> None:
    from atiende_kit.errors import Unavailable

    async def down(ops: Any) -> Any:
        raise Unavailable("STORE_DOWN", "…")

    with monkeypatch.context() as patch:
        patch.setattr(channels.parts.inbox.rows, "write", down)
        replies = await channels.deliver(letter("down"))
    assert replies["atencion@sanaurelio.example"].startswith("451 4.3.0")
    replies = await channels.deliver(letter("down"))
    assert replies["atencion@sanaurelio.example"].startswith("250")


async def test_attachment_of_a_letter_can_be_read_by_cases(channels: Any) -> None:
    mail = email.message.EmailMessage()
    mail["From"], mail["To"] = "rosa@example.org", "atencion@sanaurelio.example"
    mail["Message-ID"] = "<foto@example.org>"
    mail.set_content("Va la foto.")
    photo = b"\xff\xd8\xff\xe0" + bytes(range(256)) * 2200
    mail.add_attachment(photo, maintype="text", subtype="plain", filename="../foto.jpg")
    await channels.deliver(mail.as_bytes())
    event = await channels.until(
        pb.MessageReceived, lambda m: m.provider_message_id == "foto@example.org"
    )
    [file] = event.attachments
    assert (file.filename, file.content_type, file.size_bytes) == (
        "foto.jpg",
        "image/jpeg",
        len(photo),
    )
    data = b""
    while True:
        part = await channels.stub.ReadAttachment(
            rpc.ReadAttachmentRequest(
                attachment_id=file.attachment_id, offset_bytes=len(data), limit_bytes=10**9
            ),
            metadata=channels.service(),
            timeout=5,
        )
        data += part.data
        if part.is_last:
            break
    assert data == photo
    with pytest.raises(grpc.aio.AioRpcError) as refused:
        await channels.stub.ReadAttachment(
            rpc.ReadAttachmentRequest(attachment_id=file.attachment_id, limit_bytes=10),
            metadata=channels.service(tenant="otraciudad"),
            timeout=5,
        )
    assert refused.value.code() == grpc.StatusCode.NOT_FOUND


async def test_reply_goes_out_by_mail_in_its_thread_and_a_bounce_fails_it(channels: Any) -> None:
    message_id = await channels.command(
        reply_to_keys=["carta-1@example.org"], thread_key="raiz@example.org"
    )
    sent = await channels.until(pb.DeliveryUpdated, lambda m: m.message_id == message_id)
    assert sent.state == pb.DELIVERY_STATE_SENT
    assert sent.purpose == "reply"
    [(sender, recipients, body)] = channels.host.mails
    assert (sender, recipients) == ("atencion@sanaurelio.example", ["vecina@example.org"])
    mail = email.message_from_bytes(body)
    assert mail["In-Reply-To"] == "<carta-1@example.org>"
    assert mail["References"] == "<raiz@example.org> <carta-1@example.org>"
    assert mail["Message-ID"] == f"<{message_id}.0@mail.sanaurelio.example>"
    bounce = (
        "From: MAILER-DAEMON@mta.example\nSubject: Undelivered Mail\n"
        "Content-Type: multipart/report; report-type=delivery-status; boundary=b\n\n"
        "--b\nContent-Type: text/plain\n\nno\n"
        "--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mta\n\n"
        "Final-Recipient: rfc822; vecina@example.org\nAction: failed\nStatus: 5.1.1\n\n"
        f"--b\nContent-Type: message/rfc822\n\nMessage-ID: {mail['Message-ID']}\n\nhola\n--b--\n"
    )
    await channels.deliver(bounce.encode(), sender="")
    failed = await channels.until(
        pb.DeliveryUpdated, lambda m: m.state == pb.DELIVERY_STATE_PERMANENT_FAILURE
    )
    assert (failed.message_id, failed.error_code) == (message_id, "RECIPIENT_INVALID")


async def test_refused_recipient_is_a_permanent_failure(channels: Any) -> None:
    nobody = common_pb2.ContactPoint(
        channel=common_pb2.CHANNEL_KIND_EMAIL, address="nadie@example.org"
    )
    message_id = await channels.command(recipient=nobody)
    failed = await channels.until(pb.DeliveryUpdated, lambda m: m.message_id == message_id)
    assert failed.state == pb.DELIVERY_STATE_PERMANENT_FAILURE
    assert failed.error_code == "RECIPIENT_INVALID"


async def test_temporary_refusal_is_tried_again_until_it_is_taken(channels: Any) -> None:
    channels.host.verdicts = ["451 4.2.0 busy"]
    message_id = await channels.command()
    first, second = await channels.until(
        pb.DeliveryUpdated, lambda m: m.message_id == message_id, count=2
    )
    assert first.state == pb.DELIVERY_STATE_TEMPORARY_FAILURE
    assert second.state == pb.DELIVERY_STATE_SENT
    assert len(channels.host.mails) == 1


async def test_tries_end_in_a_technical_failure(channels: Any) -> None:
    channels.host.verdicts = ["451 4.2.0 busy"] * 10
    message_id = await channels.command()
    failed = await channels.until(
        pb.DeliveryUpdated,
        lambda m: m.message_id == message_id and m.state == pb.DELIVERY_STATE_TECHNICAL_FAILURE,
    )
    assert failed.error_code == "REJECTED_RETRYABLE"
    assert len(channels.host.verdicts) == 7


async def test_staff_routes_refuse_the_anonymous_and_other_roles(channels: Any) -> None:
    for path in ("/intake", "/figures", "/deliveries", f"/intake/{'a' * 40}/raw"):
        assert (await channels.http.get(path)).status_code == 401
        assert (await channels.http.get(path, headers=channels.staff("agent"))).status_code == 403


async def test_other_city_sees_nothing(channels: Any) -> None:
    await channels.deliver(letter("mine"))
    await channels.until(pb.MessageReceived, lambda _: True)
    answer = await channels.http.get("/intake", headers=channels.staff(tenant="otraciudad"))
    assert answer.json()["items"] == []
    own = (await channels.http.get("/intake", headers=channels.staff())).json()["items"]
    raw = await channels.http.get(
        f"/intake/{own[0]['id']}/raw", headers=channels.staff(tenant="otraciudad")
    )
    assert raw.status_code == 404


async def test_figures_count_by_channel_and_state(channels: Any) -> None:
    await channels.deliver(letter("f1"))
    await channels.deliver(letter("f2"))
    await channels.until(pb.MessageReceived, lambda _: True, count=2)
    figures = (await channels.http.get("/figures", headers=channels.staff())).json()
    assert figures["intake"] == [{"channel": "email", "state": "published", "count": 2}]
    assert figures["pending"] == 0


async def test_accounts_are_listed_without_secrets(channels: Any) -> None:
    answer = await channels.stub.ListAccounts(
        rpc.ListAccountsRequest(), metadata=channels.service("notifications"), timeout=5
    )
    found = {account.account_id: account for account in answer.accounts}
    assert found["atencion@sanaurelio.example"].can_send
    assert "portal" in found
    with pytest.raises(grpc.aio.AioRpcError) as refused:
        await channels.stub.ListAccounts(
            rpc.ListAccountsRequest(), metadata=channels.service("surveys"), timeout=5
        )
    assert refused.value.code() == grpc.StatusCode.PERMISSION_DENIED


async def test_row_left_by_a_crash_is_published_by_the_sweeper(channels: Any) -> None:
    from datetime import timedelta

    from atiende_channels.application.inbox import real_now
    from atiende_channels.domain.model import Channel, RawIntake

    raw = RawIntake(
        tenant="sanaurelio",
        channel=Channel.EMAIL,
        account_id="atencion@sanaurelio.example",
        provider_id="carta-crash@example.org",
        body=letter("crash"),
        receive_time=channels.clock.now(),
    )
    row = await channels.parts.inbox.new_row(raw, "f")
    row["due_at"] = real_now() - timedelta(seconds=1)
    await channels.parts.inbox.rows.insert("sanaurelio", row)
    await channels.until(
        pb.MessageReceived, lambda m: m.provider_message_id == "carta-crash@example.org"
    )
