"""What the city publishes of its own speed, so that anybody can work it out again.

Every figure is computed from the rows that are published with it, and from nothing else. A
percentile is the nearest rank: the value at position ceil(p * n) of the sorted ones. What could
point at one person is left out at the source: a group of fewer than ten cases has no row, and a
measure that fewer than ten cases of a group have is blank in its rows.
"""

from __future__ import annotations

from array import array
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final
from zoneinfo import ZoneInfo

SMALLEST_GROUP: Final = 10
PERIODS: Final = (30, 90, 365)
MEASURES: Final = ("first_answer_seconds", "resolution_seconds")
COLUMNS: Final = ("id", "unit", "procedure", "opened", "legal_wait_seconds", *MEASURES)
_MINUTE: Final = 60
_UNKNOWN: Final = -1
_Group = tuple[str, str]


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
    def group(self) -> _Group:
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


@dataclass(slots=True)
class _Columns:
    """Cases side by side in 20 bytes each: as objects a large city's year would be a gigabyte."""

    group: array[int] = field(default_factory=lambda: array("I"))
    day: array[int] = field(default_factory=lambda: array("i"))
    legal_wait: array[int] = field(default_factory=lambda: array("i"))
    first_answer: array[int] = field(default_factory=lambda: array("i"))
    resolution: array[int] = field(default_factory=lambda: array("i"))


class Gathered:
    """The cases of one period, as they are read.

    Args:
        zone: of the city, for days.
    """

    def __init__(self, zone: ZoneInfo) -> None:
        self._zone = zone
        self._groups: dict[_Group, int] = {}
        self._columns = _Columns()

    def add(self, cases: Iterable[Times]) -> None:
        """Takes some more of them."""
        into, groups = self._columns, self._groups
        for one in cases:
            start = one.open_time
            into.group.append(groups.setdefault((one.unit, one.procedure), len(groups)))
            into.day.append(start.astimezone(self._zone).toordinal())
            into.legal_wait.append(_minutes_up(start, one.legal_time))
            into.first_answer.append(_minutes_up(start, one.first_answer_time))
            into.resolution.append(_minutes_up(start, one.resolve_time))

    def publish(self, new_id: Callable[[], int]) -> PublicTable:
        """What may be published of them.

        Args:
            new_id: gives a random number of 64 bits.
        """
        columns = self._columns
        sizes = Counter(columns.group)
        shown = {group for group, size in sizes.items() if size >= SMALLEST_GROUP}
        days: dict[int, Counter[date]] = defaultdict(Counter)
        for (group, day), count in Counter(zip(columns.group, columns.day, strict=True)).items():
            days[group][date.fromordinal(day)] = count
        rows = array("I", (at for at, group in enumerate(columns.group) if group in shown))
        return PublicTable(
            groups=[*self._groups],
            opened={group: _names_of(days[group]) for group in shown},
            answered=_known_by_enough(columns.group, columns.first_answer),
            resolved=_known_by_enough(columns.group, columns.resolution),
            columns=columns,
            rows=rows,
            ids=array("Q", (new_id() for _ in rows)),
        )


@dataclass(frozen=True, slots=True)
class PublicTable:
    """The rows that may be published, made one by one as they are asked for.

    Attributes:
        groups: unit and procedure by number.
        opened: what is written for each day, by group.
        answered: groups whose first answers may be told.
        resolved: groups whose resolutions may be told.
        rows: which of the columns' cases are shown.
        ids: theirs, in the same order.
    """

    groups: Sequence[_Group]
    opened: Mapping[int, Mapping[date, str]]
    answered: frozenset[int]
    resolved: frozenset[int]
    columns: _Columns
    rows: array[int]
    ids: array[int]

    def __len__(self) -> int:
        """How many there are."""
        return len(self.rows)

    def __iter__(self) -> Iterator[PublicRow]:
        """By their random ids: the order of the file says nothing of the order of the cases."""
        columns = self.columns
        for number in array("I", sorted(range(len(self.rows)), key=self.ids.__getitem__)):
            at = self.rows[number]
            group = columns.group[at]
            unit, procedure = self.groups[group]
            yield PublicRow(
                row_id=f"{self.ids[number]:016x}",
                unit=unit,
                procedure=procedure,
                opened=self.opened[group].get(date.fromordinal(columns.day[at]), ""),
                legal_wait_seconds=max(0, columns.legal_wait[at]),
                first_answer_seconds=_told(columns.first_answer[at], group in self.answered),
                resolution_seconds=_told(columns.resolution[at], group in self.resolved),
            )


