"""From an event to a message on the right channel, and from its receipt to the truth."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from google.protobuf.timestamp_pb2 import Timestamp

from atiende.cases.v1.events_pb2 import CaseFacts, CaseOpened, CaseResolved
from atiende.channels.v1.events_pb2 import DeliveryState, DeliveryUpdated, SendMessage
from atiende.common.v1.common_pb2 import ChannelKind
from atiende.notifications.v1.events_pb2 import (
    NotificationDelivered,
    NotificationFailed,
    NotificationSent,
    RequestNotification,
)
from atiende_kit.bus import Delivery
from atiende_kit.ids import new_id
from atiende_kit.store.operations import Event, OutboxEntry
from atiende_notifications.domain.notification import ReachablePoint

pytestmark = pytest.mark.component

NOON = datetime(2026, 3, 2, 17, 0, tzinfo=UTC)
TENANT = "sanaurelio"

WHATSAPP = ReachablePoint("whatsapp", "573001112233", consent=True, account_id="100")
EMAIL = ReachablePoint("email", "marta@example.org", consent=True, account_id="atencion@x")


def stamp() -> Timestamp:
    made = Timestamp()
    made.FromDatetime(NOON)
    return made


def facts(citizen: str, **changes) -> CaseFacts:
    values = {
        "case_id": new_id(),
        "folio": "SA-2026-0000123-K",
        "citizen_id": citizen,
        "conversation_id": new_id(),
        "procedure_code": "alumbrado-publico",
        "unit_id": "alumbrado",
        "state": "recibido",
        "channel": ChannelKind.CHANNEL_KIND_WHATSAPP,
        "due_time": stamp(),
    }
    return CaseFacts(**(values | changes))


def receipt(sent: SendMessage, state, code: str = "") -> DeliveryUpdated:
    return DeliveryUpdated(
        message_id=sent.message_id,
        state=state,
        error_code=code,
        purpose="notification",
        purpose_id=sent.purpose_id,
        update_time=stamp(),
    )


async def test_opened_case_is_confirmed_with_its_folio_on_the_same_channel(world):
    citizen = new_id()
    world.recipients.points[citizen] = (WHATSAPP, EMAIL)
    await world.say(CaseOpened(case=facts(citizen)))
    [sent] = await world.hears(SendMessage)
    assert sent.recipient.address == "573001112233"
    assert "SA-2026-0000123-K" in sent.text
    assert sent.purpose == "notification"
    [told] = await world.hears(NotificationSent)
    assert told.message_id == sent.message_id
    assert told.text == sent.text


async def test_same_event_delivered_twice_sends_once(world):
    citizen = new_id()
    world.recipients.points[citizen] = (EMAIL,)
    entry = OutboxEntry.of(
        Event(CaseResolved(case=facts(citizen), outcome_code="")),
        tenant=TENANT,
        document_id="d",
        collection="c",
        now=NOON,
    )
    handler = world.use_cases.handlers.on_case_resolved
    message = CaseResolved.FromString(entry.body)
    delivery = Delivery(
        message=message,
        tenant=TENANT,
        event_id=entry.event_id,
        time=entry.time,
        attempt=1,
        correlation_id="c",
    )
    await handler([delivery])
    await handler([delivery])
    [sent] = await world.hears(SendMessage)
    assert [d.message for d in world.heard if isinstance(d.message, SendMessage)] == [sent]
    assert len(await world.use_cases.store.figures(TENANT)) == 1


async def test_failure_on_one_channel_goes_to_the_next_and_then_to_the_work_list(world):
    citizen = new_id()
    world.recipients.points[citizen] = (WHATSAPP, EMAIL)
    await world.say(CaseOpened(case=facts(citizen)))
    [first] = await world.hears(SendMessage)
    failure = DeliveryState.DELIVERY_STATE_PERMANENT_FAILURE
    await world.say(receipt(first, failure, "RECIPIENT_INVALID"))
    _, second = await world.hears(SendMessage, 2)
    assert second.recipient.address == "marta@example.org"
    await world.say(receipt(second, failure, "RECIPIENT_INVALID"))
    [failed] = await world.hears(NotificationFailed)
    assert failed.reason == "NO_CHANNEL_LEFT"
    token = world.tokens.staff_token(["agent"], ["alumbrado"])
    listed = await world.http.get(
        "/api/notifications/v1/notifications?state=failed",
        headers={"Authorization": f"Bearer {token}"},
    )
    [item] = listed.json()["items"]
    assert [a["error_code"] for a in item["attempts"]] == ["RECIPIENT_INVALID"] * 2


async def test_delivered_receipt_ends_it(world):
    citizen = new_id()
    world.recipients.points[citizen] = (WHATSAPP,)
    await world.say(CaseOpened(case=facts(citizen)))
    [sent] = await world.hears(SendMessage)
    delivered = receipt(sent, DeliveryState.DELIVERY_STATE_DELIVERED)
    await world.say(delivered, receipt(sent, DeliveryState.DELIVERY_STATE_SENT), delivered)
    [told] = await world.hears(NotificationDelivered)
    assert told.notification.notification_id == sent.purpose_id


def _asked(world):
    async def asked() -> bool:
        return world.recipients.calls > 0

    return asked


async def test_nothing_is_lost_while_cases_is_away(world):
    citizen = new_id()
    world.recipients.points[citizen] = (EMAIL,)
    world.recipients.down = True
    await world.say(CaseOpened(case=facts(citizen)))
    await world.until(_asked(world))
    world.recipients.down = False
    [sent] = await world.hears(SendMessage, seconds=30)
    assert sent.recipient.address == "marta@example.org"


async def test_request_at_night_waits_for_the_morning(world):
    citizen = new_id()
    world.recipients.points[citizen] = (WHATSAPP,)
    world.clock.advance(timedelta(hours=11))  # 23:00 in Bogotá
    request = RequestNotification(
        notification_id=new_id(),
        template_key="survey_invitation",
        citizen_id=citizen,
        conversation_id=new_id(),
        case_id=new_id(),
        prompt_id="p1",
        prompt_kind="survey",
        channel=ChannelKind.CHANNEL_KIND_WHATSAPP,
        same_channel_only=True,
        at_most_once=True,
        folio="SA-2026-0000123-K",
    )
    await world.say(request)
    headers = {"Authorization": f"Bearer {world.tokens.staff_token(['admin'])}"}
    url = f"/api/notifications/v1/notifications/{request.notification_id}"

    async def waits() -> bool:
        answer = await world.http.get(url, headers=headers)
        return answer.status_code == 200 and answer.json()["state"] == "scheduled"

    await world.until(waits)
    await world.use_cases.sweep()
    assert not [d for d in world.heard if isinstance(d.message, SendMessage)]
    world.clock.advance(timedelta(hours=8))
    await world.use_cases.sweep()
    [sent] = await world.hears(SendMessage)
    assert sent.at_most_once
    [told] = await world.hears(NotificationSent)
    assert (told.prompt_id, told.prompt_kind) == ("p1", "survey")


async def test_undecided_for_three_days_becomes_visible_work(world):
    citizen = new_id()
    world.recipients.points[citizen] = (WHATSAPP,)
    await world.say(CaseOpened(case=facts(citizen)))
    await world.hears(SendMessage)
    world.clock.advance(timedelta(hours=73))
    await world.use_cases.sweep()
    [failed] = await world.hears(NotificationFailed)
    assert failed.reason == "EXPIRED"


async def test_supervisor_sends_a_failed_notification_again(world):
    citizen = new_id()
    world.recipients.points[citizen] = ()
    await world.say(CaseOpened(case=facts(citizen)))
    [failed] = await world.hears(NotificationFailed)
    world.recipients.points[citizen] = (EMAIL,)
    url = f"/api/notifications/v1/notifications/{failed.notification.notification_id}/retry"

    def headers(role: str, unit: str, tenant: str = TENANT) -> dict[str, str]:
        token = world.tokens.staff_token([role], [unit], tenant)
        return {"Authorization": f"Bearer {token}"}

    assert (await world.http.post(url)).status_code == 401
    assert (await world.http.post(url, headers=headers("agent", "alumbrado"))).status_code == 403
    foreign = await world.http.post(url, headers=headers("supervisor", "aseo"))
    assert foreign.status_code == 404
    other_city = await world.http.post(url, headers=headers("admin", "", "otraciudad"))
    assert other_city.status_code == 404
    again = await world.http.post(url, headers=headers("supervisor", "alumbrado"))
    assert again.json()["state"] == "sending"
    [sent] = await world.hears(SendMessage)
    assert sent.recipient.address == "marta@example.org"
    repeated = await world.http.post(url, headers=headers("supervisor", "alumbrado"))
    assert repeated.status_code == 409
