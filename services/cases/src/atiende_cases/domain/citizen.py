"""Citizens, their contact points and consents."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from atiende_cases.domain.text import safe_text
from atiende_cases.domain.values import Channel

MAX_POINTS: Final = 50


@dataclass(frozen=True, slots=True)
class ContactPoint:
    """An address on one channel.

    Attributes:
        address: canonical: lower-case e-mail, E.164 digits for WhatsApp, session id for chat.
        source: "inbound" (the person wrote from it), "staff" (a clerk entered it) or "given"
            (named in a form by someone unproved).
        verified: the channel proved it.
        consent: False when the person refused to be reached there.
        chosen_time: when the person asked to go on there in this matter; never opens a window of
            a provider, as writing from there does.
    """

    channel: Channel
    address: str
    display_name: str = ""
    verified: bool = False
    source: str = "inbound"
    consent: bool = True
    account_id: str = ""
    last_inbound_time: datetime | None = None
    chosen_time: datetime | None = None

    @property
    def key(self) -> str:
        """The same for two ways of writing one address."""
        return point_key(self.channel, self.address)

    @property
    def may_be_written_to(self) -> bool:
        """Whether the city may send there: agreed to, and proved or entered by the city."""
        return self.consent and (self.verified or self.source in {"staff", "inbound"})


def canonical_address(channel: Channel, address: str) -> str:
    """Brings an address into the one form in which addresses are compared.

    Two Unicode forms of one e-mail address are one identity.
    """
    cleaned = safe_text(address, 512).strip()
    if channel is Channel.EMAIL:
        return cleaned.casefold()
    if channel is Channel.WHATSAPP:
        return "".join(c for c in cleaned if c.isdigit())
    return cleaned


def point_key(channel: Channel, address: str) -> str:
    """Key under which a contact point is found."""
    return f"{channel.value}:{canonical_address(channel, address)}"


def anonymous_key(message_id: str) -> str:
    """Key of a citizen of whom nothing is known but one message."""
    return f"anonymous:{message_id}"


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """A person's wish that the city forgets them.

    Attributes:
        ask_time: when they asked.
        block_time: from then on nothing of it is used; None while a case of theirs is open,
            because the city owes its answer to somebody.
        suppress_time: when it was deleted.
    """

    ask_time: datetime
    block_time: datetime | None = None
    suppress_time: datetime | None = None


@dataclass(frozen=True, slots=True)
class Citizen:
    """A person known to the city.

    Attributes:
        keys: one for each contact point; a unique index over them is what makes one person of
            one address, under any race.
        consents: by channel; a channel that is missing was never refused.
        session_generation: sessions of the portal that began under an earlier one are over.
    """

    citizen_id: str
    tenant: str
    keys: tuple[str, ...]
    points: tuple[ContactPoint, ...]
    create_time: datetime
    display_name: str = ""
    language: str = "es"
    preferred_channel: Channel | None = None
    consents: tuple[tuple[Channel, bool], ...] = ()
    session_generation: int = 0
    withdrawal: Withdrawal | None = None
    version: int = 0

    @property
    def is_blocked(self) -> bool:
        """Whether the person's data must not be used any more, except where a law says so."""
        return self.withdrawal is not None and self.withdrawal.block_time is not None

    @property
    def proved_keys(self) -> tuple[str, ...]:
        """Keys of the addresses that the person proved to have."""
        return tuple(point.key for point in self.points if point.verified)

    def owns(self, key: str) -> bool:
        """Whether the contact point is this person's."""
        return key in self.keys

    def consents_to(self, point: ContactPoint) -> bool:
        """Whether the person may be reached at a point: by channel, and by address."""
        if self.is_blocked:
            return False
        return point.consent and dict(self.consents).get(point.channel, True)

    def point(self, key: str) -> ContactPoint | None:
        """The contact point with that key."""
        return next((p for p in self.points if p.key == key), None)

    def heard_from(self, sender: ContactPoint, *, at: datetime, language: str) -> Citizen:
        """Notes that the person wrote from a point: when, through which account, proved or not."""
        known = self.point(sender.key)
        if known is None:
            if not sender.address or len(self.points) >= MAX_POINTS:
                return self
            return replace(self, points=(*self.points, replace(sender, last_inbound_time=at)))
        latest = max(filter(None, (known.last_inbound_time, at)))
        heard = replace(
            known,
            verified=known.verified or sender.verified,
            display_name=known.display_name or sender.display_name,
            account_id=sender.account_id if latest == at else known.account_id,
            last_inbound_time=latest,
        )
        points = tuple(heard if p.key == known.key else p for p in self.points)
        return replace(
            self,
            points=points,
            display_name=self.display_name or sender.display_name,
            language=language or self.language,
        )

    def with_point(self, point: ContactPoint) -> Citizen:
        """Adds a contact point that a clerk entered; entering it twice changes nothing."""
        if self.owns(point.key):
            return self
        return replace(self, points=(*self.points, point), keys=(*self.keys, point.key))

    def with_preferences(
        self,
        *,
        preferred_channel: Channel | None,
        consents: dict[Channel, bool],
        language: str | None = None,
    ) -> Citizen:
        """Notes how the person wants to be reached."""
        merged = {**dict(self.consents), **consents}
        return replace(
            self,
            preferred_channel=preferred_channel,
            consents=tuple(sorted(merged.items())),
            language=language or self.language,
        )
