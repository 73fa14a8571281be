"""What the bus does with a delivery, decided from the kind of the error and nothing else.

kind                             delivery
no error, AlreadyExists          ack
InvalidInput, Unauthenticated,   dead letter at once
  PermissionDenied, NotFound,
  FailedPrecondition
NotYetVisible, other conflicts   again soon; dead letter after four times `max_deliver`
RateLimited                      again after `retry_after`
Unavailable, DeadlineExceeded    again later, until the server's own limit
anything else                    again later; dead letter at `max_deliver`

What an outage or dying processes used up is no fault of the message: where a number of deliveries
decides, the process must have seen it fail like that twice. Whatever happens, `backstop` ends it.
"""

from dataclasses import dataclass

from atiende_kit.contract import Consume
from atiende_kit.errors import (
    AlreadyExists,
    AtiendeError,
    Conflict,
    DeadlineExceeded,
    FailedPrecondition,
    InvalidInput,
    NotFound,
    NotYetVisible,
    PermissionDenied,
    RateLimited,
    Unauthenticated,
    Unavailable,
)

# Delays that grow by themselves end here; one that was asked for may be longer.
MAX_DELAY_SECONDS = 60.0
MAX_ASKED_SECONDS = 900.0
_SOON, _LATER = 0.2, 1.0
_PATIENCE = 4
_SEEN = 2
_NEVER_RIGHT = (InvalidInput, Unauthenticated, PermissionDenied, NotFound, FailedPrecondition)


@dataclass(frozen=True, slots=True)
class Ack:
    """Done."""


@dataclass(frozen=True, slots=True)
class Nak:
    """Again after a delay. JetStream's own back-off does not apply to a nak, so it is explicit."""

    delay_seconds: float


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """Keep it where operators see it, and end it here."""

    reason: str


Verdict = Ack | Nak | DeadLetter


def _growing(first: float, attempt: int) -> float:
    return min(MAX_DELAY_SECONDS, first * 2.0 ** min(attempt - 1, 16))


def is_counted(error: Exception | None) -> bool:
    """Whether a number of deliveries makes a dead letter of what fails like this."""
    others = (AlreadyExists, RateLimited, Unavailable, DeadlineExceeded, *_NEVER_RIGHT)
    return error is not None and not isinstance(error, others)


def decide(error: Exception | None, attempt: int, consume: Consume, *, failures: int) -> Verdict:
    """Say what happens to a delivery.

    Args:
        error: What the handler said of it.
        attempt: Which delivery this was, from 1.
        consume: The limits.
        failures: How often this process saw the message fail in a way that `is_counted`.
    """
    if error is None or isinstance(error, AlreadyExists):
        return Ack()
    reason = error.reason if isinstance(error, AtiendeError) else "UNEXPECTED"
    if attempt >= consume.backstop:
        return DeadLetter(reason)
    if isinstance(error, NotYetVisible | Conflict):
        if failures >= _SEEN and attempt >= consume.max_deliver * _PATIENCE:
            return DeadLetter(reason)
        return Nak(_growing(_SOON, attempt))
    if isinstance(error, _NEVER_RIGHT):
        return DeadLetter(reason)
    if isinstance(error, RateLimited | Unavailable | DeadlineExceeded):
        if error.retry_after is not None:
            return Nak(min(MAX_ASKED_SECONDS, max(0.0, error.retry_after)))
        return Nak(_growing(_LATER, attempt))
    if failures >= _SEEN and attempt >= consume.max_deliver:
        return DeadLetter(reason)
    return Nak(_growing(_LATER, attempt))
