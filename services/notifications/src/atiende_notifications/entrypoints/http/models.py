"""What the API shows."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from atiende_notifications.domain.notification import Notification

StateName = Literal["scheduled", "sending", "sent", "delivered", "available", "failed", "expired"]


class AttemptOut(BaseModel):
    """One message of a notification. The address is not shown; the case shows it to its unit."""

    message_id: str
    channel: str
    state: Literal["sending", "sent", "delivered", "available", "failed"]
    time: datetime
    error_code: str = Field(description="Of the closed list of channel errors; empty when none.")


class NotificationOut(BaseModel):
    """A notification with the truth about its delivery."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "notification_id": "019a0000-0000-7000-8000-000000000001",
                "template_key": "case_received",
                "case_id": "019a0000-0000-7000-8000-000000000002",
                "citizen_id": "019a0000-0000-7000-8000-000000000003",
                "unit_id": "alumbrado",
                "folio": "SA-2026-0000123-K",
                "state": "delivered",
                "state_time": "2026-03-02T13:00:03Z",
                "create_time": "2026-03-02T13:00:01Z",
                "not_before": None,
                "reason": "",
                "attempts": [],
            }
        }
    )

    notification_id: str
    template_key: str
    case_id: str
    citizen_id: str
    unit_id: str
    folio: str
    state: StateName
    state_time: datetime
    create_time: datetime
    not_before: datetime | None = Field(description="End of the quiet hours that it waits for.")
    reason: str = Field(description="Why nobody was told, e.g. NO_CONTACT_POINT; empty otherwise.")
    attempts: list[AttemptOut]

    @classmethod
    def of(cls, notification: Notification) -> NotificationOut:
        """As the API shows it."""
        return cls(
            notification_id=notification.notification_id,
            template_key=notification.template_key,
            case_id=notification.case_id,
            citizen_id=notification.citizen_id,
            unit_id=notification.unit_id,
            folio=notification.values.get("folio", ""),
            state=notification.state.value,
            state_time=notification.state_time,
            create_time=notification.create_time,
            not_before=notification.not_before,
            reason=notification.reason,
            attempts=[
                AttemptOut(
                    message_id=attempt.message_id,
                    channel=attempt.channel,
                    state=attempt.state.value,
                    time=attempt.time,
                    error_code=attempt.error_code,
                )
                for attempt in notification.attempts
            ],
        )


class FigureRow(BaseModel):
    """How many notifications share a state, a channel and a template."""

    state: StateName
    channel: str = Field(description="Channel of the last message; empty when none was tried.")
    template_key: str
    count: int


class Figures(BaseModel):
    """All notifications of the city, counted."""

    rows: list[FigureRow]
