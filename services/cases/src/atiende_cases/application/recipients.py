"""Use case: how citizens may be reached about a matter; one query a collection for a batch."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from atiende_cases.application.ports import Citizens, Conversations
from atiende_cases.domain.citizen import Citizen, ContactPoint
from atiende_cases.domain.conversation import Conversation, Thread
from atiende_cases.domain.values import Channel

# Open311 and forms carry nothing back.
_ONE_WAY: Final = frozenset({Channel.OPEN311, *(c for c in Channel if c.is_form)})


@dataclass(frozen=True, slots=True)
class Reachable:
    """One way to reach a citizen, with the thread to continue."""

    point: ContactPoint
    thread: Thread | None

    @property
    def last_inbound_time(self) -> datetime | None:
        """When they last wrote from there, in this matter or another."""
        in_thread = self.thread.last_inbound_time if self.thread else None
        times = [t for t in (in_thread, self.point.last_inbound_time) if t is not None]
        return max(times, default=None)

    @property
    def last_time(self) -> datetime | None:
        """When they last wrote from there, or asked to go on there."""
        times = [t for t in (self.last_inbound_time, self.point.chosen_time) if t is not None]
        return max(times, default=None)

    @property
    def is_used(self) -> bool:
        """Whether they wrote from there, or asked to go on there, in this matter."""
        return self.thread is not None or self.point.chosen_time is not None


@dataclass(frozen=True, slots=True)
class Recipient:
    """One citizen within one conversation."""

    citizen: Citizen
    conversation: Conversation
    ways: tuple[Reachable, ...]


class GetRecipients:
    """Answers for a batch."""

    def __init__(self, citizens: Citizens, conversations: Conversations) -> None:
        self._citizens = citizens
        self._conversations = conversations

    async def __call__(self, tenant: str, keys: Sequence[tuple[str, str]]) -> list[Recipient]:
        """Those that exist, by pairs of citizen id and conversation id."""
        citizens, conversations = await asyncio.gather(
            self._citizens.get_many(tenant, (citizen_id for citizen_id, _ in keys)),
            self._conversations.get_many(tenant, (c for _, c in keys)),
        )
        by_citizen = {citizen.citizen_id: citizen for citizen in citizens}
        by_conversation = {c.conversation_id: c for c in conversations}
        return [
            Recipient(citizen, conversation, ways_to_reach(citizen, conversation))
            for citizen_id, conversation_id in dict.fromkeys(keys)
            if (citizen := by_citizen.get(citizen_id))
            and (conversation := by_conversation.get(conversation_id))
            and conversation.citizen_id == citizen_id
        ]


def ways_to_reach(citizen: Citizen, conversation: Conversation) -> tuple[Reachable, ...]:
    """All ways, where they last wrote or asked to go on in this matter first.

    Refusals are marked, not hidden. Addresses that were given with the matter serve this matter
    only. The portal stands last: what is put there reaches nobody by itself.
    """
    if citizen.is_blocked:
        return ()
    chosen = {point.key: point.chosen_time for point in conversation.given_points}
    own = [
        replace(
            point,
            consent=citizen.consents_to(point) and point.may_be_written_to,
            chosen_time=chosen.get(point.key),
        )
        for point in citizen.points
    ]
    known = {point.key for point in own}
    given = [p for p in conversation.given_points if p.key not in known]
    ways = [
        Reachable(point, conversation.thread_on(point.channel, point.address))
        for point in _answering((*own, *given))
    ]
    first = conversation.create_time
    ways.sort(key=lambda way: (way.is_used, way.last_time or first), reverse=True)
    portal = conversation.portal_point
    return (*ways, *([Reachable(portal, None)] if portal else []))


def _answering(points: Iterable[ContactPoint]) -> Iterable[ContactPoint]:
    return (point for point in points if point.channel not in _ONE_WAY)
