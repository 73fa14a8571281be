"""What citizens' use cases need from the world besides the ports that all share."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from atiende_cases.domain.case import Case
from atiende_cases.domain.challenge import Challenge
from atiende_cases.domain.citizen import Citizen
from atiende_cases.domain.message import Message


@dataclass(frozen=True, slots=True)
class Limit:
    """So many times within so many seconds, whatever the window's beginning.

    Args:
        purpose: names it: `wrong-proof` …
    """

    purpose: str
    most: int
    seconds: int


class Attempts(Protocol):
    """Counts what may be done only so often; all processes of an install share the counts."""

    async def take(self, tenant: str, limit: Limit, subject: str) -> None:
        """Counts one attempt.

        Args:
            tenant: City.
            limit: How many there may be.
            subject: Whose attempts; a keyed hash, never an address or a number.

        Raises:
            RateLimited: There were too many; says when there may be another.
        """
        ...

    async def give_back(self, tenant: str, limit: Limit, subject: str) -> None:
        """Takes one attempt back: it was a good one."""
        ...


class CitizenCases(Protocol):
    """Cases the way citizens look for them."""

    async def case_id_of(self, tenant: str, folio: str) -> str | None:
        """Id of the case with a folio; reads nothing else, so that it takes equally long."""
        ...

    async def page(
        self,
        tenant: str,
        citizen_id: str,
        *,
        given: Iterable[str] = (),
        before: tuple[datetime, str] | None,
        limit: int,
    ) -> list[Case]:
        """A citizen's cases, newest first, after a place (opening time and id) in that order.

        Args:
            tenant: City.
            citizen_id: Whose.
            given: Keys of proved addresses; cases whose matter goes on at one of them count too.
            before: The place.
            limit: How many at most.
        """
        ...


class Codes(Protocol):
    """One-time codes on their way; gone by themselves soon after they end."""

    async def add(self, challenge: Challenge, code: str) -> None:
        """Stores a challenge with the command that sends its code, in one write."""
        ...

    async def get(self, tenant: str, challenge_id: str) -> Challenge | None:
        """One challenge, or None."""
        ...

    async def save(self, challenge: Challenge) -> bool:
        """Compare-and-set; False when somebody was faster."""
        ...

    async def forget(self, tenant: str, point_keys: Iterable[str]) -> None:
        """Removes the challenges of contact points."""
        ...


class Withdrawals(Protocol):
    """What is left to do for citizens who want to be forgotten."""

    async def open(self, limit: int) -> list[Citizen]:
        """Citizens of every tenant who asked and are not forgotten yet."""
        ...

    async def messages(self, tenant: str, citizen_id: str, limit: int) -> list[Message]:
        """Entries of a citizen that still hold words, notes of the desk among them."""
        ...
