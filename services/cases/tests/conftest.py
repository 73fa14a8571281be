"""Fixtures of cases."""

from __future__ import annotations

import pytest

from atiende_cases.contract import CONTRACT
from atiende_cases.testing import MORNING, City
from atiende_kit.clock import FixedClock
from atiende_kit.store import MemoryDatabase


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(MORNING)


@pytest.fixture
def city(clock: FixedClock) -> City:
    return City(MemoryDatabase(CONTRACT, clock=clock))
