"""Every published number follows from the published file, and nobody stands alone in it (M7)."""

from __future__ import annotations

import csv
import io
import math
import random
import tracemalloc
from collections import Counter
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from atiende_cases.domain.public_figures import (
    SMALLEST_GROUP,
    Figure,
    Gathered,
    PublicRow,
    Times,
    csv_of,
    figures_of,
    nearest_rank,
)

pytestmark = pytest.mark.unit
BOGOTA = ZoneInfo("America/Bogota")
START = datetime(2026, 3, 1, 12, tzinfo=UTC)

spans = st.none() | st.integers(0, 10**7).map(lambda s: timedelta(seconds=s))
cases = st.builds(
    lambda unit, procedure, at, wait, first, done: Times(
        unit,
        procedure,
        START + at,
        START + at + wait,
        None if first is None else START + at + first,
        None if done is None else START + at + done,
    ),
    st.sampled_from(["vias", "aseo"]),
    st.sampled_from(["huecos", "basuras", "otros"]),
    st.integers(0, 60 * 86_400).map(lambda s: timedelta(seconds=s)),
    st.integers(0, 86_400).map(lambda s: timedelta(seconds=s)),
    spans,
    spans,
)


def rows_of(found: list[Times]) -> list[PublicRow]:
    gathered = Gathered(BOGOTA)
    for begin in range(0, len(found), 7):  # as they come: part by part
        gathered.add(found[begin : begin + 7])
    chance = random.Random(len(found))
    table = gathered.publish(lambda: chance.getrandbits(64))
    rows = list(table)
    assert len(table) == len(rows)
    assert [row.row_id for row in rows] == sorted(row.row_id for row in rows)
    return rows


def recomputed(file: str) -> dict[tuple[str, str], dict]:
    """The independent script: what anybody writes who has the file and the formula."""
    table = list(csv.DictReader(io.StringIO(file)))
    page: dict[tuple[str, str], dict] = {}
    keys = {
        k
        for r in table
        for k in (
            ("", ""),
            (r["unit"], ""),
            ("", r["procedure"]),
            (r["unit"], r["procedure"]),
        )
    }
    for unit, procedure in keys:
        mine = [r for r in table if unit in ("", r["unit"]) and procedure in ("", r["procedure"])]
        line: dict = {"cases": len(mine)}
        for measure in ("first_answer_seconds", "resolution_seconds"):
            values = sorted(int(r[measure]) for r in mine if r[measure])
            line[measure] = (
                len(values),
                *(
                    values[math.ceil(p * len(values) / 100) - 1] if len(values) >= 10 else None
                    for p in (50, 90)
                ),
            )
        page[unit, procedure] = line
    return page


def as_page(figures: list[Figure]) -> dict[tuple[str, str], dict]:
    return {
        (f.unit, f.procedure): {
            "cases": f.cases,
            "first_answer_seconds": (f.first_answer.n, f.first_answer.p50, f.first_answer.p90),
            "resolution_seconds": (f.resolution.n, f.resolution.p50, f.resolution.p90),
        }
        for f in figures
    }


@given(st.lists(cases, max_size=120))
def test_every_number_of_the_page_follows_from_the_file(found: list[Times]) -> None:
    rows = rows_of(found)
    assert as_page(figures_of(rows)) == recomputed("".join(csv_of(rows)))


@given(st.lists(cases, max_size=120))
def test_nobody_stands_alone(found: list[Times]) -> None:
    rows = rows_of(found)
    for shown in ((r.unit, r.procedure, r.opened) for r in rows):
        assert sum((r.unit, r.procedure, r.opened) == shown for r in rows) >= SMALLEST_GROUP
    for measure in ("first_answer_seconds", "resolution_seconds"):
        known = Counter(r.group for r in rows if getattr(r, measure) is not None)
        assert all(count >= SMALLEST_GROUP for count in known.values())
        assert all(getattr(r, measure) in (None, *range(0, 10**8, 60)) for r in rows[:3])
    # No sum of the page tells how many were left out of one group by subtraction.
    for figure in figures_of(rows):
        for measured in (figure.first_answer, figure.resolution):
            assert measured.n == 0 or measured.n >= SMALLEST_GROUP


def test_nine_cases_are_not_published_and_ten_are() -> None:
    def some(count: int) -> list[Times]:
        answered = timedelta(hours=1)
        return [
            Times("vias", "huecos", START, START, START + answered * n, None) for n in range(count)
        ]

    assert rows_of(some(9)) == []
    rows = rows_of(some(10))
    assert {r.opened for r in rows} == {"2026-03-01"}
    [city, *_] = figures_of(rows)
    assert (city.cases, city.first_answer.p50, city.first_answer.p90) == (10, 4 * 3600, 8 * 3600)
    assert city.resolution.p50 is None


def test_the_day_is_blurred_until_ten_share_it() -> None:
    spread = [
        Times("vias", "huecos", START + timedelta(days=2 * n), START, None, None) for n in range(12)
    ]
    assert {r.opened for r in rows_of(spread)} == {"2026-03"}
    far = [*spread, Times("vias", "huecos", START + timedelta(days=200), START, None, None)]
    assert {r.opened for r in rows_of(far)} == {""}


@given(st.lists(st.integers(0, 1000), min_size=1, max_size=50), st.integers(1, 100))
def test_nearest_rank_is_the_definition(values: list[int], percent: int) -> None:
    ordered = sorted(values)
    assert nearest_rank(ordered, percent) == ordered[math.ceil(percent * len(ordered) / 100) - 1]


def test_a_large_city_fits_into_a_worker() -> None:
    """As objects the year of a city of a million took the worker a gigabyte."""
    many = 20_000
    answered = timedelta(hours=1)

    def part(begin: int) -> list[Times]:
        return [
            Times(
                f"u{n % 9}", "huecos", START + timedelta(minutes=n), START, START + answered, None
            )
            for n in range(begin, begin + 1000)
        ]

    gathered = Gathered(BOGOTA)
    tracemalloc.start()
    for begin in range(0, many, 1000):
        gathered.add(part(begin))
    file = sum(map(len, csv_of(gathered.publish(iter(range(many)).__next__))))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert file > many * 40
    # A part of a thousand objects, and less than the file itself for each case.
    assert peak < 1000 * 500 + many * 100
