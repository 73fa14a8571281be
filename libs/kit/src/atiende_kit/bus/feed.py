"""A live, ordered tail of a stream: what an open page follows.

An ephemeral push consumer without acknowledgements; a hole in its numbering, or silence, makes a
new one after the last sequence that was seen.
"""

import asyncio
import json
from collections.abc import AsyncGenerator, Sequence
from typing import Any

from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.errors import Error as NatsError
from nats.js import JetStreamContext
from nats.js.api import AckPolicy, ConsumerConfig, DeliverPolicy
from nats.js.errors import APIError, NotFoundError

from atiende_kit.bus.pull import NatsMessage
from atiende_kit.errors import FailedPrecondition, NotFound
from atiende_kit.ids import new_id
from atiende_kit.telemetry import get_logger

log = get_logger("atiende_kit.bus")

_HEARTBEAT_SECONDS = 5.0
_SILENCE_SECONDS = 2.5 * _HEARTBEAT_SECONDS
_INACTIVE_SECONDS = 30.0
_PAUSE_SECONDS = 1.0
_QUEUE = 1000


class _Tail:
    """One ephemeral consumer; ends at the first sign that something was missed."""

    def __init__(self, client: Client, js: JetStreamContext, stream: str) -> None:
        self._client, self._js, self._stream = client, js, stream
        self._queue: asyncio.Queue[Msg] = asyncio.Queue(_QUEUE)
        self._overflow = False

    async def _receive(self, msg: Msg) -> None:
        try:
            self._queue.put_nowait(msg)
        except asyncio.QueueFull:
            # A slow reader: it gets the rest from a new consumer once it has caught up.
            self._overflow = True

    async def read(self, subjects: Sequence[str], after: int) -> AsyncGenerator[NatsMessage, None]:
        inbox = self._client.new_inbox()
        subscription = await self._client.subscribe(inbox, cb=self._receive)
        try:
            await self._create(inbox, subjects, after)
            expected = 1
            while True:
                if self._overflow and self._queue.empty():
                    return
                try:
                    async with asyncio.timeout(_SILENCE_SECONDS):
                        msg = await self._queue.get()
                except TimeoutError:
                    return
                if not msg.data and (msg.headers or {}).get("Status"):
                    seen = (msg.headers or {}).get("Nats-Last-Consumer")
                    if seen is not None and int(seen) != expected - 1:
                        return
                    continue
                if msg.metadata.sequence.consumer != expected:
                    return
                expected += 1
                yield NatsMessage(msg)
        finally:
            if not self._client.is_closed:
                await subscription.unsubscribe()

    async def _create(self, inbox: str, subjects: Sequence[str], after: int) -> None:
        config = ConsumerConfig(
            deliver_subject=inbox,
            deliver_policy=DeliverPolicy.BY_START_SEQUENCE,
            opt_start_seq=after + 1,
            ack_policy=AckPolicy.NONE,
            max_deliver=1,
            filter_subjects=list(subjects),
            idle_heartbeat=_HEARTBEAT_SECONDS,
            inactive_threshold=_INACTIVE_SECONDS,
            mem_storage=True,
            num_replicas=1,
        )
        name = f"feed-{new_id()}"
        request = {"stream_name": self._stream, "config": {**config.as_dict(), "name": name}}
        answer = await self._client.request(
            f"$JS.API.CONSUMER.CREATE.{self._stream}.{name}", json.dumps(request).encode(), 5
        )
        body: dict[str, Any] = json.loads(answer.data)
        if "error" in body:
            raise APIError.from_error(body["error"])


async def follow(
    client: Client,
    js: JetStreamContext,
    stream: str,
    subjects: Sequence[str],
    after: int | None,
) -> AsyncGenerator[NatsMessage, None]:
    """Yield messages of the subjects in order, for ever.

    Args:
        client: Connection.
        js: Its JetStream context.
        stream: That holds the subjects.
        subjects: Exact ones.
        after: Last sequence that the reader has; from now when absent.

    Raises:
        FailedPrecondition: The stream does not hold what comes after `after` any more.
        NotFound: There is no such stream.
    """
    last = await _position(js, stream, after)
    while True:
        try:
            # The generator is closed here and not by the collector, so that the inbox goes away.
            tail = _Tail(client, js, stream).read(subjects, last)
            try:
                async for message in tail:
                    last = message.sequence
                    yield message
            finally:
                await tail.aclose()
        except (NatsError, APIError, OSError) as error:
            log.info("feed interrupted", stream=stream, error_type=type(error).__name__)
            await asyncio.sleep(_PAUSE_SECONDS)


async def _position(js: JetStreamContext, stream: str, after: int | None) -> int:
    try:
        state = (await js.stream_info(stream)).state
    except NotFoundError as error:
        raise NotFound("FEED_NOT_FOUND", "No hay novedades que seguir.") from error
    if after is None:
        return state.last_seq
    if after > state.last_seq or after + 1 < state.first_seq:
        # A rebuilt or aged stream: going on silently would hide changes.
        raise FailedPrecondition(
            "FEED_POSITION_LOST", "La posición ya no está disponible; vuelva a cargar la lista."
        )
    return after
