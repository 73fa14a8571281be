"""Notifications as documents, and back."""

from __future__ import annotations

from typing import Any

from atiende_notifications.domain.notification import (
    Attempt,
    AttemptState,
    Notification,
    State,
)


def to_document(notification: Notification) -> dict[str, Any]:
    """The whole notification; `version` is the one that was read."""
    return {
        "_id": notification.notification_id,
        "version": notification.version,
        "template_key": notification.template_key,
        "citizen_id": notification.citizen_id,
        "conversation_id": notification.conversation_id,
        "case_id": notification.case_id,
        "unit_id": notification.unit_id,
        "values": dict(notification.values),
        "create_time": notification.create_time,
        "state": notification.state.value,
        "state_time": notification.state_time,
        "channel": notification.channel,
        "same_channel_only": notification.same_channel_only,
        "at_most_once": notification.at_most_once,
        "prompt_id": notification.prompt_id,
        "prompt_kind": notification.prompt_kind,
        "address": notification.address,
        "language": notification.language,
        "not_before": notification.not_before,
        "reason": notification.reason,
        "attempts": [
            {
                "message_id": attempt.message_id,
                "channel": attempt.channel,
                "address": attempt.address,
                "state": attempt.state.value,
                "time": attempt.time,
                "error_code": attempt.error_code,
            }
            for attempt in notification.attempts
        ],
    }


def from_document(document: dict[str, Any]) -> Notification:
    """The notification of a stored document."""
    fields = {
        key: value
        for key, value in document.items()
        if key not in {"_id", "state", "attempts", "outbox"}
    }
    return Notification(
        **fields,
        notification_id=document["_id"],
        state=State(document["state"]),
        attempts=tuple(
            Attempt(**{**attempt, "state": AttemptState(attempt["state"])})
            for attempt in document["attempts"]
        ),
    )
