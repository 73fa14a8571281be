"""What was said in each chat, in order, so that a reload or another day shows it again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from atiende_kit.errors import Unavailable
from atiende_kit.store import Collection, Database, Index, Insert, Outcome, Replace

_MAX_ROUNDS = 20
_OVERLAP = timedelta(seconds=5)


@dataclass(frozen=True, slots=True)
class NewEntry:
    """Something to add to a chat.

    Attributes:
        key: Client message id or id of the outbound message; makes adding idempotent.
        is_inbound: True when the citizen wrote it.
        kind: `message`, `contact`, `reply` or `notification`.
        files: Id, name and type of each file.
    """

    session_id: str
    key: str
    is_inbound: bool
    text: str
    time: datetime
    kind: str = "message"
    files: tuple[Mapping[str, str], ...] = ()


class ChatStore:
    """The collection `chat_entries`; a session's entries are numbered without gaps from 1."""

    def __init__(self, database: Database) -> None:
        self.entries: Collection = database.collection(
            "chat_entries",
            [
                Index([("session_id", 1), ("sequence", 1)], unique=True),
                Index([("stored_at", 1)], tenant_first=False),
            ],
        )

    async def append(self, tenant: str, new: Sequence[NewEntry]) -> None:
        """Adds entries; one with a known key is left as it is.

        A number is taken by inserting the next one under a unique index, so two writers cannot
        leave a gap that a reader with a cursor would step over.
        """
        waiting = list({_id(entry): entry for entry in new}.items())
        for _ in range(_MAX_ROUNDS):
            if not waiting:
                return
            numbers = await self._last(tenant, {entry.session_id for _, entry in waiting})
            writes = []
            for key, entry in waiting:
                numbers[entry.session_id] = numbers.get(entry.session_id, 0) + 1
                writes.append(Insert(tenant, _document(key, entry, numbers[entry.session_id])))
            outcomes = await self.entries.write(writes)
            left = [
                item
                for item, outcome in zip(waiting, outcomes, strict=True)
                if outcome is Outcome.DUPLICATE
            ]
            known = await self.entries.get_many(tenant, [key for key, _ in left])
            waiting = [item for item in left if item[0] not in known]
        if waiting:
            raise Unavailable("CHAT_BUSY", "El chat está ocupado; vuelva a intentarlo.")

    async def _last(self, tenant: str, sessions: Iterable[str]) -> dict[str, int]:
        found = await self.entries.aggregate(
            tenant,
            [
                {"$match": {"session_id": {"$in": sorted(sessions)}}},
                {"$group": {"_id": "$session_id", "last": {"$max": "$sequence"}}},
            ],
        )
        return {one["_id"]: int(one["last"]) for one in found}

    async def after(
        self, tenant: str, session_id: str, sequence: int, limit: int = 100
    ) -> list[dict[str, Any]]:
        """Entries of a session with higher numbers, in order."""
        return await self.entries.find(
            tenant,
            {"session_id": session_id, "sequence": {"$gt": sequence}},
            sort=[("sequence", 1)],
            limit=limit,
        )

    async def first_said(self, tenant: str, session_id: str) -> str | None:
        """Client message id of the first thing that the visitor said; None when nothing was."""
        found = await self.entries.find(
            tenant,
            {"session_id": session_id, "is_inbound": True, "kind": "message"},
            sort=[("sequence", 1)],
            limit=1,
        )
        return str(found[0]["key"]) if found else None

    async def has_file(self, tenant: str, session_id: str, attachment_id: str) -> bool:
        """Whether a file stands in a session's lines."""
        found = await self.entries.find(
            tenant, {"session_id": session_id, "files.attachment_id": attachment_id}, limit=1
        )
        return bool(found)

    async def recent(self, limit: int = 1000) -> list[dict[str, Any]]:
        """What was stored in the last seconds, all sessions; for the sockets of this process."""
        since = datetime.now(UTC) - _OVERLAP
        return await self.entries.across_tenants(
            {"stored_at": {"$gte": since}}, sort=[("stored_at", 1)], limit=limit
        )

    async def acknowledge(self, tenant: str, session_id: str, sequence: int) -> list[str]:
        """Notes that the citizen's page has everything up to a number.

        Returns:
            Keys of outbound messages that are delivered by that, and were not before.
        """
        fresh = await self.entries.find(
            tenant,
            {
                "session_id": session_id,
                "sequence": {"$lte": sequence},
                "is_inbound": False,
                "is_delivered": False,
            },
            limit=200,
        )
        if not fresh:
            return []
        outcomes = await self.entries.write(
            [
                Replace(tenant, {"_id": e["_id"], "version": e["version"], "is_delivered": True})
                for e in fresh
            ]
        )
        return [
            entry["key"]
            for entry, outcome in zip(fresh, outcomes, strict=True)
            if outcome is Outcome.DONE
        ]


def _id(entry: NewEntry) -> str:
    direction = "in" if entry.is_inbound else "out"
    return f"{entry.session_id}/{direction}/{entry.key}"


def _document(key: str, entry: NewEntry, sequence: int) -> dict[str, Any]:
    return {
        "_id": key,
        "session_id": entry.session_id,
        "sequence": sequence,
        "key": entry.key,
        "is_inbound": entry.is_inbound,
        "is_delivered": entry.is_inbound,
        "text": entry.text,
        "files": [dict(file) for file in entry.files],
        "kind": entry.kind,
        "time": entry.time,
        "stored_at": datetime.now(UTC),
    }
