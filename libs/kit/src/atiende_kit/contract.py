"""What a service declares of itself, as data.

Streams, consumers, permissions, the documents of events and the meta-tests are all derived from
these declarations, so none of them can drift from the code.
"""

import re
from dataclasses import dataclass

from google.protobuf.descriptor import ServiceDescriptor
from google.protobuf.message import Message

from atiende.options.v1 import options_pb2
from atiende_kit.ids import check_tenant
from atiende_kit.pace import Pace

DLQ_STREAM = "DLQ"
ADVISORY_STREAM = "ADVISORY"
_AT_ONCE = Pace()
_SUBJECT = re.compile(r"(evt|cmd)\.[a-z]+\.[a-z_]+\.[a-z_]+\.v[0-9]+")


def subject_of(message_type: type[Message]) -> str:
    """Return a message's subject without the tenant: ``evt.cases.case.opened.v1``.

    Raises:
        ValueError: The message declares no subject, or one of another form.
    """
    options = message_type.DESCRIPTOR.GetOptions()
    subject: str = options.Extensions[options_pb2.subject]
    if not _SUBJECT.fullmatch(subject):
        name = message_type.DESCRIPTOR.full_name
        raise ValueError(f"{name} declares no usable subject: {subject!r}")
    return subject


def subject_for(message_type: type[Message], tenant: str) -> str:
    """Return the subject a message of this tenant is published to."""
    return f"{subject_of(message_type)}.{check_tenant(tenant)}"


def stream_for_subject(subject: str) -> str:
    """Return the stream that holds a subject: ``EVT_CASES`` for ``evt.cases.case.opened.v1``."""
    kind, service = subject.split(".")[:2]
    return f"{kind}_{service}".upper()


def stream_of(message_type: type[Message]) -> str:
    """Return the stream that holds a message: events by publisher, commands by who obeys."""
    return stream_for_subject(subject_of(message_type))


def hand_over_subject(service: str, topic: str) -> str:
    """Return where the processes of one service hand work to each other, outside all streams."""
    return f"handover.{service}.{topic}"


@dataclass(frozen=True, slots=True)
class Consume:
    """One durable pull consumer.

    Args:
        message: What it takes.
        durable: Its name: ``cases-on-message-received``, ``channels-do-send-message``.
        max_ack_pending: How many deliveries may be unsettled at once.
        ack_wait_seconds: After this long without a sign of life a delivery is repeated.
        max_deliver: Attempts that an *unknown* failure gets before it is a dead letter. Failures
            of a dependency are tried for much longer (`backstop`).
        batch_size: Most messages a handler is given at once.
        pace: How often a batch may begin. A message that comes alone is handled at once; under
            load what comes meanwhile shares one batch, which is what makes load cheap.
    """

    message: type[Message]
    durable: str
    max_ack_pending: int = 1000
    ack_wait_seconds: int = 30
    max_deliver: int = 5
    batch_size: int = 100
    pace: Pace = _AT_ONCE

    @property
    def subject(self) -> str:
        """Filter of the consumer: every tenant's messages of that type."""
        return f"{subject_of(self.message)}.*"

    @property
    def stream(self) -> str:
        """Stream it reads."""
        return stream_of(self.message)

    @property
    def backstop(self) -> int:
        """Deliveries after which the server itself stops.

        Twenty times `max_deliver`: with delays that grow to a minute, a dependency may be away for
        more than an hour before anything becomes a dead letter, and a message that kills its
        process on every attempt still ends.
        """
        return self.max_deliver * 20


@dataclass(frozen=True, slots=True)
class ServiceContract:
    """Everything a service says and hears.

    Args:
        name: ``cases``.
        publishes: Its own events and the commands it sends.
        consumes: Its durable consumers.
        rpc_services: gRPC services it serves.
        calls: gRPC services it calls.
        feeds: Its own events that the desk may follow live.
        hand_overs: Topics of work that its processes hand to each other.
    """

    name: str
    publishes: tuple[type[Message], ...] = ()
    consumes: tuple[Consume, ...] = ()
    rpc_services: tuple[ServiceDescriptor, ...] = ()
    calls: tuple[ServiceDescriptor, ...] = ()
    feeds: tuple[type[Message], ...] = ()
    hand_overs: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        durables = [consume.durable for consume in self.consumes]
        if len(set(durables)) != len(durables):
            raise ValueError(f"{self.name}: a durable is declared twice")
        for consume in self.consumes:
            if not consume.durable.startswith((f"{self.name}-on-", f"{self.name}-do-")):
                raise ValueError(f"{consume.durable}: wants {self.name}-on-<fact> or -do-<verb>")
        for message in self.publishes:
            kind, owner = subject_of(message).split(".")[:2]
            if kind == "evt" and owner != self.name:
                raise ValueError(f"{self.name} publishes an event of {owner}")
        for message in self.feeds:
            if message not in self.publishes:
                raise ValueError(f"{self.name} feeds {message.DESCRIPTOR.full_name}, not its own")
