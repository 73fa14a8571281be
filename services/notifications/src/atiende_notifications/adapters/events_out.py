"""What is said to others, as messages of the contract."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from google.protobuf.timestamp_pb2 import Timestamp

from atiende.channels.v1.events_pb2 import SendMessage
from atiende.common.v1.common_pb2 import ContactPoint
from atiende.notifications.v1.events_pb2 import (
    NotificationDelivered,
    NotificationFacts,
    NotificationFailed,
    NotificationSent,
)
from atiende_city.channels import channel_kind
from atiende_kit.ids import derived_id
from atiende_kit.store import Event
from atiende_notifications.domain.emits import Delivered, Emit, GivenUp, MessageOut
from atiende_notifications.domain.notification import Notification
from atiende_notifications.domain.plan import PORTAL


def events_of(emits: Sequence[Emit]) -> list[Event]:
    """Events and commands in the order in which they are published.

    Ids are derived from the notification, so that a repeated decision publishes nothing new.
    """
    return [event for emit in emits for event in _events(emit)]


def _events(emit: Emit) -> list[Event]:
    notification = emit.notification
    match emit:
        case MessageOut():
            if notification.address:
                # For no citizen: there is no timeline that it could stand in.
                return [Event(_send(emit), event_id=_id(notification, "send", emit.message_id))]
            sent = Event(_sent(emit), event_id=_id(notification, "sent", emit.message_id))
            if emit.point.channel == PORTAL:
                # The timeline of the case is what the portal shows: nothing is sent.
                return [sent]
            return [Event(_send(emit), event_id=_id(notification, "send", emit.message_id)), sent]
        case Delivered():
            told = NotificationDelivered(notification=_facts(notification))
            return [Event(told, event_id=_id(notification, "delivered"))]
        case GivenUp():
            failed = NotificationFailed(
                notification=_facts(notification), reason=notification.reason
            )
            return [
                Event(failed, event_id=_id(notification, "failed", str(len(notification.attempts))))
            ]


def _id(notification: Notification, *parts: str) -> str:
    return derived_id(notification.create_time, notification.notification_id, *parts)


def _facts(notification: Notification) -> NotificationFacts:
    last = notification.attempts[-1].channel if notification.attempts else notification.channel
    return NotificationFacts(
        notification_id=notification.notification_id,
        template_key=notification.template_key,
        citizen_id=notification.citizen_id,
        conversation_id=notification.conversation_id,
        case_id=notification.case_id,
        channel=channel_kind(last),
    )


def _point(emit: MessageOut) -> ContactPoint:
    return ContactPoint(channel=channel_kind(emit.point.channel), address=emit.point.address)


def _send(emit: MessageOut) -> SendMessage:
    return SendMessage(
        message_id=emit.message_id,
        conversation_id=emit.notification.conversation_id,
        recipient=_point(emit),
        account_id=emit.point.account_id,
        thread_key=emit.point.thread_key,
        reply_to_keys=emit.point.reply_to_keys,
        subject=emit.words.subject,
        text=emit.words.text,
        template_name=emit.words.provider_template,
        template_language=emit.words.language,
        template_values=emit.words.provider_values,
        purpose="notification",
        purpose_id=emit.notification.notification_id,
        at_most_once=emit.notification.at_most_once,
        last_inbound_time=_time(emit.point.last_inbound_time),
    )


def _sent(emit: MessageOut) -> NotificationSent:
    return NotificationSent(
        notification=_facts(emit.notification),
        message_id=emit.message_id,
        text=emit.words.recorded_text,
        prompt_id=emit.notification.prompt_id,
        prompt_kind=emit.notification.prompt_kind,
        prompt_expire_time=_time(emit.prompt_expire_time),
        send_time=_time(emit.time),
        recipient=_point(emit),
    )


def _time(instant: datetime | None) -> Timestamp | None:
    if instant is None:
        return None
    stamp = Timestamp()
    stamp.FromDatetime(instant)
    return stamp
