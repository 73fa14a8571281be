"""The clocks of a case."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from atiende_city.errors import CalendarYearMissing
from atiende_city.model import Procedure
from atiende_city.release import Release


@dataclass(frozen=True, slots=True)
class Clocks:
    """What the law and the procedure count from an instant of entry."""

    legal_time: datetime
    first_answer_due_time: datetime
    due_time: datetime
    out_of_hours: bool
    calendar_missing: bool = False


def clocks_of(procedure: Procedure, release: Release, entered: datetime) -> Clocks:
    """Computes the clocks of a case.

    A year that the calendar does not cover must not lose the matter (intake stays open when
    something else fails): the case is then due at once, so that it is seen first.
    """
    hours = release.working_time(procedure.unit_id)
    try:
        is_open = hours.is_open(entered)
        legal = entered if is_open else hours.next_opening(entered)
        due = release.due_times(procedure, entered)
        return Clocks(legal, due.first_answer, due.due, out_of_hours=not is_open)
    except CalendarYearMissing:
        return Clocks(entered, entered, entered, out_of_hours=False, calendar_missing=True)
