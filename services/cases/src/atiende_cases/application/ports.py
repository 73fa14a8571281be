"""What the use cases need from the world."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from atiende_cases.domain.audit import AuditEntry
from atiende_cases.domain.case import Case
from atiende_cases.domain.citizen import Citizen
from atiende_cases.domain.conversation import Conversation
from atiende_cases.domain.events import CaseEvent, CitizenUpdated, MessageEvent
from atiende_cases.domain.folio import Folio
from atiende_cases.domain.inbox import Drawer, Sort
from atiende_cases.domain.message import Message
from atiende_cases.domain.values import Attachment, Status
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
    """An entry to write; `case` says the facts that its events carry, if there are any."""

    message: Message
    case: Case | None = None
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

    async def with_attachment(self, tenant: str, attachment_id: str) -> list[Message]:
        """The entries that carry an attachment: an answer and its copies."""
        ...

    async def cases_with_files(self, tenant: str, case_ids: Sequence[str]) -> set[str]:
        """Which of these cases have an entry that carries a file."""
        ...

    async def with_files(
        self, tenant: str, case_ids: Sequence[str], *, limit: int
    ) -> list[Message]:
        """Entries of these cases that carry a file, oldest first."""
        ...

    async def mentioning(
        self,
        tenant: str,
        subject: str,
        *,
        unread: bool,
        before: tuple[datetime, str] | None = None,
        limit: int,
    ) -> list[Message]:
        """Notes in which a member of staff is called, newest first."""
        ...

    async def count_mentions(self, tenant: str, subject: str, *, at_most: int) -> int:
        """How many of these they have not read."""
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

    async def deliveries_of(self, tenant: str, campaign: str) -> Mapping[str, int]:
        """What became of the entries of one answer of an incident: counts by state."""
        ...

    async def lost_of(self, tenant: str, campaign: str, *, limit: int) -> list[Message]:
        """Those of them that did not arrive, or of which nobody knows."""
        ...

    async def write(self, saves: Sequence[SaveMessage]) -> list[Outcome]:
        """Writes a batch; DUPLICATE when an entry is there already."""
        ...

    async def counts_by_channel(self, tenant: str) -> list[Mapping[str, Any]]:
        """Entries per channel and direction: rows of channel, direction, count."""
        ...


@dataclass(frozen=True, slots=True)
class CaseQuery:
    """What the inbox is asked for.

    Attributes:
        scopes: units in which is looked, or `inbox.CITY`; none finds nothing.
        drawer: what lies in it only; None for everything, as a search wants.
        facets: all of them must hold.
        terms: search terms that must all be there; what is found is newest first then.
        case_ids: among these only.
        overdue_at: due before this instant.
        after: position of the last row of the page before.
    """

    scopes: tuple[str, ...]
    drawer: Drawer | None = Drawer.ACTIVE
    facets: tuple[str, ...] = ()
    terms: tuple[str, ...] = ()
    case_ids: tuple[str, ...] | None = None
    overdue_at: datetime | None = None
    sort: Sort = Sort.DUE
    after: str | None = None
    limit: int = 50


@dataclass(frozen=True, slots=True)
class CasePage:
    """A page of the inbox.

    Attributes:
        next_position: where the next page begins; None when there is none. A page that was
            narrowed much may be short, or empty, and still have a next one: so many were looked at.
    """

    cases: list[Case]
    next_position: str | None = None


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

    async def merged_into(self, tenant: str, case_ids: Sequence[str]) -> list[Case]:
        """Those that are attended under any of these, one step down."""
        ...

    async def page(self, tenant: str, query: CaseQuery) -> CasePage:
        """One page of the inbox; however it is narrowed, a bounded number of cases is looked at."""
        ...

    async def count(self, tenant: str, query: CaseQuery, *, at_most: int) -> int:
        """How many there are of at most one facet, without counting further than asked."""
        ...

    async def public_page(self, tenant: str, query: PublicQuery) -> list[Case]:
        """One page of public cases, newest first."""
        ...

    async def lapsed(self, now: datetime, limit: int) -> list[Case]:
        """Resolved cases of every tenant that may no longer be reopened."""
        ...

    async def of_incident(
        self, tenant: str, incident_id: str, *, below: int, limit: int
    ) -> list[Case]:
        """Cases of an incident that have not heard its answer of that number."""
        ...

    async def count_incident(
        self, tenant: str, incident_id: str, *, below: int
    ) -> tuple[int, int, int]:
        """How many there are of an incident, are open, and have not heard that answer."""
        ...

    async def unsettled(self, before: datetime, limit: int) -> list[Case]:
        """Cases of every tenant where a merge or a parting stopped half-way."""
        ...

    async def write(self, saves: Sequence[SaveCase]) -> list[Outcome]:
        """Writes a batch."""
        ...

    async def figures(self, tenant: str, units: tuple[str, ...] | None) -> Mapping[str, Any]:
        """Counts and first-answer percentiles, computed by the database."""
        ...


class AuditTrail(Protocol):
    """The audit chain, as far as one case goes."""

    async def of_case(
        self, tenant: str, case_id: str, *, after: int, limit: int
    ) -> list[tuple[AuditEntry, str]]:
        """Entries about a case behind a number, each with the hash of the entry before it."""
        ...


@dataclass(frozen=True, slots=True)
class Colleague:
    """A member of staff as their last token told.

    Attributes:
        units: ids of their units; None for those who see the whole city.
    """

    subject: str
    tenant: str
    name: str
    units: frozenset[str] | None

    def may_see(self, visible_units: Iterable[str]) -> bool:
        """Whether they may see what these units may."""
        return self.units is None or not self.units.isdisjoint(visible_units)


class Directory(Protocol):
    """Who works at the desk: everybody who has opened it."""

    async def remember(self, colleague: Colleague) -> None:
        """Notes who somebody is; cheap when nothing changed."""
        ...

    async def get_many(self, tenant: str, subjects: Iterable[str]) -> list[Colleague]:
        """Those who are known."""
        ...

    async def who_see(self, tenant: str, units: Iterable[str], *, limit: int) -> list[Colleague]:
        """Those who may see what these units may, by name."""
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

    async def keep(self, tenant: str, attachment_ids: Sequence[str]) -> tuple[Attachment, ...]:
        """Keeps files that staff put up for an answer, and says what they are.

        Raises:
            AtiendeError: one of them is not there, or channels does not answer.
        """
        ...
