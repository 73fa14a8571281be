"""What opens something goes to the person and stays nowhere: codes, tracking secrets, links."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from atiende.channels.v1.events_pb2 import SendMessage
from atiende.notifications.v1.events_pb2 import NotificationSent
from atiende_city.testing import example_release
from atiende_kit.clock import FixedClock
from atiende_notifications.adapters.city_texts import HIDDEN, ReleaseTexts
from atiende_notifications.adapters.events_out import events_of
from atiende_notifications.application.dispatch import step
from atiende_notifications.domain.notification import (
    SECRET_VALUES,
    Notification,
    ReachablePoint,
    Recipient,
    State,
)

pytestmark = pytest.mark.unit
NIGHT = datetime(2026, 3, 3, 3, 30, tzinfo=UTC)
"""Monday 22:30 in Bogotá: the offices are closed and the quiet hours have begun."""
SECRET = "K7QM-2XHD-9ZRT"
OWN = Notification(
    notification_id="019a0000-0000-7000-8000-000000000001",
    tenant="sanaurelio",
    template_key="case_received_out_of_hours",
    citizen_id="c1",
    conversation_id="v1",
    case_id="k1",
    unit_id="alumbrado",
    values={
        "folio": "SA-2026-0000001-K",
        "procedure_code": "alumbrado-publico",
        "unit_id": "alumbrado",
        "open_time": NIGHT.isoformat(),
        "legal_time": datetime(2026, 3, 3, 12, 30, tzinfo=UTC).isoformat(),
    },
    create_time=NIGHT,
    state=State.SCHEDULED,
    state_time=NIGHT,
)
CODE = Notification(
    notification_id="019a0000-0000-7000-8000-000000000002",
    tenant="sanaurelio",
    template_key="verification_code",
    citizen_id="",
    conversation_id="",
    case_id="",
    unit_id="",
    values={"code": "481203", "folio": ""},
    create_time=NIGHT,
    state=State.SCHEDULED,
    state_time=NIGHT,
    same_channel_only=True,
    at_most_once=True,
    channel="whatsapp",
    address="573001112233",
    language="en",
)


def stepped(notification: Notification, *points: ReachablePoint, language: str = "es"):
    recipient = Recipient("c1", "v1", points, language=language, tracking_secret=SECRET)
    texts = ReleaseTexts(example_release(), FixedClock(NIGHT))
    done = step(notification, {("c1", "v1"): recipient}, texts, NIGHT)
    return done.notification, [event.message for event in events_of(done.emits)]


@pytest.mark.parametrize("channel", ["whatsapp", "email", "webchat"])
@pytest.mark.parametrize("language", ["es", "en"])
def test_receipt_carries_folio_secret_and_both_times(channel: str, language: str) -> None:
    point = ReachablePoint(channel, "somebody", consent=True)
    _, [send, sent] = stepped(OWN, point, language=language)
    assert isinstance(send, SendMessage)
    assert isinstance(sent, NotificationSent)
    effective, legal = {
        "es": ("lunes 2 de marzo a las 22:30", "martes 3 de marzo a las 07:30"),
        "en": ("Monday, March 2 at 22:30", "Tuesday, March 3 at 07:30"),
    }[language]
    for part in ("SA-2026-0000001-K", SECRET, effective, legal):
        assert part in send.text, send.text
    # Staff reads the timeline; whoever has the secret may act as the citizen.
    assert SECRET not in str(sent)
    assert HIDDEN in sent.text


def test_receipt_inside_the_hours_carries_the_secret() -> None:
    point = ReachablePoint("email", "marta@example.org", consent=True)
    _, [send, sent] = stepped(replace(OWN, template_key="case_received"), point)
    assert SECRET in send.text
    assert SECRET not in str(sent)


@pytest.mark.parametrize("channel", ["whatsapp", "email"])
def test_code_goes_to_the_address_at_once_and_into_no_timeline(channel: str) -> None:
    kept, [send] = stepped(replace(CODE, channel=channel))
    assert isinstance(send, SendMessage)
    assert (send.recipient.address, send.at_most_once) == ("573001112233", True)
    assert "481203" in send.text
    assert "10 minutes" in send.text
    assert "481203" not in str(kept)
    assert kept.state is State.SENDING


def test_survey_link_is_sent_and_not_kept() -> None:
    link = "https://sanaurelio.example/encuesta#sanaurelio.abc"
    asked = replace(
        OWN,
        template_key="survey_invitation",
        at_most_once=True,
        values={**OWN.values, "survey_url": link},
    )
    kept, [send, sent] = stepped(asked, ReachablePoint("email", "marta@example.org", consent=True))
    assert link in send.text
    assert link not in str(sent)
    assert link not in str(kept)


def test_every_secret_has_a_place_in_the_templates() -> None:
    texts = " ".join(t.text for t in example_release().templates.values())
    assert all(name in texts for name in SECRET_VALUES)
