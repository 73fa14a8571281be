"""Small immutable words of the domain."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from atiende_city.channels import FORM_CHANNELS


class Channel(StrEnum):
    """Kind of a channel."""

    WEBCHAT = "webchat"
    EMAIL = "email"
    WHATSAPP = "whatsapp"
    OPEN311 = "open311"
    PORTAL = "portal"
    KIOSK = "kiosk"
    COUNTER = "counter"

    @property
    def is_form(self) -> bool:
        """Whether it is the procedure's form, to which nothing can be sent back."""
        return self.value in FORM_CHANNELS


class Direction(StrEnum):
    """Direction of an entry of a timeline."""

    INBOUND = "inbound"
    OUTBOUND = "outbound"
    NOTE = "note"
    AUTOMATIC = "automatic"


class Status(StrEnum):
    """What a state of any procedure means to the platform."""

    OPEN = "open"
    WAITING_CITIZEN = "waiting_citizen"
    RESOLVED = "resolved"
    CLOSED = "closed"


ACTIVE: Final = (Status.OPEN, Status.WAITING_CITIZEN)
"""States in which the city still owes something."""


class ActorKind(StrEnum):
    """Kind of an actor."""

    STAFF = "staff"
    CITIZEN = "citizen"
    SERVICE = "service"


@dataclass(frozen=True, slots=True)
class Actor:
    """Who did something: a token's subject, a citizen id or a service name."""

    kind: ActorKind
    id: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class Attachment:
    """Reference to bytes that the channels service holds."""

    attachment_id: str
    filename: str
    content_type: str
    size_bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Place:
    """Where the matter is: a WGS 84 position, an address, or both."""

    latitude: float | None = None
    longitude: float | None = None
    address: str = ""


class Quality(StrEnum):
    """What became of the bytes of an inbound message."""

    READABLE = "readable"
    UNREADABLE = "unreadable"
    PARTIAL = "partial"


class DeliveryState(StrEnum):
    """State of an outbound message; `QUEUED`, `UNKNOWN` and `AVAILABLE` are this service's own.

    What is available stands in the portal, where the citizen reads it; nobody was alerted.
    """

    QUEUED = "queued"
    ACCEPTED = "accepted"
    SENDING = "sending"
    TEMPORARY_FAILURE = "temporary_failure"
    SENT = "sent"
    AVAILABLE = "available"
    UNKNOWN = "unknown"
    TECHNICAL_FAILURE = "technical_failure"
    PERMANENT_FAILURE = "permanent_failure"
    DELIVERED = "delivered"
    READ = "read"

    def may_become(self, later: DeliveryState) -> bool:
        """Tells whether a report of `later` moves a message forward.

        Reports arrive in any order and more than once; a message that was read is
        never "sent" again. Trying again after a temporary failure is one level, so
        the two may alternate. A failure reported after a delivery is a provider's
        mistake and changes nothing.
        """
        if self is later:
            return False
        return (
            _LEVEL[later] >= _LEVEL[self]
            if _LEVEL[self] == _RETRYING
            else (_LEVEL[later] > _LEVEL[self])
        )


LOST: Final = frozenset(
    {DeliveryState.PERMANENT_FAILURE, DeliveryState.TECHNICAL_FAILURE, DeliveryState.UNKNOWN}
)
"""What did not arrive, or of which nobody knows whether it did."""

_RETRYING: Final = 2
_LEVEL: Final[dict[DeliveryState, int]] = {
    DeliveryState.QUEUED: 0,
    DeliveryState.ACCEPTED: 1,
    DeliveryState.SENDING: _RETRYING,
    DeliveryState.TEMPORARY_FAILURE: _RETRYING,
    DeliveryState.UNKNOWN: 3,
    DeliveryState.SENT: 4,
    DeliveryState.AVAILABLE: 4,
    DeliveryState.TECHNICAL_FAILURE: 5,
    DeliveryState.PERMANENT_FAILURE: 5,
    DeliveryState.DELIVERED: 6,
    DeliveryState.READ: 7,
}
