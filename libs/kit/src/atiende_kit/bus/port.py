"""What the outbox, the workers and the feeds need of a bus, real or in memory."""

from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from typing import Any, Protocol

from google.protobuf.message import Message

from atiende_kit.bus.delivery import Delivery, RawMessage
from atiende_kit.contract import Consume
from atiende_kit.store.operations import OutboxEntry


class Source(Protocol):
    """A durable consumer being pulled."""

    async def next_batch(self) -> list[RawMessage]:
        """Wait for at least one message; return what is there, at most the batch size."""
        ...

    def buffered(self) -> list[RawMessage]:
        """Return messages that were received and not handed out: their wait runs already."""
        ...

    def last_sign(self) -> float:
        """Return when the server last answered a pull, in `time.monotonic` seconds."""
        ...

    async def close(self) -> None:
        """Stop pulling and give back what was not handed out."""
        ...


class BusPort(Protocol):
    """Publishing with acknowledgement, pulling, following."""

    async def publish(self, entries: Sequence[OutboxEntry]) -> list[Exception | None]:
        """Publish all, then wait once; one result per entry, None when it is durable."""
        ...

    async def verify(self, consume: Consume) -> None:
        """Raise `ProvisionRefused` unless the server has the consumer exactly as declared."""
        ...

    async def pull(self, consume: Consume) -> Source:
        """Begin to pull a durable consumer."""
        ...

    async def bury(self, raw: RawMessage, consume: Consume, reason: str, error_type: str) -> None:
        """Publish a copy to the dead-letter stream and return when it is durable."""
        ...

    async def hand_over(self, topic: str, data: bytes) -> None:
        """Give something to one free process of this service: at once, at most once, never waiting.

        A hint for work that a database already holds; what gets lost a sweeper finds.
        """
        ...

    async def take_over(
        self, topic: str, take: Callable[[bytes], None]
    ) -> Callable[[], Awaitable[None]]:
        """Take what is handed over, in turn with the other processes; returns how to end that."""
        ...

    def feed(
        self,
        messages: Sequence[type[Message]],
        tenant: str,
        after_sequence: int | None = None,
    ) -> AsyncGenerator[tuple[int, Delivery[Any]], None]:
        """Follow a tenant's events live, in order, after a sequence or from now."""
        ...
