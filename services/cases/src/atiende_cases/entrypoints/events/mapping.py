"""Protobuf messages of other services in the words of the domain."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

from google.protobuf.timestamp_pb2 import Timestamp

from atiende.channels.v1 import events_pb2 as channels_pb2
from atiende.common.v1 import common_pb2
from atiende_cases.domain.citizen import ContactPoint, canonical_address
from atiende_cases.domain.inbound import Inbound
from atiende_cases.domain.text import MAX_TEXT_BYTES, safe_text
from atiende_cases.domain.values import Attachment, DeliveryState, Place, Quality
from atiende_cases.wire import CHANNEL

CHANNELS: Final = {kind: channel for channel, kind in CHANNEL.items()}
DELIVERIES: Final = {
    channels_pb2.DELIVERY_STATE_ACCEPTED: DeliveryState.ACCEPTED,
    channels_pb2.DELIVERY_STATE_SENDING: DeliveryState.SENDING,
    channels_pb2.DELIVERY_STATE_SENT: DeliveryState.SENT,
    channels_pb2.DELIVERY_STATE_DELIVERED: DeliveryState.DELIVERED,
    channels_pb2.DELIVERY_STATE_TEMPORARY_FAILURE: DeliveryState.TEMPORARY_FAILURE,
    channels_pb2.DELIVERY_STATE_PERMANENT_FAILURE: DeliveryState.PERMANENT_FAILURE,
    channels_pb2.DELIVERY_STATE_TECHNICAL_FAILURE: DeliveryState.TECHNICAL_FAILURE,
    channels_pb2.DELIVERY_STATE_READ: DeliveryState.READ,
}
_QUALITIES: Final = {
    channels_pb2.MESSAGE_QUALITY_UNREADABLE: Quality.UNREADABLE,
    channels_pb2.MESSAGE_QUALITY_PARTIAL: Quality.PARTIAL,
}
_LINE: Final = 1_000
_NAME: Final = 200
_MOST: Final = 100
LANGUAGES: Final = frozenset({"es", "en"})


def moment(stamp: Timestamp) -> datetime:
    """An instant in whole milliseconds, as documents keep it."""
    return datetime.fromtimestamp(stamp.seconds, UTC).replace(
        microsecond=stamp.nanos // 1_000_000 * 1_000
    )


def line(text: str, limit: int = _LINE) -> str:
    """One line of a stranger's text."""
    return " ".join(safe_text(text, limit).split())


def contact_point(
    point: common_pb2.ContactPoint, *, account_id: str = "", source: str = "inbound"
) -> ContactPoint | None:
    """A contact point; None when its channel is not known here."""
    channel = CHANNELS.get(point.channel)
    if channel is None:
        return None
    return ContactPoint(
        channel=channel,
        address=canonical_address(channel, point.address),
        display_name=line(point.display_name, _NAME),
        verified=point.verified,
        source=source,
        account_id=account_id,
    )


def inbound(message: channels_pb2.MessageReceived, tenant: str) -> Inbound | None:
    """A citizen's message made safe to store; None when its channel is not known here."""
    sender = contact_point(message.sender, account_id=message.account_id)
    if sender is None:
        return None
    given = (contact_point(p, source="given") for p in message.given_contact_points[:_MOST])
    language = message.language.split("-")[0].lower()
    return Inbound(
        tenant=tenant,
        message_id=message.message_id,
        case_id_if_new=message.case_id_if_new,
        account_id=message.account_id,
        sender=sender,
        thread_key=line(message.thread_key),
        reply_to_keys=tuple(line(key) for key in message.reply_to_keys[:_MOST]),
        provider_message_id=line(message.provider_message_id),
        provider_time=moment(message.provider_time) if message.HasField("provider_time") else None,
        receive_time=moment(message.receive_time),
        subject=line(message.subject),
        text=safe_text(message.text, MAX_TEXT_BYTES),
        folded_text=safe_text(message.folded_text, MAX_TEXT_BYTES),
        attachments=tuple(_attachment(ref) for ref in message.attachments[:_MOST]),
        place=_place(message.place) if message.HasField("place") else None,
        procedure_code=message.procedure_code,
        form_values=tuple(
            (line(name, _NAME), safe_text(value, 10_000))
            for name, value in sorted(message.form_values.items())[:_MOST]
        ),
        quality=_QUALITIES.get(message.quality, Quality.READABLE),
        given_points=tuple(point for point in given if point is not None and point.address),
        language=language if language in LANGUAGES else "",
        proved_case_id=line(message.proved_case_id, _NAME),
        proved_citizen_id=line(message.proved_citizen_id, _NAME),
        submitted_by=line(message.submitted_by, _NAME),
        contact_only=message.contact_only,
    )


def _attachment(ref: common_pb2.AttachmentRef) -> Attachment:
    return Attachment(
        attachment_id=ref.attachment_id,
        filename=line(ref.filename, _NAME),
        content_type=line(ref.content_type, _NAME),
        size_bytes=ref.size_bytes,
        sha256=ref.sha256,
    )


def _place(place: common_pb2.Place) -> Place:
    return Place(
        latitude=place.latitude if place.has_position else None,
        longitude=place.longitude if place.has_position else None,
        address=line(place.address),
    )
