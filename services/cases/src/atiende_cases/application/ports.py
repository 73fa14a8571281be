"""What the use cases need from the world."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from atiende_cases.domain.case import Case
from atiende_cases.domain.citizen import Citizen
from atiende_cases.domain.conversation import Conversation
from atiende_cases.domain.events import CaseEvent, CitizenUpdated, MessageEvent
from atiende_cases.domain.folio import Folio
from atiende_cases.domain.message import Message
from atiende_cases.domain.values import Attachment, Channel, Status
from atiende_city.release import Release
from atiende_kit.store import Outcome
from atiende_kit.store.operations import Cause


@dataclass(frozen=True, slots=True)
class SaveCitizen:
    """A citizen to write: inserted when its version is 0, else compared and set."""

    citizen: Citizen
    events: tuple[CitizenUpdated, ...] = ()
    cause: Cause | None = None


@dataclass(frozen=True, slots=True)
class SaveCase:
    """A case to write, with what happened to it."""

    case: Case
    events: tuple[CaseEvent, ...] = ()
    cause: Cause | None = None


@dataclass(frozen=True, slots=True)
class SaveMessage:
    """An entry to write; `case` says the facts that its events carry."""

    message: Message
    case: Case
    events: tuple[MessageEvent, ...] = ()
    cause: Cause | None = None


class Citizens(Protocol):
    """Citizens by id and by contact point."""

    async def get(self, tenant: str, citizen_id: str) -> Citizen | None:
        """One citizen, or None."""
        ...

    async def get_many(self, tenant: str, citizen_ids: Iterable[str]) -> list[Citizen]:
        """Those that exist, in one round trip."""
        ...

    async def by_keys(self, tenant: str, keys: Iterable[str]) -> list[Citizen]:
        """The owners of contact points, in one round trip."""
        ...

    async def write(self, saves: Sequence[SaveCitizen]) -> list[Outcome]:
        """Writes a batch; DUPLICATE when a contact point has an owner already."""
        ...


class Conversations(Protocol):
    """Conversations by id and by key."""

    async def get(self, tenant: str, conversation_id: str) -> Conversation | None:
        """One conversation, or None."""
        ...

    async def get_many(self, tenant: str, conversation_ids: Iterable[str]) -> list[Conversation]:
        """Those that exist, in one round trip."""
        ...

    async def by_keys(self, tenant: str, keys: Iterable[str]) -> list[Conversation]:
        """Those with any of the lookup keys."""
        ...

    async def with_expired_prompts(self, now: datetime, limit: int) -> list[Conversation]:
        """Those of every tenant with an open question whose time is over."""
        ...

    async def write(self, conversations: Sequence[Conversation]) -> list[Outcome]:
        """Writes a batch; DUPLICATE when another conversation has the thread."""
        ...


class Messages(Protocol):
    """Entries of timelines."""

    async def existing(self, tenant: str, message_ids: Iterable[str]) -> set[str]:
        """Which of these are entered already."""
        ...

    async def get(self, tenant: str, message_id: str) -> Message | None:
        """One entry, or None."""
        ...

    async def get_many(self, tenant: str, message_ids: Iterable[str]) -> list[Message]:
        """Those that exist, in one round trip."""
        ...

    async def of_conversation(
        self, tenant: str, conversation_id: str, *, limit: int
    ) -> list[Message]:
        """The newest entries of a conversation, oldest first."""
        ...

    async def of_citizen(self, tenant: str, citizen_id: str, *, limit: int) -> list[Message]:
        """The newest entries of a citizen over all conversations, oldest first."""
        ...

    async def with_attachment(self, tenant: str, attachment_id: str) -> Message | None:
        """The entry that carries an attachment."""
        ...

    async def ledger(self, tenant: str, *, after: str, limit: int) -> list[Message]:
        """Inbound entries by id, after one."""
        ...

    async def undelivered(self, older_than: datetime, limit: int) -> list[Message]:
        """Outbound entries of every tenant whose fate has been unknown for too long."""
        ...

    async def unanswering(self, since: datetime, limit: int) -> list[Message]:
        """Replies of every tenant whose case has not been told of them."""
        ...

    async def write(self, saves: Sequence[SaveMessage]) -> list[Outcome]:
        """Writes a batch; DUPLICATE when an entry is there already."""
        ...

    async def counts_by_channel(self, tenant: str) -> list[Mapping[str, Any]]:
        """Entries per channel and direction: rows of channel, direction, count."""
        ...


@dataclass(frozen=True, slots=True)
class CaseQuery:
    """Filters of the inbox; None is "any".

    Attributes:
        units: units whose cases may be seen; None for all of them.
        assignee: subject of a token; empty for "nobody".
        terms: search terms that must all be there.
        after: due time and id of the last row of the page before.
    """

    statuses: tuple[Status, ...]
    units: tuple[str, ...] | None = None
    unit: str | None = None
    assignee: str | None = None
    channel: Channel | None = None
    procedure: str | None = None
    priority: int | None = None
    citizen_id: str | None = None
    terms: tuple[str, ...] = ()
    after: tuple[datetime, str] | None = None
    limit: int = 50


@dataclass(frozen=True, slots=True)
class PublicQuery:
    """Filters of the public list."""

    procedure_codes: tuple[str, ...] = ()
    statuses: tuple[Status, ...] = ()
    start_time: datetime | None = None
    end_time: datetime | None = None
    before: tuple[datetime, str] | None = None
    limit: int = 100


class Cases(Protocol):
    """Cases by id, by folio and by filters."""

    async def get(self, tenant: str, case_id: str) -> Case | None:
        """One case, or None."""
        ...

    async def get_many(self, tenant: str, case_ids: Iterable[str]) -> list[Case]:
        """Those that exist, in one round trip."""
        ...

    async def by_folios(self, tenant: str, folios: Iterable[str]) -> list[Case]:
        """Those with any of the folios."""
        ...

    async def of_citizen(self, tenant: str, citizen_id: str, *, limit: int) -> list[Case]:
        """A citizen's cases, newest first."""
        ...

    async def page(self, tenant: str, query: CaseQuery) -> list[Case]:
        """One page of the inbox, what is due first in front; without search terms."""
        ...

    async def public_page(self, tenant: str, query: PublicQuery) -> list[Case]:
        """One page of public cases, newest first."""
        ...

    async def lapsed(self, now: datetime, limit: int) -> list[Case]:
        """Resolved cases of every tenant that may no longer be reopened."""
        ...

    async def write(self, saves: Sequence[SaveCase]) -> list[Outcome]:
        """Writes a batch."""
        ...

    async def figures(self, tenant: str, units: tuple[str, ...] | None) -> Mapping[str, Any]:
        """Counts and first-answer percentiles, computed by the database."""
        ...


class Folios(Protocol):
    """The ledger of numbers: no gap, no number twice, whatever crashes."""

    async def claim(
        self, tenant: str, *, prefix: str, year: int, case_ids: Sequence[str]
    ) -> dict[str, Folio]:
        """Gives each case its number, in the order given; a case that has one keeps it."""
        ...

    async def claims(self, tenant: str) -> list[tuple[int, int, str]]:
        """All claims: year, number, case id."""
        ...


class Releases(Protocol):
    """The release of each city."""

    async def get(self, tenant: str) -> Release:
        """The release in force."""
        ...


class Routing(Protocol):
    """What cases asks of routing."""

    async def claim(self, tenant: str, *, case_id: str, agent_id: str) -> tuple[str, int]:
        """Claims the work of a case for an agent: work item id and version.

        Raises:
            AtiendeError: somebody else has it, or routing does not answer.
        """
        ...


class AttachmentReader(Protocol):
    """Bytes that channels holds."""

    async def read(
        self, tenant: str, attachment_id: str, *, offset: int, limit: int
    ) -> tuple[Attachment, bytes, bool]:
        """A part of the bytes and whether it is the last one."""
        ...
