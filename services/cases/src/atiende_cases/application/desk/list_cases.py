"""Use case: the inbox."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from atiende_cases.application.desk.access import Desk, Staff
from atiende_cases.application.ports import CasePage, CaseQuery
from atiende_cases.domain.case import Case
from atiende_cases.domain.folio import Folio, FolioError
from atiende_cases.domain.inbox import Drawer, Flag, Sort, facet, scopes_of
from atiende_cases.domain.search import query_terms
from atiende_cases.domain.values import ACTIVE, Channel, Status

ANY: Final = "any"
COUNTED: Final = 999
"""A tab that has more than this says so; nobody works by the difference."""

MOST_MENTIONS: Final = 200


@dataclass(frozen=True, slots=True)
class InboxFilter:
    """What a person asked for; None is "any".

    Attributes:
        assignee: subject of a token; empty for "nobody".
        incident: id of one, or `ANY`.
        flags: what must be true of the case.
        after: position of the last row of the page before.
    """

    status: Status | None = None
    unit: str | None = None
    assignee: str | None = None
    channel: Channel | None = None
    procedure: str | None = None
    priority: int | None = None
    incident: str | None = None
    flags: frozenset[Flag] = frozenset()
    overdue: bool = False
    mentions_me: bool = False
    text: str | None = None
    sort: Sort = Sort.DUE
    after: str | None = None
    limit: int = 50


@dataclass(frozen=True, slots=True)
class Row:
    """A case with what a list shows of its surroundings.

    Attributes:
        has_attachments: whether any message of it carries a file.
        merged: how many others are attended under it.
    """

    case: Case
    citizen_name: str = ""
    has_attachments: bool = False
    merged: int = 0


@dataclass(frozen=True, slots=True)
class RowPage:
    """A page of rows; see `CasePage`."""

    rows: list[Row] = field(default_factory=list)
    next_position: str | None = None


async def list_cases(desk: Desk, staff: Staff, wanted: InboxFilter) -> RowPage:
    """Lists cases.

    Args:
        desk: what is needed.
        staff: who asks; their units bound what is found.
        wanted: filters. Without a status: what the city still owes; with a text: everything.
    """
    page = await _found(desk, staff, wanted)
    return RowPage(await rows_of(desk, staff.tenant, page.cases), page.next_position)


async def _found(desk: Desk, staff: Staff, wanted: InboxFilter) -> CasePage:
    terms: tuple[str, ...] = ()
    if wanted.text is not None:
        try:
            folio = str(Folio.parse(wanted.text))
        except FolioError:
            terms = query_terms(wanted.text)
            if not terms:
                return CasePage([])
        else:
            found = await desk.cases.by_folios(staff.tenant, [folio])
            return CasePage([case for case in found if staff.may_see(case)])
    query = CaseQuery(
        scopes=scopes_of(staff.units, wanted.unit),
        drawer=_drawer(wanted),
        facets=_facets(wanted),
        terms=terms,
        case_ids=await _mentioned(desk, staff) if wanted.mentions_me else None,
        overdue_at=desk.clock.now() if wanted.overdue else None,
        sort=wanted.sort,
        after=wanted.after,
        limit=wanted.limit,
    )
    return await desk.cases.page(staff.tenant, query)


def _drawer(wanted: InboxFilter) -> Drawer | None:
    if wanted.status is not None:
        return Drawer.ACTIVE if wanted.status in ACTIVE else Drawer.OVER
    if wanted.text is not None and not wanted.overdue and not wanted.flags:
        return None
    return Drawer.ACTIVE


def _facets(wanted: InboxFilter) -> tuple[str, ...]:
    values = {
        "status": wanted.status,
        "assignee": wanted.assignee,
        "channel": wanted.channel,
        "procedure": wanted.procedure,
        "priority": wanted.priority,
        "incident": None if wanted.incident == ANY else wanted.incident,
    }
    facets = [facet(name, value) for name, value in values.items() if value is not None]
    if wanted.incident == ANY:
        facets.append(Flag.INCIDENT)
    return (*facets, *sorted(wanted.flags))


async def _mentioned(desk: Desk, staff: Staff) -> tuple[str, ...]:
    """Cases in which somebody called the person and they have not looked yet."""
    notes = await desk.messages.mentioning(
        staff.tenant, staff.subject, unread=True, limit=MOST_MENTIONS
    )
    return tuple(dict.fromkeys(note.case_id for note in notes))


async def rows_of(desk: Desk, tenant: str, cases: Sequence[Case]) -> list[Row]:
    """What a list shows of cases, in three reads for all of them."""
    if not cases:
        return []
    ids = [case.case_id for case in cases]
    citizens, with_files, merged = await asyncio.gather(
        desk.citizens.get_many(tenant, (case.citizen_id for case in cases)),
        desk.messages.cases_with_files(tenant, ids),
        desk.cases.merged_into(tenant, ids),
    )
    names = {citizen.citizen_id: citizen.display_name for citizen in citizens}
    return [
        Row(
            case,
            citizen_name=names.get(case.citizen_id, ""),
            has_attachments=case.case_id in with_files,
            merged=sum(other.merged_into == case.case_id for other in merged),
        )
        for case in cases
    ]


async def row_of(desk: Desk, case: Case) -> Row:
    """The same of one case."""
    [row] = await rows_of(desk, case.tenant, [case])
    return row


async def count_cases(desk: Desk, staff: Staff, *, unit: str | None = None) -> Mapping[str, int]:
    """Numbers for the tabs of the inbox, each counted up to one more than `COUNTED`."""
    scopes = scopes_of(staff.units, unit)
    tabs: dict[str, tuple[str, ...]] = {
        "open": (),
        "mine": (facet("assignee", staff.subject),),
        "unassigned": (facet("assignee", ""),),
        "waiting_citizen": (facet("status", Status.WAITING_CITIZEN),),
        "needs_answer": (Flag.NEEDS_ANSWER,),
        "mailbox": (Flag.MAILBOX,),
        "undelivered": (Flag.UNDELIVERED,),
        "emergency": (Flag.EMERGENCY,),
        "incident": (Flag.INCIDENT,),
        "transfer_in": (Flag.TRANSFER_IN,),
        "transfer_out": (Flag.TRANSFER_OUT,),
    }
    queries = [CaseQuery(scopes=scopes, facets=facets) for facets in tabs.values()]
    late = CaseQuery(scopes=scopes, overdue_at=desk.clock.now())
    mentions, *counts = await asyncio.gather(
        desk.messages.count_mentions(staff.tenant, staff.subject, at_most=COUNTED + 1),
        *(desk.cases.count(staff.tenant, query, at_most=COUNTED + 1) for query in (late, *queries)),
    )
    return dict(zip(("mentions", "overdue", *tabs), (mentions, *counts), strict=True))
