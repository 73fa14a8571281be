"""Working time against slow oracles that share no code with it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import holidays as public_holidays
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from atiende_city import CalendarYearMissing, WorkingTime
from atiende_city.testing import example_release

pytestmark = pytest.mark.unit

BOGOTA = ZoneInfo("America/Bogota")
SANTIAGO = ZoneInfo("America/Santiago")  # changes its clock at midnight
LUNCH = tuple((h * 60, e * 60) for h, e in ((8, 12), (14, 17)))


def clock(hours, holidays=(), zone=BOGOTA, years=range(2025, 2030)):
    return WorkingTime(
        hours=hours, holidays=frozenset(holidays), years=frozenset(years), timezone=zone
    )


def local(text: str, zone=BOGOTA) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone)


# -- oracles: minute by minute, day by day ------------------------------------------------------


def slow_is_open(hours, holidays, zone, instant) -> bool:
    there = instant.astimezone(zone)
    minute = there.hour * 60 + there.minute
    spans = () if there.date() in holidays else hours.get(there.weekday(), ())
    return any(start <= minute < end for start, end in spans)


def slow_add_minutes(hours, holidays, zone, instant, minutes):
    at = instant
    while minutes:
        if slow_is_open(hours, holidays, zone, at):
            minutes -= 1
        at += timedelta(minutes=1)
    return at


def slow_add_days(hours, holidays, zone, instant, days):
    """A table of all days of the year, then a count."""
    first = instant.astimezone(zone).date() + timedelta(days=1)
    table = [first + timedelta(days=n) for n in range(days * 2 + 60)]
    legal = [d for d in table if d.strftime("%a") not in ("Sat", "Sun") and d not in holidays]
    last = legal[days - 1]
    closing = max((end for _, end in hours.get(last.weekday(), ())), default=1440)
    midnight = datetime(last.year, last.month, last.day, tzinfo=zone)
    there = midnight + timedelta(minutes=closing)  # wall clock arithmetic
    return there.astimezone(UTC)


SPANS = st.lists(st.integers(0, 48), min_size=2, max_size=4, unique=True).map(
    lambda marks: tuple(
        (a * 30, b * 30) for a, b in zip(sorted(marks)[::2], sorted(marks)[1::2], strict=False)
    )
)
WEEKS = st.dictionaries(st.integers(0, 6), SPANS, min_size=1, max_size=7)
DAYS = st.dates(date(2026, 1, 1), date(2027, 6, 30))
INSTANTS = st.datetimes(datetime(2026, 1, 1), datetime(2027, 6, 30)).map(
    lambda at: at.replace(second=0, microsecond=0, tzinfo=UTC)
)
ZONES = st.sampled_from([BOGOTA, SANTIAGO, ZoneInfo("Europe/Madrid"), UTC])


@settings(max_examples=150, deadline=None)
@given(WEEKS, st.frozensets(DAYS, max_size=30), ZONES, INSTANTS, st.integers(1, 900))
@example({6: ((0, 1440),)}, frozenset(), SANTIAGO, datetime(2026, 9, 6, 3, 0, tzinfo=UTC), 120)
@example({6: ((0, 120),)}, frozenset(), SANTIAGO, datetime(2026, 4, 5, 1, 0, tzinfo=UTC), 90)
@example({0: ((480, 720), (840, 1020))}, frozenset(), BOGOTA, datetime(2026, 1, 5, tzinfo=UTC), 420)
def test_minutes_equal_the_minute_by_minute_oracle(hours, days_off, zone, instant, minutes):
    expected = slow_add_minutes(hours, days_off, zone, instant, minutes)
    assert clock(hours, days_off, zone).add_minutes(instant, minutes) == expected


@settings(max_examples=300, deadline=None)
@given(WEEKS, st.frozensets(DAYS, max_size=60), ZONES, INSTANTS, st.integers(1, 60))
@example({0: LUNCH}, frozenset(), BOGOTA, datetime(2026, 12, 31, 4, 59, tzinfo=UTC), 10)
def test_terms_equal_the_day_by_day_oracle(hours, days_off, zone, instant, days):
    expected = slow_add_days(hours, days_off, zone, instant, days)
    assert clock(hours, days_off, zone).add_days(instant, days) == expected


@settings(max_examples=300, deadline=None)
@given(WEEKS, st.frozensets(DAYS, max_size=30), ZONES, INSTANTS)
def test_next_opening_is_the_first_open_minute(hours, days_off, zone, instant):
    subject = clock(hours, days_off, zone)
    found = subject.next_opening(instant)
    assert subject.is_open(found)
    assert slow_is_open(hours, days_off, zone, found)
    assert found == instant or not subject.is_open(found - timedelta(minutes=1))
    assert subject.is_open(instant) == slow_is_open(hours, days_off, zone, instant)


@settings(max_examples=200, deadline=None)
@given(WEEKS, st.frozensets(DAYS, max_size=30), ZONES, INSTANTS, st.integers(1, 3000))
def test_minutes_between_undoes_adding(hours, days_off, zone, instant, minutes):
    subject = clock(hours, days_off, zone)
    end = subject.add_minutes(instant, minutes)
    assert subject.minutes_between(instant, end) == pytest.approx(minutes)


def test_term_counts_from_the_day_after_receipt_and_ends_at_closing():
    subject = clock(dict.fromkeys(range(5), LUNCH))
    friday_night = local("2026-11-20T23:59:59.999")
    assert subject.add_days(friday_night, 1) == local("2026-11-23T17:00")


def test_fifteen_working_days_pass_holidays_golden_cases():
    subject = example_release().working_time("vias")
    # Checked by hand on the calendar: 8 December (Inmaculada) does not count.
    assert subject.add_days(local("2026-11-21T10:00"), 15) == local("2026-12-14T17:00")
    # Holy Week: 2 and 3 April 2026 do not count.
    assert subject.add_days(local("2026-03-30T09:00"), 3) == local("2026-04-06T17:00")
    # Across the year: 25 December and 1 January.
    assert subject.add_days(local("2026-12-22T09:00"), 10) == local("2027-01-07T17:00")


def test_closing_instant_is_closed_and_lunch_is_closed():
    subject = clock({0: LUNCH})
    assert subject.is_open(local("2026-11-23T11:59:59.999"))
    assert not subject.is_open(local("2026-11-23T12:00"))
    assert not subject.is_open(local("2026-11-23T13:00"))
    assert subject.next_opening(local("2026-11-23T12:30")) == local("2026-11-23T14:00")


def test_work_that_ends_at_closing_stays_there():
    assert clock({0: LUNCH}).add_minutes(local("2026-11-23T11:00"), 60) == local("2026-11-23T12:00")


def test_missing_year_stops_the_clock():
    subject = clock({0: LUNCH}, years=(2026,))
    with pytest.raises(CalendarYearMissing) as caught:
        subject.add_days(local("2026-12-28T10:00"), 10)
    assert caught.value.year == 2027
    with pytest.raises(CalendarYearMissing):
        subject.is_open(local("2025-06-02T10:00"))


def test_unit_that_never_opens_is_an_error_not_a_loop():
    with pytest.raises((ValueError, CalendarYearMissing)):
        clock({}).next_opening(local("2026-06-02T10:00"))


def test_example_calendar_is_the_national_one_and_the_civic_day():
    release = example_release()
    days = {holiday.day for holiday in release.holidays}
    for year in sorted(release.calendar_years):
        national = set(public_holidays.country_holidays("CO", years=year, language="es"))
        assert {day for day in days if day.year == year} == national | {date(year, 9, 4)}


def test_quiet_hours_pass_midnight():
    quiet = example_release().city.quiet_hours
    assert quiet.contains(local("2026-11-22T21:00"))
    assert quiet.contains(local("2026-11-22T06:59"))
    assert not quiet.contains(local("2026-11-22T07:00"))
    assert quiet.next_allowed(local("2026-11-22T23:00")) == local("2026-11-23T07:00")
    assert quiet.next_allowed(local("2026-11-22T05:00")) == local("2026-11-22T07:00")
    assert quiet.next_allowed(local("2026-11-22T12:00")) == local("2026-11-22T12:00")
