"""Use case: what happened in a case, and to a citizen over all channels."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from atiende_cases.application.desk.access import Desk, Staff
from atiende_cases.domain.case import Case, HistoryEntry
from atiende_cases.domain.citizen import Citizen
from atiende_cases.domain.errors import citizen_not_found
from atiende_cases.domain.message import Message, timeline

MOST_ENTRIES: Final = 1_000
MOST_CASES: Final = 200


@dataclass(frozen=True, slots=True)
class Moment:
    """One line of a timeline: a message, or something done to a case.

    Attributes:
        copies: the same answer on its way to citizens of duplicates.
    """

    time: datetime
    case_id: str
    message: Message | None = None
    done: HistoryEntry | None = None
    copies: tuple[Message, ...] = ()


async def case_timeline(desk: Desk, staff: Staff, case_id: str) -> list[Moment]:
    """All that was written and done, oldest first; with what duplicates of it brought."""
    case = await desk.see(staff, case_id)
    # Read by id: a listing leaves the history away.
    duplicates = await desk.cases.get_many(
        staff.tenant,
        (one.case_id for one in await desk.cases.merged_into(staff.tenant, [case.case_id])),
    )
    family = [case, *duplicates]
    conversations = await asyncio.gather(
        *(
            desk.messages.of_conversation(staff.tenant, one.conversation_id, limit=MOST_ENTRIES)
            for one in family
        )
    )
    return _woven((m for messages in conversations for m in messages), family)


@dataclass(frozen=True, slots=True)
class CitizenView:
    """One person: who they are and their cases, newest first.

    Attributes:
        other_cases: how many cases other units have; their content stays there.
    """

    citizen: Citizen
    cases: tuple[Case, ...]
    other_cases: int


async def see_citizen(desk: Desk, staff: Staff, citizen_id: str) -> CitizenView:
    """A citizen and the cases that the person may see.

    Raises:
        NotFound: there is none, or none of their cases is within the person's units.
    """
    citizen = await desk.citizens.get(staff.tenant, citizen_id)
    if citizen is None:
        raise citizen_not_found()
    cases = await desk.cases.of_citizen(staff.tenant, citizen_id, limit=MOST_CASES)
    seen = tuple(case for case in cases if staff.may_see(case))
    if not seen and staff.units is not None:
        raise citizen_not_found()
    return CitizenView(citizen, seen, len(cases) - len(seen))


async def citizen_timeline(desk: Desk, staff: Staff, citizen_id: str) -> list[Moment]:
    """All channels of a citizen in one line, oldest first, as far as the person may see."""
    view = await see_citizen(desk, staff, citizen_id)
    seen = {case.case_id for case in view.cases}
    messages = await desk.messages.of_citizen(staff.tenant, citizen_id, limit=MOST_ENTRIES)
    cases = await desk.cases.get_many(staff.tenant, seen)
    return _woven((m for m in messages if m.case_id in seen), cases)


def _woven(messages: Iterable[Message], cases: Iterable[Case]) -> list[Moment]:
    """What was written and done in one line; a copy of an answer stands with the answer."""
    entries = timeline(messages)
    shown = {m.message_id for m in entries}
    copies: dict[str, list[Message]] = {}
    for message in entries:
        if message.copy_of in shown:
            copies.setdefault(message.copy_of, []).append(message)
    moments = [
        Moment(m.order_time, m.case_id, message=m, copies=tuple(copies.get(m.message_id, ())))
        for m in entries
        if m.copy_of not in shown
    ]
    moments += [
        Moment(entry.time, case.case_id, done=entry) for case in cases for entry in case.history
    ]
    # Sorting is stable: messages of one instant keep their own order.
    return sorted(moments, key=lambda moment: moment.time)
