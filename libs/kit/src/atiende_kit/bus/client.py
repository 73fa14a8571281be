"""The bus on NATS JetStream. The one module that publishes."""

import asyncio
import hashlib
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import nats.errors
from google.protobuf.message import Message
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.js import JetStreamContext
from nats.js.api import PubAck
from nats.js.errors import APIError, NoStreamResponseError, TooManyStalledMsgsError

from atiende_kit.bus.delivery import MESSAGE_ID, Delivery, RawMessage, decode, headers_of
from atiende_kit.bus.feed import follow
from atiende_kit.bus.port import Source
from atiende_kit.bus.pull import PullSource
from atiende_kit.contract import (
    Consume,
    hand_over_subject,
    stream_of,
    subject_for,
    subject_of,
)
from atiende_kit.errors import DeadlineExceeded, InvalidInput, Unavailable
from atiende_kit.provision import ProvisionRefused, compare_consumer
from atiende_kit.settings import NatsSettings
from atiende_kit.store.operations import OutboxEntry
from atiende_kit.telemetry import get_logger

log = get_logger("atiende_kit.bus")

PUBLISH_SECONDS = 5.0
_CONNECT_SECONDS = 10.0
_LOOK_AGAIN_SECONDS = 1.0
_BUFFER_BYTES = 16 * 1024 * 1024


def inbox_prefix(service: str) -> str:
    """Return the prefix of a service's private inboxes; nobody else may subscribe to it."""
    return f"_INBOX_{service}"


class Bus:
    """A connection of one service. A component: starts by connecting.

    Args:
        settings: Servers and credentials.
        service: Name of the service; also its inbox and its `ce-source`.
    """

    name = "nats"

    def __init__(self, settings: NatsSettings, service: str) -> None:
        self._settings = settings
        self._service = service
        self._client = Client()
        self._js: JetStreamContext = self._client.jetstream(timeout=PUBLISH_SECONDS)
        self._sources: list[PullSource] = []

    @classmethod
    def connect(cls, settings: NatsSettings, service: str) -> "Bus":
        """Make the bus of a service; `start` connects."""
        return cls(settings, service)

    @property
    def jetstream(self) -> JetStreamContext:
        """For provisioning and the dead-letter tool; services publish through the outbox."""
        return self._js

    async def start(self) -> None:
        """Connect, and stay connected from then on.

        Raises:
            Unavailable: No server answers within ten seconds, or it refuses the credentials.
        """
        password = self._settings.password
        try:
            async with asyncio.timeout(_CONNECT_SECONDS):
                await self._client.connect(
                    servers=[one.strip() for one in self._settings.url.split(",")],
                    name=f"atiende-{self._service}",
                    user=self._settings.user,
                    password=password.get_secret_value() if password else None,
                    inbox_prefix=inbox_prefix(self._service),
                    max_reconnect_attempts=-1,
                    reconnect_time_wait=1,
                    ping_interval=10,
                    max_outstanding_pings=2,
                    pending_size=_BUFFER_BYTES,
                    error_cb=self._on_error,
                    reconnected_cb=self._on_reconnect,
                )
        except (TimeoutError, nats.errors.Error, OSError) as error:
            await self._client.close()
            raise Unavailable("BUS_UNAVAILABLE", "El bus no responde.") from error

    async def stop(self) -> None:
        """Send what is buffered and disconnect."""
        if self._client.is_connected:
            try:
                await self._client.flush(2)
            except (nats.errors.Error, OSError) as error:  # a timeout is an OSError
                log.info("bus not flushed", error_type=type(error).__name__)
        if not self._client.is_closed:
            await self._client.close()

    async def check(self) -> None:
        """Raise `Unavailable` while disconnected."""
        if not self._client.is_connected:
            raise Unavailable("BUS_UNAVAILABLE", "El bus no responde.")

    async def publish(self, entries: Sequence[OutboxEntry]) -> list[Exception | None]:
        """Publish all in one pipeline and wait once, at most five seconds.

        A timeout means: unknown. The same entry is published again with the same id.

        Returns:
            One result per entry, in order; None when the stream has it durably.
        """
        return await self._publish(
            [(entry.subject, entry.body, headers_of(entry, self._service)) for entry in entries]
        )

    async def _publish(
        self, messages: Sequence[tuple[str, bytes, dict[str, str]]]
    ) -> list[Exception | None]:
        sent: list[asyncio.Future[PubAck] | Exception] = []
        for subject, body, headers in messages:
            try:
                sent.append(
                    await self._js.publish_async(
                        subject, body, headers=headers, wait_stall=PUBLISH_SECONDS
                    )
                )
            except nats.errors.MaxPayloadError as error:
                sent.append(_refused(error))
            except (nats.errors.Error, TooManyStalledMsgsError, OSError) as error:
                sent.append(_away(error))
        waiting = [one for one in sent if isinstance(one, asyncio.Future)]
        if waiting:
            await asyncio.wait(waiting, timeout=PUBLISH_SECONDS)
        return [_result(one) for one in sent]

    async def verify(self, consume: Consume) -> None:
        """Compare a durable consumer on the server with its declaration.

        One that is missing is waited for as long as the settings' patience, because the job that
        makes it may start with us.

        Raises:
            ProvisionRefused: It is missing or different.
            Unavailable: The server does not answer.
        """
        deadline = time.monotonic() + self._settings.patience_seconds
        while True:
            try:
                await compare_consumer(self._js, consume)
            except ProvisionRefused as refused:
                if not refused.is_missing or time.monotonic() > deadline:
                    raise
                log.info("waiting for a consumer", durable=consume.durable)
                await asyncio.sleep(_LOOK_AGAIN_SECONDS)
            except (nats.errors.Error, OSError) as error:
                raise Unavailable("BUS_UNAVAILABLE", "El bus no responde.") from error
            else:
                return

    async def pull(self, consume: Consume) -> Source:
        """Begin to pull a durable consumer."""
        source = PullSource(self._client, consume)
        await source.open()
        self._sources.append(source)
        return source

    async def bury(self, raw: RawMessage, consume: Consume, reason: str, error_type: str) -> None:
        """Publish a copy to the dead-letter stream.

        Raises:
            AtiendeError: It is not durable there; the original must not be ended.
        """
        [problem] = await self._publish(
            [
                (
                    dead_letter_subject(self._service, consume, raw.subject),
                    raw.data,
                    dead_letter_headers(raw, consume, reason, error_type),
                )
            ]
        )
        if problem is not None:
            raise problem

    async def hand_over(self, topic: str, data: bytes) -> None:
        """Give something to one free process of this service, at most once.

        Outside the streams: neither stored nor acknowledged, and nothing is raised when the server
        is away. Only for work that a database already holds.
        """
        try:
            await self._client.publish(hand_over_subject(self._service, topic), data)
        except (nats.errors.Error, OSError) as error:
            log.info("not handed over", topic=topic, error_type=type(error).__name__)

    async def take_over(
        self, topic: str, take: Callable[[bytes], None]
    ) -> Callable[[], Awaitable[None]]:
        """Take what is handed over, in turn with the service's other processes.

        Args:
            topic: One of the contract's `hand_overs`.
            take: Given each one's bytes; must not block.

        Returns:
            Ends it.
        """

        async def given(message: Msg) -> None:
            take(message.data)

        subject = hand_over_subject(self._service, topic)
        taken = await self._client.subscribe(subject, queue=self._service, cb=given)

        async def end() -> None:
            if self._client.is_connected:
                await taken.unsubscribe()

        return end

    async def feed(
        self,
        messages: Sequence[type[Message]],
        tenant: str,
        after_sequence: int | None = None,
    ) -> AsyncGenerator[tuple[int, Delivery[Any]], None]:
        """Follow a tenant's own events live and in order.

        Args:
            messages: Types of one stream.
            tenant: City.
            after_sequence: The last one the reader has; from now when absent.

        Raises:
            FailedPrecondition: The stream does not reach back that far; start over.
        """
        by_subject = {subject_of(message): message for message in messages}
        [stream] = {stream_of(message) for message in messages}
        subjects = [subject_for(message, tenant) for message in messages]
        tail = follow(self._client, self._js, stream, subjects, after_sequence)
        try:
            async for raw in tail:
                message = by_subject[raw.subject.rsplit(".", 1)[0]]
                yield raw.sequence, decode(raw, message)
        finally:
            await tail.aclose()

    async def _on_error(self, error: Exception) -> None:
        # A refused permission arrives here and nowhere else; the publish then times out.
        log.warning("bus error", error_type=type(error).__name__, pii_error_text=str(error))

    async def _on_reconnect(self) -> None:
        log.info("bus reconnected")
        for source in self._sources:
            source.reconnected()


