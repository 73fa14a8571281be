"""Files that are put through our own pages before the message that they belong to.

An upload is durable when it is answered, and whoever knows its id (144 random bits) may add it to a
message. A citizen's message makes copies of its own; an answer of the city keeps the upload. What
nothing keeps is removed after some days.
"""

from __future__ import annotations

import asyncio
import hashlib
import secrets
from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any

from atiende_channels.application.inbox import real_now
from atiende_channels.application.store_attachments import type_by_content
from atiende_channels.domain.errors import RejectedByProvider
from atiende_channels.domain.files import (
    MAX_UPLOAD_BYTES,
    UPLOAD_TYPES,
    danger_flags,
    safe_name,
    settle_type,
)
from atiende_channels.domain.model import Attachment, StoredAttachment
from atiende_channels.domain.photos import PhotoBroken, without_metadata
from atiende_kit.errors import NotFound, Unprocessable, VersionMismatch
from atiende_kit.store import (
    BlobStore,
    Collection,
    Database,
    Index,
    Outcome,
    Replace,
    retry_stale,
)

UPLOAD_ID = r"^u[0-9a-f]{36}$"
_BATCH = 200
_GRACE = timedelta(days=1)


class Uploads:
    """The collection `uploads` and the blobs of the same name.

    Args:
        database: Holds both.
        keep: How long (real time) a file waits for its message.
    """

    def __init__(self, database: Database, keep: timedelta) -> None:
        self._rows: Collection = database.collection(
            "uploads",
            [Index([("is_waiting", 1), ("create_time", 1)], tenant_first=False)],
        )
        self._blobs: BlobStore = database.bucket("uploads")
        self._keep = keep

    async def add(self, tenant: str, filename: str, data: bytes) -> StoredAttachment:
        """Stores a file; durable when this returns.

        Raises:
            Unprocessable: It is empty, too large, broken or of a kind that is not taken.
        """
        checked = await asyncio.to_thread(_checked, filename, data)
        upload_id = f"u{secrets.token_hex(18)}"
        stored = StoredAttachment(
            attachment_id=upload_id,
            filename=checked.filename,
            content_type=checked.claimed_type,
            size_bytes=len(checked.data),
            sha256=hashlib.sha256(checked.data).hexdigest(),
        )
        await self._blobs.put(tenant, upload_id, checked.data)
        await self._rows.insert(
            tenant,
            {
                "_id": upload_id,
                "filename": stored.filename,
                "content_type": stored.content_type,
                "size_bytes": stored.size_bytes,
                "sha256": stored.sha256,
                "create_time": real_now(),
                "is_waiting": True,
            },
        )
        return stored

    async def require(self, tenant: str, upload_ids: Iterable[str]) -> list[StoredAttachment]:
        """Checks that files are there, before the message that names them is acknowledged.

        Returns:
            What they are, in the order asked.

        Raises:
            Unprocessable: Names those that are not.
        """
        wanted = list(upload_ids)
        known = await self._rows.get_many(tenant, wanted) if wanted else {}
        oldest = real_now() - self._keep
        missing = {
            f"/attachment_ids/{number}": "El archivo ya no está; adjúntelo de nuevo."
            for number, row in enumerate(map(known.get, wanted))
            if row is None or (row.get("is_waiting") and row["create_time"] < oldest)
        }
        if missing:
            raise Unprocessable("ATTACHMENT_UNKNOWN", "Falta un archivo.", fields=missing)
        return [_stored(known[one]) for one in wanted]

    async def keep(self, tenant: str, upload_ids: Iterable[str]) -> list[StoredAttachment]:
        """Keeps files for good; again changes nothing.

        Returns:
            What they are, in the order asked.

        Raises:
            Unprocessable: Names those that are not there; none is kept then.
        """
        wanted = list(dict.fromkeys(upload_ids))
        files = await self.require(tenant, wanted)

        async def keep() -> None:
            known = await self._rows.get_many(tenant, wanted)
            outcomes = await self._rows.write(
                [
                    Replace(tenant, {"_id": key, "version": row["version"], "is_waiting": False})
                    for key, row in known.items()
                    if row.get("is_waiting")
                ]
            )
            if any(outcome is not Outcome.DONE for outcome in outcomes):
                raise VersionMismatch("UPLOAD_CHANGED", "El archivo cambió mientras tanto.")

        await retry_stale(keep)
        return files

    async def part(
        self, tenant: str, upload_id: str, offset: int, limit: int
    ) -> tuple[StoredAttachment, bytes]:
        """A part of a file.

        Raises:
            NotFound: There is none in this city.
        """
        row = await self._rows.get(tenant, upload_id)
        if row is None:
            raise NotFound("ATTACHMENT_NOT_FOUND", "No se encontró el adjunto.")
        return _stored(row), await self._blobs.read(tenant, upload_id, offset, limit)

    async def read(self, tenant: str, upload_id: str) -> Attachment:
        """A file with its bytes.

        Raises:
            RejectedByProvider: It was never there, or is gone.
        """
        row = await self._rows.get(tenant, upload_id)
        if row is None:
            raise RejectedByProvider("the upload is gone")
        data = await self._blobs.get(tenant, upload_id)
        return Attachment(row["filename"], row["content_type"], data)

    async def purge(self) -> int:
        """Removes what no message took in time; returns how many there were."""
        old = await self._rows.across_tenants(
            # A day more: a message that was taken at the last moment still fetches its files.
            {"is_waiting": True, "create_time": {"$lt": real_now() - self._keep - _GRACE}},
            sort=[("create_time", 1)],
            limit=_BATCH,
        )
        for row in old:
            # The row goes last: after a crash the next round finds it and ends the work.
            await self._blobs.delete(row["tenant"], row["_id"])
            await self._rows.delete(row["tenant"], row["_id"])
        return len(old)


def _stored(row: Mapping[str, Any]) -> StoredAttachment:
    return StoredAttachment(
        attachment_id=row["_id"],
        filename=row["filename"],
        content_type=row["content_type"],
        size_bytes=row["size_bytes"],
        sha256=row["sha256"],
    )


def _checked(filename: str, data: bytes) -> Attachment:
    """The file as it is kept: typed by content, named safely, without a photo's metadata."""
    if not data:
        raise Unprocessable("ATTACHMENT_EMPTY", "El archivo está vacío.")
    if len(data) > MAX_UPLOAD_BYTES:
        limit = MAX_UPLOAD_BYTES // 2**20
        raise Unprocessable("ATTACHMENT_TOO_LARGE", f"El archivo pasa de {limit} MB.")
    kind = settle_type("", type_by_content(data), data)
    name = safe_name(filename)
    if kind not in UPLOAD_TYPES or danger_flags(name, kind, kind, data):
        kinds = ", ".join(dict.fromkeys(UPLOAD_TYPES.values()))
        raise Unprocessable(
            "ATTACHMENT_TYPE_REFUSED", f"Ese tipo de archivo no se recibe. Se reciben: {kinds}."
        )
    try:
        return Attachment(name, kind, without_metadata(data, kind))
    except PhotoBroken:
        raise Unprocessable(
            "ATTACHMENT_BROKEN", "La foto está dañada; tómela o guárdela de nuevo."
        ) from None
