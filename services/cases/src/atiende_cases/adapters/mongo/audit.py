"""The audit chain as documents: one document is one block of consecutive entries.

A block is inserted whole, and its id names its first entry, so two relays that append at once
cannot fork the chain: one of them meets the other's block and links again behind it.
"""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator, Sequence
from dataclasses import fields, replace
from typing import Any, Final

from atiende.cases.v1 import events_pb2
from atiende.common.v1 import common_pb2
from atiende_cases.contract import CONTRACT
from atiende_cases.domain.audit import GENESIS, AuditEntry, Checkpoint, Fact, linked
from atiende_kit.errors import Unavailable
from atiende_kit.store import Collection, Database, Index, Insert, OutboxEntry, Outcome, Replace
from atiende_kit.tenants import by_tenant, side_by_side

INDEXES: Final = [
    Index([("first_seq", 1)], unique=True),
    # Which cities have a chain.
    Index([("first_seq", 1)], tenant_first=False),
    # An event that is published again is not entered again.
    Index([("entries.event_id", 1)], unique=True),
    Index([("entries.case_id", 1), ("first_seq", 1)]),
    # The end of the block before, to which the first entry of a block is bound.
    Index([("last_seq", 1)]),
]
_SAID: Final = {message.DESCRIPTOR.full_name: message for message in CONTRACT.publishes}
_ACTOR_KINDS: Final = {
    common_pb2.ACTOR_KIND_STAFF: "staff",
    common_pb2.ACTOR_KIND_CITIZEN: "citizen",
    common_pb2.ACTOR_KIND_SERVICE: "service",
}
_ATTEMPTS: Final = 50
_PAGE: Final = 200


