"""What people and programs confide, looked for where it must not be: logs, metrics, subjects (S20).

Our own processes run as on a development machine here, where fields named `pii_*` stay; production
drops them (`libs/kit/tests/unit/test_telemetry.py`), so they are left out of the search.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest
from nats.js.errors import NotFoundError
from pymongo import MongoClient

from atiende_kit.telemetry import drop_pii
from dev.demo.script import Citizen
from dev.demo.world import EMAIL_ACCOUNT, JURISDICTION
from dev.stack.servers import mongo, nats
from dev.stack.services import http_port
from dev.stack.stack import Stack
from e2e.chat import Page
from e2e.city import City
from e2e.security.actors import Actor, actors
from e2e.security.doors import ENDLESS, Door, doors

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(300, func_only=True)]
AT_ONCE = 8
STAND_INS = "fake-"
"""Log files of what only plays a provider."""
FIELDS = (
    *(
        "name",
        "text",
        "email",
        "phone",
        "q",
        "query",
        "folio",
        "secret",
        "code",
        "token",
        "password",
    ),
    *("contact", "address", "document_number", "card", "reason", "note", "comment", "description"),
)


class Canaries:
    """Values that occur nowhere else."""

    def __init__(self, run: str) -> None:
        self._run = run
        self.all: dict[str, str] = {}

    def word(self, kind: str) -> str:
        """Letters and digits; the same for the same kind."""
        value = "cnr" + hashlib.sha256(f"{self._run} {kind}".encode()).hexdigest()[:16]
        return self.all.setdefault(kind, value)

    def digits(self, kind: str, length: int) -> str:
        """Like a number of a telephone, an identity card, a payment card."""
        number = int(hashlib.sha256(f"{self._run} {kind}".encode()).hexdigest(), 16)
        return self.all.setdefault(kind, "9" + str(number)[: length - 1])

    def told_by(self, text: str) -> list[str]:
        """The kinds of those that a text holds."""
        return [kind for kind, value in self.all.items() if value in text]


async def test_nothing_confided_stands_in_logs_metrics_or_subjects(
    city: City, stack: Stack
) -> None:
    canaries = Canaries(city.run)
    await city.open_hours()
    sizes = {path: path.stat().st_size for path in stack.layout.logs.glob("*.log*")}
    await _by_every_channel(city, canaries)
    people = actors(stack)
    await _by_every_door(city, canaries, (people["supervisor"], people["administrator"]))
    assert len(canaries.all) >= 40, len(canaries.all)
    found = [
        *_in_logs(stack, sizes, canaries),
        *await _in_metrics(city, stack, canaries),
        *await _in_subjects(stack, canaries),
        *_in_audit(stack, canaries),
    ]
    assert found == []


async def _by_every_channel(city: City, canaries: Canaries) -> None:
    """Messages that are taken, some that are refused, and one that nobody can read."""
    word, digits = canaries.word, canaries.digits
    whatsapp = city.whatsapp
    person = Citizen(
        int(city.run[-7:]),
        word("whatsapp name"),
        f"{word('unused mail')}@correo.example",
        digits("whatsapp phone", 12),
    )
    said = f"{word('whatsapp text')} cédula {digits('identity card', 10)}"
    key = f"wamid.{city.run}.canary"
    body = whatsapp.webhook(person, said, key)
    assert await whatsapp.deliver(body) == 200
    assert await whatsapp.deliver(body, secret=word("wrong app secret")) == 401
    await city.arrival(key)

    sender = f"{word('mail sender')}@correo.example"
    message_id = f"{word('mail id')}@correo.example"
    for broken in (False, True):
        parts = "--b\r\nContent-Type: text/plain\r\n\r\nx\r\n" * 5000 if broken else ""
        raw = _mail(canaries, sender, ("broken." if broken else "") + message_id, parts)
        code, answer = await city.hand_over(raw, sender, EMAIL_ACCOUNT)
        assert code == 250, answer
    code, _ = await city.hand_over(b"x", sender, f"{word('unknown recipient')}@sanaurelio.example")
    assert code >= 400
    await city.arrival(message_id)

    async with await Page.new(city.http, city.url) as page:
        await page.say(word("chat key"), word("chat text"))
        canaries.all["chat token"] = page._session["token"]
    await _form(city, canaries)
    report = {
        "jurisdiction_id": JURISDICTION,
        "service_code": "alumbrado-publico",
        "description": word("open311 description"),
        "address_string": word("open311 address"),
        "email": f"{word('open311 mail')}@correo.example",
        "first_name": word("open311 first name"),
        "last_name": word("open311 last name"),
        "phone": digits("open311 phone", 12),
        "api_key": word("open311 wrong key"),
        "attribute[tipo_dano]": "apagada",
    }
    refused = await city.http.post(f"{city.url}/open311/v2/requests.json", data=report)
    assert refused.status_code in {400, 401, 403}
    report["api_key"] = city.world.addresses.open311_key
    assert (await city.http.post(f"{city.url}/open311/v2/requests.json", data=report)).is_success


def _mail(canaries: Canaries, sender: str, message_id: str, parts: str) -> bytes:
    word = canaries.word
    return (
        f"From: {word('mail name')} <{sender}>\r\nTo: {EMAIL_ACCOUNT}\r\n"
        f"Subject: {word('mail subject')}\r\nMessage-ID: <{message_id}>\r\n"
        "Date: Mon, 4 May 2026 09:00:00 -0500\r\nMIME-Version: 1.0\r\n"
        'Content-Type: multipart/mixed; boundary="b"\r\n\r\n'
        f"--b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{word('mail text')}\r\n"
        f"{parts}"
        f'--b\r\nContent-Type: text/csv\r\nContent-Disposition: attachment; filename="{word("file name")}.csv"'
        f"\r\n\r\n{word('file content')}\r\n--b--\r\n"
    ).encode()


async def _form(city: City, canaries: Canaries) -> None:
    """The form of a procedure: once as it should be, once with each field wrong."""
    word = canaries.word
    form: dict[str, Any] = {
        "procedure_code": "alumbrado-publico",
        "values": {"direccion": word("form address"), "tipo_dano": "apagada"},
        "contact": {
            "name": word("form name"),
            "email": f"{word('form mail')}@correo.example",
            "preferred_channel": "email",
        },
        "consents": {"data_processing": True},
        "place": {"latitude": 4.6, "longitude": -74.1, "address": word("form place")},
        "attachment_ids": [],
        "language": "es",
    }
    wrong = {
        **form,
        "values": {"tipo_dano": word("form choice"), word("form field"): word("form value")},
        "contact": {**form["contact"], "email": word("form no mail")},
    }
    url = f"{city.url}/api/channels/v1/portal/submissions"
    for number, body in enumerate((wrong, form)):
        headers = {"Idempotency-Key": hashlib.md5(f"{city.run}{number}".encode()).hexdigest()}
        answer = await city.http.post(url, json=body, headers=headers)
        assert answer.status_code == (422, 201)[number], answer.text
    canaries.all["tracking secret"] = str(answer.json()["secret"])


async def _by_every_door(city: City, canaries: Canaries, people: tuple[Actor, ...]) -> None:
    """Each route with a canary in its query, headers and body; most refuse it."""
    limit = asyncio.Semaphore(AT_ONCE)
    fields = {name: canaries.word(f"field {name}") for name in FIELDS}
    query = "&".join(f"{name}={quote(value)}" for name, value in fields.items())
    strangers = {
        "Authorization": f"Bearer {canaries.word('bearer token')}",
        "Cookie": f"session={canaries.word('cookie')}",
        "X-Api-Key": canaries.word("api key header"),
        "Idempotency-Key": canaries.word("idempotency key"),
        "User-Agent": canaries.word("user agent"),
    }

    async def ask(door: Door, headers: dict[str, str], body: Any) -> None:
        async with limit:
            await city.http.request(
                door.method, f"{city.url}{door.path()}?{query}", headers=headers, json=body
            )

    await asyncio.gather(
        *(
            ask(door, headers, body)
            for door in doors()
            if door.name != ENDLESS
            for headers in (strangers, *(one.headers for one in people))
            for body in (fields, canaries.word("body that is no object"))
        )
    )


def _in_logs(stack: Stack, before: dict[Any, int], canaries: Canaries) -> Iterator[str]:
    for path in sorted(stack.layout.logs.glob("*.log*")):
        if path.name.startswith(STAND_INS):
            continue
        with path.open("rb") as log:
            log.seek(before.get(path, 0) if path.stat().st_size >= before.get(path, 0) else 0)
            for line in log:
                for kind in canaries.told_by(_without_pii(line.decode("utf-8", "replace"))):
                    yield f"{path.name}: {kind}: {line[:300]!r}"


def _without_pii(line: str) -> str:
    try:
        fields = json.loads(line)
    except ValueError:
        return line
    return json.dumps(drop_pii(None, "", fields)) if isinstance(fields, dict) else line


async def _in_metrics(city: City, stack: Stack, canaries: Canaries) -> list[str]:
    context = stack.context()
    found = []
    for service in context.services:
        for role in ("api", "worker"):
            port = http_port(context, service, role)
            text = (await city.http.get(f"http://127.0.0.1:{port}/metrics")).text
            assert "atiende_" in text
            found += [f"{service.name}-{role} metrics: {kind}" for kind in canaries.told_by(text)]
    return found


async def _in_subjects(stack: Stack, canaries: Canaries) -> list[str]:
    """Subjects and headers of everything in the streams, dead letters and advisories too."""
    client = await nats.connect_admin(stack.context())
    found = []
    try:
        jetstream = client.jetstream()
        for stream in await jetstream.streams_info():
            name = str(stream.config.name)
            last = stream.state.last_seq
            for sequence in range(max(stream.state.first_seq, last - 2_000, 1), last + 1):
                try:
                    message = await jetstream.get_msg(name, sequence)
                except NotFoundError:
                    continue
                told = f"{message.subject} {message.headers or {}}"
                found += [f"{name}: {kind}: {told[:200]}" for kind in canaries.told_by(told)]
    finally:
        await client.close()
    return found


def _in_audit(stack: Stack, canaries: Canaries) -> list[str]:
    context = stack.context()
    client: MongoClient[dict[str, Any]] = MongoClient(mongo.admin_url(context))
    try:
        [cases] = [one.database for one in context.services if one.name == "cases"]
        entries = list(client[cases]["audit"].find())
    finally:
        client.close()
    assert entries
    return [f"audit: {kind}: {entry}" for entry in entries for kind in canaries.told_by(str(entry))]
