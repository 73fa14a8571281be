"""The document store on MongoDB, through motor or through pymongo's own asyncio client.

motor is at the end of its life, so nothing outside this file knows which of the two is used; both
run the same suite.
"""

import asyncio
import inspect
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC
from typing import Any

from bson.codec_options import CodecOptions
from bson.errors import InvalidDocument
from pymongo import AsyncMongoClient, IndexModel, InsertOne, UpdateOne, WriteConcern
from pymongo.errors import (
    BulkWriteError,
    ConnectionFailure,
    DocumentTooLarge,
    ExecutionTimeout,
    OperationFailure,
    PyMongoError,
    WTimeoutError,
)
from pymongo.read_concern import ReadConcern

from atiende_kit.errors import InvalidInput, Unavailable
from atiende_kit.settings import MongoSettings
from atiende_kit.store.engine import (
    BulkReport,
    IndexRefused,
    InsertDoc,
    Projection,
    Sort,
    StoreRefused,
    WriteOp,
)
from atiende_kit.store.operations import Document, Index
from atiende_kit.store.stall import StallWatch

DUPLICATE_KEY = 11000
_TOO_LARGE = frozenset({10334, 17419})
# Shutdown, step-down, no primary, exceeded time: the server's state, not the request's fault.
_INTERRUPTED = frozenset({11600, 11602, 91, 189, 10107, 13435, 13436, 262})
WRITE_TIMEOUT_MS = 10_000

# A write is promised only when a majority has it in the journal; a read that decides something sees
# only such writes. Explicit on the client: a default of the deployment is not a promise of ours.
DURABLE = WriteConcern(w="majority", j=True, wtimeout=WRITE_TIMEOUT_MS)
HOUSEKEEPING = WriteConcern(w=1, j=False)


def client_of(settings: MongoSettings) -> Any:
    """Make a client of the driver that the settings name; it connects on first use."""
    options: dict[str, Any] = {
        "appname": f"atiende-{settings.database}",
        "serverSelectionTimeoutMS": 5_000,
        "connectTimeoutMS": 5_000,
        "socketTimeoutMS": 20_000,
        "retryWrites": True,
        "retryReads": True,
        "maxPoolSize": 50,
        "uuidRepresentation": "standard",
    }
    url = settings.url.get_secret_value()
    if settings.driver == "motor":
        from motor.motor_asyncio import AsyncIOMotorClient

        return AsyncIOMotorClient(url, **options)
    return AsyncMongoClient(url, **options)


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except (DocumentTooLarge, InvalidDocument) as error:
        raise InvalidInput("DOCUMENT_INVALID", "El contenido no se puede guardar.") from error
    except (ConnectionFailure, WTimeoutError, ExecutionTimeout) as error:
        raise Unavailable("STORE_UNAVAILABLE", "El almacén no responde.") from error
    except OperationFailure as error:
        if error.code in _TOO_LARGE:
            raise InvalidInput("DOCUMENT_INVALID", "El contenido no se puede guardar.") from error
        if error.code in _INTERRUPTED:
            raise Unavailable("STORE_UNAVAILABLE", "El almacén no responde.") from error
        raise


class MongoEngine:
    """One collection."""

    def __init__(self, database: Any, name: str, watch: StallWatch) -> None:
        self._name = name
        self._watch = watch
        options: CodecOptions[dict[str, Any]] = CodecOptions(tz_aware=True, tzinfo=UTC)
        self._durable = database.get_collection(
            name,
            codec_options=options,
            write_concern=DURABLE,
            read_concern=ReadConcern("majority"),
        )
        self._housekeeping = self._durable.with_options(write_concern=HOUSEKEEPING)

    async def find(
        self,
        query: Mapping[str, Any],
        *,
        sort: Sort | None = None,
        limit: int | None = None,
        projection: Projection | None = None,
        index: str | None = None,
    ) -> list[Document]:
        """Return the documents that match, found by an index when one is named."""
        with _translated(), self._watch.operation():
            cursor = self._durable.find(
                query,
                projection=projection or None,
                sort=list(sort) if sort else None,
                limit=limit or 0,
                hint=index,
            )
            found: list[Document] = await cursor.to_list(None)
        return found

    async def count(
        self, query: Mapping[str, Any], *, limit: int | None = None, index: str | None = None
    ) -> int:
        """Return how many documents match, and count no further than the limit."""
        options = _given(limit=limit, hint=index)
        with _translated(), self._watch.operation():
            return int(await self._durable.count_documents(query, **options))

    async def aggregate(
        self, pipeline: Sequence[Mapping[str, Any]], *, index: str | None = None
    ) -> list[Document]:
        """Run an aggregation."""
        with _translated(), self._watch.operation():
            cursor = self._durable.aggregate(list(pipeline), **_given(hint=index))
            if inspect.isawaitable(cursor):  # pymongo's own client; motor answers at once
                cursor = await cursor
            found: list[Document] = await cursor.to_list(None)
        return found

    async def bulk(self, operations: Sequence[WriteOp], *, durable: bool = True) -> BulkReport:
        """Write all operations independently of each other in one go."""
        collection = self._durable if durable else self._housekeeping
        requests: list[InsertOne[Document] | UpdateOne] = [
            InsertOne(one.document)
            if isinstance(one, InsertDoc)
            else UpdateOne(one.filter, one.update)
            for one in operations
        ]
        with _translated(), self._watch.operation():
            try:
                result = await collection.bulk_write(requests, ordered=False)
            except BulkWriteError as error:
                return _read_report(error)
        return BulkReport(matched=result.matched_count)

    async def delete(self, query: Mapping[str, Any]) -> int:
        """Delete one matching document; return how many."""
        with _translated(), self._watch.operation():
            result = await self._durable.delete_one(query)
        return int(result.deleted_count)

    async def ensure_indexes(self, indexes: Sequence[Index]) -> None:
        """Create what is missing, refuse what differs."""
        with _translated():
            found = await self._durable.index_information()
            missing = []
            for index in indexes:
                wanted, present = _definition(index), found.get(index.name)
                if present is None:
                    missing.append(index)
                elif _found_definition(present) != wanted:
                    raise IndexRefused(self._name, index.name, wanted, _found_definition(present))
            declared = {index.name for index in indexes} | {"_id_"}
            for name, present in found.items():
                # An extra index only costs; an extra unique one refuses documents.
                if name not in declared and present.get("unique"):
                    raise IndexRefused(self._name, name, "none", _found_definition(present))
            if missing:
                try:
                    await self._durable.create_indexes([_model(index) for index in missing])
                except OperationFailure as error:
                    names = ", ".join(index.name for index in missing)
                    raise IndexRefused(self._name, names, "to be created", error) from error


