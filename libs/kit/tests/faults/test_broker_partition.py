"""Brokers that do not hear each other, in a network of the test's own (R4)."""

from __future__ import annotations

from pathlib import Path

import pytest

from dev.nemesis.network import NetworkUnavailable, run_inside

pytestmark = [pytest.mark.integration, pytest.mark.timeout(300, func_only=True)]
HERE = Path(__file__).parent


def test_brokers_that_do_not_hear_each_other_lose_nothing():
    inside = str(HERE / "inside_brokers.py")
    try:
        done = run_inside(("-m", "pytest", "-s", "-m", "integration", inside), HERE.parents[3])
    except NetworkUnavailable as error:
        pytest.skip(f"no network of our own here ({error}): partitions were not tested")
    assert done.returncode == 0
