"""Large binary objects in the layout of GridFS, written so that a repeat is harmless."""

import asyncio
import hashlib
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from atiende_kit import crash
from atiende_kit.errors import AlreadyExists, InvalidInput, NotFound
from atiende_kit.ids import check_tenant
from atiende_kit.store.engine import Engine, InsertDoc
from atiende_kit.store.filters import check_text
from atiende_kit.store.operations import Document, Index

CHUNK_BYTES = 255 * 1024
# About 12 MB a command: under the 16 MB document and 48 MB message limits with room.
_CHUNKS_A_WRITE = 48


@dataclass(frozen=True, slots=True)
class BlobStat:
    """What is known of a blob without reading it."""

    blob_id: str
    size_bytes: int
    sha256: str
    create_time: datetime
    meta: Mapping[str, Any] = field(default_factory=dict)


class BlobStore:
    """Blobs of one kind. The layout is GridFS's, so its tools can read it.

    The driver's own uploader cannot be repeated: a second attempt after a crash meets the chunks
    of the first. Here the chunks' ids follow from blob and content, so a repeat writes the same.
    """

    def __init__(self, files: Engine, chunks: Engine) -> None:
        self._files = files
        self._chunks = chunks

    async def ensure_indexes(self) -> None:
        """Create the indexes of GridFS, and one name per tenant."""
        await self._chunks.ensure_indexes(
            [Index([("files_id", 1), ("n", 1)], unique=True, tenant_first=False)]
        )
        # One content per name, whoever comes first.
        await self._files.ensure_indexes(
            [Index([("filename", 1)], unique=True, tenant_first=False)]
        )

    async def put(
        self, tenant: str, blob_id: str, data: bytes, meta: Mapping[str, Any] | None = None
    ) -> bool:
        """Store bytes under an id; durable when it returns.

        Returns:
            True when it was stored now, False when the same bytes were there before.

        Raises:
            AlreadyExists: The id holds other bytes.
        """
        digest = hashlib.sha256(data).hexdigest()
        known = await self._stat(tenant, blob_id)
        if known is None:
            key = _file_id(tenant, blob_id)
            content = f"{key}:{digest[:32]}"
            parts = [
                InsertDoc(
                    {
                        "_id": f"{content}:{n}",
                        "files_id": content,
                        "n": n,
                        "data": data[n * CHUNK_BYTES : (n + 1) * CHUNK_BYTES],
                    }
                )
                for n in range(math.ceil(len(data) / CHUNK_BYTES))
            ]
            for start in range(0, len(parts), _CHUNKS_A_WRITE):
                await self._chunks.bulk(parts[start : start + _CHUNKS_A_WRITE])
            crash.passed("stored chunks")
            report = await self._files.bulk(
                [
                    InsertDoc(
                        {
                            "_id": content,
                            "filename": key,
                            "length": len(data),
                            "chunkSize": CHUNK_BYTES,
                            "uploadDate": datetime.now(UTC),
                            "metadata": {
                                "tenant": tenant,
                                "sha256": digest,
                                "meta": dict(meta or {}),
                            },
                        }
                    )
                ]
            )
            crash.passed("stored blob")
            if not report.duplicates:
                return True
            known = await self._stat(tenant, blob_id)
        if known is None or known["metadata"]["sha256"] != digest:
            raise AlreadyExists("BLOB_DIFFERS", "Ya existe un archivo distinto con ese nombre.")
        return False

    async def get(self, tenant: str, blob_id: str) -> bytes:
        """Return all bytes.

        Raises:
            NotFound: There is no such blob in this tenant.
        """
        return await self.read(tenant, blob_id)

    async def read(
        self, tenant: str, blob_id: str, offset: int = 0, limit: int | None = None
    ) -> bytes:
        """Return a part of a blob, reading only the chunks that hold it.

        Args:
            tenant: City.
            blob_id: Id.
            offset: First byte.
            limit: Most bytes to return; to the end when absent.

        Raises:
            NotFound: There is no such blob in this tenant.
        """
        if offset < 0 or (limit is not None and limit < 0):
            raise InvalidInput("RANGE_INVALID", "El rango pedido no es válido.")
        known = await self._require(tenant, blob_id)
        end = known["length"] if limit is None else min(known["length"], offset + limit)
        if offset >= end:
            return b""
        size = known["chunkSize"]
        first, last = offset // size, (end - 1) // size
        found = await self._chunks.find(
            {"files_id": known["_id"], "n": {"$gte": first, "$lte": last}},
            sort=[("n", 1)],
        )
        data = await asyncio.to_thread(b"".join, [bytes(one["data"]) for one in found])
        if len(found) != last - first + 1:
            raise NotFound("BLOB_INCOMPLETE", "El archivo está incompleto.")
        return data[offset - first * size : end - first * size]

    async def delete(self, tenant: str, blob_id: str) -> bool:
        """Remove a blob; what a crash leaves of it, the next call removes.

        Returns:
            False when there was none.
        """
        known = await self._stat(tenant, blob_id)
        if known is None:
            return False
        while await self._chunks.delete({"files_id": known["_id"]}):
            pass
        # Last: without it nobody would find the chunks any more.
        return await self._files.delete({"_id": known["_id"]}) > 0

    async def stat(self, tenant: str, blob_id: str) -> BlobStat | None:
        """Return what is known of a blob, or None."""
        known = await self._stat(tenant, blob_id)
        if known is None:
            return None
        return BlobStat(
            blob_id=blob_id,
            size_bytes=known["length"],
            sha256=known["metadata"]["sha256"],
            create_time=known["uploadDate"],
            meta=known["metadata"]["meta"],
        )

    async def _stat(self, tenant: str, blob_id: str) -> Document | None:
        found = await self._files.find({"filename": _file_id(tenant, blob_id)}, limit=1)
        return found[0] if found else None

    async def _require(self, tenant: str, blob_id: str) -> Document:
        known = await self._stat(tenant, blob_id)
        if known is None:
            raise NotFound("BLOB_NOT_FOUND", "No se encontró el archivo.")
        return known


def _file_id(tenant: str, blob_id: str) -> str:
    # The tenant is part of the key: another city's blob of the same id is another blob.
    return f"{check_tenant(tenant)}/{check_text('blob_id', blob_id)}"
