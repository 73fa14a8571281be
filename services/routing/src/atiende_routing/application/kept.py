"""A value kept for a moment, so that many readers cost one reading."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

T = TypeVar("T")


class Kept(Generic[T]):
    """Values by key, each at most so many seconds old; one reader makes it for all who wait.

    Args:
        seconds: How long a value serves, real time; 0 keeps nothing.
    """

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._values: dict[str, tuple[float, T]] = {}
        self._locks: dict[str, asyncio.Lock] = {}

    async def get(self, key: str, make: Callable[[], Awaitable[T]]) -> T:
        """Returns the value of a key, made anew when it is too old."""
        if self._seconds <= 0:
            return await make()
        async with self._locks.setdefault(key, asyncio.Lock()):
            known = self._values.get(key)
            if known is not None and time.monotonic() - known[0] < self._seconds:
                return known[1]
            made = await make()
            self._values[key] = (time.monotonic(), made)
            return made
