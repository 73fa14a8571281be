"""What the use cases need from outside."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from atiende_city.model import QuietHours
from atiende_notifications.domain.emits import Emit, Rendered
from atiende_notifications.domain.notification import Notification, Recipient


@dataclass(frozen=True)
class Step:
    """A notification after a decision, with what must be said of it."""

    notification: Notification
    emits: tuple[Emit, ...] = ()


@dataclass(frozen=True)
class Query:
    """Filter of the work list; None is any. `units` None is all units."""

    state: str | None = None
    case_id: str | None = None
    units: frozenset[str] | None = None
    after: tuple[datetime, str] | None = None
    limit: int = 50


class Notifications(Protocol):
    """Stored notifications; every write carries what must be published, in the same document."""

    async def add(self, steps: Sequence[Step]) -> None:
        """Stores new notifications; one whose id exists already is left as it is."""
        ...

    async def save(self, steps: Sequence[Step]) -> bool:
        """Compare-and-set of each; False when somebody was faster with one of them."""
        ...

    async def get(self, tenant: str, ids: Sequence[str]) -> list[Notification]:
        """Those that exist, in any order."""
        ...

    async def page(self, tenant: str, query: Query) -> list[Notification]:
        """Newest first."""
        ...

    async def figures(self, tenant: str) -> list[Mapping[str, object]]:
        """Counts as {state, channel, template_key, count}."""
        ...

    async def due(self, now: datetime, limit: int) -> list[Notification]:
        """Scheduled ones of all tenants whose time has come."""
        ...

    async def overdue(self, before: datetime, limit: int) -> list[Notification]:
        """Undecided ones of all tenants created before an instant."""
        ...


class Recipients(Protocol):
    """How citizens can be reached now."""

    async def get(
        self, tenant: str, keys: Sequence[tuple[str, str]]
    ) -> Mapping[tuple[str, str], Recipient]:
        """By (citizen id, conversation id); unknown ones are missing.

        Raises:
            Unavailable: cases cannot answer now.
        """
        ...


class CityTexts(Protocol):
    """The words and rules of one city's release."""

    @property
    def quiet_hours(self) -> QuietHours:
        """When nobody is disturbed."""
        ...

    @property
    def prompt_lifetime(self) -> timedelta:
        """How long a question waits for an answer."""
        ...

    def has_template(self, key: str, channel: str, language: str) -> bool:
        """Whether the release has words for it."""
        ...

    def render(self, notification: Notification, channel: str, recipient: Recipient) -> Rendered:
        """The words for this person on this channel."""
        ...


class CitySource(Protocol):
    """The release in force of each city."""

    async def get(self, tenant: str) -> CityTexts:
        """The city's words.

        Raises:
            Unavailable: no release is known yet.
        """
        ...
