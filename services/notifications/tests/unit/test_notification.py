"""Receipts in any order lead to one truth."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from itertools import permutations

import pytest

from atiende_notifications.domain.notification import (
    Attempt,
    AttemptState,
    Notification,
    Reason,
    State,
)

pytestmark = pytest.mark.unit

NOW = datetime(2026, 3, 2, 17, 0, tzinfo=UTC)


def sending() -> Notification:
    fresh = Notification(
        notification_id="n1",
        tenant="sanaurelio",
        template_key="case_update",
        citizen_id="c1",
        conversation_id="v1",
        case_id="k1",
        unit_id="aseo",
        values={},
        create_time=NOW,
        state=State.SCHEDULED,
        state_time=NOW,
    )
    return fresh.sending(Attempt("m1", "whatsapp", "573001112233", AttemptState.SENDING, NOW))


@pytest.mark.parametrize(
    "order", list(permutations([AttemptState.SENT, AttemptState.DELIVERED, AttemptState.SENT]))
)
def test_receipts_in_any_order_end_delivered(order):
    notification = sending()
    for state in order:
        notification = notification.with_receipt("m1", state, "", NOW)
    assert notification.state is State.DELIVERED


def test_receipt_of_a_foreign_message_changes_nothing():
    notification = sending()
    assert notification.with_receipt("other", AttemptState.DELIVERED, "", NOW) is notification


def test_repeated_receipt_changes_nothing():
    once = sending().with_receipt("m1", AttemptState.SENT, "", NOW)
    assert once.with_receipt("m1", AttemptState.SENT, "", NOW) is once


def test_failure_is_kept_with_its_code_until_decided():
    failed = sending().with_receipt("m1", AttemptState.FAILED, "RECIPIENT_INVALID", NOW)
    assert failed.last_message_failed
    assert failed.state is State.SENDING
    assert failed.attempts[0].error_code == "RECIPIENT_INVALID"


def test_late_delivery_wins_over_giving_up():
    given_up = sending().with_receipt("m1", AttemptState.FAILED, "X", NOW)
    given_up = given_up.failed(Reason.NO_CHANNEL_LEFT, NOW)
    assert given_up.with_receipt("m1", AttemptState.DELIVERED, "", NOW).state is State.DELIVERED


def test_what_must_not_repeat_is_not_tried_again():
    assert sending().may_try_again()
    assert not replace(sending(), at_most_once=True).may_try_again()
    assert not replace(sending(), same_channel_only=True).may_try_again()
