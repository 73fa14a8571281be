"""An agent: presence, skills, and the slots of work they hold."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from atiende_routing.domain.errors import CapacityFull

# The desk beats every 30 s; three missed beats mean that the browser is gone (real time).
HEARTBEAT_EXPIRY = timedelta(seconds=90)


class PresenceStatus(StrEnum):
    """What an agent says of themselves."""

    ONLINE = "online"
    AWAY = "away"
    OFFLINE = "offline"


@dataclass(frozen=True, slots=True)
class Slot:
    """One attempt to hold an item, kept for as long as it holds.

    Attributes:
        token: unique to the attempt; the item notes the token that won, so that two attempts of
            one agent for one item cannot free each other's slot.
        reserve_time: real time of the attempt.
    """

    item_id: str
    token: str
    reserve_time: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Agent:
    """A staff member who takes work.

    Attributes:
        status_time: domain time of the last change of status.
        seen_time: real time of the last heartbeat; presence is infrastructure and must not
            lapse because a demonstration compresses the day.
        idle_since: domain time since which the agent got no work, for the longest-idle rule.
        slots: the items held; the claim reserves here first, so it is a superset of the truth.
        settled: True once a supervisor chose skills or capacity by hand, so that signing in
            does not put the release's defaults back.
    """

    agent_id: str
    tenant: str
    name: str = ""
    units: frozenset[str] = frozenset()
    skills: frozenset[str] = frozenset()
    languages: frozenset[str] = frozenset({"es"})
    supervisor: bool = False
    status: PresenceStatus = PresenceStatus.OFFLINE
    status_time: datetime
    seen_time: datetime
    idle_since: datetime
    capacity: int
    slots: tuple[Slot, ...] = ()
    settled: bool = False
    version: int = 0

    @property
    def held(self) -> frozenset[str]:
        """Ids of the items held."""
        return frozenset(slot.item_id for slot in self.slots)

    @property
    def free_slots(self) -> int:
        """How many more items the agent may take."""
        return max(0, self.capacity - len(self.held))

    def is_available(self, real_now: datetime) -> bool:
        """Tells whether work may be offered: online, and heard of lately."""
        return self.status is PresenceStatus.ONLINE and not self.heartbeat_expired(real_now)

    def heartbeat_expired(self, real_now: datetime) -> bool:
        """Tells whether the desk has been silent for too long."""
        return real_now - self.seen_time > HEARTBEAT_EXPIRY

    def with_status(self, status: PresenceStatus, now: datetime, real_now: datetime) -> Agent:
        """Signs presence; saying the same again is a heartbeat."""
        if status is self.status:
            return replace(self, seen_time=real_now)
        idle = now if status is PresenceStatus.ONLINE else self.idle_since
        return replace(self, status=status, status_time=now, seen_time=real_now, idle_since=idle)

    def beat(self, real_now: datetime) -> Agent:
        """Notes that the desk is there."""
        return replace(self, seen_time=real_now)

    def lapse(self, now: datetime) -> Agent:
        """Goes offline because the desk went silent; `seen_time` stays the evidence."""
        return replace(self, status=PresenceStatus.OFFLINE, status_time=now)

    def reserve(self, item_id: str, token: str, now: datetime, real_now: datetime) -> Agent:
        """Takes a slot for an item; another attempt for the same item takes no further room.

        Raises:
            CapacityFull: no slot is free.
        """
        if item_id not in self.held and self.free_slots == 0:
            raise CapacityFull(self.capacity)
        slot = Slot(item_id, token, real_now)
        return replace(self, slots=(*self.slots, slot), idle_since=now)

    def drop(self, tokens: frozenset[str]) -> Agent:
        """Frees slots; unknown tokens are no matter."""
        if not any(slot.token in tokens for slot in self.slots):
            return self
        return replace(self, slots=tuple(s for s in self.slots if s.token not in tokens))
