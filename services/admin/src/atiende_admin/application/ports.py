"""What the use cases need of the outside."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

from atiende_admin.domain.dead_letter import DeadLetter, Fact, State
from atiende_admin.domain.person import Person, Profile

Action = Literal["created", "changed", "disabled", "enabled", "signed_out", "password_reset"]


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditEntry:
    """Who did what to whom; written before it is done, never changed.

    Attributes:
        person_id: empty for one that is made: nobody has an id before.
        detail: roles and units before and after; no password, no address.
    """

    id: str
    time: datetime
    action: Action
    actor: str
    actor_name: str
    person_id: str
    username: str
    detail: str


class People(Protocol):
    """The staff of the cities at the identity provider."""

    async def listing(self, tenant: str, words: str) -> Sequence[Person]:
        """Returns the staff of a city, those that words fit, by username."""
        ...

    async def get(self, tenant: str, person_id: str) -> Person | None:
        """Returns one of a city's staff; None also for anybody of another city."""
        ...

    async def add(self, tenant: str, username: str, profile: Profile, password: str) -> Person:
        """Makes an account that must change its password.

        Raises:
            AlreadyExists: the username or the address is taken.
        """
        ...

    async def change(self, tenant: str, before: Person, profile: Profile, *, enabled: bool) -> None:
        """Writes names, address, units, roles, and whether the account may sign in.

        Raises:
            AlreadyExists: the address is taken.
        """
        ...

    async def set_password(self, person_id: str, password: str) -> None:
        """Sets a password that must be changed at the next sign-in."""
        ...

    async def sign_out(self, person_id: str) -> None:
        """Ends all sessions."""
        ...


class Audit(Protocol):
    """What administrators did; append-only."""

    async def add(self, tenant: str, entry: AuditEntry) -> None:
        """Appends an entry."""
        ...

    async def listing(self, tenant: str, username: str | None, limit: int) -> Sequence[AuditEntry]:
        """Returns entries, newest first, of one account or of all."""
        ...


class DeadLetters(Protocol):
    """Dead letters as the city knows them."""

    async def add(self, letters: Sequence[DeadLetter]) -> None:
        """Adds what is not known yet; what is known stays as it is."""
        ...

    async def get(self, tenant: str, number: int) -> DeadLetter | None:
        """Returns one."""
        ...

    async def save(self, letter: DeadLetter) -> bool:
        """Writes one if nobody else did since it was read; tells whether."""
        ...

    async def listing(
        self, tenant: str, states: Sequence[State], before: int | None, limit: int
    ) -> Sequence[DeadLetter]:
        """Returns those of a city in some states, newest first, below a number."""
        ...

    async def count(self, tenant: str, states: Sequence[State]) -> int:
        """Returns how many there are."""
        ...

    async def undone(self) -> Sequence[DeadLetter]:
        """Returns those of all cities that wait for people or for us."""
        ...


class Grave(Protocol):
    """The stream of dead letters itself, which only the bus's operator may touch."""

    async def read(self) -> Sequence[Fact]:
        """Returns all that is in it."""
        ...

    async def replay(self, number: int) -> bool:
        """Publishes one to its subject once more and removes it; False when it is not there."""
        ...

    async def discard(self, number: int) -> bool:
        """Removes one for good; False when it is not there."""
        ...

    async def collect(self) -> int:
        """Takes up what the server itself gave up on; returns how many."""
        ...
