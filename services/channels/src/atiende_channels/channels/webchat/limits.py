"""Light limits on how often one visitor may do something, within one process."""

from __future__ import annotations

import time
from collections import OrderedDict

from atiende_kit.errors import RateLimited

_MAX_KEYS = 20_000


class Limiter:
    """A token bucket per key; the least recently used keys are forgotten.

    Args:
        per_minute: Tokens that come back in a minute.
        burst: Most tokens a key can hold.
    """

    def __init__(self, per_minute: int, burst: int | None = None) -> None:
        self._rate = per_minute / 60
        self._burst = float(burst or per_minute)
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, key: str, *, now: float | None = None) -> None:
        """Takes a token.

        Raises:
            RateLimited: There is none; says when there will be.
        """
        moment = time.monotonic() if now is None else now
        tokens, last = self._buckets.pop(key, (self._burst, moment))
        tokens = min(self._burst, tokens + (moment - last) * self._rate)
        allowed = tokens >= 1
        self._buckets[key] = (tokens - 1 if allowed else tokens, moment)
        if len(self._buckets) > _MAX_KEYS:
            self._buckets.popitem(last=False)
        if not allowed:
            raise RateLimited(
                "TOO_MANY_REQUESTS",
                "Demasiados intentos seguidos; espere un momento.",
                retry_after=max(1.0, (1 - tokens) / self._rate),
            )
