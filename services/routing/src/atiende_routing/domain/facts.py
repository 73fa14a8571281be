"""What happened to a work item, in the domain's own words; adapters render it as events."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

ReleaseReason = Literal["agent", "offline", "transferred"]
EscalationReason = Literal["offers_lapsed", "waited"]


@dataclass(frozen=True, slots=True)
class Queued:
    """The item waits for a person."""

    available_time: datetime
    out_of_hours: bool


@dataclass(frozen=True, slots=True)
class Offered:
    """The item is offered to one agent."""

    agent_id: str
    expire_time: datetime
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Assigned:
    """One agent has the item."""

    agent_id: str
    assign_time: datetime


@dataclass(frozen=True, slots=True)
class Released:
    """An agent no longer has the item."""

    agent_id: str
    reason: ReleaseReason


@dataclass(frozen=True, slots=True)
class Escalated:
    """Nobody took the item in time."""

    level: int
    reason: EscalationReason


@dataclass(frozen=True, slots=True)
class Completed:
    """The item needs nobody any more."""


WorkFact = Queued | Offered | Assigned | Released | Escalated | Completed
