"""Use case: the inbox."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from atiende_cases.application.desk.access import Desk, Staff
from atiende_cases.application.ports import CaseQuery
from atiende_cases.domain.case import Case
from atiende_cases.domain.folio import Folio, FolioError
from atiende_cases.domain.search import query_terms
from atiende_cases.domain.values import ACTIVE, Channel, Status


@dataclass(frozen=True, slots=True)
class InboxFilter:
    """What a person asked for; None is "any"."""

    status: Status | None = None
    unit: str | None = None
    assignee: str | None = None
    channel: Channel | None = None
    procedure: str | None = None
    priority: int | None = None
    text: str | None = None
    after: tuple[datetime, str] | None = None
    limit: int = 50


async def list_cases(desk: Desk, staff: Staff, wanted: InboxFilter) -> tuple[list[Case], bool]:
    """Lists cases, what is due first in front.

    Args:
        desk: what is needed.
        staff: who asks; their units bound what is found.
        wanted: filters. Without a status: what the city still owes; with a text: everything.

    Returns:
        A page and whether there is more.
    """
    query = CaseQuery(
        statuses=_statuses(wanted),
        units=staff.scope,
        unit=wanted.unit,
        assignee=wanted.assignee,
        channel=wanted.channel,
        procedure=wanted.procedure,
        priority=wanted.priority,
        after=wanted.after,
        limit=wanted.limit + 1,
    )
    if wanted.text is not None:
        try:
            folio = str(Folio.parse(wanted.text))
        except FolioError:
            terms = query_terms(wanted.text)
            if not terms:
                return [], False
            query = replace(query, terms=terms)
        else:
            found = await desk.cases.by_folios(staff.tenant, [folio])
            return [case for case in found if staff.may_see(case)], False
    cases = await desk.cases.page(staff.tenant, query)
    return cases[: wanted.limit], len(cases) > wanted.limit


def _statuses(wanted: InboxFilter) -> tuple[Status, ...]:
    if wanted.status is not None:
        return (wanted.status,)
    return ACTIVE if wanted.text is None else tuple(Status)
