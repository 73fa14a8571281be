"""The narrow port between a collection's rules and the database that holds the documents."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from atiende_kit.store.operations import Document, Index

Sort = Sequence[tuple[str, int]]
Projection = Mapping[str, Any] | Sequence[str]


@dataclass(frozen=True, slots=True)
class InsertDoc:
    """Insert a whole document."""

    document: Document


@dataclass(frozen=True, slots=True)
class UpdateDoc:
    """Apply an update to the one document that matches."""

    filter: Document
    update: Document


WriteOp = InsertDoc | UpdateDoc


@dataclass(slots=True)
class BulkReport:
    """What a bulk write did: how many updates matched, which positions were duplicates."""

    matched: int = 0
    duplicates: set[int] = field(default_factory=set)


class Engine(Protocol):
    """One collection of a database, without rules.

    Every method raises `atiende_kit.errors.Unavailable` when the database does not answer.
    """

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
        ...

    async def count(
        self, query: Mapping[str, Any], *, limit: int | None = None, index: str | None = None
    ) -> int:
        """Return how many documents match, and count no further than the limit."""
        ...

    async def aggregate(
        self, pipeline: Sequence[Mapping[str, Any]], *, index: str | None = None
    ) -> list[Document]:
        """Run an aggregation."""
        ...

    async def bulk(self, operations: Sequence[WriteOp], *, durable: bool = True) -> BulkReport:
        """Write all operations independently of each other in one go.

        Args:
            operations: In the order given where the database keeps one.
            durable: Wait for the majority's journal. Without it the write may be lost in a crash,
                which only housekeeping that can be repeated may accept.
        """
        ...

    async def delete(self, query: Mapping[str, Any]) -> int:
        """Delete one matching document; return how many."""
        ...

    async def ensure_indexes(self, indexes: Sequence[Index]) -> None:
        """Create what is missing.

        Raises:
            IndexRefused: One exists under the same name with another definition.
        """
        ...


class Backend(Protocol):
    """A database: engines by name, and its own life."""

    def engine(self, name: str) -> Engine:
        """Return the engine of one collection."""
        ...

    async def ping(self) -> None:
        """Raise `Unavailable` when the database does not answer."""
        ...

    async def verify(self) -> None:
        """Refuse a deployment that cannot keep the promises (a standalone server)."""
        ...

    async def close(self) -> None:
        """Release connections."""
        ...


class IndexRefused(Exception):  # noqa: N818 -- it says what happened, like the kinds of errors.py
    """An index exists with another definition than the code declares.

    Nobody guesses which of the two is right.

    Args:
        collection: Where.
        index: Its name.
        wanted: Definition in the code.
        found: Definition on the server.
    """

    def __init__(self, collection: str, index: str, wanted: object, found: object) -> None:
        super().__init__(f"index {collection}.{index}: wanted {wanted}, found {found}")
        self.collection, self.index, self.wanted, self.found = collection, index, wanted, found


class StoreRefused(Exception):  # noqa: N818 -- as above
    """The database is deployed in a way that cannot keep the platform's promises."""
