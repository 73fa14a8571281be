"""The words of the domain as those of the contracts; below adapters and entrypoints alike."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from google.protobuf.timestamp_pb2 import Timestamp

from atiende.cases.v1 import events_pb2
from atiende.common.v1 import common_pb2
from atiende_cases.domain.case import Case
from atiende_cases.domain.citizen import ContactPoint
from atiende_cases.domain.values import Attachment, Channel, Direction, Place, Status

CHANNEL: Final = {
    Channel.WEBCHAT: common_pb2.CHANNEL_KIND_WEBCHAT,
    Channel.EMAIL: common_pb2.CHANNEL_KIND_EMAIL,
    Channel.WHATSAPP: common_pb2.CHANNEL_KIND_WHATSAPP,
    Channel.OPEN311: common_pb2.CHANNEL_KIND_OPEN311,
    Channel.PORTAL: common_pb2.CHANNEL_KIND_PORTAL,
    Channel.KIOSK: common_pb2.CHANNEL_KIND_KIOSK,
    Channel.COUNTER: common_pb2.CHANNEL_KIND_COUNTER,
}
STATUS: Final = {
    Status.OPEN: events_pb2.STATE_KIND_OPEN,
    Status.WAITING_CITIZEN: events_pb2.STATE_KIND_WAITING_CITIZEN,
    Status.RESOLVED: events_pb2.STATE_KIND_RESOLVED,
    Status.CLOSED: events_pb2.STATE_KIND_CLOSED,
}
DIRECTION: Final = {
    Direction.INBOUND: events_pb2.MESSAGE_DIRECTION_INBOUND,
    Direction.OUTBOUND: events_pb2.MESSAGE_DIRECTION_OUTBOUND,
    Direction.NOTE: events_pb2.MESSAGE_DIRECTION_NOTE,
    Direction.AUTOMATIC: events_pb2.MESSAGE_DIRECTION_AUTOMATIC,
}


def instant(moment: datetime | None) -> Timestamp | None:
    """A time as protobuf; None stays away."""
    if moment is None:
        return None
    stamp = Timestamp()
    stamp.FromDatetime(moment)
    return stamp


def place(value: Place | None) -> common_pb2.Place | None:
    """A place as protobuf."""
    if value is None:
        return None
    has_position = value.latitude is not None and value.longitude is not None
    return common_pb2.Place(
        latitude=value.latitude or 0.0,
        longitude=value.longitude or 0.0,
        has_position=has_position,
        address=value.address,
    )


def contact_point(point: ContactPoint) -> common_pb2.ContactPoint:
    """A contact point as protobuf."""
    return common_pb2.ContactPoint(
        channel=CHANNEL[point.channel],
        address=point.address,
        display_name=point.display_name,
        verified=point.verified,
    )


def attachment_ref(file: Attachment) -> common_pb2.AttachmentRef:
    """A file that channels holds."""
    return common_pb2.AttachmentRef(
        attachment_id=file.attachment_id,
        filename=file.filename,
        content_type=file.content_type,
        size_bytes=file.size_bytes,
        sha256=file.sha256,
    )


def facts(case: Case, *, version: int | None = None) -> events_pb2.CaseFacts:
    """What every case event says; `version` is that after the change when it is not written yet.

    What is attended under another folio is over for everybody who works by events.
    """
    claim = case.claim
    return events_pb2.CaseFacts(
        case_id=case.case_id,
        folio=case.folio,
        citizen_id=case.citizen_id,
        conversation_id=case.conversation_id,
        procedure_code=case.procedure_code,
        unit_id=case.unit_id,
        state=case.state,
        state_kind=events_pb2.STATE_KIND_CLOSED if case.merged_into else STATUS[case.status],
        assignee_id=case.assignee_id,
        channel=CHANNEL[case.channel],
        priority=claim.priority,
        version=case.version if version is None else version,
        release_version=case.release_version,
        open_time=instant(case.open_time),
        first_answer_due_time=instant(claim.first_answer_due_time),
        due_time=instant(claim.due_time),
        language=case.language,
        legal_time=instant(claim.legal_time),
    )
