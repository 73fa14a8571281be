"""Light limits on how often one visitor may do something, within one process."""

from __future__ import annotations

import time
from collections import OrderedDict
from ipaddress import IPv6Address, IPv6Network, ip_address

from starlette.requests import HTTPConnection

from atiende_kit.errors import RateLimited

_MAX_KEYS = 20_000
_IPV6_SITE = 64


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
        """Take a token.

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


def visitor(connection: HTTPConnection) -> str:
    """Return what tells anonymous visitors apart: the address, and of IPv6 its network.

    One IPv6 customer has 2^64 addresses (RFC 6177), so a limit by address would be none.
    """
    host = connection.client.host if connection.client else ""
    try:
        address = ip_address(host)
    except ValueError:
        return host
    if isinstance(address, IPv6Address):
        return str(IPv6Network((address, _IPV6_SITE), strict=False))
    return host
