"""Use cases: notes that call a colleague."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from atiende_cases.application.desk.access import Desk, Staff
from atiende_cases.application.ports import Colleague, Directory, SaveMessage
from atiende_cases.domain.case import Case
from atiende_cases.domain.message import Message
from atiende_kit.errors import VersionMismatch
from atiende_kit.store import Outcome, retry_stale

_MOST_PEOPLE: Final = 200


async def people_of_case(
    desk: Desk, directory: Directory, staff: Staff, case_id: str
) -> list[Colleague]:
    """Those whom a note of a case may call: who may see it."""
    case = await desk.see(staff, case_id)
    return await directory.who_see(staff.tenant, case.visible_units, limit=_MOST_PEOPLE)


@dataclass(frozen=True, slots=True)
class Called:
    """A note that calls the person, and the case that it is about."""

    note: Message
    case: Case


async def list_mentions(
    desk: Desk,
    staff: Staff,
    *,
    unread: bool,
    before: tuple[datetime, str] | None,
    limit: int,
) -> tuple[list[Called], Message | None]:
    """Notes that call the person, newest first, of cases that they may still see.

    Returns:
        A page, and the last note that was looked at when there are more.
    """
    found = await desk.messages.mentioning(
        staff.tenant, staff.subject, unread=unread, before=before, limit=limit + 1
    )
    page = found[:limit]
    cases = {
        case.case_id: case
        for case in await desk.cases.get_many(staff.tenant, (note.case_id for note in page))
        if staff.may_see(case)
    }
    called = [Called(note, cases[note.case_id]) for note in page if note.case_id in cases]
    return called, page[-1] if len(found) > limit else None


async def read_mentions(desk: Desk, staff: Staff, message_ids: Sequence[str]) -> int:
    """Notes that the person has looked at notes that call them; gives how many are new."""
    now = desk.clock.now()

    async def attempt() -> int:
        notes = await desk.messages.get_many(staff.tenant, message_ids)
        changed = [read for note in notes if (read := note.read_by(staff.subject, now)) != note]
        cases = {
            case.case_id: case
            for case in await desk.cases.get_many(staff.tenant, (n.case_id for n in changed))
        }
        saves = [SaveMessage(note, cases[note.case_id]) for note in changed]
        outcomes = await desk.messages.write(saves)
        if any(outcome is not Outcome.DONE for outcome in outcomes):
            raise VersionMismatch("MESSAGE_CHANGED", "La nota cambió mientras tanto.")
        return len(saves)

    return await retry_stale(attempt)
