"""The life of an outbound message, robust against late, repeated and missing statuses.

`accepted → sending → sent → delivered → read`, with three failures. Providers repeat statuses and
send them in any order, so a state only ever advances. Evidence that a person got the message beats
every failure: a time-out may be followed by the proof of delivery.
"""

from __future__ import annotations

from enum import StrEnum


class DeliveryState(StrEnum):
    """States of an outbound message."""

    ACCEPTED = "accepted"
    SENDING = "sending"
    TEMPORARY_FAILURE = "temporary_failure"
    SENT = "sent"
    TECHNICAL_FAILURE = "technical_failure"
    PERMANENT_FAILURE = "permanent_failure"
    DELIVERED = "delivered"
    READ = "read"


_RANK = {
    DeliveryState.ACCEPTED: 0,
    DeliveryState.SENDING: 1,
    DeliveryState.TEMPORARY_FAILURE: 1,
    DeliveryState.SENT: 2,
    DeliveryState.TECHNICAL_FAILURE: 3,
    DeliveryState.PERMANENT_FAILURE: 4,
    DeliveryState.DELIVERED: 5,
    DeliveryState.READ: 6,
}

FINAL = frozenset(
    {
        DeliveryState.TECHNICAL_FAILURE,
        DeliveryState.PERMANENT_FAILURE,
        DeliveryState.DELIVERED,
        DeliveryState.READ,
    }
)
"""States after which nothing is sent any more."""

_RETRYING = frozenset({DeliveryState.SENDING, DeliveryState.TEMPORARY_FAILURE})


def advance(current: DeliveryState, reported: DeliveryState) -> DeliveryState | None:
    """Decides what a report changes.

    Returns:
        The new state, or None when the report is old, repeated or contradicted by better evidence.
    """
    if reported is current:
        return None
    if current in _RETRYING and reported in _RETRYING:
        # Each try goes sending → temporary_failure → sending; both are news.
        return reported
    if _RANK[reported] > _RANK[current]:
        return reported
    return None
