"""The table of sizes: monotone, and at the measured points what was measured."""

from __future__ import annotations

import pytest

from dev.sizing import INHABITANTS, MEASURED, cpu_ms, need

pytestmark = pytest.mark.repo


@pytest.mark.parametrize(("rate", "cost"), MEASURED)
def test_a_measured_rate_costs_what_was_measured(rate: float, cost: float):
    assert cpu_ms(rate) == cost


def test_between_and_beyond_the_points():
    assert 43 < cpu_ms(30) < 84
    assert cpu_ms(0.001) == MEASURED[0][1]
    assert cpu_ms(5000) == MEASURED[-1][1]


def test_a_larger_city_never_needs_less():
    needs = [need(one, 1.0, 6.0, 0.048, 1) for one in INHABITANTS]
    assert [one.cores for one in needs] == sorted(one.cores for one in needs)
    assert [one.replicas for one in needs] == sorted(one.replicas for one in needs)
    assert need(5_000_000, 100.0, 6.0, 0.048, 2).replicas > 2
