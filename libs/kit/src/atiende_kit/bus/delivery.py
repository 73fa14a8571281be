"""What a handler is given, and the transport's message under it."""

from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Generic, Protocol, TypeVar

from google.protobuf.message import DecodeError, Message

from atiende_kit.contract import subject_of
from atiende_kit.errors import InvalidInput
from atiende_kit.ids import check_tenant
from atiende_kit.store.operations import OutboxEntry
from atiende_kit.telemetry import CORRELATION_HEADER, extract_and_span

M = TypeVar("M", bound=Message)

MESSAGE_ID = "Nats-Msg-Id"
TENANT_HEADER = "atiende-tenant"


@dataclass(frozen=True, slots=True)
class Delivery(Generic[M]):
    """One message on its way through a handler.

    Args:
        message: The decoded body.
        tenant: City, from the subject.
        event_id: The same on every delivery and publication; what effects are recorded under.
        time: Domain time of the event.
        attempt: 1 on the first delivery.
        correlation_id: Id of the whole story.
        subject: Where it was published.
        sequence: Its place in the stream.
        traceparent: W3C trace context it carries, or empty.
    """

    message: M
    tenant: str
    event_id: str
    time: datetime
    attempt: int
    correlation_id: str
    subject: str = ""
    sequence: int = 0
    traceparent: str = ""

    @contextmanager
    def story(self) -> Iterator[None]:
        """Let the trace and the events written inside continue this delivery.

        A handler that treats a batch opens it around the part that belongs to one delivery, or
        gives the delivery to `Event(cause=...)`. `each` does it by itself.
        """
        headers = {CORRELATION_HEADER: self.correlation_id, "ce-id": self.event_id}
        if self.traceparent:
            headers["traceparent"] = self.traceparent
        with extract_and_span(f"{self.message.DESCRIPTOR.name} process", headers):
            yield


Handler = Callable[[Sequence[Delivery[Any]]], Awaitable[Mapping[str, Exception] | None]]


def each(fn: Callable[[Delivery[Any]], Awaitable[None]]) -> Handler:
    """Make a batch handler of a function for one delivery; one failure touches no neighbour."""

    async def handle(deliveries: Sequence[Delivery[Any]]) -> Mapping[str, Exception]:
        errors: dict[str, Exception] = {}
        for delivery in deliveries:
            try:
                with delivery.story():
                    await fn(delivery)
            except Exception as error:  # noqa: BLE001 -- kit boundary: the worker decides by kind
                errors[delivery.event_id] = error
        return errors

    return handle


class RawMessage(Protocol):
    """A delivered message of the transport; exactly one of ack, nak and term ends it."""

    subject: str
    data: bytes
    headers: Mapping[str, str]
    attempt: int
    sequence: int

    async def ack(self) -> None:
        """Done; never again."""
        ...

    async def nak(self, delay: float) -> None:
        """Again, after this many seconds."""
        ...

    async def term(self) -> None:
        """Never again, although it was not done."""
        ...

    async def in_progress(self) -> None:
        """Still working: the acknowledgement wait starts anew."""
        ...


def headers_of(entry: OutboxEntry, service: str) -> dict[str, str]:
    """Return the headers of a publication: CloudEvents names, trace, story, de-duplication id."""
    return {
        **entry.headers,
        # The type is part of it: JetStream drops *any* message whose id it has seen in the stream.
        MESSAGE_ID: f"{entry.type}/{entry.event_id}",
        "ce-specversion": "1.0",
        "ce-id": entry.event_id,
        "ce-source": f"/atiende/{service}",
        "ce-type": entry.type,
        "ce-time": entry.time.astimezone(UTC).isoformat(timespec="milliseconds"),
        "content-type": "application/protobuf",
        TENANT_HEADER: entry.tenant,
    }


@dataclass(frozen=True, slots=True)
class Envelope:
    """What the headers say, whatever the body is."""

    tenant: str
    event_id: str
    time: datetime
    correlation_id: str
    traceparent: str = ""

    @classmethod
    def read(cls, subject: str, headers: Mapping[str, str]) -> "Envelope":
        """Read subject and headers.

        Raises:
            InvalidInput: An id or the time is missing or makes no sense.
        """
        # The subject is what the broker checked against the publisher's permissions.
        tenant = check_tenant(subject.rsplit(".", 1)[-1])
        event_id = headers.get("ce-id", "")
        if not event_id:
            raise InvalidInput("EVENT_WITHOUT_ID", "El mensaje no tiene identificador.")
        try:
            time = datetime.fromisoformat(headers.get("ce-time", ""))
        except ValueError as error:
            raise InvalidInput("EVENT_WITHOUT_TIME", "El mensaje no tiene fecha.") from error
        if time.tzinfo is None:
            raise InvalidInput("EVENT_WITHOUT_TIME", "La fecha del mensaje no tiene zona.")
        return cls(
            tenant=tenant,
            event_id=event_id,
            time=time.astimezone(UTC),
            correlation_id=headers.get(CORRELATION_HEADER, "") or event_id,
            traceparent=headers.get("traceparent", ""),
        )


def decode(raw: RawMessage, message_type: type[M]) -> Delivery[M]:
    """Turn a transport message into a delivery.

    Raises:
        InvalidInput: It is not what the contract says; it never will be.
    """
    envelope = Envelope.read(raw.subject, raw.headers)
    if not raw.subject.startswith(f"{subject_of(message_type)}."):
        raise InvalidInput("EVENT_MISPLACED", "El mensaje llegó a un tema que no es el suyo.")
    try:
        message = message_type.FromString(raw.data)
    except DecodeError as error:
        raise InvalidInput("EVENT_UNREADABLE", "El mensaje no se puede leer.") from error
    return Delivery(
        message=message,
        tenant=envelope.tenant,
        event_id=envelope.event_id,
        time=envelope.time,
        attempt=raw.attempt,
        correlation_id=envelope.correlation_id,
        subject=raw.subject,
        sequence=raw.sequence,
        traceparent=envelope.traceparent,
    )
