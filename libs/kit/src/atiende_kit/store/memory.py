"""The document store in memory: the same port, no server."""

import copy
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from itertools import product
from typing import Any

from atiende_kit.store.engine import BulkReport, IndexRefused, InsertDoc, Projection, Sort, WriteOp
from atiende_kit.store.memory_query import aggregate, apply_update, matches, project, sort_documents
from atiende_kit.store.operations import Document, Index

_IMMUTABLE = frozenset({str, int, float, bool, bytes, datetime, type(None)})


class MemoryEngine:
    """One collection: documents by id, unique indexes checked on every write."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._documents: dict[Any, Document] = {}
        self._indexes: dict[str, Index] = {}

    async def find(
        self,
        query: Mapping[str, Any],
        *,
        sort: Sort | None = None,
        limit: int | None = None,
        projection: Projection | None = None,
        index: str | None = None,  # noqa: ARG002 -- memory walks them all
    ) -> list[Document]:
        """Return copies of the documents that match."""
        found = [one for one in self._documents.values() if matches(one, query)]
        if sort:
            found = sort_documents(found, sort)
        if limit:
            found = found[:limit]
        return [project(_copied(one), projection) for one in found]

    async def count(
        self,
        query: Mapping[str, Any],
        *,
        limit: int | None = None,
        index: str | None = None,  # noqa: ARG002 -- memory walks them all
    ) -> int:
        """Return how many documents match, and count no further than the limit."""
        found = sum(matches(one, query) for one in self._documents.values())
        return found if limit is None else min(found, limit)

    async def aggregate(
        self,
        pipeline: Sequence[Mapping[str, Any]],
        *,
        index: str | None = None,  # noqa: ARG002 -- memory walks them all
    ) -> list[Document]:
        """Run the stages that `memory_query.aggregate` knows."""
        return aggregate([_copied(one) for one in self._documents.values()], pipeline)

    async def bulk(self, operations: Sequence[WriteOp], *, durable: bool = True) -> BulkReport:  # noqa: ARG002 -- memory has one durability
        """Write all operations independently of each other."""
        report = BulkReport()
        for position, operation in enumerate(operations):
            if isinstance(operation, InsertDoc):
                document = _copied(operation.document)
                if document["_id"] in self._documents or self._clashes(document):
                    report.duplicates.add(position)
                else:
                    self._documents[document["_id"]] = document
                continue
            old = next(
                (one for one in self._documents.values() if matches(one, operation.filter)), None
            )
            if old is None:
                continue
            new = apply_update(_copied(old), _copied(operation.update))
            if self._clashes(new):
                report.duplicates.add(position)
            else:
                self._documents[new["_id"]] = new
                report.matched += 1
        return report

    def stored(self) -> Iterator[Document]:
        """Look at the documents as they are; whoever asks changes nothing."""
        return iter(self._documents.values())

    async def delete(self, query: Mapping[str, Any]) -> int:
        """Delete one matching document."""
        for key, document in self._documents.items():
            if matches(document, query):
                del self._documents[key]
                return 1
        return 0

    async def ensure_indexes(self, indexes: Sequence[Index]) -> None:
        """Remember the indexes; refuse another definition under the same name."""
        for index in indexes:
            known = self._indexes.setdefault(index.name, index)
            if known != index:
                raise IndexRefused(self._name, index.name, index, known)

    def _clashes(self, document: Document) -> bool:
        return any(
            _keys(other, index) & _keys(document, index)
            for index in self._indexes.values()
            if index.unique and _covers(index, document)
            for other in self._documents.values()
            if other["_id"] != document["_id"] and _covers(index, other)
        )


def _copied(value: Any) -> Any:
    """Copy what can change; what a document holds besides is immutable."""
    kind = type(value)
    if kind in _IMMUTABLE:
        return value
    if kind is dict:
        return {key: _copied(one) for key, one in value.items()}
    if kind is list:
        return [_copied(one) for one in value]
    return copy.deepcopy(value)


def _covers(index: Index, document: Document) -> bool:
    if index.partial is not None and not matches(document, index.partial):
        return False
    if index.sparse:
        return any(matches(document, {name: {"$exists": True}}) for name, _ in index.full_keys)
    return True


def _keys(document: Document, index: Index) -> set[tuple[str, ...]]:
    """Return the entries of a document in an index: one for each element of an array in it."""
    values = [_values(document, name.split(".")) or [None] for name, _ in index.full_keys]
    return {tuple(repr(value) for value in entry) for entry in product(*values)}


def _values(value: Any, path: Sequence[str]) -> list[Any]:
    if isinstance(value, list | tuple):
        return [found for element in value for found in _values(element, path)]
    if not path:
        return [value]
    return _values(value.get(path[0]), path[1:]) if isinstance(value, Mapping) else [None]


class MemoryBackend:
    """A database that lives as long as the object."""

    def __init__(self) -> None:
        self._engines: dict[str, MemoryEngine] = {}

    def engine(self, name: str) -> MemoryEngine:
        """Return the engine of one collection."""
        return self._engines.setdefault(name, MemoryEngine(name))

    async def ping(self) -> None:
        """Memory always answers."""

    async def verify(self) -> None:
        """Memory promises nothing beyond the process."""

    async def close(self) -> None:
        """Nothing to release."""
