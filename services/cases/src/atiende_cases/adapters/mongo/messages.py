"""Entries of timelines as documents."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from atiende_cases.adapters.mongo.codec import (
    Doc,
    get_actor,
    get_attachment,
    get_place,
    put_actor,
    put_attachment,
    put_place,
)
from atiende_cases.adapters.protobuf import message_events
from atiende_cases.application.ports import SaveMessage
from atiende_cases.domain.message import Mention, Message, timeline
from atiende_cases.domain.values import LOST, Channel, DeliveryState, Direction, Quality
from atiende_kit.store import Collection, Database, Index, Insert, Outcome, Replace

INDEXES: Final = [
    Index([("conversation_id", 1), ("order_time", -1), ("_id", -1)]),
    Index([("citizen_id", 1), ("order_time", -1), ("_id", -1)]),
    Index([("direction", 1), ("_id", 1)]),
    Index([("channel", 1), ("direction", 1)]),
    Index(
        [("attachments.attachment_id", 1)],
        partial={"attachments.attachment_id": {"$exists": True}},
    ),
    Index([("case_id", 1)], partial={"attachments.attachment_id": {"$exists": True}}),
    # Notes that call somebody, and those among them that wait to be read.
    Index(
        [("called", 1), ("order_time", -1), ("_id", -1)], partial={"called.0": {"$exists": True}}
    ),
    Index(
        [("waits_for", 1), ("order_time", -1), ("_id", -1)],
        partial={"waits_for.0": {"$exists": True}},
    ),
    Index([("campaign", 1), ("delivery", 1)], partial={"campaign": {"$gt": ""}}),
    # Replies whose fate is open; tiny, so the sweeper never walks the collection.
    Index([("receive_time", 1)], partial={"delivery_open": True}, tenant_first=False),
    Index([("order_time", 1)], partial={"case_untold": True}, tenant_first=False),
]

_OPEN: Final = frozenset({DeliveryState.QUEUED, DeliveryState.ACCEPTED, DeliveryState.SENDING})


class MongoMessages:
    """The port `Messages` over a collection."""

    def __init__(self, database: Database) -> None:
        self.collection: Collection = database.collection("messages", INDEXES, outbox=True)

    async def existing(self, tenant: str, message_ids: Iterable[str]) -> set[str]:
        """Which of these are entered already."""
        wanted = list(dict.fromkeys(message_ids))
        if not wanted:
            return set()
        found = await self.collection.find(tenant, {"_id": {"$in": wanted}}, projection={"_id": 1})
        return {doc["_id"] for doc in found}

    async def get(self, tenant: str, message_id: str) -> Message | None:
        """One entry, or None."""
        doc = await self.collection.get(tenant, message_id)
        return None if doc is None else read_message(doc)

    async def get_many(self, tenant: str, message_ids: Iterable[str]) -> list[Message]:
        """Those that exist."""
        found = await self.collection.get_many(tenant, message_ids)
        return [read_message(doc) for doc in found.values()]

    async def of_conversation(
        self, tenant: str, conversation_id: str, *, limit: int
    ) -> list[Message]:
        """The newest entries of a conversation, oldest first."""
        return await self._newest(tenant, {"conversation_id": conversation_id}, limit)

    async def of_citizen(self, tenant: str, citizen_id: str, *, limit: int) -> list[Message]:
        """The newest entries of a citizen over all conversations, oldest first."""
        return await self._newest(tenant, {"citizen_id": citizen_id}, limit)

    async def _newest(self, tenant: str, query: Doc, limit: int) -> list[Message]:
        found = await self.collection.find(
            tenant, query, sort=[("order_time", -1), ("_id", -1)], limit=limit
        )
        return timeline(read_message(doc) for doc in found)

    async def with_attachment(self, tenant: str, attachment_id: str) -> list[Message]:
        """The entries that carry an attachment: an answer and its copies."""
        found = await self.collection.find(tenant, {"attachments.attachment_id": attachment_id})
        return [read_message(doc) for doc in found]

    async def cases_with_files(self, tenant: str, case_ids: Sequence[str]) -> set[str]:
        """Which of these cases have an entry that carries a file."""
        if not case_ids:
            return set()
        rows = await self.collection.aggregate(
            tenant,
            [
                {
                    "$match": {
                        "case_id": {"$in": list(case_ids)},
                        "attachments.attachment_id": {"$exists": True},
                    }
                },
                {"$group": {"_id": "$case_id"}},
            ],
        )
        return {row["_id"] for row in rows}

    async def with_files(
        self, tenant: str, case_ids: Sequence[str], *, limit: int
    ) -> list[Message]:
        """Entries of these cases that carry a file, oldest first."""
        wanted = {
            "case_id": {"$in": list(case_ids)},
            "attachments.attachment_id": {"$exists": True},
        }
        found = await self.collection.find(tenant, wanted, limit=limit)
        return timeline(read_message(doc) for doc in found)

    async def mentioning(
        self,
        tenant: str,
        subject: str,
        *,
        unread: bool,
        before: tuple[datetime, str] | None = None,
        limit: int,
    ) -> list[Message]:
        """Notes in which a member of staff is called, newest first."""
        wanted = _called(subject, unread=unread)
        if before is not None:
            at, message_id = before
            wanted["order_time"] = {"$lte": at}
            wanted["$nor"] = [{"order_time": at, "_id": {"$gte": message_id}}]
        found = await self.collection.find(
            tenant, wanted, sort=[("order_time", -1), ("_id", -1)], limit=limit
        )
        return [read_message(doc) for doc in found]

    async def count_mentions(self, tenant: str, subject: str, *, at_most: int) -> int:
        """How many of these they have not read."""
        return await self.collection.count(tenant, _called(subject, unread=True), limit=at_most)

    async def ledger(self, tenant: str, *, after: str, limit: int) -> list[Message]:
        """Inbound entries by id, after one."""
        found = await self.collection.find(
            tenant,
            {"direction": Direction.INBOUND.value, "_id": {"$gt": after}},
            sort=[("_id", 1)],
            limit=limit,
        )
        return [read_message(doc) for doc in found]

    async def undelivered(self, older_than: datetime, limit: int) -> list[Message]:
        """Outbound entries of every tenant whose fate has been unknown for too long."""
        found = await self.collection.across_tenants(
            {"delivery_open": True, "receive_time": {"$lt": older_than}},
            sort=[("receive_time", 1)],
            limit=limit,
        )
        return [read_message(doc) for doc in found]

    async def unanswering(self, since: datetime, limit: int) -> list[Message]:
        """Replies of every tenant whose case has not been told of them."""
        found = await self.collection.across_tenants(
            {"case_untold": True, "order_time": {"$lt": since}},
            sort=[("order_time", 1)],
            limit=limit,
        )
        return [read_message(doc) for doc in found]

    async def deliveries_of(self, tenant: str, campaign: str) -> Mapping[str, int]:
        """What became of the entries of one answer of an incident: counts by state."""
        rows = await self.collection.aggregate(
            tenant,
            [
                {"$match": {"campaign": campaign}},
                {"$group": {"_id": "$delivery", "count": {"$sum": 1}}},
            ],
        )
        return {str(row["_id"]): row["count"] for row in rows}

    async def lost_of(self, tenant: str, campaign: str, *, limit: int) -> list[Message]:
        """Those of them that did not arrive, or of which nobody knows."""
        found = await self.collection.find(
            tenant,
            {"campaign": campaign, "delivery": {"$in": [state.value for state in LOST]}},
            limit=limit,
        )
        return timeline(read_message(doc) for doc in found)

    async def write(self, saves: Sequence[SaveMessage]) -> list[Outcome]:
        """Writes a batch."""
        ops: list[Insert | Replace] = []
        for save in saves:
            message = save.message
            make = Replace if message.version else Insert
            ops.append(make(message.tenant, write_message(message), message_events(save)))
        return await self.collection.write(ops)

    async def counts_by_channel(self, tenant: str) -> list[Mapping[str, Any]]:
        """Entries per channel and direction."""
        rows = await self.collection.aggregate(
            tenant,
            [
                {
                    "$group": {
                        "_id": {"channel": "$channel", "direction": "$direction"},
                        "count": {"$sum": 1},
                    }
                },
                {"$sort": {"_id": 1}},
            ],
        )
        return [
            {
                "channel": row["_id"].get("channel"),
                "direction": row["_id"]["direction"],
                "count": row["count"],
            }
            for row in rows
        ]


def _called(subject: str, *, unread: bool) -> Doc:
    field = "waits_for" if unread else "called"
    return {field: subject, f"{field}.0": {"$exists": True}}


def write_message(message: Message) -> Doc:
    """Writes the document."""
    is_open = message.direction is Direction.OUTBOUND and message.delivery in _OPEN
    return {
        "_id": message.message_id,
        "tenant": message.tenant,
        "version": message.version,
        "conversation_id": message.conversation_id,
        "case_id": message.case_id,
        "citizen_id": message.citizen_id,
        "direction": message.direction.value,
        "actor": put_actor(message.actor),
        "order_time": message.order_time,
        "receive_time": message.receive_time,
        "text": message.text,
        "kind": message.kind,
        "channel": message.channel and message.channel.value,
        "account_id": message.account_id,
        "address": message.address,
        "sender_verified": message.sender_verified,
        "subject": message.subject,
        "folded_text": message.folded_text,
        "attachments": [put_attachment(attachment) for attachment in message.attachments],
        "place": put_place(message.place),
        "provider_message_id": message.provider_message_id,
        "quality": message.quality.value,
        "mentions_folio": message.mentions_folio,
        "submitted_by": message.submitted_by,
        "delivery": message.delivery and message.delivery.value,
        "delivery_error": message.delivery_error,
        "delivery_time": message.delivery_time,
        "delivery_open": is_open,
        "case_untold": message.case_untold,
        "copy_of": message.copy_of,
        "campaign": message.campaign,
        "mentions": [
            {"subject": m.subject, "name": m.name, "read_time": m.read_time}
            for m in message.mentions
        ],
        "called": [m.subject for m in message.mentions],
        "waits_for": [m.subject for m in message.mentions if m.read_time is None],
    }


def read_message(doc: Doc) -> Message:
    """Reads the document."""
    return Message(
        message_id=doc["_id"],
        tenant=doc["tenant"],
        version=doc["version"],
        conversation_id=doc["conversation_id"],
        case_id=doc["case_id"],
        citizen_id=doc["citizen_id"],
        direction=Direction(doc["direction"]),
        actor=get_actor(doc["actor"]),
        order_time=doc["order_time"],
        receive_time=doc["receive_time"],
        text=doc["text"],
        kind=doc["kind"],
        channel=Channel(doc["channel"]) if doc["channel"] else None,
        account_id=doc["account_id"],
        address=doc["address"],
        sender_verified=doc["sender_verified"],
        subject=doc["subject"],
        folded_text=doc["folded_text"],
        attachments=tuple(get_attachment(attachment) for attachment in doc["attachments"]),
        place=get_place(doc["place"]),
        provider_message_id=doc["provider_message_id"],
        quality=Quality(doc["quality"]),
        mentions_folio=doc["mentions_folio"],
        submitted_by=doc.get("submitted_by", ""),
        delivery=DeliveryState(doc["delivery"]) if doc["delivery"] else None,
        delivery_error=doc["delivery_error"],
        delivery_time=doc["delivery_time"],
        case_untold=doc["case_untold"],
        copy_of=doc.get("copy_of", ""),
        campaign=doc.get("campaign", ""),
        mentions=tuple(
            Mention(m["subject"], m["name"], m["read_time"]) for m in doc.get("mentions", ())
        ),
    )
