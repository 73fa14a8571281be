"""The inbox: every raw item that was ever acknowledged, and what became of it.

One row is one document. Its key is derived from (tenant, channel, account, provider id), so that a
redelivery meets the first delivery in the primary index, whatever process takes it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from atiende_channels.domain.model import Channel, RawIntake
from atiende_kit.errors import NotFound
from atiende_kit.ids import derived_id
from atiende_kit.store import BlobStore, Collection, Database, Index

INLINE_BYTES = 256 * 1024
STUCK_AFTER = timedelta(seconds=10)

RECEIVED = "received"
"""Durable, not yet parsed."""
WAITING = "waiting"
"""Parsed, but something outside is not there yet; tried again."""
PUBLISHED = "published"
"""Told to the other services as a message."""
HANDLED = "handled"
"""A status that was applied."""
REFUSED = "refused"
"""Opens nothing; `reason` says why."""
CONFLICT = "conflict"
"""Other bytes under a provider id that was taken before; kept for a person."""
STATES = (RECEIVED, WAITING, PUBLISHED, HANDLED, REFUSED, CONFLICT)


def inbox_key(tenant: str, channel: Channel, account_id: str, provider_id: str) -> str:
    """The key of the row of one provider id."""
    parts = json.dumps([tenant, channel.value, account_id, provider_id])
    return hashlib.sha256(parts.encode()).hexdigest()[:40]


def real_now() -> datetime:
    """Machine time, for what is stuck; never domain time."""
    return datetime.now(UTC)


class InboxStore:
    """The collection `inbox` and the blobs of large raw bodies."""

    def __init__(self, database: Database) -> None:
        self.rows: Collection = database.collection(
            "inbox",
            [
                Index([("message_id", 1)]),
                Index([("case_id_if_new", 1)]),
                # One index for the work list by channel and state and for the counts.
                Index([("channel", 1), ("state", 1), ("receive_time", -1), ("_id", -1)]),
                Index([("due_at", 1)], partial={"is_pending": True}, tenant_first=False),
            ],
            outbox=True,
        )
        self.raw: BlobStore = database.bucket("raw")
        self.attachments: BlobStore = database.bucket("attachments")

    async def new_row(self, raw: RawIntake, fingerprint: str) -> dict[str, Any]:
        """Builds the row of a raw item; a large body is stored first."""
        key = inbox_key(raw.tenant, raw.channel, raw.account_id, raw.provider_id)
        message_id = derived_id(raw.receive_time, "message", key)
        now = real_now()
        row: dict[str, Any] = {
            "_id": key,
            "channel": raw.channel.value,
            "account_id": raw.account_id,
            "provider_id": raw.provider_id,
            "state": RECEIVED,
            "reason": "",
            "receive_time": raw.receive_time,
            "fingerprint": fingerprint,
            "size_bytes": len(raw.body),
            "headers": [[name, value] for name, value in raw.headers.items()],
            "message_id": message_id,
            "case_id_if_new": derived_id(raw.receive_time, "case", message_id),
            "is_pending": True,
            "is_report": raw.is_report,
            "due_at": now + STUCK_AFTER,
            "tries": 0,
        }
        if len(raw.body) <= INLINE_BYTES:
            row["body"] = raw.body
        else:
            blob_id = hashlib.sha256(raw.body).hexdigest()
            await self.raw.put(raw.tenant, blob_id, raw.body)
            row["body_blob"] = blob_id
        return row

    async def body(self, row: Mapping[str, Any]) -> bytes:
        """The raw bytes of a row."""
        if row.get("body_blob"):
            return await self.raw.get(row["tenant"], row["body_blob"])
        return bytes(row.get("body") or b"")

    async def raw_of(self, row: Mapping[str, Any]) -> RawIntake:
        """The raw item of a row, as it came."""
        return RawIntake(
            tenant=row["tenant"],
            channel=Channel(row["channel"]),
            account_id=row["account_id"],
            provider_id=row["provider_id"],
            body=await self.body(row),
            headers=dict(row["headers"]),
            receive_time=row["receive_time"],
        )

    async def get(self, tenant: str, inbox_id: str) -> Mapping[str, Any] | None:
        """One row by its key."""
        return await self.rows.get(tenant, inbox_id)

    async def by_message_id(self, tenant: str, message_id: str) -> Mapping[str, Any] | None:
        """The row of a message."""
        return await self.rows.find_one(tenant, {"message_id": message_id})

    async def by_case_id(self, tenant: str, case_id: str) -> Mapping[str, Any] | None:
        """The row whose message would have opened that case."""
        return await self.rows.find_one(tenant, {"case_id_if_new": case_id})

    async def by_provider_id(
        self, tenant: str, channel: Channel, account_id: str, provider_id: str
    ) -> Mapping[str, Any] | None:
        """The row of one provider id."""
        return await self.rows.get(tenant, inbox_key(tenant, channel, account_id, provider_id))

    async def attachment(
        self, tenant: str, attachment_id: str, offset: int, limit: int
    ) -> tuple[dict[str, Any], bytes]:
        """A part of an attachment, or of a raw message by `raw:<message id>`.

        Returns:
            The attachment's description and the bytes.

        Raises:
            NotFound: No such attachment in this tenant.
        """
        if attachment_id.startswith("raw:"):
            row = await self.by_message_id(tenant, attachment_id.removeprefix("raw:"))
            if row is None:
                raise NotFound("ATTACHMENT_NOT_FOUND", "No se encontró el adjunto.")
            body = await self.body(row)
            about = {
                "attachment_id": attachment_id,
                "filename": "mensaje.eml" if row["channel"] == "email" else "mensaje.bin",
                "content_type": "application/octet-stream",
                "size_bytes": len(body),
                "sha256": hashlib.sha256(body).hexdigest(),
            }
            return about, body[offset : offset + limit]
        inbox_id, _, _ = attachment_id.rpartition("-")
        row = await self.rows.get(tenant, inbox_id) if inbox_id else None
        for entry in (row or {}).get("attachments") or []:
            if entry["attachment_id"] == attachment_id:
                data = await self.attachments.read(tenant, entry["sha256"], offset, limit)
                return entry, data
        raise NotFound("ATTACHMENT_NOT_FOUND", "No se encontró el adjunto.")
