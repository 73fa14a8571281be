"""The document store: one document, one version, its pending events, one write."""

from atiende_kit.store.blobs import BlobStat, BlobStore
from atiende_kit.store.collection import Collection
from atiende_kit.store.database import Database, MemoryDatabase
from atiende_kit.store.engine import IndexRefused, StoreRefused
from atiende_kit.store.filters import Op, op
from atiende_kit.store.group import GroupCommit, retry_stale
from atiende_kit.store.operations import (
    Cause,
    Document,
    Event,
    Index,
    Insert,
    OutboxEntry,
    Outcome,
    Replace,
)

__all__ = [
    "BlobStat",
    "BlobStore",
    "Cause",
    "Collection",
    "Database",
    "Document",
    "Event",
    "GroupCommit",
    "Index",
    "IndexRefused",
    "Insert",
    "MemoryDatabase",
    "Op",
    "OutboxEntry",
    "Outcome",
    "Replace",
    "StoreRefused",
    "op",
    "retry_stale",
]
