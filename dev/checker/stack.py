"""The evidence of a running platform: its databases, its broker, and what providers took.

Nothing is asked of the code that is judged: documents come from the database itself, event ids from
the streams' headers, sent messages from the stand-ins of the providers.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from typing import Any

import httpx
from nats.js.api import AckPolicy, ConsumerConfig, DeliverPolicy, RetentionPolicy, StreamInfo
from nats.js.client import JetStreamContext
from nats.js.errors import NotFoundError
from pymongo import AsyncMongoClient

from atiende_cases.contract import CONTRACT as CASES
from atiende_kit.contract import ADVISORY_STREAM, DLQ_STREAM, subject_of
from dev.checker.evidence import Document, Documents, Evidence, ProviderMessage
from dev.checker.ledger import Entry, Ledger
from dev.demo.ledger import Ledger as Day
from dev.demo.report import key_of
from dev.stack.extras import mailbox_port, whatsapp_port
from dev.stack.servers import mongo, nats
from dev.stack.stack import Stack

TENANT = "sanaurelio"
"""The city that the demo plays."""
_HEAVY = {"body": 0, "writes": 0}
_FETCH = 500
_OF_CASES = (
    ("channels", "inbox"),
    ("cases", "cases"),
    ("cases", "conversations"),
    ("cases", "messages"),
    ("routing", "work_items"),
    ("notifications", "notifications"),
    ("surveys", "invitations"),
)
"""What belongs to a case."""


@dataclass(frozen=True)
class Past:
    """What was there before the day, which its ledger does not know.

    Attributes:
        ids: Of the documents that were there.
        dead_letters: How many.
        unheard: What somebody else put into the streams in the name of cases, as (service, city,
            event id): attacks on the bus do that.
    """

    ids: frozenset[str]
    dead_letters: int
    unheard: frozenset[tuple[str, str, str]]


async def past(stack: Stack) -> Past:
    """What there is by now."""
    # The broker first: what cases said is in the audit before it is in the streams.
    published, _ = await _broker(stack)
    documents = await _documents(stack)
    ids = (one["_id"] for service, name in _OF_CASES for one in documents[service].get(name, ()))
    noted = {
        entry["event_id"] for block in documents["cases"]["audit"] for entry in block["entries"]
    }
    unheard = (one for one in published if one[0] == "cases" and one[2] not in noted)
    return Past(frozenset(ids), _dead_letters(documents), frozenset(unheard))


async def gather(stack: Stack, day: Day, before: Past) -> Evidence:
    """Collects everything of a running stack.

    Args:
        stack: Running.
        day: What was sent since.
        before: What was there earlier.
    """
    documents = await _documents(stack)
    tenants = sorted({one["tenant"] for one in documents["cases"]["cases"]})
    _leave_out(documents, before)
    # A form has no key at its channel: its sender knows it by the case that it opened.
    documents["cases"]["messages"] = [
        {**m, "provider_message_id": key_of(m)[1]} if m["direction"] == "inbound" else m
        for m in documents["cases"]["messages"]
    ]
    published, backlog = await _broker(stack)
    return Evidence(
        tenants=tenants,
        ledger=_ledger(day, documents["cases"]["messages"]),
        documents=documents,
        provider=await _provider(stack, documents["channels"].get("attempts", ())),
        published=published - before.unheard,
        dead_letters=_dead_letters(documents),
        backlog=backlog,
        poison=before.dead_letters,
        commands=_commands(),
        # A mail server says nothing more for days, and a phone may be off.
        in_time=frozenset({"sent"}),
    )


async def _broker(stack: Stack) -> tuple[frozenset[tuple[str, str, str]], dict[str, int]]:
    """What the streams hold, and what waits at the durables."""
    client = await nats.connect_admin(stack.context())
    try:
        jetstream = client.jetstream()
        published = frozenset([one async for one in _published(jetstream)])
        return published, await _backlog(jetstream)
    finally:
        await client.close()


async def waiting(stack: Stack) -> dict[str, int]:
    """What waits at the durables of the broker, by the name of the durable."""
    client = await nats.connect_admin(stack.context())
    try:
        return await _backlog(client.jetstream())
    finally:
        await client.close()


async def _documents(stack: Stack) -> dict[str, dict[str, Documents]]:
    url = mongo.admin_url(stack.context())
    client = AsyncMongoClient[dict[str, Any]](url, tz_aware=True)
    found: dict[str, dict[str, Documents]] = {}
    try:
        for service in stack.context().services:
            database = client[service.database]
            found[service.name] = {
                name: await database[name].find({}, _HEAVY).to_list()
                for name in await database.list_collection_names()
                if not name.startswith("system.") and not name.endswith((".files", ".chunks"))
            }
    finally:
        await client.close()
    return found


def _leave_out(documents: dict[str, dict[str, Documents]], before: Past) -> None:
    """Keeps what began since: agents also take up what was left, and some of that is odd."""
    for service, name in _OF_CASES:
        documents[service][name] = [
            one
            for one in documents[service].get(name, ())
            if before.ids.isdisjoint((one["_id"], one.get("case_id")))
        ]
    items = {one["_id"] for one in documents["routing"]["work_items"]}
    documents["routing"]["agents"] = [
        {**agent, "slots": [slot for slot in agent["slots"] if slot["item_id"] in items]}
        for agent in documents["routing"].get("agents", ())
    ]
    homes = {one["_id"] for one in documents["cases"]["conversations"]}
    documents["channels"]["attempts"] = [
        one
        for one in documents["channels"].get("attempts", ())
        if one.get("conversation_id") in homes
    ]


def _commands() -> frozenset[str]:
    return frozenset(
        message.DESCRIPTOR.full_name
        for message in CASES.publishes
        if subject_of(message).startswith("cmd.")
    )


def _dead_letters(documents: dict[str, dict[str, Documents]]) -> int:
    return len(documents["admin"].get("dead_letters", ()))


async def _published(jetstream: JetStreamContext) -> Any:
    """(service, city, event id) of everything that the streams hold."""
    for stream in await jetstream.streams_info():
        name = str(stream.config.name)
        if name in {DLQ_STREAM, ADVISORY_STREAM} or not stream.state.messages:
            continue
        is_queue = stream.config.retention == RetentionPolicy.WORK_QUEUE
        read = _waiting_in if is_queue else _kept_in
        async for headers in read(jetstream, stream):
            if headers.keys() >= {"ce-id", "ce-source", "atiende-tenant"}:  # else said by nobody
                source = headers["ce-source"].rsplit("/", 1)[-1]
                yield source, headers["atiende-tenant"], headers["ce-id"]


async def _kept_in(
    jetstream: JetStreamContext, stream: StreamInfo
) -> AsyncIterator[dict[str, str]]:
    """The headers of all messages of a stream of events."""
    subscription = await jetstream.pull_subscribe(
        ">",
        stream=stream.config.name,
        config=ConsumerConfig(
            ack_policy=AckPolicy.NONE,
            deliver_policy=DeliverPolicy.ALL,
            headers_only=True,
            inactive_threshold=30,
        ),
    )
    left = stream.state.messages
    while left > 0:
        for message in await subscription.fetch(min(left, _FETCH), timeout=10):
            left -= 1
            yield message.headers or {}
    await subscription.unsubscribe()


async def _waiting_in(
    jetstream: JetStreamContext, stream: StreamInfo
) -> AsyncIterator[dict[str, str]]:
    """The headers of the commands that nobody has obeyed yet: no second consumer may read them."""
    for sequence in range(stream.state.first_seq, stream.state.last_seq + 1):
        with contextlib.suppress(NotFoundError):
            message = await jetstream.get_msg(str(stream.config.name), sequence)
            yield message.headers or {}


async def _backlog(jetstream: JetStreamContext) -> dict[str, int]:
    found: dict[str, int] = {}
    for stream in await jetstream.streams_info():
        for consumer in await jetstream.consumers_info(str(stream.config.name)):
            waiting = (consumer.num_pending or 0) + (consumer.num_ack_pending or 0)
            if consumer.config.durable_name and waiting:
                found[str(consumer.config.durable_name)] = waiting
    return found


async def _provider(stack: Stack, attempts: Documents) -> list[ProviderMessage]:
    """What WhatsApp and the mail server took, each try of it."""
    context = stack.context()
    async with httpx.AsyncClient(timeout=30) as http:
        phone = await http.get(f"http://127.0.0.1:{whatsapp_port(context)}/admin/messages")
        post = await http.get(f"http://127.0.0.1:{mailbox_port(context)}/admin/messages")
    by_id = {one["_id"]: one for one in attempts}
    taken = list(_taken(phone.json()["messages"], post.json()["messages"]))
    spare = {key: one["tries"] - 1 for key, one in by_id.items()}
    found: list[ProviderMessage] = []
    for to, key, text in taken:
        message_id = key.rpartition(".")[0]
        if message_id not in by_id:
            continue  # no message of the platform: somebody wrote to somebody
        # Each try but the last ended without an answer, or it would not have been repeated.
        unknown = spare[message_id] > 0
        spare[message_id] -= unknown
        found.append(ProviderMessage(by_id[message_id]["tenant"], to, key, text, unknown=unknown))
    return found


def _taken(phone: list[Document], post: list[Document]) -> Iterator[tuple[str, str, str]]:
    for one in phone:
        key = one["payload"].get("biz_opaque_callback_data", "")
        yield one["to"], key, one["text"]
    for one in post:
        local = str(one["message_id"]).strip("<>").partition("@")[0]
        yield str(one["to"]), local, str(one["subject"])


def _ledger(day: Day, messages: Documents) -> Ledger:
    """The day's ledger in the checker's terms.

    What was sent broken may have no key to be found by; the balance of the day counts it.
    """
    ledger = Ledger()
    for one in messages:
        if one["quality"] == "unreadable":
            ledger.add(Entry(TENANT, one["channel"], one["provider_message_id"], "", 0.0))
    now = time.time()
    for sent in day.entries():
        entry = Entry(TENANT, sent.channel, sent.key, "", now)
        ledger.add(entry)
        if sent.acknowledged and not sent.broken:
            ledger.acknowledge(entry, now)
    return ledger
