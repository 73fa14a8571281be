"""A closed loop of prepared requests over kept connections; it costs little beside a server."""

from __future__ import annotations

import asyncio
import contextlib
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from dev.wire import SUCCESS, answer_of


@dataclass
class Outcome:
    """What a load met.

    Attributes:
        seconds: from the first request to the last answer.
        milliseconds: of each acknowledged request.
        refused: answers that acknowledged nothing.
    """

    seconds: float = 0.0
    milliseconds: list[float] = field(default_factory=list)
    refused: int = 0

    @property
    def rate(self) -> float:
        """Acknowledged a second."""
        return len(self.milliseconds) / self.seconds if self.seconds else 0.0

    def percentile(self, share: float) -> float:
        """Of the latency, in milliseconds."""
        ordered = sorted(self.milliseconds)
        return ordered[min(len(ordered) - 1, int(len(ordered) * share))] if ordered else 0.0

    @property
    def median(self) -> float:
        """Of the latency, in milliseconds."""
        return statistics.median(self.milliseconds) if self.milliseconds else 0.0


async def http_load(port: int, clients: int, seconds: float, make: Callable[[], bytes]) -> Outcome:
    """Closed loop: each client sends its next request when the last was answered.

    Args:
        port: of the loopback address.
        clients: connections.
        seconds: how long new requests are begun.
        make: one whole HTTP/1.1 request, different each time.
    """
    outcome = Outcome()
    end = time.perf_counter() + seconds

    async def client() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        is_kept = True
        try:
            while time.perf_counter() < end:
                request = make()
                began = time.perf_counter()
                if not is_kept:
                    writer.close()
                    reader, writer = await asyncio.open_connection("127.0.0.1", port)
                writer.write(request)
                status, is_kept = await answer_of(reader)
                if status in SUCCESS:
                    outcome.milliseconds.append((time.perf_counter() - began) * 1000)
                else:
                    outcome.refused += 1
        finally:
            writer.close()
            with contextlib.suppress(OSError):
                await writer.wait_closed()

    began = time.perf_counter()
    await asyncio.gather(*(client() for _ in range(clients)))
    outcome.seconds = time.perf_counter() - began
    return outcome
