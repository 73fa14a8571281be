"""The city's routing rules and the calendar, as the domain sees them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

MOST_URGENT = 0
LEAST_URGENT = 4


class Schedule(Protocol):
    """Working time of a unit."""

    def is_open(self, instant: datetime) -> bool:
        """Tells whether the unit works at this instant."""
        ...

    def next_opening(self, instant: datetime) -> datetime:
        """Returns the first instant, not before the given one, at which the unit works."""
        ...

    def add_minutes(self, instant: datetime, minutes: int) -> datetime:
        """Adds minutes of working time."""
        ...


@dataclass(frozen=True, slots=True)
class RoutingRules:
    """Routing rules of a release; times are domain time unless the name says real.

    Attributes:
        offer_timeout: how long an offer waits for its agent.
        reoffer_cooldown: how long an agent who let an offer lapse, or declined it, is not asked
            again for the same item.
        ageing_step: waiting this long is worth one step of priority, so nothing starves.
        escalate_after_minutes: working minutes since the item could be offered, for each step of
            the ladder.
        offers_before_escalation: lapsed or declined offers that climb a step at once.
        default_capacity: items an agent may have at once unless a supervisor says otherwise.
        recovery_priority: priority of work that a bad survey answer brought back.
        resume_grace: how long work that comes back waits for the agent who had it.
        offline_release_minutes: working minutes after which work of an offline agent is given
            to others.
        default_service: service time assumed before there is any history.
    """

    offer_timeout: timedelta = timedelta(seconds=90)
    reoffer_cooldown: timedelta = timedelta(minutes=5)
    ageing_step: timedelta = timedelta(minutes=30)
    escalate_after_minutes: tuple[int, ...] = (30, 60, 120)
    offers_before_escalation: int = 3
    default_capacity: int = 8
    recovery_priority: int = 1
    resume_grace: timedelta = timedelta(minutes=15)
    offline_release_minutes: int = 120
    default_service: timedelta = timedelta(minutes=10)


def clamp_priority(priority: int) -> int:
    """Keeps a priority within 0 (most urgent) and 4 (least)."""
    return min(LEAST_URGENT, max(MOST_URGENT, priority))
