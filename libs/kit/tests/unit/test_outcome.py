"""The table of what becomes of a delivery."""

import pytest

from atiende.cases.v1.events_pb2 import CaseOpened
from atiende_kit import errors
from atiende_kit.bus import Ack, DeadLetter, Nak, decide
from atiende_kit.contract import Consume

pytestmark = pytest.mark.unit
CONSUME = Consume(CaseOpened, "routing-on-case-opened", max_deliver=5)


def error(kind, **more):
    return kind("REASON", "No.", **more)


@pytest.mark.parametrize(
    ("problem", "attempt", "verdict"),
    [
        (None, 1, Ack()),
        (error(errors.AlreadyExists), 1, Ack()),
        (error(errors.InvalidInput), 1, DeadLetter("REASON")),
        (error(errors.Unprocessable), 1, DeadLetter("REASON")),
        (error(errors.Unauthenticated), 1, DeadLetter("REASON")),
        (error(errors.PermissionDenied), 1, DeadLetter("REASON")),
        (error(errors.NotFound), 1, DeadLetter("REASON")),
        (error(errors.FailedPrecondition), 1, DeadLetter("REASON")),
        (error(errors.NotYetVisible), 1, Nak(0.2)),
        (error(errors.NotYetVisible), 19, Nak(60.0)),
        (error(errors.NotYetVisible), 20, DeadLetter("REASON")),
        (error(errors.VersionMismatch), 3, Nak(0.8)),
        (error(errors.Conflict), 1, Nak(0.2)),
        (error(errors.RateLimited, retry_after=7), 1, Nak(7)),
        (error(errors.RateLimited, retry_after=300), 1, Nak(300)),
        (error(errors.RateLimited, retry_after=7200), 1, Nak(900.0)),
        (error(errors.RateLimited, retry_after=0), 1, Nak(0.0)),
        (error(errors.Unavailable), 1, Nak(1.0)),
        (error(errors.Unavailable), 4, Nak(8.0)),
        (error(errors.DeadlineExceeded), 99, Nak(60.0)),
        (error(errors.Unavailable), 100, DeadLetter("REASON")),
        (RuntimeError("x"), 1, Nak(1.0)),
        (RuntimeError("x"), 4, Nak(8.0)),
        (RuntimeError("x"), 5, DeadLetter("UNEXPECTED")),
        (TimeoutError(), 5, DeadLetter("UNEXPECTED")),
    ],
)
def test_the_kind_of_the_error_decides(problem, attempt, verdict):
    assert decide(problem, attempt, CONSUME, failures=2) == verdict


@pytest.mark.parametrize(
    ("problem", "attempt", "verdict"),
    [
        # Deliveries that an outage used up: what fails now for the first time is tried again.
        (RuntimeError("x"), 5, Nak(16.0)),
        (TimeoutError(), 60, Nak(60.0)),
        (error(errors.NotYetVisible), 20, Nak(60.0)),
        # But not for ever.
        (RuntimeError("x"), 100, DeadLetter("UNEXPECTED")),
        (error(errors.Conflict), 100, DeadLetter("REASON")),
        # And what can never be right is no matter of counting.
        (error(errors.NotFound), 1, DeadLetter("REASON")),
    ],
)
def test_what_a_process_sees_fail_for_the_first_time_is_tried_again(problem, attempt, verdict):
    assert decide(problem, attempt, CONSUME, failures=1) == verdict
