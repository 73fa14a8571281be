"""The repository base: tenancy, compare-and-set and the embedded outbox, whatever the database."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from atiende_kit import crash
from atiende_kit.clock import Clock
from atiende_kit.contract import ServiceContract
from atiende_kit.errors import AlreadyExists, Unavailable, VersionMismatch
from atiende_kit.ids import check_tenant, new_id
from atiende_kit.store.engine import Engine, InsertDoc, Projection, Sort, UpdateDoc, WriteOp
from atiende_kit.store.filters import check_filter, check_text, tenant_pipeline
from atiende_kit.store.operations import (
    Document,
    Event,
    Index,
    Insert,
    OutboxEntry,
    Outcome,
    Replace,
    repeated_replaces,
)

Sink = Callable[[list[OutboxEntry]], None]

# What the base keeps in a document for itself; callers neither see nor write it.
_HIDDEN = ("outbox", "writes")
_BASE = frozenset({"_id", "tenant", "version", *_HIDDEN})
_OUTBOX_LIMIT = 100
# Tokens of the last batches that wrote the document: enough that a batch recognises its own write
# although others wrote after it.
_TOKENS_KEPT = 8


class Collection:
    """Documents of one kind. Made by `Database.collection`.

    A document is ``{"_id": str, "tenant": str, "version": int, ...}``.
    """

    def __init__(
        self,
        name: str,
        engine: Engine,
        *,
        clock: Clock,
        sink: Sink,
        indexes: Sequence[Index] = (),
        outbox: bool = False,
        text_fields: Iterable[str] = (),
        contract: ServiceContract | None = None,
    ) -> None:
        self.name = name
        self.outbox = outbox
        self._engine = engine
        self._clock = clock
        self._sink = sink
        self._contract = contract
        self._text_fields = frozenset(text_fields)
        self.indexes = list(indexes)
        if outbox:
            # For the sweeper; holds only documents with something pending, so it stays tiny.
            self.indexes.append(
                Index(
                    [("outbox.at", 1)], partial={"outbox.0": {"$exists": True}}, tenant_first=False
                )
            )

    # -- reading ------------------------------------------------------------------------------

    async def get(self, tenant: str, document_id: str) -> Document | None:
        """Return one document of the tenant, or None."""
        found = await self._find(tenant, {"_id": check_text("_id", document_id)}, limit=1)
        return found[0] if found else None

    async def get_many(self, tenant: str, document_ids: Iterable[str]) -> dict[str, Document]:
        """Return the documents that exist, by id: one round trip for a whole batch."""
        wanted = [check_text("_id", one) for one in dict.fromkeys(document_ids)]
        if not wanted:
            return {}
        return {one["_id"]: one for one in await self._find(tenant, {"_id": {"$in": wanted}})}

    async def find(
        self,
        tenant: str,
        filter: Mapping[str, Any] | None = None,  # noqa: A002 -- the word of the database
        *,
        sort: Sort | None = None,
        limit: int | None = None,
        projection: Projection | None = None,
        index: Index | None = None,
    ) -> list[Document]:
        """Return the tenant's documents that match a filter built by code.

        An index is named where the planner's own choice would change with the data.

        Raises:
            InvalidInput: The filter holds an operator that code does not build.
        """
        return await self._find(
            tenant, filter or {}, sort=sort, limit=limit, projection=projection, index=index
        )

    async def find_one(
        self,
        tenant: str,
        filter: Mapping[str, Any],  # noqa: A002 -- the word of the database
        *,
        sort: Sort | None = None,
    ) -> Document | None:
        """Return the first match, or None."""
        found = await self._find(tenant, filter, sort=sort, limit=1)
        return found[0] if found else None

    async def count(
        self,
        tenant: str,
        filter: Mapping[str, Any] | None = None,  # noqa: A002 -- the word of the database
        *,
        limit: int | None = None,
        index: Index | None = None,
    ) -> int:
        """Return how many of the tenant's documents match; no further than a limit is counted."""
        return await self._engine.count(
            self._scoped(tenant, filter or {}), limit=limit, index=index.name if index else None
        )

    async def aggregate(
        self, tenant: str, pipeline: Sequence[Mapping[str, Any]], *, index: Index | None = None
    ) -> list[Document]:
        """Run an aggregation over the tenant's documents.

        Raises:
            ValueError: A stage leaves the collection.
        """
        return await self._engine.aggregate(
            tenant_pipeline(check_tenant(tenant), pipeline, self._text_fields),
            index=index.name if index else None,
        )

    async def across_tenants(
        self,
        filter: Mapping[str, Any],  # noqa: A002 -- the word of the database
        *,
        sort: Sort | None = None,
        limit: int | None = None,
    ) -> list[Document]:
        """Return matches of every tenant. For sweepers only: nothing of a request may reach it."""
        check_filter(filter, self._text_fields)
        return await self._engine.find(
            filter, sort=sort, limit=limit, projection=dict.fromkeys(_HIDDEN, 0)
        )

    def _scoped(self, tenant: str, query: Mapping[str, Any]) -> Document:
        check_tenant(tenant)
        if query.get("tenant", tenant) != tenant:
            raise ValueError("a filter names another tenant")
        check_filter(query, self._text_fields)
        return {**query, "tenant": tenant}

    async def _find(
        self,
        tenant: str,
        query: Mapping[str, Any],
        *,
        sort: Sort | None = None,
        limit: int | None = None,
        projection: Projection | None = None,
        index: Index | None = None,
    ) -> list[Document]:
        shown = dict.fromkeys(_HIDDEN, 0) if projection is None else projection
        return await self._engine.find(
            self._scoped(tenant, query),
            sort=sort,
            limit=limit,
            projection=shown,
            index=index.name if index else None,
        )

    # -- writing ------------------------------------------------------------------------------

    async def insert(self, tenant: str, document: Document, events: Sequence[Event] = ()) -> None:
        """Make one document.

        Raises:
            AlreadyExists: The id or another unique value is taken.
        """
        [outcome] = await self.write([Insert(tenant, document, events)])
        if outcome is not Outcome.DONE:
            raise AlreadyExists("ALREADY_EXISTS", "Ya existe.")

    async def replace(self, tenant: str, document: Document, events: Sequence[Event] = ()) -> None:
        """Write one document back.

        Raises:
            VersionMismatch: It was written by somebody else since it was read, or is gone.
            AlreadyExists: A unique value of it belongs to another document.
        """
        [outcome] = await self.write([Replace(tenant, document, events)])
        if outcome is Outcome.DUPLICATE:
            raise AlreadyExists("ALREADY_EXISTS", "Ya existe.")
        if outcome is Outcome.STALE:
            raise VersionMismatch("VERSION_MISMATCH", "Cambió mientras tanto; vuelva a intentarlo.")

    async def delete(self, tenant: str, document_id: str) -> bool:
        """Remove one document; True when it was there.

        Raises:
            Unavailable: Events of it are not published yet; they would be lost with it.
        """
        query = self._scoped(tenant, {"_id": check_text("_id", document_id)})
        if not self.outbox:
            return bool(await self._engine.delete(query))
        if await self._engine.delete({**query, "outbox.0": {"$exists": False}}):
            return True
        if await self._engine.count(query):
            raise Unavailable("OUTBOX_PENDING", "Aún se está publicando; vuelva a intentarlo.")
        return False

    async def write(
        self, ops: Sequence[Insert | Replace], *, durable: bool = True
    ) -> list[Outcome]:
        """Write a batch in one go; one operation's failure does not touch its neighbours.

        The events of what was done go to the relay as soon as they are durable.

        Args:
            ops: What to write.
            durable: False for notes that a crash may undo because the work they speak of would
                then be done again without harm; they carry no events.

        Returns:
            One outcome per operation, in order.

        Raises:
            Unavailable: The outcome is unknown (or an outbox is full); the whole batch may be
                repeated.
        """
        if not ops:
            return []
        if not durable and any(op.events for op in ops):
            raise ValueError(f"{self.name}: events want a durable write")
        token = new_id()
        entries = [self._entries(op) for op in ops]
        # One update says by its matched count whether it was done; only a batch needs the token.
        marked = sum(isinstance(op, Replace) for op in ops) > 1
        seen = Counter(str(op.document.get("_id")) for op in ops if isinstance(op, Replace))
        repeated = repeated_replaces(ops) if any(count > 1 for count in seen.values()) else set()
        sent = [index for index in range(len(ops)) if index not in repeated]
        report = await self._engine.bulk(
            [self._operation(ops[i], entries[i], token if marked else None) for i in sent],
            durable=durable,
        )
        crash.passed(f"written {self.name}")
        duplicates = {sent[position] for position in report.duplicates}
        outcomes = [Outcome.DONE] * len(ops)
        for index in duplicates:
            outcomes[index] = Outcome.DUPLICATE
        for index in repeated:
            outcomes[index] = Outcome.STALE
        updates = [i for i in sent if isinstance(ops[i], Replace) and i not in duplicates]
        if report.matched < len(updates):
            for index in await self._stale(ops, updates, token if marked else None):
                outcomes[index] = Outcome.STALE
        done = [
            entry
            for index, outcome in enumerate(outcomes)
            if outcome is Outcome.DONE
            for entry in entries[index]
        ]
        if done:
            self._sink(done)
        await self._refuse_full([ops[i] for i in updates if outcomes[i] is Outcome.STALE])
        return outcomes

    def _entries(self, op: Insert | Replace) -> list[OutboxEntry]:
        check_tenant(op.tenant)
        document = op.document
        check_text("_id", document.get("_id"))
        if document.get("tenant", op.tenant) != op.tenant:
            raise ValueError(f"{self.name}: the document belongs to another tenant")
        if not op.events:
            return []
        if not self.outbox:
            raise ValueError(f"{self.name} was made without an outbox and cannot carry events")
        if self._contract is not None:
            for event in op.events:
                if type(event.message) not in self._contract.publishes:
                    name = event.message.DESCRIPTOR.full_name
                    raise ValueError(f"{self._contract.name} does not declare that it says {name}")
        now = self._clock.now()
        return [
            OutboxEntry.of(
                event,
                tenant=op.tenant,
                document_id=document["_id"],
                collection=self.name,
                now=now,
            )
            for event in op.events
        ]

    def _operation(
        self, op: Insert | Replace, entries: list[OutboxEntry], token: str | None
    ) -> WriteOp:
        fields = {k: v for k, v in op.document.items() if k not in _BASE}
        for name in fields:
            if name.startswith("$") or "." in name:
                raise ValueError(f"{self.name}: {name!r} cannot be a field")
        at = datetime.now(UTC)
        pending = [entry.to_document(at) for entry in entries]
        identity = {"_id": op.document["_id"], "tenant": op.tenant}
        if isinstance(op, Insert):
            document = {**identity, "version": 1, **fields}
            if self.outbox:
                document["outbox"] = pending
            return InsertDoc(document)
        version = op.document["version"]
        if not isinstance(version, int):
            raise TypeError(f"{self.name}: a replace wants the version that was read")
        query: Document = {**identity, "version": version}
        push: Document = {}
        if pending:
            query[f"outbox.{_OUTBOX_LIMIT - len(pending)}"] = {"$exists": False}
            push["outbox"] = {"$each": pending}
        if token is not None:
            push["writes"] = {"$each": [token], "$slice": -_TOKENS_KEPT}
        update: Document = {"$set": {**fields, "version": version + 1}}
        if push:
            update["$push"] = push
        return UpdateDoc(query, update)

    async def _stale(
        self, ops: Sequence[Insert | Replace], updates: list[int], token: str | None
    ) -> list[int]:
        if token is None:
            return updates
        ids = [ops[index].document["_id"] for index in updates]
        written = await self._engine.find(
            {"_id": {"$in": ids}, "writes": token}, projection={"_id": 1}
        )
        done = {one["_id"] for one in written}
        return [index for index in updates if ops[index].document["_id"] not in done]

    async def _refuse_full(self, stale: list[Insert | Replace]) -> None:
        """Tell a full outbox from a newer version; the caller must not read and retry at once."""
        asked = [op.document for op in stale if op.events]
        if not asked:
            return
        versions = {one["_id"]: one["version"] for one in asked}
        full = await self._engine.find(
            {"_id": {"$in": list(versions)}, f"outbox.{_OUTBOX_LIMIT - 1}": {"$exists": True}},
            projection={"version": 1},
        )
        if any(versions[one["_id"]] == one["version"] for one in full):
            raise Unavailable("OUTBOX_FULL", "Hay demasiados avisos pendientes de publicar.")

    # -- the relay's side ---------------------------------------------------------------------

    async def pending(self, older_than: datetime, limit: int) -> list[OutboxEntry]:
        """Return events that were written before an instant (real time) and are still here."""
        documents = await self._engine.find(
            {"outbox.0": {"$exists": True}, "outbox.at": {"$lt": older_than}},
            sort=[("outbox.at", 1)],
            limit=limit,
            projection={"tenant": 1, "outbox": 1},
        )
        return [
            OutboxEntry.from_document(
                stored,
                tenant=document["tenant"],
                document_id=document["_id"],
                collection=self.name,
            )
            for document in documents
            for stored in document["outbox"]
        ]

    async def forget(self, entries: Sequence[OutboxEntry]) -> None:
        """Remove published events: one bulk, and not journaled.

        A crash that undoes it makes the sweeper publish once more, with the same id.
        """
        by_document: dict[str, list[str]] = {}
        for entry in entries:
            by_document.setdefault(entry.document_id, []).append(entry.event_id)
        await self._engine.bulk(
            [
                UpdateDoc(
                    {"_id": document_id},
                    {"$pull": {"outbox": {"event_id": {"$in": event_ids}}}},
                )
                for document_id, event_ids in by_document.items()
            ],
            durable=False,
        )
        crash.passed("forgotten")
