"""Streams and consumers from the services' declarations: made once, compared for ever.

A server that does not know a field drops it in silence, so what it returns is compared with what
was asked for, and a difference stops everything.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from nats import connect
from nats.errors import NoServersError
from nats.js import JetStreamContext
from nats.js.api import (
    AckPolicy,
    ConsumerConfig,
    DeliverPolicy,
    DiscardPolicy,
    ReplayPolicy,
    RetentionPolicy,
    StorageType,
    StreamConfig,
)
from nats.js.errors import NotFoundError

from atiende_kit.contract import ADVISORY_STREAM, DLQ_STREAM, Consume, ServiceContract, stream_of
from atiende_kit.permissions import (
    NatsPorts,
    Permissions,
    nats_permissions,
    render_accounts,
    render_nats_config,
)

_DAY = 86_400.0
EVENT_AGE_SECONDS = 30 * _DAY
DUPLICATE_WINDOW_SECONDS = 600.0
ADVISORY_SUBJECT = "$JS.EVENT.ADVISORY.CONSUMER.MAX_DELIVERIES.>"
_MAX_MESSAGE_BYTES = 1024 * 1024
_MISSING = "missing"
BUS_AWAY: tuple[type[Exception], ...] = (NoServersError, OSError, TimeoutError)
"""What `provision_server` raises while nobody answers."""


class ProvisionRefused(Exception):  # noqa: N818 -- it says what happened, like the kinds of errors.py
    """The server has something else than the code declares; nobody guesses which is right.

    Args:
        stream: Stream, or ``stream/durable``.
        field: What differs.
        wanted: In the code.
        found: On the server.
    """

    def __init__(self, stream: str, field: str, wanted: object, found: object) -> None:
        super().__init__(f"{stream}: {field}: wanted {wanted}, found {found}")
        self.stream, self.field, self.wanted, self.found = stream, field, wanted, found

    @property
    def is_missing(self) -> bool:
        """True when there is nothing to differ: nobody made it yet."""
        return self.found == _MISSING


@dataclass(frozen=True, slots=True)
class Provisioned:
    """What a run did."""

    created: tuple[str, ...]
    kept: tuple[str, ...]


def stream_configs(contracts: Iterable[ServiceContract], replicas: int = 1) -> list[StreamConfig]:
    """Return the streams that these contracts need, by name."""
    names = {
        stream_of(message)
        for contract in contracts
        for message in (*contract.publishes, *(one.message for one in contract.consumes))
    }
    configs = [_stream(name, replicas) for name in sorted(names)]
    return [
        *configs,
        _base(DLQ_STREAM, ["dlq.>"], replicas),
        _base(ADVISORY_STREAM, [ADVISORY_SUBJECT], replicas, max_age=EVENT_AGE_SECONDS),
    ]


def _stream(name: str, replicas: int) -> StreamConfig:
    kind, service = name.lower().split("_", 1)
    subjects = [f"{kind}.{service}.>"]
    if kind == "evt":
        return _base(name, subjects, replicas, max_age=EVENT_AGE_SECONDS)
    # A command is work: it stays until it was obeyed, however long that takes.
    return _base(name, subjects, replicas, retention=RetentionPolicy.WORK_QUEUE)


def _base(
    name: str,
    subjects: list[str],
    replicas: int,
    *,
    max_age: float = 0.0,
    retention: RetentionPolicy = RetentionPolicy.LIMITS,
) -> StreamConfig:
    return StreamConfig(
        name=name,
        subjects=subjects,
        retention=retention,
        storage=StorageType.FILE,
        # Refusing is seen by the publisher; discarding old messages is seen by nobody.
        discard=DiscardPolicy.NEW,
        max_age=max_age,
        max_msgs=-1,
        max_bytes=-1,
        max_msg_size=_MAX_MESSAGE_BYTES,
        max_msgs_per_subject=-1,
        duplicate_window=DUPLICATE_WINDOW_SECONDS,
        num_replicas=replicas,
        allow_direct=True,
        deny_delete=False,
        deny_purge=False,
    )


def consumer_config(consume: Consume) -> ConsumerConfig:
    """Return the durable pull consumer of a declaration."""
    return ConsumerConfig(
        durable_name=consume.durable,
        filter_subject=consume.subject,
        deliver_policy=DeliverPolicy.ALL,
        replay_policy=ReplayPolicy.INSTANT,
        ack_policy=AckPolicy.EXPLICIT,
        ack_wait=float(consume.ack_wait_seconds),
        max_deliver=consume.backstop,
        max_ack_pending=consume.max_ack_pending,
    )


_STREAM_FIELDS = (
    "subjects",
    "retention",
    "storage",
    "discard",
    "max_age",
    "max_msgs",
    "max_bytes",
    "max_msg_size",
    "max_msgs_per_subject",
    "duplicate_window",
    "num_replicas",
    "allow_direct",
)
_CONSUMER_FIELDS = (
    "durable_name",
    "filter_subject",
    "deliver_policy",
    "replay_policy",
    "ack_policy",
    "ack_wait",
    "max_deliver",
    "max_ack_pending",
    "deliver_subject",
    "backoff",
)


def _plain(value: Any) -> Any:
    """Make two spellings of one setting equal: enums, absent lists, 0 and None."""
    value = getattr(value, "value", value)
    return None if value in ([], 0, 0.0, "") else value


def _compare(where: str, fields: Sequence[str], wanted: object, found: object) -> None:
    for name in fields:
        ours, theirs = _plain(getattr(wanted, name)), _plain(getattr(found, name))
        if ours != theirs:
            raise ProvisionRefused(where, name, ours, theirs)


async def compare_consumer(js: JetStreamContext, consume: Consume) -> None:
    """Refuse a consumer that is missing on the server or differs from its declaration.

    Raises:
        ProvisionRefused: Naming stream, field, wanted and found.
    """
    where = f"{consume.stream}/{consume.durable}"
    try:
        info = await js.consumer_info(consume.stream, consume.durable)
    except NotFoundError as error:
        raise ProvisionRefused(where, "consumer", "declared", _MISSING) from error
    _compare(where, _CONSUMER_FIELDS, consumer_config(consume), info.config)


async def provision(
    js: JetStreamContext,
    contracts: Sequence[ServiceContract],
    *,
    replicas: int = 1,
    create: bool = True,
) -> Provisioned:
    """Make what is missing and compare everything; running it twice changes nothing.

    Args:
        js: A connection that may administer.
        contracts: Of all services.
        replicas: Of every stream.
        create: False only compares. In production an empty stream is never made in silence in
            the place of a lost one.

    Raises:
        ProvisionRefused: At the first difference.
    """
    created: list[str] = []
    kept: list[str] = []
    for wanted in stream_configs(contracts, replicas):
        name = str(wanted.name)
        try:
            found = (await js.stream_info(name)).config
            kept.append(name)
        except NotFoundError as error:
            if not create:
                raise ProvisionRefused(name, "stream", "declared", _MISSING) from error
            found = (await js.add_stream(wanted)).config
            created.append(name)
        _compare(name, _STREAM_FIELDS, wanted, found)
    for contract in contracts:
        for consume in contract.consumes:
            name = f"{consume.stream}/{consume.durable}"
            try:
                await js.consumer_info(consume.stream, consume.durable)
                kept.append(name)
            except NotFoundError as error:
                if not create:
                    raise ProvisionRefused(name, "consumer", "declared", _MISSING) from error
                await js.add_consumer(consume.stream, consumer_config(consume))
                created.append(name)
            await compare_consumer(js, consume)
    return Provisioned(tuple(created), tuple(kept))


async def provision_server(
    url: str,
    user: str,
    password: str,
    contracts: Sequence[ServiceContract],
    *,
    replicas: int = 1,
) -> Provisioned:
    """Connect as who may administer, `provision`, and go.

    Raises:
        ProvisionRefused: As `provision`.
        nats.errors.NoServersError: Nobody answers there.
    """
    client = await connect(
        url.split(","), user=user, password=password, name="setup", allow_reconnect=False
    )
    try:
        return await provision(client.jetstream(), contracts, replicas=replicas)
    finally:
        await client.close()


__all__ = [
    "BUS_AWAY",
    "NatsPorts",
    "Permissions",
    "ProvisionRefused",
    "Provisioned",
    "compare_consumer",
    "consumer_config",
    "nats_permissions",
    "provision",
    "provision_server",
    "render_accounts",
    "render_nats_config",
    "stream_configs",
]