def _given(**options: Any) -> dict[str, Any]:
    return {name: value for name, value in options.items() if value is not None}


def _read_report(error: BulkWriteError) -> BulkReport:
    details = error.details or {}
    if details.get("writeConcernErrors"):
        # Written perhaps, promised never: the caller repeats and finds out.
        raise Unavailable("STORE_UNAVAILABLE", "El almacén no responde.") from error
    report = BulkReport(matched=int(details.get("nMatched", 0)))
    for one in details.get("writeErrors", ()):
        if one["code"] in _TOO_LARGE:
            raise InvalidInput("DOCUMENT_INVALID", "El contenido no se puede guardar.") from error
        if one["code"] != DUPLICATE_KEY:
            raise error
        report.duplicates.add(int(one["index"]))
    return report


def _is_text(index: Index) -> bool:
    return any(direction == "text" for _, direction in index.full_keys)


def _definition(index: Index) -> dict[str, Any]:
    definition: dict[str, Any] = {
        "unique": index.unique,
        "sparse": index.sparse,
        "partial": dict(index.partial) if index.partial else None,
        "expire": index.expire_after_seconds,
    }
    if _is_text(index):
        definition["text"] = sorted(n for n, direction in index.full_keys if direction == "text")
        definition["language"] = index.language
    else:
        definition["keys"] = index.full_keys
    return definition


def _found_definition(present: Mapping[str, Any]) -> dict[str, Any]:
    definition: dict[str, Any] = {
        "unique": bool(present.get("unique", False)),
        "sparse": bool(present.get("sparse", False)),
        "partial": _plain(present.get("partialFilterExpression")),
        "expire": present.get("expireAfterSeconds"),
    }
    if "weights" in present:
        definition["text"] = sorted(present["weights"])
        definition["language"] = present["default_language"]
    else:
        definition["keys"] = [
            (name, int(direction) if isinstance(direction, float) else direction)
            for name, direction in present["key"]
        ]
    return definition


def _plain(value: Any) -> Any:
    return {k: _plain(v) for k, v in value.items()} if isinstance(value, Mapping) else value


def _model(index: Index) -> IndexModel:
    options: dict[str, Any] = {"name": index.name, "unique": index.unique, "sparse": index.sparse}
    if index.partial:
        options["partialFilterExpression"] = dict(index.partial)
    if index.expire_after_seconds is not None:
        options["expireAfterSeconds"] = index.expire_after_seconds
    if _is_text(index):
        options["default_language"] = index.language
        # A field named "language" in a citizen's document must not choose the stemmer.
        options["language_override"] = "text_index_language"
    return IndexModel(index.full_keys, **options)


class MongoBackend:
    """A database on a replica set."""

    def __init__(self, settings: MongoSettings) -> None:
        self._client = client_of(settings)
        self._database = self._client[settings.database]
        self._engines: dict[str, MongoEngine] = {}
        self._watch = StallWatch(self._ask)

    def engine(self, name: str) -> MongoEngine:
        """Return the engine of one collection."""
        if name not in self._engines:
            self._engines[name] = MongoEngine(self._database, name, self._watch)
        return self._engines[name]

    async def ping(self) -> None:
        """Raise `Unavailable` when no primary answers."""
        with _translated(), self._watch.operation():
            await self._ask()

    async def verify(self) -> None:
        """Refuse a standalone server: it has no majority, no retryable writes, no journal promise.

        Raises:
            StoreRefused: The deployment cannot keep the promises.
            Unavailable: Nobody answers.
        """
        with _translated():
            hello = await self._database.command("hello")
        if "setName" not in hello and hello.get("msg") != "isdbgrid":
            raise StoreRefused("MongoDB must run as a replica set (of one on a laptop)")

    async def drop(self) -> None:
        """Remove the whole database; for tests."""
        with _translated():
            await self._client.drop_database(self._database.name)

    async def close(self) -> None:
        """Release connections."""
        self._watch.close()
        if inspect.iscoroutinefunction(self._client.close):
            await self._client.close()
        else:
            # Motor says goodbye to the server with a blocking call, which a slow one draws out.
            await asyncio.to_thread(self._client.close)

    async def _ask(self) -> None:
        await self._database.command("ping")


__all__ = ["DURABLE", "MongoBackend", "MongoEngine", "PyMongoError", "client_of"]
