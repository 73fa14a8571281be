"""What is put into the portal: told to cases, sent to nobody, and done."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from atiende.channels.v1.events_pb2 import SendMessage
from atiende.common.v1.common_pb2 import ChannelKind
from atiende.notifications.v1.events_pb2 import NotificationSent
from atiende_city.testing import example_release
from atiende_kit.clock import FixedClock
from atiende_notifications.adapters.city_texts import ReleaseTexts
from atiende_notifications.adapters.events_out import events_of
from atiende_notifications.application.dispatch import step
from atiende_notifications.domain.notification import (
    FINAL,
    WORK_LIST,
    AttemptState,
    Notification,
    ReachablePoint,
    Recipient,
    State,
)

pytestmark = pytest.mark.unit
NOON = datetime(2026, 3, 2, 17, 0, tzinfo=UTC)
FOLIO = "SA-2026-0000001-K"


def told(*points: ReachablePoint):
    notification = Notification(
        notification_id="019a0000-0000-7000-8000-000000000001",
        tenant="sanaurelio",
        template_key="case_received",
        citizen_id="c1",
        conversation_id="v1",
        case_id="k1",
        unit_id="alumbrado",
        values={"folio": FOLIO, "procedure_code": "alumbrado-publico", "unit_id": "alumbrado"},
        create_time=NOON,
        state=State.SCHEDULED,
        state_time=NOON,
    )
    texts = ReleaseTexts(example_release(), FixedClock(NOON))
    return step(notification, {("c1", "v1"): Recipient("c1", "v1", points)}, texts, NOON)


def test_portal_alone_makes_an_entry_and_no_command_and_the_notification_is_done():
    done = told(ReachablePoint("portal", "v1", consent=True))
    [sent] = [event.message for event in events_of(done.emits)]
    assert isinstance(sent, NotificationSent)
    assert sent.recipient.channel == ChannelKind.CHANNEL_KIND_PORTAL
    assert FOLIO in sent.text
    assert done.notification.state is State.AVAILABLE
    assert done.notification.attempts[0].state is AttemptState.AVAILABLE
    assert State.AVAILABLE in FINAL - WORK_LIST


def test_an_address_is_preferred_to_the_portal_and_gets_the_command():
    done = told(
        ReachablePoint("portal", "v1", consent=True),
        ReachablePoint("email", "rosa@example.org", consent=True),
    )
    assert {type(event.message) for event in events_of(done.emits)} == {
        SendMessage,
        NotificationSent,
    }
    assert done.notification.state is State.SENDING
