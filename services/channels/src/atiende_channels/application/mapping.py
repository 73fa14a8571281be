"""Between this service's words and the contracts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from google.protobuf.timestamp_pb2 import Timestamp

from atiende.channels.v1 import events_pb2
from atiende.common.v1 import common_pb2
from atiende_channels.domain.delivery import DeliveryState
from atiende_channels.domain.model import (
    Channel,
    Contact,
    OutboundFile,
    OutboundMessage,
    ParsedMessage,
    Place,
    Purpose,
    Quality,
    StoredAttachment,
)
from atiende_channels.domain.text import clean_line, clean_text
from atiende_city.channels import channel_kind

CHANNEL_KINDS = {channel: channel_kind(channel.value) for channel in Channel}
CHANNELS_BY_KIND = {kind: channel for channel, kind in CHANNEL_KINDS.items()}
_QUALITIES = {
    Quality.READABLE: events_pb2.MESSAGE_QUALITY_READABLE,
    Quality.UNREADABLE: events_pb2.MESSAGE_QUALITY_UNREADABLE,
    Quality.PARTIAL: events_pb2.MESSAGE_QUALITY_PARTIAL,
}
_STATES = {
    state: events_pb2.DeliveryState.Value(f"DELIVERY_STATE_{state.name}") for state in DeliveryState
}


def timestamp(moment: datetime) -> Timestamp:
    """An aware instant as a protobuf timestamp."""
    stamp = Timestamp()
    stamp.FromDatetime(moment.astimezone(UTC))
    return stamp


def contact_to_proto(contact: Contact) -> common_pb2.ContactPoint:
    """A contact point."""
    return common_pb2.ContactPoint(
        channel=CHANNEL_KINDS[contact.channel],
        address=clean_line(contact.address, 320),
        display_name=clean_line(contact.display_name, 200),
        verified=contact.verified,
    )


def attachment_ref(file: StoredAttachment) -> common_pb2.AttachmentRef:
    """A file that this service holds."""
    return common_pb2.AttachmentRef(
        attachment_id=file.attachment_id,
        filename=file.filename,
        content_type=file.content_type,
        size_bytes=file.size_bytes,
        sha256=file.sha256,
    )


def _place(place: Place) -> common_pb2.Place:
    has_position = place.latitude is not None and place.longitude is not None
    return common_pb2.Place(
        latitude=place.latitude or 0.0 if has_position else 0.0,
        longitude=place.longitude or 0.0 if has_position else 0.0,
        has_position=has_position,
        address=clean_line(place.address, 1000),
    )


def message_received(
    row: Mapping[str, Any],
    message: ParsedMessage,
    attachments: Iterable[StoredAttachment],
    *,
    message_id: str,
    case_id: str,
) -> events_pb2.MessageReceived:
    """The event of one parsed message; texts are cleaned here for every channel."""
    text, text_cut = clean_text(message.text)
    folded, folded_cut = clean_text(message.folded_text)
    quality = message.quality
    if quality is Quality.READABLE and (text_cut or folded_cut):
        quality = Quality.PARTIAL
    event = events_pb2.MessageReceived(
        message_id=message_id,
        case_id_if_new=case_id,
        account_id=row["account_id"],
        sender=contact_to_proto(message.sender),
        thread_key=clean_line(message.thread_key, 500),
        reply_to_keys=[clean_line(key, 500) for key in message.reply_to_keys],
        provider_message_id=clean_line(message.provider_message_id, 500),
        receive_time=timestamp(row["receive_time"]),
        subject=clean_line(message.subject),
        text=text,
        folded_text=folded,
        attachments=map(attachment_ref, attachments),
        procedure_code=clean_line(message.procedure_code, 100),
        form_values={
            clean_line(name, 100): clean_text(value, 8000)[0]
            for name, value in message.form_values.items()
        },
        quality=_QUALITIES[quality],
        given_contact_points=[contact_to_proto(c) for c in message.given_contact_points],
        language=clean_line(message.language, 20),
        proved_case_id=message.proved_case_id,
        proved_citizen_id=message.proved_citizen_id,
        submitted_by=message.submitted_by,
        contact_only=message.contact_only,
    )
    if message.provider_time is not None:
        event.provider_time.CopyFrom(timestamp(message.provider_time))
    if message.place is not None:
        event.place.CopyFrom(_place(message.place))
    return event


def delivery_updated(
    attempt: Mapping[str, Any], state: DeliveryState, *, error_code: str, update_time: datetime
) -> events_pb2.DeliveryUpdated:
    """The event of a new state of an outbound message."""
    keys = attempt["provider_ids"]
    return events_pb2.DeliveryUpdated(
        message_id=attempt["_id"],
        conversation_id=attempt["conversation_id"],
        state=_STATES[state],
        error_code=error_code,
        provider_message_id=keys[0] if keys else "",
        update_time=timestamp(update_time),
        channel=CHANNEL_KINDS[Channel(attempt["channel"])],
        purpose=attempt["purpose"],
        purpose_id=attempt["purpose_id"],
    )


def outbound_from_proto(command: events_pb2.SendMessage, channel: Channel) -> OutboundMessage:
    """The command as this service sees it."""
    recipient = command.recipient
    return OutboundMessage(
        message_id=command.message_id,
        conversation_id=command.conversation_id,
        recipient=Contact(
            channel, recipient.address, recipient.display_name, verified=recipient.verified
        ),
        text=command.text,
        thread_key=command.thread_key,
        reply_to_keys=tuple(command.reply_to_keys),
        subject=command.subject,
        template_name=command.template_name,
        template_language=command.template_language,
        template_values=tuple(command.template_values),
        purpose=Purpose.NOTIFICATION if command.purpose == "notification" else Purpose.REPLY,
        purpose_id=command.purpose_id,
        at_most_once=command.at_most_once,
        last_inbound_time=(
            command.last_inbound_time.ToDatetime(tzinfo=UTC)
            if command.HasField("last_inbound_time")
            else None
        ),
        files=tuple(
            OutboundFile(ref.attachment_id, ref.filename, ref.content_type, ref.size_bytes)
            for ref in command.attachments
        ),
    )
