"""A service's database: its collections, blobs and indexes, and its life as a component."""

from collections.abc import Iterable, Sequence

from atiende_kit.clock import Clock, SystemClock
from atiende_kit.contract import ServiceContract
from atiende_kit.settings import MongoSettings
from atiende_kit.store.blobs import BlobStore
from atiende_kit.store.collection import Collection, Sink
from atiende_kit.store.engine import Backend
from atiende_kit.store.memory import MemoryBackend
from atiende_kit.store.mongo import MongoBackend
from atiende_kit.store.operations import Index, OutboxEntry


class Database:
    """Everything a service stores. A component: starts by asking whether the server is there.

    Args:
        backend: The driver.
        contract: When given, only events that it declares can be written.
        clock: Domain time of events that name none.
    """

    name = "mongo"

    def __init__(
        self,
        backend: Backend,
        contract: ServiceContract | None = None,
        *,
        clock: Clock | None = None,
    ) -> None:
        self._backend = backend
        self._contract = contract
        self._clock = clock or SystemClock()
        self._sink: Sink | None = None
        self._collections: dict[str, Collection] = {}
        self._buckets: dict[str, BlobStore] = {}

    @classmethod
    def connect(
        cls,
        settings: MongoSettings,
        contract: ServiceContract | None = None,
        *,
        clock: Clock | None = None,
    ) -> "Database":
        """Make the database of these settings; nothing is sent before the first use."""
        return cls(MongoBackend(settings), contract, clock=clock)

    def collection(
        self,
        name: str,
        indexes: Sequence[Index] = (),
        outbox: bool = False,
        text_fields: Iterable[str] = (),
    ) -> Collection:
        """Declare a collection; called once per name, in the adapters.

        Args:
            name: Of the collection.
            indexes: Made by `ensure_indexes`, never on the way.
            outbox: Whether its documents carry events.
            text_fields: Fields in whose place a filter may hold an operator only when it is marked
                with `atiende_kit.store.op`: for filters that are near to a request.

        Raises:
            ValueError: The name was declared before.
        """
        if name in self._collections:
            raise ValueError(f"collection {name} is declared twice")
        collection = Collection(
            name,
            self._backend.engine(name),
            clock=self._clock,
            sink=self._hand_over,
            indexes=indexes,
            outbox=outbox,
            text_fields=text_fields,
            contract=self._contract,
        )
        self._collections[name] = collection
        return collection

    def bucket(self, name: str) -> BlobStore:
        """Return the store of large binary objects of that name."""
        if name not in self._buckets:
            self._buckets[name] = BlobStore(
                files=self._backend.engine(f"{name}.files"),
                chunks=self._backend.engine(f"{name}.chunks"),
            )
        return self._buckets[name]

    @property
    def outboxes(self) -> list[Collection]:
        """Collections whose documents carry events."""
        return [one for one in self._collections.values() if one.outbox]

    def attach(self, sink: Sink | None) -> None:
        """Let a relay hear of events as soon as they are durable."""
        self._sink = sink

    def _hand_over(self, entries: list[OutboxEntry]) -> None:
        # Without a relay in this process the sweeper of another one publishes them.
        if self._sink is not None:
            self._sink(entries)

    async def ensure_indexes(self) -> None:
        """Create what is missing; running it twice changes nothing.

        Raises:
            IndexRefused: One exists with another definition.
        """
        for collection in self._collections.values():
            await self._backend.engine(collection.name).ensure_indexes(collection.indexes)
        for bucket in self._buckets.values():
            await bucket.ensure_indexes()

    async def ping(self) -> None:
        """Raise `Unavailable` when the database does not answer."""
        await self._backend.ping()

    async def start(self) -> None:
        """Refuse a deployment that cannot keep the promises.

        Raises:
            StoreRefused: A standalone server, or writes that are not journaled.
        """
        await self._backend.verify()

    async def stop(self) -> None:
        """Release connections."""
        await self._backend.close()

    async def close(self) -> None:
        """Release connections."""
        await self._backend.close()

    async def check(self) -> None:
        """Raise `Unavailable` when the database does not answer."""
        await self.ping()


class MemoryDatabase(Database):
    """The same database without a server, for unit tests; it passes the same contract suite."""

    def __init__(
        self, contract: ServiceContract | None = None, *, clock: Clock | None = None
    ) -> None:
        super().__init__(MemoryBackend(), contract, clock=clock)
