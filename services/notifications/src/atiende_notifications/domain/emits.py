"""What follows from a step of a notification: said to others once the step is stored."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from atiende_notifications.domain.notification import Notification, ReachablePoint


@dataclass(frozen=True)
class Rendered:
    """The words of a notification on one channel.

    Attributes:
        subject: subject line; empty on channels without one.
        text: plain text.
        recorded_text: the same without what only its recipient may know; what is kept of it.
        provider_template: name of the provider's approved template (WhatsApp); empty when none.
        provider_values: its values in order.
        language: of the words, "es" or "en".
    """

    subject: str
    text: str
    recorded_text: str
    language: str
    provider_template: str = ""
    provider_values: tuple[str, ...] = ()


@dataclass(frozen=True)
class MessageOut:
    """A message goes out: channels is asked to send it, cases enters it in the timeline."""

    notification: Notification
    message_id: str
    point: ReachablePoint
    words: Rendered
    time: datetime
    prompt_expire_time: datetime | None


@dataclass(frozen=True)
class Delivered:
    """The person has it."""

    notification: Notification


@dataclass(frozen=True)
class GivenUp:
    """No channel reached the person."""

    notification: Notification


Emit = MessageOut | Delivered | GivenUp
