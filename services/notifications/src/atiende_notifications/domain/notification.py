"""What the city tells a citizen, and the truth about its delivery."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum

MAX_AGE = timedelta(hours=72)
"""No notification stays undecided longer (reliability rule D4: final state within 72 hours)."""


class State(StrEnum):
    """State of a notification."""

    SCHEDULED = "scheduled"  # waits for the end of the quiet hours
    SENDING = "sending"  # handed to channels
    SENT = "sent"  # the provider took it
    DELIVERED = "delivered"  # the provider says that it reached the person
    AVAILABLE = "available"  # stands in the portal, where the person reads it when they look
    FAILED = "failed"  # no channel reached the person; somebody must look
    EXPIRED = "expired"  # nobody told its fate in time; somebody must look


SECRET_VALUES = frozenset({"code", "survey_url", "tracking_secret"})
"""Values that open something: they go to the person, and stay in no document and no timeline."""

FINAL = frozenset({State.DELIVERED, State.AVAILABLE, State.FAILED, State.EXPIRED})
WORK_LIST = frozenset({State.FAILED, State.EXPIRED})


class AttemptState(StrEnum):
    """Fate of one message of a notification, in the order in which it may only go forward."""

    SENDING = "sending"
    SENT = "sent"
    DELIVERED = "delivered"
    AVAILABLE = "available"
    FAILED = "failed"


_RANK = {
    AttemptState.SENDING: 0,
    AttemptState.SENT: 1,
    AttemptState.AVAILABLE: 1,
    AttemptState.FAILED: 2,
    # A receipt that arrives after a failure wins: the person has the message.
    AttemptState.DELIVERED: 3,
}


@dataclass(frozen=True)
class Attempt:
    """One message sent on one channel.

    Attributes:
        message_id: id of the outbound message.
        channel: kind of channel, "whatsapp".
        address: where it went; personal data.
        state: its fate so far.
        time: of the last change, UTC.
        error_code: of the closed list of channel errors; empty when none.
    """

    message_id: str
    channel: str
    address: str
    state: AttemptState
    time: datetime
    error_code: str = ""


@dataclass(frozen=True)
class Notification:
    """One thing told to one citizen, by one or, after failures, several messages.

    Attributes:
        channel: the only or first channel to try; empty follows the citizen's preference.
        address: where it goes when it is for no known citizen (a one-time code); else empty.
        language: of its words then.
        at_most_once: telling twice harms, so nothing is tried again after a message went out.
        not_before: end of the quiet hours that it waits for; None when it waits for nothing.
        reason: why it failed, from the closed list in `Reason`.
    """

    notification_id: str
    tenant: str
    template_key: str
    citizen_id: str
    conversation_id: str
    case_id: str
    unit_id: str
    values: Mapping[str, str]
    create_time: datetime
    state: State
    state_time: datetime
    channel: str = ""
    same_channel_only: bool = False
    at_most_once: bool = False
    prompt_id: str = ""
    prompt_kind: str = ""
    address: str = ""
    language: str = ""
    not_before: datetime | None = None
    attempts: tuple[Attempt, ...] = ()
    reason: str = ""
    version: int = 0

    @property
    def expire_time(self) -> datetime:
        """When it stops being undecided."""
        return self.create_time + MAX_AGE

    @property
    def tried_channels(self) -> frozenset[str]:
        """Channels on which a message of it failed or is on its way."""
        return frozenset(attempt.channel for attempt in self.attempts)

    def sending(self, attempt: Attempt) -> Notification:
        """The notification with one more message on its way."""
        return replace(
            self,
            state=State.SENDING,
            state_time=attempt.time,
            attempts=(*self.attempts, attempt),
            not_before=None,
            reason="",
        )

    def without_secrets(self) -> Notification:
        """The notification without what only its recipient may know."""
        kept = {name: text for name, text in self.values.items() if name not in SECRET_VALUES}
        return replace(self, values=kept)

    def available(self, attempt: Attempt) -> Notification:
        """The notification put into the portal: all that can be done, and it is done."""
        put = replace(attempt, state=AttemptState.AVAILABLE)
        return replace(self.sending(put), state=State.AVAILABLE)

    def failed(self, reason: Reason, now: datetime) -> Notification:
        """The notification given up, visible as work."""
        return replace(
            self, state=State.FAILED, state_time=now, reason=reason.value, not_before=None
        )

    def expired(self, now: datetime) -> Notification:
        """The notification whose fate nobody told in time."""
        return replace(self, state=State.EXPIRED, state_time=now, reason=Reason.EXPIRED.value)

    def with_receipt(
        self, message_id: str, state: AttemptState, error_code: str, now: datetime
    ) -> Notification:
        """Takes over what a provider says of one message.

        Receipts come twice and out of order; only a step forward counts. A final notification
        changes only to delivered.

        Returns:
            The same object when the receipt changes nothing.
        """
        at = next((i for i, a in enumerate(self.attempts) if a.message_id == message_id), None)
        if at is None or _RANK[state] <= _RANK[self.attempts[at].state]:
            return self
        attempts = list(self.attempts)
        attempts[at] = replace(attempts[at], state=state, time=now, error_code=error_code)
        changed = replace(self, attempts=tuple(attempts))
        if state is AttemptState.DELIVERED:
            return replace(changed, state=State.DELIVERED, state_time=now, reason="")
        if state is AttemptState.SENT and self.state is State.SENDING:
            return replace(changed, state=State.SENT, state_time=now)
        return changed

    @property
    def last_message_failed(self) -> bool:
        """True when the newest message failed and nothing else is on its way."""
        return bool(self.attempts) and self.attempts[-1].state is AttemptState.FAILED

    def may_try_again(self) -> bool:
        """True when another channel may be tried after a failure."""
        return not self.same_channel_only and not self.at_most_once


class Reason(StrEnum):
    """Why nobody was told."""

    NO_CONTACT_POINT = "NO_CONTACT_POINT"
    CONSENT_REFUSED = "CONSENT_REFUSED"
    NO_CHANNEL_LEFT = "NO_CHANNEL_LEFT"
    TEMPLATE_MISSING = "TEMPLATE_MISSING"
    CITIZEN_UNKNOWN = "CITIZEN_UNKNOWN"
    EXPIRED = "EXPIRED"


@dataclass(frozen=True)
class ReachablePoint:
    """One way to reach a citizen, as cases says.

    Attributes:
        last_inbound_time: when the citizen last wrote from it; None when never.
    """

    channel: str
    address: str
    consent: bool
    account_id: str = ""
    thread_key: str = ""
    reply_to_keys: tuple[str, ...] = ()
    last_inbound_time: datetime | None = None


@dataclass(frozen=True)
class Recipient:
    """How one citizen may be reached within one conversation, best point first."""

    citizen_id: str
    conversation_id: str
    points: tuple[ReachablePoint, ...] = field(default=())
    preferred_channel: str = ""
    language: str = "es"
    display_name: str = ""
    tracking_secret: str = ""


def addressee(notification: Notification) -> Recipient:
    """Whom a notification for no known citizen goes to: the one address that asked for it.

    Preferences and refusals of whoever may own the address do not count, and are not told.
    """
    point = ReachablePoint(notification.channel, notification.address, consent=True)
    return Recipient("", "", (point,), language=notification.language)
