"""What events and commands make the service do; each handler takes a batch."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Literal

from atiende.cases.v1.events_pb2 import (
    CaseFacts,
    CaseOpened,
    CaseReopened,
    CaseResolved,
    CaseStateChanged,
    CaseTransferred,
    StateKind,
    TransferStep,
)
from atiende.channels.v1.events_pb2 import DeliveryState, DeliveryUpdated
from atiende.common.v1.common_pb2 import ChannelKind
from atiende.notifications.v1.events_pb2 import RequestNotification
from atiende_city.channels import channel_name
from atiende_kit.bus import Delivery, Handler
from atiende_kit.clock import Clock
from atiende_kit.ids import derived_id
from atiende_notifications.application.dispatch import Dispatch
from atiende_notifications.application.take_receipts import Receipt, TakeReceipts
from atiende_notifications.domain.notification import AttemptState, Notification, State
from atiende_notifications.domain.plan import SENDABLE

RECEIPTS = {
    DeliveryState.DELIVERY_STATE_SENT: AttemptState.SENT,
    DeliveryState.DELIVERY_STATE_DELIVERED: AttemptState.DELIVERED,
    DeliveryState.DELIVERY_STATE_READ: AttemptState.DELIVERED,
    DeliveryState.DELIVERY_STATE_PERMANENT_FAILURE: AttemptState.FAILED,
    DeliveryState.DELIVERY_STATE_TECHNICAL_FAILURE: AttemptState.FAILED,
}
"""States that change a notification; the others say that channels is still at it."""


class Handlers:
    """Every handler of the service, by durable."""

    def __init__(self, dispatch: Dispatch, take_receipts: TakeReceipts, clock: Clock) -> None:
        self._dispatch = dispatch
        self._take_receipts = take_receipts
        self._clock = clock

    def by_durable(self) -> Mapping[str, Handler]:
        """The handlers as the workers want them."""
        return {
            "notifications-on-case-opened": self.on_case_opened,
            "notifications-on-case-state-changed": self.on_case_state_changed,
            "notifications-on-case-transferred": self.on_case_transferred,
            "notifications-on-case-resolved": self.on_case_resolved,
            "notifications-on-case-reopened": self.on_case_reopened,
            "notifications-on-delivery-updated": self.on_delivery_updated,
            "notifications-do-request-notification": self.do_request_notification,
        }

    async def on_case_opened(self, batch: Sequence[Delivery[CaseOpened]]) -> None:
        """Every entry gets a receipt with its folio; at night it says when it will be read."""
        await self._dispatch.begin(
            [
                self._about(
                    delivery,
                    delivery.message.case,
                    "case_received_out_of_hours"
                    if delivery.message.out_of_hours
                    else "case_received",
                    channel=channel_name(delivery.message.case.channel),
                )
                for delivery in batch
            ]
        )

    async def on_case_state_changed(self, batch: Sequence[Delivery[CaseStateChanged]]) -> None:
        """The citizen is told when something is expected of him or her."""
        await self._dispatch.begin(
            [
                self._about(delivery, delivery.message.case, "case_update")
                for delivery in batch
                if delivery.message.case.state_kind == StateKind.STATE_KIND_WAITING_CITIZEN
            ]
        )

    async def on_case_transferred(self, batch: Sequence[Delivery[CaseTransferred]]) -> None:
        """The citizen is told who has the case now (capability C41)."""
        await self._dispatch.begin(
            [
                self._about(delivery, delivery.message.case, "case_transferred")
                for delivery in batch
                if delivery.message.step == TransferStep.TRANSFER_STEP_ACCEPTED
            ]
        )

    async def on_case_resolved(self, batch: Sequence[Delivery[CaseResolved]]) -> None:
        """The outcome, in words of the procedure."""
        await self._dispatch.begin(
            [
                self._about(
                    delivery,
                    delivery.message.case,
                    "case_resolved",
                    outcome_code=delivery.message.outcome_code,
                )
                for delivery in batch
            ]
        )

    async def on_case_reopened(self, batch: Sequence[Delivery[CaseReopened]]) -> None:
        """The citizen knows that the matter is taken up again."""
        await self._dispatch.begin(
            [self._about(delivery, delivery.message.case, "case_reopened") for delivery in batch]
        )

    async def on_delivery_updated(self, batch: Sequence[Delivery[DeliveryUpdated]]) -> None:
        """Receipts of our own messages; replies of operators are not ours."""
        receipts = [
            Receipt(
                tenant=delivery.tenant,
                notification_id=delivery.message.purpose_id,
                message_id=delivery.message.message_id,
                state=RECEIPTS[delivery.message.state],
                error_code=delivery.message.error_code,
                time=delivery.message.update_time.ToDatetime(tzinfo=UTC),
            )
            for delivery in batch
            if delivery.message.purpose == "notification" and delivery.message.state in RECEIPTS
        ]
        if receipts:
            await self._take_receipts(receipts)

    async def do_request_notification(self, batch: Sequence[Delivery[RequestNotification]]) -> None:
        """Another service asks to tell a citizen something."""
        await self._dispatch.begin([self._requested(delivery) for delivery in batch])

    def _about(
        self,
        delivery: Delivery[Any],
        case: CaseFacts,
        template_key: str,
        *,
        channel: str = "",
        outcome_code: str = "",
    ) -> Notification:
        now = self._clock.now()
        return Notification(
            notification_id=derived_id(delivery.time, "notification", delivery.event_id),
            tenant=delivery.tenant,
            template_key=template_key,
            citizen_id=case.citizen_id,
            conversation_id=case.conversation_id,
            case_id=case.case_id,
            unit_id=case.unit_id,
            values={
                "folio": case.folio,
                "procedure_code": case.procedure_code,
                "unit_id": case.unit_id,
                "state": case.state,
                "outcome_code": outcome_code,
                "due_time": _iso(case, "due_time"),
                "open_time": _iso(case, "open_time"),
                "legal_time": _iso(case, "legal_time"),
            },
            create_time=now,
            state=State.SCHEDULED,
            state_time=now,
            channel=channel if channel in SENDABLE else "",
        )

    def _requested(self, delivery: Delivery[RequestNotification]) -> Notification:
        asked = delivery.message
        now = self._clock.now()
        wanted = asked.channel != ChannelKind.CHANNEL_KIND_UNSPECIFIED
        return Notification(
            notification_id=asked.notification_id,
            tenant=delivery.tenant,
            template_key=asked.template_key,
            citizen_id=asked.citizen_id,
            conversation_id=asked.conversation_id,
            case_id=asked.case_id,
            unit_id=asked.values.get("unit_id", ""),
            values={**asked.values, "folio": asked.folio},
            create_time=now,
            state=State.SCHEDULED,
            state_time=now,
            channel=channel_name(asked.channel) if wanted else "",
            same_channel_only=asked.same_channel_only,
            at_most_once=asked.at_most_once,
            prompt_id=asked.prompt_id,
            prompt_kind=asked.prompt_kind,
            address=asked.recipient.address,
            language=asked.language,
        )


def _iso(case: CaseFacts, field: Literal["due_time", "open_time", "legal_time"]) -> str:
    """An instant of a case as text; empty when the event does not say it."""
    if not case.HasField(field):
        return ""
    instant: datetime = getattr(case, field).ToDatetime(tzinfo=UTC)
    return instant.isoformat()
