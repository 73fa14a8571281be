"""What the present piece of work belongs to, carried across awaits by context variables."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

correlation_id: ContextVar[str] = ContextVar("atiende_correlation_id", default="")
causation_id: ContextVar[str] = ContextVar("atiende_causation_id", default="")

somebody_waits: ContextVar[bool] = ContextVar("atiende_somebody_waits", default=False)
"""Whether a person or a peer waits for the answer, so that "not now" is better than late."""


@contextmanager
def answering() -> Iterator[None]:
    """What is done inside answers a request."""
    outer = somebody_waits.set(True)
    try:
        yield
    finally:
        somebody_waits.reset(outer)


@contextmanager
def caused_by(*, correlation: str, causation: str = "") -> Iterator[None]:
    """Let what is written inside inherit the correlation id, and the event that caused it."""
    outer, cause = correlation_id.set(correlation), causation_id.set(causation)
    try:
        yield
    finally:
        causation_id.reset(cause)
        correlation_id.reset(outer)
