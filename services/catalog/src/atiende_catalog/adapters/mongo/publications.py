"""Publications in the document store: one document each, never written again."""

from __future__ import annotations

import gzip
from collections.abc import Sequence
from typing import Any

from atiende.catalog.v1 import events_pb2
from atiende_catalog.application.ports import Head
from atiende_catalog.domain.publication import Publication
from atiende_city.content import compress
from atiende_kit.errors import AlreadyExists, VersionMismatch
from atiende_kit.ids import derived_id
from atiende_kit.store import Database, Document, Event, Index

_HEAD_FIELDS = (
    *("number", "sha256", "publish_time", "publisher", "note", "rollback_of", "size_bytes"),
    *("request_id", "publisher_name"),
)


class MongoPublications:
    """`atiende_catalog.application.ports.Publications` over the kit's store.

    The number is part of the id, so that of two publications of one moment only one is written.
    """

    def __init__(self, database: Database) -> None:
        self._releases = database.collection(
            "releases", indexes=[Index([("number", -1)], unique=True)], outbox=True
        )

    async def head(self, tenant: str) -> Head | None:
        """See the port."""
        found = await self.listing(tenant, before=None, limit=1)
        return found[0] if found else None

    async def get(self, tenant: str, version: int) -> Publication | None:
        """See the port."""
        found = await self._releases.get(tenant, _id(tenant, version))
        if found is None:
            return None
        return Publication(
            version=found["number"],
            sha256=found["sha256"],
            content=gzip.decompress(found["content"]),
            publish_time=found["publish_time"],
            publisher=found["publisher"],
            note=found["note"],
            rollback_of=found["rollback_of"],
            request_id=found.get("request_id", ""),
            publisher_name=found.get("publisher_name", ""),
        )

    async def listing(self, tenant: str, *, before: int | None, limit: int) -> Sequence[Head]:
        """See the port."""
        query: dict[str, Any] = {} if before is None else {"number": {"$lt": before}}
        found = await self._releases.find(
            tenant,
            query,
            sort=[("number", -1)],
            limit=limit,
            projection=dict.fromkeys(_HEAD_FIELDS, 1),
        )
        return [_head(document) for document in found]

    async def add(self, tenant: str, publication: Publication) -> None:
        """See the port."""
        document: Document = {
            "_id": _id(tenant, publication.version),
            "number": publication.version,
            "sha256": publication.sha256,
            "content": compress(publication.content),
            "size_bytes": len(publication.content),
            "publish_time": publication.publish_time,
            "publisher": publication.publisher,
            "note": publication.note,
            "rollback_of": publication.rollback_of,
            "request_id": publication.request_id,
            "publisher_name": publication.publisher_name,
        }
        message = events_pb2.ReleasePublished(
            version=publication.version, sha256=publication.sha256
        )
        message.publish_time.FromDatetime(publication.publish_time)
        event_id = derived_id(
            publication.publish_time, "release.published", tenant, str(publication.version)
        )
        event = Event(message, event_id, publication.publish_time)
        try:
            await self._releases.insert(tenant, document, [event])
        except AlreadyExists as error:
            raise VersionMismatch(
                "RELEASE_CHANGED", "Otra persona publicó al mismo tiempo; compare de nuevo."
            ) from error


def _id(tenant: str, version: int) -> str:
    return f"{tenant}/{version}"


def _head(document: Document) -> Head:
    return Head(
        version=document["number"],
        sha256=document["sha256"],
        publish_time=document["publish_time"],
        publisher=document["publisher"],
        note=document["note"],
        rollback_of=document["rollback_of"],
        size_bytes=document["size_bytes"],
        request_id=document.get("request_id", ""),
        publisher_name=document.get("publisher_name", ""),
    )
