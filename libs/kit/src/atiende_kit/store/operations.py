"""What a caller asks of a collection, and what it is told."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import Enum
from typing import Any, Protocol

from google.protobuf.message import Message
from opentelemetry.propagate import inject

from atiende_kit.context import causation_id, correlation_id
from atiende_kit.contract import subject_for
from atiende_kit.errors import InvalidInput
from atiende_kit.ids import new_id

Document = dict[str, Any]

# The server refuses messages over 1 MiB; headers take their part.
MAX_BODY_BYTES = 900_000


class Cause(Protocol):
    """The delivery that made somebody write an event."""

    @property
    def event_id(self) -> str:
        """Id of the event that was delivered."""
        ...

    @property
    def correlation_id(self) -> str:
        """Id of the whole story."""
        ...

    @property
    def traceparent(self) -> str:
        """W3C trace context it came with, or empty."""
        ...


def _headers(cause: Cause | None, event_id: str) -> dict[str, str]:
    headers: dict[str, str] = {}
    inject(headers)
    if cause is None:
        correlation, causation = correlation_id.get() or event_id, causation_id.get()
    else:
        correlation, causation = cause.correlation_id, cause.event_id
        if cause.traceparent:
            headers["traceparent"] = cause.traceparent
    headers["atiende-correlation-id"] = correlation
    if causation:
        headers["atiende-causation-id"] = causation
    return headers


@dataclass(slots=True)
class Event:
    """An event or command to publish once the write it belongs to is durable.

    Args:
        message: Its body; the subject follows from its type.
        event_id: Give a derived one whenever the write can be repeated.
        time: Domain time; the collection's clock when absent.
        cause: The delivery being handled. A handler that treats a batch says here which of its
            deliveries caused the event; otherwise the story of the present context is inherited.
    """

    message: Message
    event_id: str = field(default_factory=new_id)
    time: datetime | None = None
    cause: Cause | None = None
    headers: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        # Taken now and not at the write: a group commit writes for many callers in one task.
        self.headers = {**_headers(self.cause, self.event_id), **self.headers}


@dataclass(frozen=True, slots=True)
class OutboxEntry:
    """An event on its way from a document to the bus.

    Args:
        event_id: Id of the event, the same on every publication.
        subject: With the tenant.
        tenant: City.
        type: Full name of the message.
        body: Serialized message.
        headers: Trace and story.
        document_id: The document whose outbox holds it.
        collection: The collection of that document.
        time: Domain time of the event.
    """

    event_id: str
    subject: str
    tenant: str
    type: str
    body: bytes
    headers: Mapping[str, str]
    document_id: str
    collection: str
    time: datetime

    @classmethod
    def of(
        cls, event: Event, *, tenant: str, document_id: str, collection: str, now: datetime
    ) -> "OutboxEntry":
        """Serialize an event of a document.

        Raises:
            InvalidInput: The body is larger than the bus can carry.
        """
        body = event.message.SerializeToString(deterministic=True)
        if len(body) > MAX_BODY_BYTES:
            raise InvalidInput("EVENT_TOO_LARGE", "El contenido es demasiado grande.")
        return cls(
            event_id=event.event_id,
            subject=subject_for(type(event.message), tenant),
            tenant=tenant,
            type=event.message.DESCRIPTOR.full_name,
            body=body,
            headers=event.headers,
            document_id=document_id,
            collection=collection,
            time=event.time or now,
        )

    def to_document(self, at: datetime) -> Document:
        """Return the form in which the document holds it; ``at`` is real time, for the sweeper."""
        return {
            "event_id": self.event_id,
            "subject": self.subject,
            "type": self.type,
            "body": self.body,
            "headers": dict(self.headers),
            "time": self.time,
            "at": at,
        }

    @classmethod
    def from_document(
        cls, stored: Mapping[str, Any], *, tenant: str, document_id: str, collection: str
    ) -> "OutboxEntry":
        """Read what `to_document` wrote."""
        return cls(
            event_id=stored["event_id"],
            subject=stored["subject"],
            tenant=tenant,
            type=stored["type"],
            body=bytes(stored["body"]),
            headers=dict(stored["headers"]),
            document_id=document_id,
            collection=collection,
            time=stored["time"].astimezone(UTC),
        )


@dataclass(slots=True)
class Insert:
    """Make a document. ``document["_id"]`` is required; version 1 and the tenant are added."""

    tenant: str
    document: Document
    events: Sequence[Event] = ()


@dataclass(slots=True)
class Replace:
    """Write a document that was read, if nobody else wrote it in between.

    Every field given is set; one that is left out stays, so remove a field by setting it to None.
    ``document["version"]`` is the version that was read.
    """

    tenant: str
    document: Document
    events: Sequence[Event] = ()


class Outcome(Enum):
    """What became of one operation of a write."""

    DONE = "done"
    #: An insert met a document with the same id or another unique value.
    DUPLICATE = "duplicate"
    #: A replace found another version, or nothing.
    STALE = "stale"


@dataclass(frozen=True, slots=True)
class Index:
    """An index of a collection.

    Args:
        keys: Fields and directions; a direction of ``"text"`` makes a text index.
        unique: Whether two documents may not agree on all keys.
        partial: Filter of the documents that are indexed.
        sparse: Leave out documents without the field.
        tenant_first: Put the tenant before the keys (queries of the base always name it).
        language: Of a text index.
        expire_after_seconds: Let the server delete documents, late and in batches.
    """

    keys: Sequence[tuple[str, int | str]]
    unique: bool = False
    partial: Mapping[str, Any] | None = None
    sparse: bool = False
    tenant_first: bool = True
    language: str = "spanish"
    expire_after_seconds: int | None = None

    @property
    def full_keys(self) -> list[tuple[str, int | str]]:
        """Keys as the server gets them."""
        keys = [(name, direction) for name, direction in self.keys]
        # An expiring index has one key by definition.
        if self.tenant_first and self.expire_after_seconds is None:
            keys.insert(0, ("tenant", 1))
        return keys

    @property
    def name(self) -> str:
        """Name derived from the keys."""
        return "_".join(f"{name}_{direction}" for name, direction in self.full_keys)


def repeated_replaces(ops: Sequence[Insert | Replace]) -> set[int]:
    """Positions that replace a document which an earlier position replaces too."""
    seen: set[object] = set()
    repeated: set[int] = set()
    for index, op in enumerate(ops):
        if isinstance(op, Replace):
            if op.document["_id"] in seen:
                repeated.add(index)
            seen.add(op.document["_id"])
    return repeated
