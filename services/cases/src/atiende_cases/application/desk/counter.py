"""Use case: what a clerk hands over to the person whose matter they wrote down."""

from __future__ import annotations

from atiende_cases.application.desk.access import Desk, Staff
from atiende_cases.domain.case import Case
from atiende_cases.domain.errors import not_found


async def written_down_case(desk: Desk, staff: Staff, case_id: str) -> Case:
    """The case of a form that this very person filled in at the counter.

    It may belong to a unit whose cases they do not see: they learn its folio, no more.

    Raises:
        NotFound: it is not opened yet, or somebody else wrote it down.
    """
    case = await desk.cases.get(staff.tenant, case_id)
    if case is None:
        raise not_found()
    opening = await desk.messages.get(staff.tenant, case.opened_by_message_id)
    if opening is None or not staff.subject or opening.submitted_by != staff.subject:
        raise not_found()
    return case
