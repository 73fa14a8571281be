"""Pulling a durable consumer without ever waiting for a batch to fill.

nats-py's own `fetch` waits for all messages that it asked for until its timeout, so one message
alone would wait seconds for company. Here one request is always outstanding, what arrives is
handed out at once, and the batch grows by itself while a handler works.
"""

import asyncio
import json
import time
from collections import deque
from collections.abc import Mapping
from typing import Any

from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.aio.subscription import Subscription
from nats.errors import Error as NatsError

from atiende_kit.bus.delivery import RawMessage
from atiende_kit.contract import Consume
from atiende_kit.telemetry import get_logger

log = get_logger("atiende_kit.bus")

_EXPIRES_SECONDS = 10.0
_HEARTBEAT_SECONDS = 3.0
_LOST_SECONDS = 2.5 * _HEARTBEAT_SECONDS
_PAUSE_SECONDS = 1.0
_NANO = 1_000_000_000
_HEARTBEAT = "100"
_NOTHING = frozenset({"404", "408"})
# A 409 that only ends one request: the batch is full or a bound of the consumer is reached.
_CONFLICT, _NO_RESPONDERS = "409", "503"


class NatsMessage:
    """A delivered JetStream message."""

    __slots__ = ("_msg", "attempt", "data", "headers", "sequence", "subject")

    def __init__(self, msg: Msg) -> None:
        metadata = msg.metadata
        self._msg = msg
        self.subject = msg.subject
        self.data: bytes = msg.data
        self.headers: Mapping[str, str] = msg.headers or {}
        self.attempt: int = metadata.num_delivered or 1
        self.sequence: int = metadata.sequence.stream

    async def ack(self) -> None:
        """Done; never again."""
        await self._msg.ack()

    async def nak(self, delay: float) -> None:
        """Again, after this many seconds."""
        await self._msg.nak(delay=delay)

    async def term(self) -> None:
        """Never again, although it was not done."""
        await self._msg.term()

    async def in_progress(self) -> None:
        """Still working: the acknowledgement wait starts anew."""
        await self._msg.in_progress()


class PullSource:
    """One durable consumer being pulled."""

    def __init__(self, client: Client, consume: Consume) -> None:
        self._client = client
        self._consume = consume
        self._subject = f"$JS.API.CONSUMER.MSG.NEXT.{consume.stream}.{consume.durable}"
        self._buffer: deque[RawMessage] = deque()
        self._arrived = asyncio.Event()
        self._outstanding = 0
        self._sign = time.monotonic()
        self._pause = False
        self._subscription: Subscription | None = None
        self._inbox = ""

    async def open(self) -> None:
        """Listen on a private inbox."""
        self._inbox = self._client.new_inbox()
        self._subscription = await self._client.subscribe(self._inbox, cb=self._receive)

    def last_sign(self) -> float:
        """Return when the server last answered, in `time.monotonic` seconds."""
        return self._sign

    def buffered(self) -> list[RawMessage]:
        """Return what was received and not handed out."""
        return list(self._buffer)

    def reconnected(self) -> None:
        """Forget the outstanding request: the server forgot it with the connection."""
        self._outstanding = 0
        self._arrived.set()

    async def next_batch(self) -> list[RawMessage]:
        """Wait for at least one message; return what is there, at most the batch size."""
        while not self._buffer:
            if self._pause:
                self._pause = False
                await asyncio.sleep(_PAUSE_SECONDS)
            self._arrived.clear()
            if self._outstanding <= 0:
                await self._request()
            try:
                async with asyncio.timeout(_LOST_SECONDS):
                    await self._arrived.wait()
            except TimeoutError:
                # Not even a heartbeat: the request is lost.
                self._outstanding = 0
        size = min(len(self._buffer), self._consume.batch_size)
        batch = [self._buffer.popleft() for _ in range(size)]
        if self._outstanding <= 0 and not self._buffer:
            # The next batch travels while this one is handled.
            await self._request()
        return batch

    async def close(self) -> None:
        """Stop pulling; give back at once what was not handed out."""
        if self._subscription is not None and not self._client.is_closed:
            try:
                await self._subscription.unsubscribe()
                for raw in self._buffer:
                    await raw.nak(0.01)
            except (NatsError, OSError) as error:
                # Not given back is delivered again when its wait is over.
                log.info("pull not closed", error_type=type(error).__name__)
        self._subscription = None
        self._buffer.clear()

    async def _request(self) -> None:
        self._outstanding = self._consume.batch_size
        request = {
            "batch": self._consume.batch_size,
            "expires": int(_EXPIRES_SECONDS * _NANO),
            "idle_heartbeat": int(_HEARTBEAT_SECONDS * _NANO),
        }
        # A request to the server's API, no event: an answer or its absence tells all.
        await self._client.publish(self._subject, json.dumps(request).encode(), self._inbox)

    async def _receive(self, msg: Msg) -> None:
        self._sign = time.monotonic()
        status = (msg.headers or {}).get("Status") if not msg.data else None
        if status is None:
            self._outstanding -= 1
            self._buffer.append(NatsMessage(msg))
        elif status != _HEARTBEAT:
            self._outstanding = 0
            self._explain(status, msg.headers or {})
        else:
            return
        self._arrived.set()

    def _explain(self, status: str, headers: Mapping[str, Any]) -> None:
        if status in _NOTHING:
            return
        description = str(headers.get("Description", ""))
        if status == _CONFLICT and description.startswith(("Batch Completed", "Message Size")):
            return
        # No consumer, no stream or a server on its way down: asking at once would be a busy loop.
        self._pause = True
        if status == _NO_RESPONDERS:
            self._sign = float("-inf")
        log.warning(
            "pull refused", durable=self._consume.durable, status=status, description=description
        )
