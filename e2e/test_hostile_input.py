"""Mail that no person wrote opens nothing; what cannot be read is seen by a person."""

from __future__ import annotations

from typing import Any

import pytest

from dev.demo.world import EMAIL_ACCOUNT
from e2e.city import City

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(180, func_only=True)]
BOUNCE = (
    "MIME-Version: 1.0\r\nContent-Type: multipart/report; report-type=delivery-status; boundary=x"
)
BOUNCE_BODY = (
    "--x\r\nContent-Type: text/plain\r\n\r\nUndelivered.\r\n--x\r\n"
    "Content-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example\r\n\r\n"
    "Final-Recipient: rfc822; nadie@correo.example\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n"
    "--x--\r\n"
)
AUTOMATIC = {
    "auto-reply": ("vacaciones@correo.example", "Auto-Submitted: auto-replied", "No estoy.\r\n"),
    "list": ("boletin@correo.example", "List-Id: <ofertas.correo.example>", "Ofertas.\r\n"),
    "loop": (EMAIL_ACCOUNT, "Auto-Submitted: auto-generated", "Su caso fue recibido.\r\n"),
    "bounce": ("", BOUNCE, BOUNCE_BODY),
}


@pytest.mark.parametrize("kind", AUTOMATIC)
async def test_mail_that_no_person_wrote_opens_no_case(city: City, kind: str) -> None:
    await city.open_hours()
    sender, headers, body = AUTOMATIC[kind]
    message_id = f"{city.run}.{kind}.{city.person().number}@correo.example"
    visible = sender or "MAILER-DAEMON@correo.example"
    raw = _mail(visible, message_id, headers, body)
    code, said = await city.hand_over(raw, sender, EMAIL_ACCOUNT)
    assert code == 250, said
    item = await _intake(city, message_id, "refused")
    assert item["reason"]
    rows = [row["provider_message_id"] for row in await city.rows()]
    assert message_id not in rows


async def test_hostile_mime_is_shown_as_unreadable_with_its_bytes(city: City) -> None:
    await city.open_hours()
    sender = city.person().email
    message_id = f"{city.run}.bomb.{sender}"
    parts = "--b\r\nContent-Type: text/plain\r\n\r\nx\r\n" * 5000
    raw = _mail(sender, message_id, "Content-Type: multipart/mixed; boundary=b", parts)
    code, said = await city.hand_over(raw, sender, EMAIL_ACCOUNT)
    assert code == 250, said
    item = await _intake(city, message_id, "unreadable")
    assert item["quality"] == "unreadable"

    async def shown() -> dict[str, Any] | None:
        found = [r for r in await city.rows() if r["message_id"] == item["message_id"]]
        return found[0] if found else None

    row = await city.eventually("the unreadable message is a case", shown)
    case = await city.case(row["case_id"])
    assert case["unreadable"] is True
    kept = await city.admin.call("GET", f"/api/channels/v1/intake/{item['id']}/raw")
    assert kept.status_code == 200
    assert kept.headers["content-type"] == "application/octet-stream"
    assert "attachment" in kept.headers["content-disposition"]
    assert kept.content.endswith(raw)


async def test_what_cannot_be_taken_is_refused_in_the_terms_of_the_channel(city: City) -> None:
    sender = city.person().email
    small = _mail(sender, f"{city.run}.small@correo.example", "", "Hola\r\n")
    unknown = await city.hand_over(small, sender, "nadie@sanaurelio.example")
    assert unknown[0] == 550
    big = _mail(sender, f"{city.run}.big@correo.example", "", "x" * 70 + "\r\n") + (
        b"y" * 76 + b"\r\n"
    ) * (26 * 1024 * 1024 // 78)
    refused = await city.hand_over(big, sender, EMAIL_ACCOUNT)
    assert refused[0] == 552
    hook = f"{city.url}/webhooks/whatsapp/000000"
    assert (await city.http.post(hook, content=b"{}")).status_code in {400, 401, 403, 404}
    chat = f"{city.url}/api/channels/v1/webchat/messages"
    assert (await city.http.post(chat, content=b'{"text": "\xff')).status_code in {400, 401, 422}
    assert (await city.http.post(chat, content=b"x" * 5_000_000)).status_code in {401, 413}


def _mail(sender: str, message_id: str, headers: str, body: str) -> bytes:
    lines = [
        f"From: {sender}",
        f"To: {EMAIL_ACCOUNT}",
        "Subject: prueba",
        f"Message-ID: <{message_id}>",
        *([headers] if headers else []),
    ]
    return ("\r\n".join(lines) + "\r\n\r\n" + body).encode()


async def _intake(city: City, message_id: str, state: str) -> dict[str, Any]:
    """The raw item of a mail, once it is in a state."""

    async def look() -> dict[str, Any] | None:
        told = await city.admin.get("/api/channels/v1/intake", state=state, channel="email")
        found = [one for one in told["items"] if message_id in one["provider_id"]]
        return found[0] if found else None

    return await city.eventually(f"{message_id} is {state}", look)
