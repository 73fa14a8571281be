"""A database server: it keeps what processes lose, and its network is not to be trusted."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from atiende_kit.store.engine import BulkReport, Projection, Sort, WriteOp
from atiende_kit.store.memory import MemoryBackend, MemoryEngine
from atiende_kit.store.operations import Document, Index
from dev.simulation.dice import BULK, READING, WRITING, Fault
from dev.simulation.process import Life

Watch = Callable[[MemoryEngine], None]
"""Looks at a collection after each write, at the instant of the write."""

_FORGOTTEN = 0.02
"""How often a write that nobody waits to be journaled is undone."""


class SimEngine:
    """One collection, as one life of a process sees it over the network."""

    def __init__(self, name: str, memory: MemoryEngine, life: Life, watch: Watch | None) -> None:
        self._name = name
        self._memory = memory
        self._life = life
        self._watch = watch

    async def find(
        self,
        query: Mapping[str, Any],
        *,
        sort: Sort | None = None,
        limit: int | None = None,
        projection: Projection | None = None,
        index: str | None = None,
    ) -> list[Document]:
        """See the port."""

        async def effect(_: Fault) -> list[Document]:
            return await self._memory.find(
                query, sort=sort, limit=limit, projection=projection, index=index
            )

        return await self._life.step(f"{self._name}.find", READING, effect)

    async def count(
        self, query: Mapping[str, Any], *, limit: int | None = None, index: str | None = None
    ) -> int:
        """See the port."""

        async def effect(_: Fault) -> int:
            return await self._memory.count(query, limit=limit, index=index)

        return await self._life.step(f"{self._name}.count", READING, effect)

    async def aggregate(
        self, pipeline: Sequence[Mapping[str, Any]], *, index: str | None = None
    ) -> list[Document]:
        """See the port."""

        async def effect(_: Fault) -> list[Document]:
            return await self._memory.aggregate(pipeline, index=index)

        return await self._life.step(f"{self._name}.aggregate", READING, effect)

    async def bulk(self, operations: Sequence[WriteOp], *, durable: bool = True) -> BulkReport:
        """See the port; half of a bulk may be done when the connection breaks."""

        async def effect(fault: Fault) -> BulkReport:
            if not durable and self._life.dice.happens(_FORGOTTEN):
                return BulkReport(matched=len(operations))
            part = operations
            if fault is Fault.PARTIAL:
                part = [one for one in operations if self._life.dice.random.getrandbits(1)]
            report = await self._memory.bulk(part, durable=durable)
            if self._watch is not None:
                self._watch(self._memory)
            return report

        return await self._life.step(f"{self._name}.bulk", BULK, effect)

    async def delete(self, query: Mapping[str, Any]) -> int:
        """See the port."""

        async def effect(_: Fault) -> int:
            return await self._memory.delete(query)

        return await self._life.step(f"{self._name}.delete", WRITING, effect)

    async def ensure_indexes(self, indexes: Sequence[Index]) -> None:
        """See the port."""
        await self._memory.ensure_indexes(indexes)


class SimBackend:
    """A service's database, as one life of a process sees it."""

    def __init__(
        self, memory: MemoryBackend, life: Life, watched: Mapping[str, Watch] | None = None
    ) -> None:
        self._memory = memory
        self._life = life
        self._watched = watched or {}

    def engine(self, name: str) -> SimEngine:
        """See the port."""
        return SimEngine(name, self._memory.engine(name), self._life, self._watched.get(name))

    async def ping(self) -> None:
        """See the port."""

    async def verify(self) -> None:
        """See the port."""

    async def close(self) -> None:
        """See the port."""
