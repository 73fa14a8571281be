"""The document store in memory: the same port, no server."""

import copy
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import product
from typing import Any

from atiende_kit.store.engine import BulkReport, IndexRefused, InsertDoc, Projection, Sort, WriteOp
from atiende_kit.store.memory_query import aggregate, apply_update, matches, project, sort_documents
from atiende_kit.store.operations import Document, Index

_IMMUTABLE = frozenset({str, int, float, bool, bytes, datetime, type(None)})
_Entry = tuple[str, ...]


class MemoryEngine:
    """One collection: documents by id, unique indexes checked on every write."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._documents: dict[Any, Document] = {}
        self._indexes: dict[str, Index] = {}
        self._entries: dict[str, dict[_Entry, Any]] = {}

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
        found = [one for one in self._candidates(query) if matches(one, query)]
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
        query = pipeline[0].get("$match", {}) if pipeline else {}
        found = [one for one in self._candidates(query) if matches(one, query)]
        return aggregate([_copied(one) for one in found], pipeline)

    async def bulk(self, operations: Sequence[WriteOp], *, durable: bool = True) -> BulkReport:  # noqa: ARG002 -- memory has one durability
        """Write all operations independently of each other."""
        report = BulkReport()
        for position, operation in enumerate(operations):
            if isinstance(operation, InsertDoc):
                document = _copied(operation.document)
                if document["_id"] in self._documents or not self._keep(document, None):
                    report.duplicates.add(position)
                continue
            among = self._candidates(operation.filter)
            old = next((one for one in among if matches(one, operation.filter)), None)
            if old is None:
                continue
            new = apply_update(_copied(old), _copied(operation.update))
            if self._keep(new, old):
                report.matched += 1
            else:
                report.duplicates.add(position)
        return report

    def stored(self) -> Iterator[Document]:
        """Look at the documents as they are; whoever asks changes nothing."""
        return iter(self._documents.values())

    async def delete(self, query: Mapping[str, Any]) -> int:
        """Delete one matching document."""
        for document in self._candidates(query):
            if matches(document, query):
                self._drop_entries(document)
                del self._documents[document["_id"]]
                return 1
        return 0

    async def ensure_indexes(self, indexes: Sequence[Index]) -> None:
        """Remember the indexes; refuse another definition under the same name."""
        for index in indexes:
            known = self._indexes.setdefault(index.name, index)
            if known != index:
                raise IndexRefused(self._name, index.name, index, known)
            if index.unique and index.name not in self._entries:
                self._entries[index.name] = {
                    entry: document["_id"]
                    for document in self._documents.values()
                    for entry in _entries(document, index)
                }

    def _candidates(self, query: Mapping[str, Any]) -> Iterable[Document]:
        key = query.get("_id")
        if type(key) is str:
            return (self._documents[key],) if key in self._documents else ()
        return self._documents.values()

    def _keep(self, document: Document, old: Document | None) -> bool:
        """Store a document unless another one has its entry in a unique index."""
        key = document["_id"]
        entries = {name: _entries(document, self._indexes[name]) for name in self._entries}
        for name, own in entries.items():
            taken = self._entries[name]
            if any(taken.get(entry, key) != key for entry in own):
                return False
        if old is not None:
            self._drop_entries(old)
        for name, own in entries.items():
            self._entries[name].update(dict.fromkeys(own, key))
        self._documents[key] = document
        return True

    def _drop_entries(self, document: Document) -> None:
        for name, taken in self._entries.items():
            for entry in _entries(document, self._indexes[name]):
                taken.pop(entry, None)


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


def _entries(document: Document, index: Index) -> set[_Entry]:
    """Return the entries of a document in an index: one for each element of an array in it."""
    if not _covers(index, document):
        return set()
    values = [_values(document, name.split(".")) or [None] for name, _ in index.full_keys]
    return {tuple(repr(value) for value in entry) for entry in product(*values)}


def _values(value: Any, path: Sequence[str]) -> list[Any]:
    if isinstance(value, list | tuple):
        return [found for element in value for found in _values(element, path)]
    if not path:
        return [value]
    return _values(value.get(path[0]), path[1:]) if isinstance(value, dict) else [None]


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