def dead_letter_subject(service: str, consume: Consume, subject: str) -> str:
    """Return a dead letter's subject: ``dlq.<service>.<durable>.<tenant>``."""
    tenant = subject.rsplit(".", 1)[-1]
    return f"dlq.{service}.{consume.durable}.{tenant}"


def dead_letter_headers(
    raw: RawMessage, consume: Consume, reason: str, error_type: str
) -> dict[str, str]:
    """Return the original headers and what happened. Never the text of an error: it may quote."""
    kept: Mapping[str, str] = {k: v for k, v in raw.headers.items() if k != MESSAGE_ID}
    marker = hashlib.sha256(raw.data).hexdigest()[:8]
    return {
        **kept,
        MESSAGE_ID: f"dlq/{consume.durable}/{raw.sequence}/{marker}",
        "atiende-dlq-subject": raw.subject,
        "atiende-dlq-stream": consume.stream,
        "atiende-dlq-sequence": str(raw.sequence),
        "atiende-dlq-durable": consume.durable,
        "atiende-dlq-attempts": str(raw.attempt),
        "atiende-dlq-reason": reason,
        "atiende-dlq-error": error_type,
        "atiende-dlq-time": datetime.now(UTC).isoformat(timespec="seconds"),
    }


def _away(error: BaseException) -> Unavailable:
    problem = Unavailable("BUS_UNAVAILABLE", "El bus no responde.")
    problem.__cause__ = error
    return problem


def _refused(error: BaseException) -> InvalidInput:
    problem = InvalidInput("EVENT_TOO_LARGE", "El contenido es demasiado grande.")
    problem.__cause__ = error
    return problem


def _result(sent: "asyncio.Future[PubAck] | Exception") -> Exception | None:
    if isinstance(sent, Exception):
        return sent
    if not sent.done():
        # Cancelling releases the place in the client's table of open publishes.
        sent.cancel()
        return DeadlineExceeded("PUBLISH_UNCONFIRMED", "El bus no confirmó a tiempo.")
    if sent.cancelled():
        return DeadlineExceeded("PUBLISH_UNCONFIRMED", "El bus no confirmó a tiempo.")
    error = sent.exception()
    if isinstance(error, APIError | NoStreamResponseError):
        return _away(error)
    return error if isinstance(error, Exception) else None
