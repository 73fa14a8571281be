"""Where an answer may go, and why not elsewhere."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from atiende_cases.domain.case import Case
from atiende_cases.domain.citizen import Citizen, ContactPoint
from atiende_cases.domain.conversation import Conversation
from atiende_cases.domain.values import Channel

SENDABLE: Final = (Channel.WEBCHAT, Channel.WHATSAPP, Channel.EMAIL)
"""Channels that carry an answer to a person."""

WINDOW: Final = timedelta(hours=24)
"""How long after the person's last message WhatsApp takes free text (customer service window)."""

MOST_CHARACTERS: Final = 10_000
PART_CHARACTERS: Final = {Channel.WHATSAPP: 4096}
"""A longer text goes as several messages (WhatsApp Cloud API, text.body)."""


class Refusal(StrEnum):
    """Why an answer cannot go by a channel."""

    NO_ADDRESS = "NO_ADDRESS"
    CONSENT_REFUSED = "CONSENT_REFUSED"
    ADDRESS_NOT_PROVED = "ADDRESS_NOT_PROVED"
    WINDOW_CLOSED = "WINDOW_CLOSED"
    NOT_IN_PORTAL = "NOT_IN_PORTAL"


@dataclass(frozen=True, slots=True)
class ReplyOption:
    """One channel.

    Attributes:
        point: where the answer would go; None when there is nowhere.
        refusal: None when free text may go there now.
        window_end_time: until when; None when the channel has no window.
    """

    channel: Channel
    point: ContactPoint | None
    refusal: Refusal | None = None
    window_end_time: datetime | None = None

    @property
    def takes_template(self) -> bool:
        """Whether an approved template may go there, window or not."""
        reachable = self.refusal in {None, Refusal.WINDOW_CLOSED}
        return reachable and self.channel is Channel.WHATSAPP


def reply_options(
    case: Case, citizen: Citizen, conversation: Conversation, now: datetime
) -> tuple[ReplyOption, ...]:
    """All channels, the one that an answer takes by itself in front.

    Without a wish: where the citizen last wrote from, or asked to go on, in this matter. Open311
    and forms carry no answers, so what comes from there is answered at the address given with it,
    then at any other point of the person; a form without any is answered in the portal, where its
    tracking secret opens the answer. A point that a stranger could have claimed is never written
    to, except within the very matter it was given for.
    """
    points = _ranked(case, citizen, conversation)
    found: dict[Channel, ReplyOption] = {}
    for point in points:
        found.setdefault(point.channel, _option(point, conversation, now))
    for channel in SENDABLE:
        found.setdefault(channel, _refused(channel, citizen, conversation))
    portal = conversation.portal_point
    found[Channel.PORTAL] = ReplyOption(
        Channel.PORTAL, portal, None if portal else Refusal.NOT_IN_PORTAL
    )
    # Sorting is stable: among those that are possible the order of wishes stays.
    return tuple(sorted(found.values(), key=lambda option: option.refusal is not None))


def _ranked(case: Case, citizen: Citizen, conversation: Conversation) -> list[ContactPoint]:
    """Points that may be written to, the most fitting one in front."""
    own = [p for p in citizen.points if p.may_be_written_to and citizen.consents_to(p)]
    given = [p for p in conversation.given_points if p.consent and citizen.consents_to(p)]
    points = [p for p in (*reversed(own), *given) if p.channel in SENDABLE]
    last = {p.key: _used_at(conversation, p) for p in points}
    points.sort(key=lambda p: (last[p.key] is not None, last[p.key] or case.open_time))
    points.reverse()
    if case.channel in SENDABLE:
        points.sort(key=lambda p: p.channel is not case.channel)
    elif citizen.preferred_channel is not None:
        points.sort(key=lambda p: p.channel is not citizen.preferred_channel)
    elif given:
        points.sort(key=lambda p: p not in given)
    return points


def written_at(conversation: Conversation, point: ContactPoint) -> datetime | None:
    """When the citizen last wrote from a point in this matter."""
    times = [
        thread.last_inbound_time
        for thread in conversation.threads
        if thread.channel is point.channel and thread.address == point.address
    ]
    return max((time for time in times if time is not None), default=None)


def _used_at(conversation: Conversation, point: ContactPoint) -> datetime | None:
    """When the citizen last wrote from a point in this matter, or asked to go on there."""
    times = [written_at(conversation, point)]
    times += [given.chosen_time for given in conversation.given_points if given.key == point.key]
    return max((time for time in times if time is not None), default=None)


def last_inbound_at(conversation: Conversation, point: ContactPoint) -> datetime | None:
    """When the citizen last wrote from a point, in this matter or another."""
    times = (written_at(conversation, point), point.last_inbound_time)
    return max((time for time in times if time is not None), default=None)


def _option(point: ContactPoint, conversation: Conversation, now: datetime) -> ReplyOption:
    if point.channel is not Channel.WHATSAPP:
        return ReplyOption(point.channel, point)
    last = last_inbound_at(conversation, point)
    end = None if last is None else last + WINDOW
    closed = end is None or now >= end
    return ReplyOption(point.channel, point, Refusal.WINDOW_CLOSED if closed else None, end)


def _refused(channel: Channel, citizen: Citizen, conversation: Conversation) -> ReplyOption:
    points = [p for p in (*citizen.points, *conversation.given_points) if p.channel is channel]
    if not points:
        return ReplyOption(channel, None, Refusal.NO_ADDRESS)
    agreed = any(citizen.consents_to(point) for point in points)
    why = Refusal.ADDRESS_NOT_PROVED if agreed else Refusal.CONSENT_REFUSED
    return ReplyOption(channel, None, why)


def masked(point: ContactPoint) -> str:
    """Enough of an address to recognise it, not enough to use it."""
    if point.channel is Channel.EMAIL:
        local, _, host = point.address.partition("@")
        return f"{local[:1]}•••@{host}"
    if point.channel is Channel.WHATSAPP:
        return f"•••• {point.address[-4:]}"
    return ""
