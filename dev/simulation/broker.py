"""A broker: durable, at least once, in whatever order."""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from typing import Any

from google.protobuf.message import Message

from atiende_kit.bus.client import dead_letter_headers, dead_letter_subject
from atiende_kit.bus.delivery import MESSAGE_ID, Delivery, RawMessage, headers_of
from atiende_kit.contract import DLQ_STREAM, Consume, ServiceContract, stream_for_subject
from atiende_kit.errors import Unavailable
from atiende_kit.store.operations import OutboxEntry
from atiende_kit.testing.fake_bus import FakeBus, FakeConsumer, FakeMessage, Stored
from dev.simulation.dice import BULK, WRITING, Fault
from dev.simulation.process import Life

_DUPLICATED = 0.1
"""How often a repeated publication comes after the window of de-duplication."""
_LOST_ACKS = 0.01
_SYNC_SECONDS = 5.0
"""How much a power cut takes of what is written only now and then."""


def _now() -> float:
    return asyncio.get_running_loop().time()


class Broker(FakeBus):
    """The one broker of all services.

    Attributes:
        is_full: Whether its streams have reached their limit.
        discards_old: What it then gives up: the oldest, or the new one (as it must).
        syncs_always: Whether what it acknowledged is on the disk.
    """

    def __init__(self, *contracts: ServiceContract) -> None:
        super().__init__(*contracts)
        self.is_full = False
        self.discards_old = False
        self.syncs_always = True
        self._acked: deque[tuple[float, FakeMessage]] = deque()
        self._stored_at: dict[tuple[str, int], float] = {}

    async def store(self, entry: OutboxEntry, service: str, *, forgets: bool) -> None:
        """Keep a publication, unless its id was seen within the window.

        Raises:
            Unavailable: The stream is full.
        """
        stream, headers = stream_for_subject(entry.subject), headers_of(entry, service)
        if self.is_full:
            if not self.discards_old:
                raise Unavailable("STREAM_FULL", "No cabe más.")
            self._drop({id(self._oldest(stream))}, stream)
        if forgets:
            self._ids[stream].discard(headers[MESSAGE_ID])
        await self._store(stream, entry.subject, entry.body, headers)
        self._stored_at[stream, len(self.streams[stream])] = _now()

    def note_ack(self, message: FakeMessage) -> None:
        """Remember an acknowledgement until it would have reached the disk."""
        self._acked.append((_now(), message))

    def power_cut(self) -> None:
        """Lose what was not on the disk.

        Acknowledgements of consumers, and messages too where the server does not sync always.
        """
        since = _now() - _SYNC_SECONDS
        if not self.syncs_always:
            for name in self.streams:
                young = {sequence for (stream, sequence), at in self._stored_at.items()
                         if stream == name and at > since}  # fmt: skip
                self._drop({id(one) for one in self.streams[name] if one.sequence in young}, name)
        for at, message in self._acked:
            if at > since:
                message._consumer.again(message, 0.0)  # noqa: SLF001 - a look at a fake's state
        self._acked.clear()

    def _oldest(self, stream: str) -> Stored | None:
        waiting = [
            message.stored
            for consumer in self._consumers.values()
            if consumer.consume.stream == stream
            for message in consumer.ready
        ]
        return min(waiting, key=lambda one: one.sequence, default=None)

    def _drop(self, lost: set[int], stream: str) -> None:
        """Take messages out of a stream, for everybody who has not had them yet."""
        gone = [one for one in self.streams[stream] if id(one) in lost]
        self.streams[stream] = [one for one in self.streams[stream] if one not in gone]
        for consumer in self._consumers.values():
            if consumer.consume.stream == stream:
                kept = [one for one in consumer.ready if one.stored not in gone]
                consumer.ready.clear()
                consumer.ready.extend(kept)

    async def keep(self, subject: str, data: bytes, headers: Mapping[str, str]) -> None:
        """Keep a dead letter."""
        await self._store(DLQ_STREAM, subject, data, headers)

    def consumer(self, consume: Consume) -> FakeConsumer:
        """The state of a durable."""
        return self._consumers[consume.durable]

    @property
    def backlog(self) -> dict[str, int]:
        """What waits or is lent out, by durable; empty ones are left out."""
        found = {
            durable: len(one.ready) + len(one._lent)  # noqa: SLF001 - a look at a fake's state
            for durable, one in self._consumers.items()
        }
        return {durable: count for durable, count in found.items() if count}


