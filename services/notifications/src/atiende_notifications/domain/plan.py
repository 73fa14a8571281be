"""Which channel a notification takes, and when: the citizen's wish, consent and rest come first."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from atiende_city.model import QuietHours
from atiende_notifications.domain.notification import (
    Notification,
    ReachablePoint,
    Reason,
    Recipient,
)

SENDABLE = ("webchat", "whatsapp", "email")
"""Channels that carry a message to a person; an Open311 app only reads."""

PORTAL = "portal"
"""Where the person can read it but is not alerted: for want of anything better."""

DISTURBING = frozenset({"whatsapp"})
"""Channels that ring: the quiet hours hold for them alone."""

ANSWERS_AT_ONCE = frozenset(
    {"case_received", "case_received_out_of_hours", "survey_thanks", "verification_code"}
)
"""Templates that answer what the person has just written: they never wait for the morning."""


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
    quiet_hours: QuietHours,
    has_template: Callable[[str], bool],
    now: datetime,
) -> Send | Wait | GiveUp:
    """Decides the next step of a notification.

    Order of channels: the channel asked for; then the one that the citizen prefers; then the one
    where the citizen wrote last; the portal when there is no other. A refused channel is never used
    (capability C20).

    Args:
        notification: what is to be told.
        recipient: how the citizen can be reached; None when cases does not know the citizen.
        quiet_hours: of the city.
        has_template: tells whether the release has the template for a channel.
        now: the instant of the decision, UTC.
    """
    if recipient is None:
        return GiveUp(Reason.CITIZEN_UNKNOWN)
    reachable = [p for p in recipient.points if p.channel in (*SENDABLE, PORTAL) and p.address]
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
        key=lambda p: (
            p.channel == PORTAL,
            wishes.index(p.channel) if p.channel in wishes else len(wishes),
        ),
    )
    disturbs = best.channel in DISTURBING and notification.template_key not in ANSWERS_AT_ONCE
    if disturbs and quiet_hours.contains(now):
        return Wait(quiet_hours.next_allowed(now))
    return Send(best)
