"""Working time of a unit: its hours, the city's holidays and the time zone.

Two clocks live here. Minutes of work run only while the unit is open (first-answer targets,
escalations). Terms in working days are legal: they count from the day after receipt, on days that
are neither weekend nor holiday, and end when the unit closes on the last one (Colombia: Ley
1755/2015 art. 14; Ley 1437/2011 art. 62 of Ley 4/1913 for what a working day is).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from atiende_city.errors import CalendarYearMissing

_MINUTES_PER_DAY = 24 * 60
_MAX_DAYS = 3_700
"""Ten years: a walk this long means a unit that never opens."""

Hours = Mapping[int, tuple[tuple[int, int], ...]]


class WorkingTime:
    """The working time of one unit.

    Args:
        hours: Weekday (0 is Monday) to intervals in minutes of the local day, ordered and apart.
        holidays: Days on which nobody works.
        years: Years the calendar covers; another year raises `CalendarYearMissing`.
        timezone: The city's time zone.
        legal_weekdays: Weekdays that count for terms in days.

    Instants are aware; results are in UTC.
    """

    def __init__(
        self,
        *,
        hours: Hours,
        holidays: frozenset[date],
        years: frozenset[int],
        timezone: ZoneInfo,
        legal_weekdays: frozenset[int] = frozenset(range(5)),
    ) -> None:
        self._hours = hours
        self._holidays = holidays
        self._years = years
        self._timezone = timezone
        self._legal_weekdays = legal_weekdays

    def is_holiday(self, day: date) -> bool:
        """Says whether a day is a holiday.

        Raises:
            CalendarYearMissing: the calendar does not cover the year.
        """
        if day.year not in self._years:
            raise CalendarYearMissing(day.year)
        return day in self._holidays

    def is_open(self, instant: datetime) -> bool:
        """Says whether the unit works at an instant; the closing instant itself is closed."""
        day = instant.astimezone(self._timezone).date()
        return any(start <= instant < end for start, end in self._spans(day))

    def next_opening(self, instant: datetime) -> datetime:
        """Returns the first instant from ``instant`` on at which the unit works."""
        for start, end in self._spans_from(instant):
            if instant < end:
                return max(start, instant).astimezone(UTC)
        raise AssertionError  # _spans_from never ends

    def add_minutes(self, instant: datetime, working_minutes: float) -> datetime:
        """Returns the earliest instant at which so many minutes of work have passed.

        Ends that fall on a closing time stay there; zero minutes give ``instant`` back.
        """
        left = timedelta(minutes=working_minutes)
        if left <= timedelta(0):
            return instant.astimezone(UTC)
        for start, end in self._spans_from(instant):
            begin = max(start, instant)
            if begin >= end:
                continue
            if left <= end - begin:
                return begin.astimezone(UTC) + left
            left -= end - begin
        raise AssertionError  # _spans_from never ends

    def minutes_between(self, start: datetime, end: datetime) -> float:
        """Returns the minutes of work between two instants; 0 when they are the wrong way round."""
        total = timedelta(0)
        if start >= end:
            return 0.0
        for opening, closing in self._spans_from(start):
            if opening >= end:
                break
            total += max(min(closing, end) - max(opening, start), timedelta(0))
        return total / timedelta(minutes=1)

    def is_legal_day(self, day: date) -> bool:
        """Says whether a day counts for a term in working days."""
        return not self.is_holiday(day) and day.weekday() in self._legal_weekdays

    def add_days(self, instant: datetime, working_days: int) -> datetime:
        """Returns the end of a term in working days.

        The term counts from the day after ``instant`` and ends when the unit closes on its last
        day; at local midnight when the unit has no hours on that day.

        Raises:
            ValueError: less than one day.
        """
        if working_days < 1:
            raise ValueError("a term has at least one day")
        day = instant.astimezone(self._timezone).date()
        counted = 0
        for _ in range(_MAX_DAYS):
            day += timedelta(days=1)
            if self.is_legal_day(day):
                counted += 1
            if counted == working_days:
                return self._closing(day)
        raise ValueError("the calendar has too few working days")

    def _closing(self, day: date) -> datetime:
        spans = self._spans(day)
        return (spans[-1][1] if spans else self._at(day, _MINUTES_PER_DAY)).astimezone(UTC)

    def _spans_from(self, instant: datetime) -> Iterator[tuple[datetime, datetime]]:
        day = instant.astimezone(self._timezone).date()
        for offset in range(_MAX_DAYS):
            yield from self._spans(day + timedelta(days=offset))
        raise ValueError("the unit never opens")

    def _spans(self, day: date) -> list[tuple[datetime, datetime]]:
        if self.is_holiday(day):
            return []
        return [
            (self._at(day, start), self._at(day, end))
            for start, end in self._hours.get(day.weekday(), ())
        ]

    def _at(self, day: date, minute: int) -> datetime:
        # Through UTC: across a change of the clock an interval lasts what it really lasts.
        if minute == _MINUTES_PER_DAY:
            day, minute = day + timedelta(days=1), 0
        local = datetime.combine(day, time(minute // 60, minute % 60), self._timezone)
        return local.astimezone(UTC)
