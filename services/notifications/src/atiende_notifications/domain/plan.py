"""Which channel a notification takes, and when: the citizen's wish, consent and rest come first."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from atiende_notifications.domain.notification import (
    Notification,
    ReachablePoint,
    Reason,
    Recipient,
)

SENDABLE = ("webchat", "whatsapp", "email")
"""Channels that carry a message to a person; an Open311 app only reads."""

DISTURBING = frozenset({"whatsapp"})
"""Channels that ring: the quiet hours hold for them alone."""

ANSWERS_AT_ONCE = frozenset({"case_received", "case_received_out_of_hours", "survey_thanks"})
"""Templates that answer what the person has just written: they never wait for the morning."""


@dataclass(frozen=True)
class QuietHours:
    """The span of local time in which nobody is disturbed; it may pass midnight."""

    start: time
    end: time
    timezone: str

    def end_after(self, instant: datetime) -> datetime | None:
        """When the quiet hours that hold at `instant` end; None when none hold."""
        zone = ZoneInfo(self.timezone)
        local = instant.astimezone(zone)
        if self.start == self.end:
            return None
        passes_midnight = self.start > self.end
        inside = (
            local.time() >= self.start or local.time() < self.end
            if passes_midnight
            else self.start <= local.time() < self.end
        )
        if not inside:
            return None
        day = local.date()
        if passes_midnight and local.time() >= self.start:
            day += timedelta(days=1)
        return datetime.combine(day, self.end, tzinfo=zone).astimezone(instant.tzinfo)


@dataclass(frozen=True)
class Send:
    """Send now to this point."""

    point: ReachablePoint


@dataclass(frozen=True)
class Wait:
    """Send not before this instant."""

    until: datetime


@dataclass(frozen=True)
class GiveUp:
    """Nobody can be told."""

    reason: Reason


def plan(
    notification: Notification,
    recipient: Recipient | None,
    quiet_hours: QuietHours | None,
    has_template: Callable[[str], bool],
    now: datetime,
) -> Send | Wait | GiveUp:
    """Decides the next step of a notification.

    Order of channels: the channel asked for; then the one that the citizen prefers; then the one
    where the citizen wrote last. A refused channel is never used (capability C20).

    Args:
        recipient: how the citizen can be reached; None when cases does not know the citizen.
        quiet_hours: of the city; None when it has none.
        has_template: tells whether the release has the template for a channel.
        now: the instant of the decision, UTC.
    """
    if recipient is None:
        return GiveUp(Reason.CITIZEN_UNKNOWN)
    reachable = [p for p in recipient.points if p.channel in SENDABLE and p.address]
    if notification.same_channel_only:
        reachable = [p for p in reachable if p.channel == notification.channel]
    if not reachable:
        return GiveUp(Reason.NO_CONTACT_POINT)
    allowed = [p for p in reachable if p.consent]
    if not allowed:
        return GiveUp(Reason.CONSENT_REFUSED)
    untried = [p for p in allowed if p.channel not in notification.tried_channels]
    if not untried:
        return GiveUp(Reason.NO_CHANNEL_LEFT)
    renderable = [p for p in untried if has_template(p.channel)]
    if not renderable:
        return GiveUp(Reason.TEMPLATE_MISSING)
    wishes = (notification.channel, recipient.preferred_channel)
    best = min(
        renderable,
        key=lambda p: wishes.index(p.channel) if p.channel in wishes else len(wishes),
    )
    if best.channel in DISTURBING and notification.template_key not in ANSWERS_AT_ONCE:
        until = quiet_hours.end_after(now) if quiet_hours else None
        if until is not None:
            return Wait(until)
    return Send(best)
