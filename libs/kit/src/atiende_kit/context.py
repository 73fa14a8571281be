"""What the present piece of work belongs to, carried across awaits by context variables."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

correlation_id: ContextVar[str] = ContextVar("atiende_correlation_id", default="")
causation_id: ContextVar[str] = ContextVar("atiende_causation_id", default="")


@contextmanager
def caused_by(*, correlation: str, causation: str = "") -> Iterator[None]:
    """Let what is written inside inherit the correlation id, and the event that caused it."""
    outer, cause = correlation_id.set(correlation), causation_id.set(causation)
    try:
        yield
    finally:
        causation_id.reset(cause)
        correlation_id.reset(outer)
