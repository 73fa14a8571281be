from __future__ import annotations

from datetime import UTC, datetime

import pytest

from atiende.channels.v1 import events_pb2
from atiende_cases.entrypoints.events.handlers import handlers
from atiende_kit.bus import Delivery
from atiende_kit.ids import new_id

pytestmark = pytest.mark.unit
NOW = datetime(2026, 3, 2, 15, tzinfo=UTC)


def told(*, conversation_id: str) -> Delivery[events_pb2.DeliveryUpdated]:
    message = events_pb2.DeliveryUpdated(
        message_id=new_id(),
        conversation_id=conversation_id,
        state=events_pb2.DELIVERY_STATE_DELIVERED,
    )
    message.update_time.FromDatetime(NOW)
    return Delivery(message, "sanaurelio", new_id(), NOW, 1, "test")


async def test_a_one_time_codes_delivery_is_looked_for_in_no_timeline():
    recorded = []

    async def record(reports):
        recorded.extend(reports)
        return {}

    others = dict.fromkeys(
        ("receive_messages", "change_cases", "record_notification", "directory", "refresh_release")
    )
    handle = handlers(record_delivery=record, **others)["cases-on-delivery-updated"]
    code, answer = told(conversation_id=""), told(conversation_id=new_id())
    assert not await handle([code, answer])
    assert [one.message_id for one in recorded] == [answer.message.message_id]
