"""How long a loop rests between two batches."""

import pytest

from atiende_kit.pace import SOON, UNHURRIED, URGENT, Pace

pytestmark = pytest.mark.unit


def test_without_a_pace_nothing_rests():
    assert Pace().rest(0.3, is_full=False) == 0.0


def test_quick_batches_begin_no_oftener_than_the_pace():
    assert Pace(0.1).rest(0.03, is_full=False) == pytest.approx(0.07)
    assert Pace(0.1).rest(0.3, is_full=False) == 0.0


def test_what_takes_longer_is_done_less_often():
    pace = Pace(0.1, duty=0.25)
    assert pace.rest(0.05, is_full=False) == pytest.approx(0.15)
    assert pace.rest(0.1, is_full=False) == pytest.approx(0.3)


def test_a_rest_is_bounded_by_the_pace():
    assert Pace(0.1, duty=0.25).rest(2.0, is_full=False) == pytest.approx(0.5)


def test_who_is_behind_rests_for_the_pace_only():
    pace = Pace(0.1, duty=0.25)
    assert pace.rest(0.05, is_full=True) == pytest.approx(0.05)
    assert pace.rest(0.5, is_full=True) == 0.0


def test_what_somebody_waits_for_rests_least():
    rests = [pace.rest(0.05, is_full=False) for pace in (URGENT, SOON, UNHURRIED)]
    assert rests == sorted(rests)
    assert rests[0] <= 0.1
