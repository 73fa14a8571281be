"""A bus in memory that passes the bus's contract suite; for unit and component tests."""

import asyncio
import time
from collections import deque
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from google.protobuf.message import Message

from atiende_kit.bus.client import dead_letter_headers, dead_letter_subject
from atiende_kit.bus.delivery import MESSAGE_ID, Delivery, RawMessage, decode, headers_of
from atiende_kit.contract import (
    DLQ_STREAM,
    Consume,
    ServiceContract,
    stream_for_subject,
    stream_of,
    subject_for,
    subject_of,
)
from atiende_kit.errors import FailedPrecondition
from atiende_kit.provision import ProvisionRefused, stream_configs
from atiende_kit.store.operations import OutboxEntry


@dataclass(frozen=True, slots=True)
class Stored:
    """A message of a stream."""

    sequence: int
    subject: str
    data: bytes
    headers: Mapping[str, str]


class FakeMessage:
    """A delivery of a stored message."""

    def __init__(self, consumer: "FakeConsumer", stored: Stored, attempt: int) -> None:
        self._consumer = consumer
        self.stored = stored
        self.subject = stored.subject
        self.data = stored.data
        self.headers = stored.headers
        self.sequence = stored.sequence
        self.attempt = attempt

    async def ack(self) -> None:
        """Done; never again."""
        self._consumer.settle(self)

    async def nak(self, delay: float) -> None:
        """Again, after this many seconds."""
        self._consumer.settle(self)
        self._consumer.again(self, delay)

    async def term(self) -> None:
        """Never again, although it was not done."""
        self._consumer.settle(self)

    async def in_progress(self) -> None:
        """Still working: the acknowledgement wait starts anew."""
        self._consumer.lend(self)


class FakeConsumer:
    """The state of a durable: what waits, and what is lent out until its wait is over."""

    def __init__(self, consume: Consume) -> None:
        self.consume = consume
        self.ready: deque[FakeMessage] = deque()
        self.arrived = asyncio.Event()
        self._lent: dict[int, asyncio.TimerHandle] = {}

    def offer(self, stored: Stored) -> None:
        """Take a new message of the stream."""
        self._deliver(FakeMessage(self, stored, 1))

    def lend(self, message: FakeMessage) -> None:
        """Start the acknowledgement wait of a delivery."""
        self.settle(message)
        self._lent[message.sequence] = asyncio.get_running_loop().call_later(
            self.consume.ack_wait_seconds, self.again, message, 0.0
        )

    def settle(self, message: FakeMessage) -> None:
        """End the wait."""
        handle = self._lent.pop(message.sequence, None)
        if handle is not None:
            handle.cancel()

    def again(self, message: FakeMessage, delay: float) -> None:
        """Deliver once more, unless the server's own limit is reached."""
        if message.attempt < self.consume.backstop:
            repeat = FakeMessage(self, message.stored, message.attempt + 1)
            asyncio.get_running_loop().call_later(delay, self._deliver, repeat)

    def _deliver(self, message: FakeMessage) -> None:
        self.ready.append(message)
        self.arrived.set()


class FakeSource:
    """A durable being pulled."""

    def __init__(self, consumer: FakeConsumer) -> None:
        self._consumer = consumer

    async def next_batch(self) -> list[RawMessage]:
        """Wait for at least one message; return what is there, at most the batch size."""
        consumer = self._consumer
        while not consumer.ready:
            consumer.arrived.clear()
            await consumer.arrived.wait()
        batch: list[RawMessage] = []
        while consumer.ready and len(batch) < consumer.consume.batch_size:
            message = consumer.ready.popleft()
            consumer.lend(message)
            batch.append(message)
        return batch

    def buffered(self) -> list[RawMessage]:
        """Nothing is received before it is asked for."""
        return []

    def last_sign(self) -> float:
        """Memory always answers."""
        return time.monotonic()

    async def close(self) -> None:
        """Nothing to give back."""


