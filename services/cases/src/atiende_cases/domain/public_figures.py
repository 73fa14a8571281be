"""What the city publishes of its own speed, so that anybody can work it out again.

Every figure is computed from the rows that are published with it, and from nothing else. A
percentile is the nearest rank: the value at position ceil(p * n) of the sorted ones. What could
point at one person is left out at the source: a group of fewer than ten cases has no row, and a
measure that fewer than ten cases of a group have is blank in its rows.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Final
from zoneinfo import ZoneInfo

SMALLEST_GROUP: Final = 10
PERIODS: Final = (30, 90, 365)
MEASURES: Final = ("first_answer_seconds", "resolution_seconds")
COLUMNS: Final = ("id", "unit", "procedure", "opened", "legal_wait_seconds", *MEASURES)
_MINUTE: Final = 60


@dataclass(frozen=True, slots=True)
class PublicRow:
    """One case without anything that names it.

    Attributes:
        row_id: random, made anew at each publication: it is no folio and leads to none.
        opened: day, week or month of entry: the finest that at least ten cases of the group share.
        legal_wait_seconds: from entry to the time from which the law counts.
    """

    row_id: str
    unit: str
    procedure: str
    opened: str
    legal_wait_seconds: int
    first_answer_seconds: int | None
    resolution_seconds: int | None

    @property
    def group(self) -> tuple[str, str]:
        """What the row is counted with."""
        return (self.unit, self.procedure)


@dataclass(frozen=True, slots=True)
class Measured:
    """A measure of a group; None for both when it is withheld."""

    n: int
    p50: int | None
    p90: int | None


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of the page: a unit, a procedure, both, or the whole city (both empty)."""

    unit: str
    procedure: str
    cases: int
    first_answer: Measured
    resolution: Measured


@dataclass(frozen=True, slots=True)
class Times:
    """What is read of a case."""

    unit: str
    procedure: str
    open_time: datetime
    legal_time: datetime
    first_answer_time: datetime | None
    resolve_time: datetime | None


def minutes_up(start: datetime, end: datetime | None) -> int | None:
    """Seconds in whole minutes, rounded up: exact seconds would point at one case."""
    if end is None:
        return None
    seconds = max(0, int((end - start).total_seconds()))
    return -(-seconds // _MINUTE) * _MINUTE


def published(cases: Iterable[Times], ids: Iterable[str], zone: ZoneInfo) -> list[PublicRow]:
    """The rows that may be published.

    Args:
        cases: of one period.
        ids: random ones, as many as there are cases.
        zone: of the city, for days.
    """
    groups: dict[tuple[str, str], list[tuple[PublicRow, date]]] = defaultdict(list)
    for one, row_id in zip(cases, ids, strict=False):
        row = PublicRow(
            row_id=row_id,
            unit=one.unit,
            procedure=one.procedure,
            opened="",
            legal_wait_seconds=minutes_up(one.open_time, one.legal_time) or 0,
            first_answer_seconds=minutes_up(one.open_time, one.first_answer_time),
            resolution_seconds=minutes_up(one.open_time, one.resolve_time),
        )
        groups[row.group].append((row, one.open_time.astimezone(zone).date()))
    rows = [
        row
        for group in groups.values()
        if len(group) >= SMALLEST_GROUP
        for row in _blanked(_dated(group))
    ]
    # By a random id: the order of the file says nothing of the order of the cases.
    return sorted(rows, key=lambda row: row.row_id)


def _dated(group: Sequence[tuple[PublicRow, date]]) -> list[PublicRow]:
    """Gives every row of a group the finest time of entry that hides each of them among ten."""
    for written in (_day, _week, _month):
        names = [written(day) for _, day in group]
        if min(Counter(names).values()) >= SMALLEST_GROUP:
            return [replace(row, opened=name) for (row, _), name in zip(group, names, strict=True)]
    return [row for row, _ in group]


def _day(day: date) -> str:
    return day.isoformat()


def _week(day: date) -> str:
    year, week, _ = day.isocalendar()
    return f"{year}-W{week:02d}"


def _month(day: date) -> str:
    return f"{day:%Y-%m}"


def _blanked(rows: list[PublicRow]) -> list[PublicRow]:
    for measure in MEASURES:
        if sum(getattr(row, measure) is not None for row in rows) < SMALLEST_GROUP:
            blank: dict[str, int | None] = {measure: None}
            rows = [replace(row, **blank) for row in rows]  # type: ignore[arg-type]  # one of the two measures
    return rows


def figures_of(rows: Sequence[PublicRow]) -> list[Figure]:
    """All lines of the page, from the published rows alone."""
    lines: dict[tuple[str, str], list[PublicRow]] = defaultdict(list)
    for row in rows:
        for key in (("", ""), (row.unit, ""), ("", row.procedure), (row.unit, row.procedure)):
            lines[key].append(row)
    return [
        Figure(
            unit=unit,
            procedure=procedure,
            cases=len(found),
            first_answer=_measured([row.first_answer_seconds for row in found]),
            resolution=_measured([row.resolution_seconds for row in found]),
        )
        for (unit, procedure), found in sorted(lines.items())
    ]


def _measured(values: Sequence[int | None]) -> Measured:
    known = sorted(value for value in values if value is not None)
    if len(known) < SMALLEST_GROUP:
        return Measured(len(known), None, None)
    return Measured(len(known), nearest_rank(known, 50), nearest_rank(known, 90))


def nearest_rank(ordered: Sequence[int], percent: int) -> int:
    """The value at position ceil(p * n) of sorted values."""
    return ordered[-(-percent * len(ordered) // 100) - 1]


def csv_of(rows: Iterable[PublicRow]) -> str:
    """The file: RFC 4180, an empty field where nothing is known or published."""
    lines = [",".join(COLUMNS)]
    lines += [
        ",".join(
            (
                row.row_id,
                row.unit,
                row.procedure,
                row.opened,
                str(row.legal_wait_seconds),
                "" if row.first_answer_seconds is None else str(row.first_answer_seconds),
                "" if row.resolution_seconds is None else str(row.resolution_seconds),
            )
        )
        for row in rows
    ]
    return "\r\n".join(lines) + "\r\n"