def _minutes_up(start: datetime, end: datetime | None) -> int:
    """Seconds in whole minutes, rounded up: exact seconds would point at one case."""
    if end is None:
        return _UNKNOWN
    seconds = max(0, int((end - start).total_seconds()))
    return -(-seconds // _MINUTE) * _MINUTE


def _names_of(days: Counter[date]) -> Mapping[date, str]:
    """The finest time of entry that hides each case of a group among ten; none when none does."""
    for written in (_day, _week, _month):
        shared: Counter[str] = Counter()
        for day, count in days.items():
            shared[written(day)] += count
        if min(shared.values()) >= SMALLEST_GROUP:
            return {day: written(day) for day in days}
    return {}


def _day(day: date) -> str:
    return day.isoformat()


def _week(day: date) -> str:
    year, week, _ = day.isocalendar()
    return f"{year}-W{week:02d}"


def _month(day: date) -> str:
    return f"{day:%Y-%m}"


def _known_by_enough(groups: array[int], values: array[int]) -> frozenset[int]:
    known = Counter(group for group, value in zip(groups, values, strict=True) if value != _UNKNOWN)
    return frozenset(group for group, count in known.items() if count >= SMALLEST_GROUP)


def _told(value: int, may_be: bool) -> int | None:
    return value if may_be and value != _UNKNOWN else None


@dataclass(slots=True)
class _Line:
    cases: int = 0
    first_answer: array[int] = field(default_factory=lambda: array("i"))
    resolution: array[int] = field(default_factory=lambda: array("i"))


def figures_of(rows: Iterable[PublicRow]) -> list[Figure]:
    """All lines of the page, from the published rows alone."""
    lines: dict[_Group, _Line] = defaultdict(_Line)
    for row in rows:
        for key in (("", ""), (row.unit, ""), ("", row.procedure), row.group):
            line = lines[key]
            line.cases += 1
            if row.first_answer_seconds is not None:
                line.first_answer.append(row.first_answer_seconds)
            if row.resolution_seconds is not None:
                line.resolution.append(row.resolution_seconds)
    return [
        Figure(
            unit=unit,
            procedure=procedure,
            cases=line.cases,
            first_answer=_measured(line.first_answer),
            resolution=_measured(line.resolution),
        )
        for (unit, procedure), line in sorted(lines.items(), key=lambda one: one[0])
    ]


def _measured(values: array[int]) -> Measured:
    if len(values) < SMALLEST_GROUP:
        return Measured(len(values), None, None)
    known = sorted(values)
    return Measured(len(known), nearest_rank(known, 50), nearest_rank(known, 90))


def nearest_rank(ordered: Sequence[int], percent: int) -> int:
    """The value at position ceil(p * n) of sorted values."""
    return ordered[-(-percent * len(ordered) // 100) - 1]


def csv_of(rows: Iterable[PublicRow]) -> Iterator[str]:
    """The file, line by line: RFC 4180, an empty field where nothing is known or published."""
    yield ",".join(COLUMNS) + "\r\n"
    for row in rows:
        first, resolution = row.first_answer_seconds, row.resolution_seconds
        yield (
            f"{row.row_id},{row.unit},{row.procedure},{row.opened},{row.legal_wait_seconds},"
            f"{'' if first is None else first},{'' if resolution is None else resolution}\r\n"
        )
