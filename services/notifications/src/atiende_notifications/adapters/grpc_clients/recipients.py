"""How citizens can be reached, asked of cases."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from google.protobuf.timestamp_pb2 import Timestamp

from atiende.cases.v1 import cases_service_pb2 as messages
from atiende.cases.v1.cases_service_pb2_grpc import CitizensServiceStub
from atiende_city.channels import channel_name
from atiende_kit.grpc_ import GrpcPeer
from atiende_notifications.domain.notification import ReachablePoint, Recipient

TIMEOUT_SECONDS = 3.0


class CasesRecipients:
    """The port `Recipients`: one call for a whole batch."""

    def __init__(self, cases: GrpcPeer) -> None:
        self._cases = cases

    async def get(
        self, tenant: str, keys: Sequence[tuple[str, str]]
    ) -> Mapping[tuple[str, str], Recipient]:
        """By (citizen id, conversation id).

        Raises:
            Unavailable: cases does not answer.
        """
        if not keys:
            return {}
        request = messages.BatchGetRecipientsRequest(
            keys=[
                messages.RecipientKey(citizen_id=citizen, conversation_id=conversation)
                for citizen, conversation in keys
            ]
        )
        answer: messages.BatchGetRecipientsResponse = await self._cases.unary(
            CitizensServiceStub,
            "BatchGetRecipients",
            request,
            tenant=tenant,
            timeout=TIMEOUT_SECONDS,
        )
        return {(one.citizen_id, one.conversation_id): _recipient(one) for one in answer.recipients}


def _recipient(one: messages.Recipient) -> Recipient:
    return Recipient(
        citizen_id=one.citizen_id,
        conversation_id=one.conversation_id,
        points=tuple(_point(point) for point in one.points),
        preferred_channel=channel_name(one.preferred_channel),
        language=one.language,
        display_name=one.display_name,
        tracking_secret=one.tracking_secret,
    )


def _point(point: messages.ReachablePoint) -> ReachablePoint:
    return ReachablePoint(
        channel=channel_name(point.contact_point.channel),
        address=point.contact_point.address,
        consent=point.consent,
        account_id=point.account_id,
        thread_key=point.thread_key,
        reply_to_keys=tuple(point.reply_to_keys),
        last_inbound_time=_instant(point, point.last_inbound_time),
    )


def _instant(point: messages.ReachablePoint, stamp: Timestamp) -> datetime | None:
    return stamp.ToDatetime(tzinfo=UTC) if point.HasField("last_inbound_time") else None
