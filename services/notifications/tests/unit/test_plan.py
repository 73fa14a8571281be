"""Which channel a notification takes, and when."""

from __future__ import annotations

from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

import pytest

from atiende_city.model import QuietHours
from atiende_notifications.domain.notification import (
    Attempt,
    AttemptState,
    Notification,
    ReachablePoint,
    Reason,
    Recipient,
    State,
)
from atiende_notifications.domain.plan import GiveUp, Send, Wait, plan

pytestmark = pytest.mark.unit

NOON = datetime(2026, 3, 2, 17, 0, tzinfo=UTC)  # 12:00 in Bogotá
NIGHT = datetime(2026, 3, 3, 4, 0, tzinfo=UTC)  # 23:00 in Bogotá
QUIET = QuietHours(time(21), time(7), ZoneInfo("America/Bogota"))

WHATSAPP = ReachablePoint("whatsapp", "573001112233", consent=True)
EMAIL = ReachablePoint("email", "ana@example.org", consent=True)
PORTAL = ReachablePoint("portal", "v1", consent=True)
OPEN311 = ReachablePoint("open311", "app", consent=True)


def notification(**changes) -> Notification:
    values = {
        "notification_id": "n1",
        "tenant": "sanaurelio",
        "template_key": "case_update",
        "citizen_id": "c1",
        "conversation_id": "v1",
        "case_id": "k1",
        "unit_id": "aseo",
        "values": {},
        "create_time": NOON,
        "state": State.SCHEDULED,
        "state_time": NOON,
    }
    return Notification(**(values | changes))


def recipient(*points: ReachablePoint, preferred: str = "") -> Recipient:
    return Recipient("c1", "v1", points, preferred_channel=preferred)


def decide(what: Notification, who: Recipient | None, now: datetime = NOON):
    return plan(what, who, QUIET, lambda _channel: True, now)


def test_follows_the_channel_where_the_citizen_wrote_last():
    assert decide(notification(), recipient(WHATSAPP, EMAIL)) == Send(WHATSAPP)


def test_prefers_what_the_citizen_prefers():
    assert decide(notification(), recipient(WHATSAPP, EMAIL, preferred="email")) == Send(EMAIL)


def test_channel_asked_for_comes_before_preference():
    who = recipient(WHATSAPP, EMAIL, preferred="email")
    assert decide(notification(channel="whatsapp"), who) == Send(WHATSAPP)


def test_never_uses_a_refused_channel():
    refused = ReachablePoint("whatsapp", "573001112233", consent=False)
    assert decide(notification(), recipient(refused, EMAIL, preferred="whatsapp")) == Send(EMAIL)
    assert decide(notification(), recipient(refused)) == GiveUp(Reason.CONSENT_REFUSED)


def test_open311_app_alone_is_no_way_to_reach_a_person():
    assert decide(notification(), recipient(OPEN311)) == GiveUp(Reason.NO_CONTACT_POINT)


def test_portal_is_taken_when_nothing_else_reaches_the_person():
    assert decide(notification(), recipient(PORTAL)) == Send(PORTAL)
    who = recipient(PORTAL, EMAIL, preferred="portal")
    assert decide(notification(channel="portal"), who) == Send(EMAIL)
    bounced = Attempt("m1", "email", EMAIL.address, AttemptState.FAILED, NOON, "RECIPIENT_INVALID")
    assert decide(notification(attempts=(bounced,)), recipient(EMAIL, PORTAL)) == Send(PORTAL)


def test_what_was_asked_on_another_channel_only_is_not_put_into_the_portal():
    what = notification(channel="webchat", same_channel_only=True)
    assert decide(what, recipient(PORTAL)) == GiveUp(Reason.NO_CONTACT_POINT)


def test_unknown_citizen_is_said():
    assert decide(notification(), None) == GiveUp(Reason.CITIZEN_UNKNOWN)


def test_same_channel_only_never_falls_back():
    what = notification(channel="webchat", same_channel_only=True)
    assert decide(what, recipient(WHATSAPP, EMAIL)) == GiveUp(Reason.NO_CONTACT_POINT)


def test_another_channel_is_tried_after_a_failure():
    failed = Attempt("m1", "whatsapp", "573001112233", AttemptState.FAILED, NOON, "THROTTLED")
    what = notification(attempts=(failed,))
    assert decide(what, recipient(WHATSAPP, EMAIL)) == Send(EMAIL)
    assert decide(what, recipient(WHATSAPP)) == GiveUp(Reason.NO_CHANNEL_LEFT)


def test_quiet_hours_hold_back_what_rings():
    morning = datetime(2026, 3, 3, 12, 0, tzinfo=UTC)  # 07:00 in Bogotá
    assert decide(notification(), recipient(WHATSAPP), NIGHT) == Wait(morning)
    assert decide(notification(), recipient(EMAIL), NIGHT) == Send(EMAIL)


def test_an_answer_to_what_was_just_written_does_not_wait():
    what = notification(template_key="case_received_out_of_hours")
    assert decide(what, recipient(WHATSAPP), NIGHT) == Send(WHATSAPP)


def test_missing_template_is_said():
    result = plan(notification(), recipient(EMAIL), QUIET, lambda _channel: False, NOON)
    assert result == GiveUp(Reason.TEMPLATE_MISSING)