class MongoAudit:
    """Appends what is published, reads what was appended."""

    def __init__(self, database: Database) -> None:
        self.collection: Collection = database.collection("audit", INDEXES)
        self.checkpoint_collection: Collection = database.collection("audit_checkpoints")
        self._heads: dict[str, tuple[int, str]] = {}

    async def append(self, outbox: Sequence[OutboxEntry]) -> None:
        """Enters events before they are published; entering them twice changes nothing.

        Raises:
            Unavailable: others were faster fifty times in a row; nothing is published then.
        """
        await side_by_side(by_tenant(outbox), self._append)

    async def _append(self, tenant: str, entries: Sequence[OutboxEntry]) -> None:
        left = {entry.event_id: entry for entry in entries}
        for _ in range(_ATTEMPTS):
            if not left:
                return
            seq, previous = self._heads.get(tenant) or await self._head(tenant)
            facts = [_fact(entry) for entry in left.values()]
            links = linked(tenant, facts, after_seq=seq, after_hash=previous)
            document = {
                "_id": f"{tenant}/{seq + 1:012d}",
                "tenant": tenant,
                "first_seq": seq + 1,
                "last_seq": links[-1].seq,
                "last_hash": links[-1].hash,
                "entries": [link.stored() for link in links],
            }
            [outcome] = await self.collection.write([Insert(tenant, document)])
            if outcome is Outcome.DONE:
                self._heads[tenant] = (links[-1].seq, links[-1].hash)
                return
            self._heads.pop(tenant, None)
            for event_id in await self._known(tenant, list(left)):
                left.pop(event_id, None)
        raise Unavailable("AUDIT_BUSY", "La auditoría está ocupada; se intentará de nuevo.")

    async def _head(self, tenant: str) -> tuple[int, str]:
        last = await self.collection.find(
            tenant, {}, sort=[("first_seq", -1)], limit=1, projection={"entries": 0}
        )
        return (last[0]["last_seq"], last[0]["last_hash"]) if last else (0, GENESIS)

    async def _known(self, tenant: str, event_ids: list[str]) -> list[str]:
        blocks = await self.collection.find(tenant, {"entries.event_id": {"$in": event_ids}})
        return [entry["event_id"] for block in blocks for entry in block["entries"]]

    async def entries(self, tenant: str) -> AsyncIterator[dict[str, Any]]:
        """All entries in stored order."""
        after = 0
        while True:
            blocks = await self.collection.find(
                tenant, {"first_seq": {"$gt": after}}, sort=[("first_seq", 1)], limit=_PAGE
            )
            if not blocks:
                return
            for block in blocks:
                for entry in block["entries"]:
                    yield entry
            after = blocks[-1]["first_seq"]

    async def of_case(
        self, tenant: str, case_id: str, *, after: int, limit: int
    ) -> list[tuple[AuditEntry, str]]:
        """Entries about a case behind a number, each with the hash of the entry before it."""
        blocks = await self.collection.find(
            tenant,
            {"entries.case_id": case_id, "last_seq": {"$gt": after}},
            sort=[("first_seq", 1)],
            limit=limit,
        )
        ends = await self.collection.find(
            tenant,
            {"last_seq": {"$in": [block["first_seq"] - 1 for block in blocks]}},
            projection={"last_seq": 1, "last_hash": 1},
        )
        before = {end["last_seq"]: end["last_hash"] for end in ends} | {0: GENESIS}
        found: list[tuple[AuditEntry, str]] = []
        for block in blocks:
            # A block whose predecessor is gone is bound to nothing.
            previous = before.get(block["first_seq"] - 1, "")
            for raw in block["entries"]:
                entry = _entry(raw)
                if entry.case_id == case_id and entry.seq > after:
                    found.append((entry, previous))
                previous = entry.hash
        return found[:limit]

    async def tenants(self) -> list[str]:
        """Tenants that have a chain."""
        blocks = await self.collection.across_tenants({"first_seq": 1}, sort=[("_id", 1)])
        return [block["tenant"] for block in blocks]

    async def checkpoint(self, tenant: str) -> Checkpoint | None:
        """Keeps the present head apart from the chain."""
        seq, head = await self._head(tenant)
        if seq == 0:
            return None
        known = await self.checkpoint_collection.get(tenant, tenant)
        if known is not None and known["seq"] >= seq:
            return Checkpoint(known["seq"], known["hash"])
        document = {"_id": tenant, "tenant": tenant, "seq": seq, "hash": head}
        if known is None:
            await self.checkpoint_collection.write([Insert(tenant, document)])
        else:
            kept = {**document, "version": known["version"]}
            await self.checkpoint_collection.write([Replace(tenant, kept)])
        return Checkpoint(seq, head)

    async def last_checkpoint(self, tenant: str) -> Checkpoint | None:
        """The head that was kept last."""
        known = await self.checkpoint_collection.get(tenant, tenant)
        return None if known is None else Checkpoint(known["seq"], known["hash"])


def _fact(entry: OutboxEntry) -> Fact:
    kind = _SAID.get(entry.type)
    said = kind.FromString(entry.body) if kind is not None else None
    actor_kind, actor_id = _actor(said)
    return Fact(
        event_id=entry.event_id,
        subject=entry.subject,
        type=entry.type,
        document_id=entry.document_id,
        time=entry.time,
        body_sha256=hashlib.sha256(entry.body).hexdigest(),
        case_id=str(getattr(getattr(said, "case", None), "case_id", "")),
        actor_kind=actor_kind,
        actor_id=actor_id,
    )


def _actor(said: Any) -> tuple[str, str]:
    """Who did what an event tells; an opening is the citizen's, an assignment the agent's."""
    actor = getattr(said, "actor", None)
    if actor is not None:
        return _ACTOR_KINDS.get(actor.kind, ""), actor.id
    if isinstance(said, events_pb2.CaseOpened):
        return "citizen", said.case.citizen_id
    if isinstance(said, events_pb2.CaseAssigned):
        return "staff", said.case.assignee_id
    return "", ""


def _entry(raw: dict[str, Any]) -> AuditEntry:
    """Reads an entry; one that somebody gave other fields has no hash that could hold."""
    known = {field.name for field in fields(AuditEntry)}
    entry = AuditEntry(**{name: raw.get(name, "") for name in known})
    return entry if raw.keys() <= known else replace(entry, hash="")
