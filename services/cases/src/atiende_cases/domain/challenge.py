"""A one-time code that was sent to an address, and what may still be done with it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from atiende_cases.domain.citizen import point_key
from atiende_cases.domain.values import Channel

CODE_DIGITS: Final = 6
LIFETIME: Final = timedelta(minutes=10)
TRIES: Final = 5
RESEND_AFTER: Final = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class Challenge:
    """Whoever types the code has the address.

    Six digits can be guessed in 500,000 tries; five tries a code and three codes an hour leave one
    in 66,000 (NIST SP 800-63B, 5.2.2 asks for such limits).

    Attributes:
        code_digest: keyed hash of the code with the challenge's id; the code is kept nowhere.
        tries_left: how often it may still be tried.
        expire_time: real time, as all of it.
    """

    challenge_id: str
    tenant: str
    channel: Channel
    address: str
    code_digest: str
    language: str
    create_time: datetime
    tries_left: int = TRIES
    version: int = 0

    @property
    def expire_time(self) -> datetime:
        """From then on the code is good for nothing."""
        return self.create_time + LIFETIME

    @property
    def point_key(self) -> str:
        """Key of the contact point that it proves."""
        return point_key(self.channel, self.address)

    def may_be_tried(self, now: datetime) -> bool:
        """Whether a code may still be judged."""
        return self.tries_left > 0 and now < self.expire_time

    def tried(self) -> Challenge:
        """The challenge with one try less."""
        return replace(self, tries_left=self.tries_left - 1)

    def used(self) -> Challenge:
        """The challenge after its code was right: it works once."""
        return replace(self, tries_left=0)