class FakeBus:
    """JetStream in memory: streams with de-duplication, durables with redelivery.

    Args:
        contracts: Whose streams and durables exist; the first is the service of this bus.

    Attributes:
        streams: Messages by stream name, as they were accepted.
        problem: Set it to make every publication fail with it.
    """

    name = "nats"

    def __init__(self, *contracts: ServiceContract) -> None:
        self._service = contracts[0].name
        self.streams: dict[str, list[Stored]] = {
            str(config.name): [] for config in stream_configs(contracts)
        }
        self.problem: Exception | None = None
        self._ids: dict[str, set[str]] = {name: set() for name in self.streams}
        self._consumers = {
            consume.durable: FakeConsumer(consume)
            for contract in contracts
            for consume in contract.consumes
        }
        self._grown = asyncio.Condition()
        self.takers: dict[str, list[Callable[[bytes], None]]] = {}

    async def start(self) -> None:
        """Memory is there."""

    async def stop(self) -> None:
        """Nothing to release."""

    async def check(self) -> None:
        """Raise the problem that was set."""
        if self.problem is not None:
            raise self.problem

    async def publish(self, entries: Sequence[OutboxEntry]) -> list[Exception | None]:
        """Publish all; one result per entry."""
        return [
            await self._store(
                stream_for_subject(entry.subject),
                entry.subject,
                entry.body,
                headers_of(entry, self._service),
            )
            for entry in entries
        ]

    async def _store(
        self, stream: str, subject: str, data: bytes, headers: Mapping[str, str]
    ) -> Exception | None:
        if self.problem is not None:
            return self.problem
        if headers[MESSAGE_ID] in self._ids[stream]:
            return None
        self._ids[stream].add(headers[MESSAGE_ID])
        stored = Stored(len(self.streams[stream]) + 1, subject, data, headers)
        self.streams[stream].append(stored)
        for consumer in self._consumers.values():
            if subject.startswith(consumer.consume.subject.removesuffix("*")):
                consumer.offer(stored)
        async with self._grown:
            self._grown.notify_all()
        return None

    def messages(self, message: type[Message]) -> list[Any]:
        """Return the decoded messages of a type, in order."""
        prefix = f"{subject_of(message)}."
        return [
            message.FromString(stored.data)
            for stored in self.streams[stream_of(message)]
            if stored.subject.startswith(prefix)
        ]

    async def verify(self, consume: Consume) -> None:
        """Refuse what the contracts do not declare."""
        known = self._consumers.get(consume.durable)
        where = f"{consume.stream}/{consume.durable}"
        if known is None:
            raise ProvisionRefused(where, "consumer", "declared", "missing")
        if known.consume != consume:
            raise ProvisionRefused(where, "config", consume, known.consume)

    async def pull(self, consume: Consume) -> FakeSource:
        """Begin to pull a durable consumer."""
        return FakeSource(self._consumers[consume.durable])

    async def bury(self, raw: RawMessage, consume: Consume, reason: str, error_type: str) -> None:
        """Keep a copy in the dead-letter stream."""
        problem = await self._store(
            DLQ_STREAM,
            dead_letter_subject(self._service, consume, raw.subject),
            raw.data,
            dead_letter_headers(raw, consume, reason, error_type),
        )
        if problem is not None:
            raise problem

    async def hand_over(self, topic: str, data: bytes) -> None:
        """Give it to the one that has waited longest; lost when nobody takes."""
        takers = self.takers.get(topic)
        if takers:
            takers.append(takers.pop(0))
            takers[-1](data)

    async def take_over(
        self, topic: str, take: Callable[[bytes], None]
    ) -> Callable[[], Awaitable[None]]:
        """Take in turn with the others."""
        takers = self.takers.setdefault(topic, [])
        takers.append(take)

        async def end() -> None:
            takers.remove(take)

        return end

    async def feed(
        self,
        messages: Sequence[type[Message]],
        tenant: str,
        after_sequence: int | None = None,
    ) -> AsyncGenerator[tuple[int, Delivery[Any]], None]:
        """Follow a tenant's events live and in order."""
        by_subject = {subject_for(message, tenant): message for message in messages}
        [stream] = {stream_of(message) for message in messages}
        stored = self.streams[stream]
        last = len(stored) if after_sequence is None else after_sequence
        if last > len(stored):
            raise FailedPrecondition("FEED_POSITION_LOST", "La posición ya no está disponible.")
        while True:
            async with self._grown:
                while len(stored) <= last:
                    await self._grown.wait()
            message = stored[last]
            last += 1
            kind = by_subject.get(message.subject)
            if kind is not None:
                yield last, decode(FakeMessage(FakeConsumer(_FEED), message, 1), kind)


_FEED = Consume(message=Message, durable="feed")
