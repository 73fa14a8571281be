"""What the user sees: colours and live lines in a terminal, plain lines elsewhere."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console

# Files and pipes have no width; without one, rich would cut tables at 80 columns.
_FILE_WIDTH = 160

out = Console(highlight=False, width=None if sys.stdout.isatty() else _FILE_WIDTH)
err = Console(stderr=True, highlight=False, soft_wrap=True)


@contextmanager
def step(title: str) -> Iterator[None]:
    """Shows that a step runs, then how long it took."""
    began = time.monotonic()
    if out.is_terminal:
        with out.status(title):
            yield
    else:
        out.print(f"… {title}")
        yield
    out.print(f"[green]✓[/green] {title} [dim]({time.monotonic() - began:.1f} s)[/dim]")


def size(value_bytes: int) -> str:
    """Renders a number of bytes for people."""
    megabytes = value_bytes / 1_000_000
    return f"{megabytes:.0f} MB" if megabytes >= 1 else f"{value_bytes / 1000:.0f} kB"


def span(seconds: float) -> str:
    """Renders a span of time for people: `4.2 s`, `3 min 20 s`, `2 h 5 min`."""
    if seconds < 60:  # noqa: PLR2004 -- a minute
        return f"{seconds:.1f} s" if seconds < 10 else f"{seconds:.0f} s"  # noqa: PLR2004
    minutes, rest = divmod(int(seconds), 60)
    if minutes < 60:  # noqa: PLR2004 -- an hour
        return f"{minutes} min {rest} s"
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min"
