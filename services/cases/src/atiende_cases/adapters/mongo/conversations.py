"""Conversations as documents."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final

from atiende_cases.adapters.mongo.codec import (
    Doc,
    get_place,
    get_point,
    put_place,
    put_point,
)
from atiende_cases.domain.conversation import Conversation, Opening, Prompt, Thread
from atiende_cases.domain.values import Channel
from atiende_kit.store import Collection, Database, Index, Insert, Outcome, Replace

INDEXES: Final = [
    # One conversation for each thread and generation, whoever races.
    Index([("slots", 1)], unique=True),
    Index([("lookup_keys", 1)]),
    # Of matters that go on at an address that was given for them; most have none.
    Index([("given_keys", 1)], partial={"given_keys": {"$exists": True}}),
    # Only conversations with an open question, so the sweeper never walks the collection.
    Index([("prompt_expire_time", 1)], partial={"prompt_open": True}, tenant_first=False),
]


class MongoConversations:
    """The port `Conversations` over a collection."""

    def __init__(self, database: Database) -> None:
        self.collection: Collection = database.collection("conversations", INDEXES)

    async def get(self, tenant: str, conversation_id: str) -> Conversation | None:
        """One conversation, or None."""
        doc = await self.collection.get(tenant, conversation_id)
        return None if doc is None else read_conversation(doc)

    async def get_many(self, tenant: str, conversation_ids: Iterable[str]) -> list[Conversation]:
        """Those that exist."""
        found = await self.collection.get_many(tenant, conversation_ids)
        return [read_conversation(doc) for doc in found.values()]

    async def by_keys(self, tenant: str, keys: Iterable[str]) -> list[Conversation]:
        """Those with any of the lookup keys."""
        wanted = list(dict.fromkeys(keys))
        if not wanted:
            return []
        found = await self.collection.find(tenant, {"lookup_keys": {"$in": wanted}})
        return [read_conversation(doc) for doc in found]

    async def with_expired_prompts(self, now: datetime, limit: int) -> list[Conversation]:
        """Those of every tenant with an open question whose time is over."""
        found = await self.collection.across_tenants(
            {"prompt_open": True, "prompt_expire_time": {"$lt": now}},
            sort=[("prompt_expire_time", 1)],
            limit=limit,
        )
        return [read_conversation(doc) for doc in found]

    async def write(self, conversations: Sequence[Conversation]) -> list[Outcome]:
        """Writes a batch."""
        ops: list[Insert | Replace] = []
        for conversation in conversations:
            make = Replace if conversation.version else Insert
            ops.append(make(conversation.tenant, write_conversation(conversation)))
        return await self.collection.write(ops)


def write_conversation(conversation: Conversation) -> Doc:
    """Writes the document."""
    open_until = [p.expire_time for p in conversation.prompts if not p.closed]
    return {
        "_id": conversation.conversation_id,
        "tenant": conversation.tenant,
        "version": conversation.version,
        "citizen_id": conversation.citizen_id,
        "case_id": conversation.case_id,
        "create_time": conversation.create_time,
        "opening": _put_opening(conversation.opening),
        "threads": [_put_thread(thread) for thread in conversation.threads],
        "slots": list(conversation.slots),
        "lookup_keys": list(conversation.lookup_keys),
        "message_keys": list(conversation.message_keys),
        "given_points": [put_point(point) for point in conversation.given_points],
        "given_keys": [point.key for point in conversation.given_points],
        "prompts": [_put_prompt(prompt) for prompt in conversation.prompts],
        "prompt_open": bool(open_until),
        "prompt_expire_time": min(open_until, default=None),
        "language": conversation.language,
    }


def read_conversation(doc: Doc) -> Conversation:
    """Reads the document."""
    return Conversation(
        conversation_id=doc["_id"],
        tenant=doc["tenant"],
        version=doc["version"],
        citizen_id=doc["citizen_id"],
        case_id=doc["case_id"],
        create_time=doc["create_time"],
        opening=_get_opening(doc["opening"]),
        threads=tuple(_get_thread(thread) for thread in doc["threads"]),
        message_keys=tuple(doc["message_keys"]),
        given_points=tuple(get_point(point) for point in doc["given_points"]),
        prompts=tuple(_get_prompt(prompt) for prompt in doc["prompts"]),
        language=doc["language"],
    )


def _put_opening(opening: Opening) -> Doc:
    return {
        "message_id": opening.message_id,
        "channel": opening.channel.value,
        "open_time": opening.open_time,
        "procedure_code": opening.procedure_code,
        "text": opening.text,
        "subject": opening.subject,
        "unreadable": opening.unreadable,
        "emergency": opening.emergency,
        "mentions_folio": opening.mentions_folio,
        "place": put_place(opening.place),
        "linked_case_id": opening.linked_case_id,
        "form_values": [[name, value] for name, value in opening.form_values],
        "submitted_by": opening.submitted_by,
    }


def _get_opening(doc: Doc) -> Opening:
    return Opening(
        message_id=doc["message_id"],
        channel=Channel(doc["channel"]),
        open_time=doc["open_time"],
        procedure_code=doc["procedure_code"],
        text=doc["text"],
        subject=doc["subject"],
        unreadable=doc["unreadable"],
        emergency=doc["emergency"],
        mentions_folio=doc["mentions_folio"],
        place=get_place(doc["place"]),
        linked_case_id=doc["linked_case_id"],
        form_values=tuple((name, value) for name, value in doc["form_values"]),
        submitted_by=doc.get("submitted_by", ""),
    )


def _put_thread(thread: Thread) -> Doc:
    return {
        "channel": thread.channel.value,
        "account_id": thread.account_id,
        "thread_key": thread.thread_key,
        "address": thread.address,
        "generation": thread.generation,
        "last_inbound_time": thread.last_inbound_time,
        "reply_to_keys": list(thread.reply_to_keys),
    }


def _get_thread(doc: Doc) -> Thread:
    return Thread(
        channel=Channel(doc["channel"]),
        account_id=doc["account_id"],
        thread_key=doc["thread_key"],
        address=doc["address"],
        generation=doc["generation"],
        last_inbound_time=doc["last_inbound_time"],
        reply_to_keys=tuple(doc["reply_to_keys"]),
    )


def _put_prompt(prompt: Prompt) -> Doc:
    return {
        "prompt_id": prompt.prompt_id,
        "kind": prompt.kind,
        "open_time": prompt.open_time,
        "expire_time": prompt.expire_time,
        "closed": prompt.closed,
        "answer_message_id": prompt.answer_message_id,
    }


def _get_prompt(doc: Doc) -> Prompt:
    return Prompt(
        prompt_id=doc["prompt_id"],
        kind=doc["kind"],
        open_time=doc["open_time"],
        expire_time=doc["expire_time"],
        closed=doc["closed"],
        answer_message_id=doc["answer_message_id"],
    )
