"""Entries of a timeline."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from atiende_cases.domain.values import (
    Actor,
    Attachment,
    Channel,
    DeliveryState,
    Direction,
    Place,
    Quality,
)


@dataclass(frozen=True, slots=True)
class Mention:
    """A member of staff whom a note calls, and when they looked."""

    subject: str
    name: str
    read_time: datetime | None = None


@dataclass(frozen=True, slots=True)
class Message:
    """One entry: from the citizen, to the citizen, or an internal note.

    Attributes:
        order_time: when its writer's side says that it was written; entries are shown in the
            order of (order_time, provider_message_id, message_id), whatever order they came in.
        receive_time: when it became durable here: the effective time.
        mentions_folio: a folio in the text of somebody to whom that case does not belong: a
            suggestion for the clerk, never a link.
        submitted_by: who wrote it down for the citizen at the counter; empty otherwise.
        case_untold: an answer whose case does not know of it yet; the sweeper tells it.
        mentions: whom a note calls.
        campaign: of which answer of an incident it is one; see `outgoing.campaign`.
        copy_of: the answer that this one repeats for the citizen of a duplicate.
        kind: "text", or what the timeline entry tells: "transfer", "resolution", "template:<key>" …
    """

    message_id: str
    tenant: str
    conversation_id: str
    case_id: str
    citizen_id: str
    direction: Direction
    actor: Actor
    order_time: datetime
    receive_time: datetime
    text: str
    kind: str = "text"
    channel: Channel | None = None
    account_id: str = ""
    address: str = ""
    sender_verified: bool = False
    subject: str = ""
    folded_text: str = ""
    attachments: tuple[Attachment, ...] = ()
    place: Place | None = None
    provider_message_id: str = ""
    quality: Quality = Quality.READABLE
    mentions_folio: str = ""
    submitted_by: str = ""
    delivery: DeliveryState | None = None
    delivery_error: str = ""
    delivery_time: datetime | None = None
    case_untold: bool = False
    mentions: tuple[Mention, ...] = ()
    copy_of: str = ""
    campaign: str = ""
    version: int = 0

    @property
    def order(self) -> tuple[datetime, str, str]:
        """Place in the timeline.

        The key of an outbound message comes later, from its provider, and must not move it.
        """
        inbound = self.direction is Direction.INBOUND
        return (self.order_time, self.provider_message_id if inbound else "", self.message_id)

    @property
    def is_late(self) -> bool:
        """Whether it arrived more than five minutes after it was written."""
        late_seconds = 300
        return (self.receive_time - self.order_time).total_seconds() > late_seconds

    def read_by(self, subject: str, at: datetime) -> Message:
        """Notes that somebody whom it calls has looked; the first look counts."""
        return replace(
            self,
            mentions=tuple(
                replace(m, read_time=at) if m.subject == subject and m.read_time is None else m
                for m in self.mentions
            ),
        )

    def delivered(
        self, state: DeliveryState, *, at: datetime, error: str = "", provider_message_id: str = ""
    ) -> Message:
        """Notes what became of an outbound message; only forward."""
        known_key = self.provider_message_id or provider_message_id
        if self.delivery is not None and not self.delivery.may_become(state):
            return replace(self, provider_message_id=known_key)
        return replace(
            self,
            delivery=state,
            delivery_error=error,
            delivery_time=at,
            provider_message_id=known_key,
        )


def timeline(messages: Iterable[Message]) -> list[Message]:
    """Sorts entries the way they are shown."""
    return sorted(messages, key=lambda m: m.order)