class SimBus:
    """The broker, as one life of a process sees it; a `BusPort`."""

    name = "nats"

    def __init__(self, broker: Broker, contract: ServiceContract, life: Life) -> None:
        self._broker = broker
        self._service = contract.name
        self._life = life

    async def publish(self, entries: Sequence[OutboxEntry]) -> list[Exception | None]:
        """See the port: a lost acknowledgement is an `Unavailable` in the entry's place."""
        dice = self._life.dice

        async def effect(fault: Fault) -> None:
            for number, entry in enumerate(entries):
                if fault is not Fault.PARTIAL or dice.random.getrandbits(1):
                    forgets = dice.happens(_DUPLICATED)
                    try:
                        await self._broker.store(entry, self._service, forgets=forgets)
                    except Unavailable as full:
                        refused[number] = full

        refused: dict[int, Exception] = {}
        try:
            await self._life.step("publish", BULK, effect)
        except Unavailable as error:
            return [error] * len(entries)
        return [refused.get(number) for number in range(len(entries))]

    async def verify(self, consume: Consume) -> None:
        """See the port."""
        await self._broker.verify(consume)

    async def pull(self, consume: Consume) -> SimSource:
        """See the port."""
        return SimSource(self._broker, self._life, consume)

    async def bury(self, raw: RawMessage, consume: Consume, reason: str, error_type: str) -> None:
        """See the port."""

        async def effect(_: Fault) -> None:
            subject = dead_letter_subject(self._service, consume, raw.subject)
            headers = dead_letter_headers(raw, consume, reason, error_type)
            await self._broker.keep(subject, raw.data, headers)

        await self._life.step("bury", WRITING, effect)

    async def hand_over(self, topic: str, data: bytes) -> None:
        """See the port; lost as easily as anything, and told to nobody."""

        async def effect(_: Fault) -> None:
            await self._broker.hand_over(f"{self._service}.{topic}", data)

        with contextlib.suppress(Unavailable):
            await self._life.step(f"hand over {topic}", BULK, effect)

    async def take_over(
        self, topic: str, take: Callable[[bytes], None]
    ) -> Callable[[], Awaitable[None]]:
        """See the port; the dead take nothing."""

        def if_alive(data: bytes) -> None:
            if self._life.alive:
                take(data)

        return await self._broker.take_over(f"{self._service}.{topic}", if_alive)

    def feed(
        self, messages: Sequence[type[Message]], tenant: str, after_sequence: int | None = None
    ) -> AsyncGenerator[tuple[int, Delivery[Any]], None]:
        """See the port."""
        return self._broker.feed(messages, tenant, after_sequence)


class SimSource:
    """A durable being pulled: any part of what waits, in any order."""

    def __init__(self, broker: Broker, life: Life, consume: Consume) -> None:
        self._broker = broker
        self._consumer = broker.consumer(consume)
        self._life = life
        self._point = f"pull {consume.durable}"

    async def next_batch(self) -> list[RawMessage]:
        """See the port."""
        consumer, dice = self._consumer, self._life.dice
        while not consumer.ready:
            consumer.arrived.clear()
            await consumer.arrived.wait()
        waiting = list(consumer.ready)
        most = min(len(waiting), consumer.consume.batch_size)
        taken = dice.random.sample(waiting, dice.random.randint(1, most))
        for message in taken:
            consumer.ready.remove(message)
            consumer.lend(message)

        async def effect(_: Fault) -> list[RawMessage]:
            return [SimMessage(message, self._life, self._broker) for message in taken]

        return await self._life.step(self._point, WRITING, effect)

    def buffered(self) -> list[RawMessage]:
        """See the port."""
        return []

    def last_sign(self) -> float:
        """See the port."""
        return float("inf")

    async def close(self) -> None:
        """See the port."""


class SimMessage:
    """A delivery whose acknowledgement may get lost."""

    def __init__(self, message: FakeMessage, life: Life, broker: Broker) -> None:
        self._message = message
        self._broker = broker
        self._life = life
        self.subject = message.subject
        self.data = message.data
        self.headers = message.headers
        self.sequence = message.sequence
        self.attempt = message.attempt

    async def ack(self) -> None:
        """See the port."""

        async def effect(_: Fault) -> None:
            if not self._life.dice.happens(_LOST_ACKS):
                await self._message.ack()
                self._broker.note_ack(self._message)

        await self._life.step("ack", WRITING, effect)

    async def nak(self, delay: float) -> None:
        """See the port."""

        async def effect(_: Fault) -> None:
            await self._message.nak(delay)

        await self._life.step("nak", WRITING, effect)

    async def term(self) -> None:
        """See the port."""

        async def effect(_: Fault) -> None:
            await self._message.term()

        await self._life.step("term", WRITING, effect)

    async def in_progress(self) -> None:
        """See the port."""
        if self._life.alive and self._message.sequence in self._message._consumer._lent:  # noqa: SLF001
            await self._message.in_progress()
