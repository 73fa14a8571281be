"""Servers and the jobs that prepare them start together: the jobs wait."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")
_PATIENCE_SECONDS = 300.0
_EVERY_SECONDS = 2.0


def await_server(
    name: str,
    attempt: Callable[[], T],
    away: tuple[type[BaseException], ...],
    patience_seconds: float = _PATIENCE_SECONDS,
) -> T:
    """Tries until the server is there, saying so once.

    Args:
        name: of the server, for people.
        attempt: what needs it.
        away: what it raises while nobody answers.
        patience_seconds: how long.

    Raises:
        SystemExit: it did not come.
    """
    deadline = time.monotonic() + patience_seconds
    said = False
    while True:
        try:
            return attempt()
        except away as error:
            if time.monotonic() > deadline:
                raise SystemExit(f"{name} does not answer: {type(error).__name__}") from error
            if not said:
                print(f"waiting for {name}", flush=True)
                said = True
            time.sleep(_EVERY_SECONDS)
