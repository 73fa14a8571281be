"""What goes wrong in a day: forged, malformed, oversized and hostile input on every channel."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from dev.demo.lines.email import EmailLine
from dev.demo.lines.whatsapp import WhatsappLine
from dev.demo.script import Citizen
from dev.demo.world import EMAIL_ACCOUNT, JURISDICTION, World

MALLORY = Citizen(number=999_999, name="Nadie", email="nadie@correo.example", phone="573009999999")


@dataclass(frozen=True)
class Tried:
    """One attempt and what the city answered."""

    channel: str
    what: str
    answer: str
    expected: bool


async def try_all(world: World, whatsapp: WhatsappLine, email: EmailLine) -> list[Tried]:
    """Tries everything once."""
    return [
        *await _whatsapp(world, whatsapp),
        *await _email(world, email),
        *await _open311(world),
        *await _webchat(world),
    ]


async def _whatsapp(world: World, line: WhatsappLine) -> list[Tried]:
    good = line.webhook(MALLORY, "firma falsa", f"wamid.{world.run}forged")
    forged = await line.deliver(good, secret="no-es-el-secreto")  # noqa: S106 - wrong on purpose
    world.ledger.note(
        "whatsapp", f"wamid.{world.run}forged", acknowledged=False, refusal=f"HTTP {forged}"
    )
    broken = await line.deliver(b'{"object": "whatsapp_business_account", "entry": [')
    odd = await line.deliver(json.dumps({"object": "otra_cosa", "entry": 7}).encode())
    return [
        _status("whatsapp", "firma falsa", forged, {401, 403}),
        _status("whatsapp", "JSON cortado, bien firmado", broken, {200, 400, 422}),
        _status("whatsapp", "forma desconocida, bien firmada", odd, {200, 400, 422}),
    ]


async def _email(world: World, line: EmailLine) -> list[Tried]:
    tried = []
    for name, raw in _hostile_mails(world.run):
        key = f"{world.run}.{name}@correo.example"
        automatic = name == "auto"
        await line.deliver(raw, key, MALLORY.email, broken=not automatic, automatic=automatic)
        entry = world.ledger.note("email", key, acknowledged=False)
        entry.times -= 1
        answer = "; ".join(entry.refusals) or "250, guardado y visible"
        tried.append(Tried("email", name, answer, expected=True))
    return tried


def _hostile_mails(run: str) -> list[tuple[str, bytes]]:
    def head(name: str, extra: str = "") -> bytes:
        return (
            f"From: {MALLORY.email}\r\nTo: {EMAIL_ACCOUNT}\r\nSubject: prueba {name}\r\n"
            f"Message-ID: <{run}.{name}@correo.example>\r\n{extra}"
        ).encode()

    parts = b"--b\r\nContent-Type: text/plain\r\n\r\nx\r\n" * 5000
    auto = head("auto", "Auto-Submitted: auto-replied\r\n") + b"\r\nEstoy de vacaciones.\r\n"
    return [
        ("bomb", head("bomb", "Content-Type: multipart/mixed; boundary=b\r\n") + b"\r\n" + parts),
        ("header", head("header", "To: " + "(" * 3000 + "\r\n") + b"\r\nhola\r\n"),
        ("auto", auto),
    ]


async def _open311(world: World) -> list[Tried]:
    url = f"{world.addresses.public_url}/open311/v2/requests.json"
    base = {"jurisdiction_id": JURISDICTION, "description": "x", "address_string": "y"}
    key = {"api_key": world.addresses.open311_key}
    forms: Sequence[tuple[str, dict[str, str], set[int]]] = [
        ("servicio desconocido", {**base, **key, "service_code": "no-existe"}, {400, 404}),
        ("sin clave", {**base, "service_code": "huecos-vias"}, {400, 401, 403}),
        ("otra ciudad", {**base, **key, "jurisdiction_id": "otra.example"}, {400, 404}),
        (
            "coordenadas absurdas",
            {**base, **key, "service_code": "huecos-vias", "lat": "999"},
            {400},
        ),
    ]
    tried = []
    for what, form, expected in forms:
        answer = await world.insist("POST", url, data=form)
        tried.append(_status("open311", what, answer.status_code, expected))
    return tried


async def _webchat(world: World) -> list[Tried]:
    url = f"{world.addresses.public_url}/api/channels/v1/webchat/messages"
    no_session = await world.insist("POST", url, json={"text": "hola"})
    bad_bytes = await world.insist(
        "POST",
        url,
        content=b'{"text": "\xff\xfe"}',
        headers={"X-Chat-Token": "falso", "Content-Type": "application/json"},
    )
    return [
        _status("webchat", "sin sesión", no_session.status_code, {400, 401, 422}),
        _status("webchat", "UTF-8 inválido", bad_bytes.status_code, {400, 401, 422}),
    ]


def _status(channel: str, what: str, status: int, expected: set[int]) -> Tried:
    return Tried(channel, what, f"HTTP {status}", status in expected)
