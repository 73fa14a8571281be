"""Under what a case is found in the inbox, and where it stands there.

Every case carries the *facets* that are true of it ("unassigned", "channel:email", "undelivered")
and the *keys* under which it is filed: each facet in the scope of each unit that may see it, and in
that of the whole city. One index over (key, position) then answers any one facet in any order
without looking at a case that is not wanted; a second facet is looked for among those of the
first. ADR 0016 says why, and what it costs.

A position is a text that is unique and sorts as the order says, so that a page begins right after
the position of the last row: a thousand cases that are due at the same closing hour are no
obstacle.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum
from typing import Final

from atiende_cases.domain.case import Case

CITY: Final = "*"
"""The scope of those who see every unit."""


class Sort(StrEnum):
    """Order of a list: what is due first, or what was opened or changed last in front."""

    DUE = "due"
    NEWEST = "newest"
    UPDATED = "updated"

    @property
    def descends(self) -> bool:
        """Whether the greatest position stands in front."""
        return self is not Sort.DUE


class Drawer(StrEnum):
    """What the city still owes, what is over, and what is attended under another folio."""

    ACTIVE = "active"
    OVER = "over"
    MERGED = "merged"


class Flag(StrEnum):
    """Facets without a value."""

    NEEDS_ANSWER = "needs_answer"
    UNDELIVERED = "undelivered"
    EMERGENCY = "emergency"
    OUT_OF_HOURS = "out_of_hours"
    MAILBOX = "mailbox"
    UNREADABLE = "unreadable"
    CALENDAR_MISSING = "calendar_missing"
    PUBLIC = "public"
    INCIDENT = "incident"
    REOPENED = "reopened"
    TRANSFER_IN = "transfer_in"
    TRANSFER_OUT = "transfer_out"


SCOPED: Final = frozenset({Flag.TRANSFER_IN, Flag.TRANSFER_OUT})
"""Facets that hold in the scope of one unit and not of the other."""


def drawer_of(case: Case) -> Drawer:
    """The drawer in which a case lies."""
    if case.merged_into:
        return Drawer.MERGED
    return Drawer.ACTIVE if case.is_active else Drawer.OVER


def facets_of(case: Case) -> tuple[str, ...]:
    """All that a list can be narrowed by and that is true of a case in any scope."""
    claim = case.claim
    flags = {
        Flag.NEEDS_ANSWER: claim.needs_answer,
        Flag.UNDELIVERED: case.undelivered,
        Flag.EMERGENCY: claim.emergency,
        Flag.OUT_OF_HOURS: case.out_of_hours,
        # What came while the office was closed and nobody has answered yet.
        Flag.MAILBOX: case.out_of_hours and case.first_answer_time is None,
        Flag.UNREADABLE: case.unreadable,
        Flag.CALENDAR_MISSING: case.calendar_missing,
        Flag.PUBLIC: case.public,
        Flag.INCIDENT: bool(case.incident_id),
        Flag.REOPENED: case.reopen_count > 0,
    }
    values = [
        facet("status", case.status),
        facet("assignee", case.assignee_id),
        facet("channel", case.channel),
        facet("procedure", case.procedure_code),
        facet("priority", claim.priority),
        *([facet("incident", case.incident_id)] if case.incident_id else []),
    ]
    return (*values, *(flag for flag, holds in flags.items() if holds))


def facet(name: str, value: object) -> str:
    """A facet with a value; an empty one is "nobody" or "none"."""
    return f"{name}:{value}"


def keys_of(case: Case) -> tuple[str, ...]:
    """All keys under which a case is filed."""
    drawer = drawer_of(case)
    if drawer is Drawer.MERGED:
        return tuple(key(scope, drawer) for scope in (CITY, *case.visible_units))
    facets = ("", *facets_of(case))
    keys = [key(scope, drawer, f) for scope in (CITY, *case.visible_units) for f in facets]
    if case.transfer is not None:
        receiver, giver = case.transfer.to_unit_id, case.transfer.from_unit_id
        keys += [key(scope, drawer, Flag.TRANSFER_IN) for scope in (CITY, receiver)]
        keys += [key(scope, drawer, Flag.TRANSFER_OUT) for scope in (CITY, giver)]
    return tuple(keys)


def key(scope: str, drawer: Drawer, of: str = "") -> str:
    """The key of a facet within a drawer of a scope; without a facet, of the whole drawer."""
    return f"{scope}/{drawer}/{of}"


def position(sort: Sort, case: Case) -> str:
    """Where a case stands in an order."""
    times = {
        Sort.DUE: case.next_due_time,
        Sort.NEWEST: case.open_time,
        Sort.UPDATED: case.update_time,
    }
    return instant_position(times[sort]) + case.case_id


def instant_position(instant: datetime) -> str:
    """Where what happens at an instant begins in any order."""
    return f"{int(instant.timestamp() * 1000):015d}"


def scopes_of(units: Iterable[str] | None, unit: str | None) -> tuple[str, ...]:
    """The scopes in which a person looks.

    Args:
        units: of the person; None for those who see the whole city.
        unit: the one they want to see; what is not theirs gives no scope, whether it exists or not.
    """
    if units is None:
        return (CITY,) if unit is None else (unit,)
    mine = tuple(sorted(units))
    if unit is None:
        return mine
    return (unit,) if unit in mine else ()
