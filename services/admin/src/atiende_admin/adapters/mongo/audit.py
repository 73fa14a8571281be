"""What administrators did, in the document store."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

from atiende_admin.application.ports import AuditEntry
from atiende_kit.store import Database, Document, Index


class MongoAudit:
    """`atiende_admin.application.ports.Audit` over the kit's store."""

    def __init__(self, database: Database) -> None:
        self._entries = database.collection(
            "audit", indexes=[Index([("time", -1)]), Index([("username", 1), ("time", -1)])]
        )

    async def add(self, tenant: str, entry: AuditEntry) -> None:
        """See the port."""
        document: Document = {**dataclasses.asdict(entry), "_id": entry.id}
        del document["id"]
        await self._entries.insert(tenant, document)

    async def listing(self, tenant: str, username: str | None, limit: int) -> Sequence[AuditEntry]:
        """See the port."""
        query = {} if username is None else {"username": username}
        found = await self._entries.find(tenant, query, sort=[("time", -1)], limit=limit)
        names = [field.name for field in dataclasses.fields(AuditEntry) if field.name != "id"]
        return [
            AuditEntry(id=document["_id"], **{name: document[name] for name in names})
            for document in found
        ]
