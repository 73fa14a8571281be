"""Fixtures of cases."""

from __future__ import annotations

import pytest
import pytest_asyncio

from atiende_cases.contract import CONTRACT
from atiende_cases.testing import MORNING, City
from atiende_kit.clock import FixedClock
from atiende_kit.store import MemoryDatabase


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(MORNING)


@pytest_asyncio.fixture(loop_scope="session")
async def city(clock: FixedClock) -> City:
    return await City(MemoryDatabase(CONTRACT, clock=clock)).indexed()
