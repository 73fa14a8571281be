"""An event loop in which time passes only when nothing is left to do."""

from __future__ import annotations

import asyncio
import selectors
from typing import Any

_LEAST_SECONDS = 1e-6


class Stuck(Exception):  # noqa: N818 - it says what happened
    """Everything waits for something that will never come."""


class _Jump(selectors.SelectSelector):
    """Does not wait: moves the loop's time on instead. Nothing real is ever listened to."""

    def __init__(self) -> None:
        super().__init__()
        self.now = 0.0

    def select(self, timeout: float | None = None) -> list[Any]:
        """Let the time pass for which the loop would have slept."""
        if timeout is None:
            raise Stuck
        if timeout > 0:
            # At least a little: what is due within the loop's resolution is run without waiting,
            # and whoever then finds that it is not yet time would ask again for ever.
            self.now += max(timeout, _LEAST_SECONDS)
        return []


class VirtualLoop(asyncio.SelectorEventLoop):
    """Runs callbacks in the order of their virtual times; the same program runs the same way."""

    def __init__(self) -> None:
        self._jump = _Jump()
        super().__init__(self._jump)

    def time(self) -> float:
        """Return virtual seconds since the beginning."""
        return self._jump.now
