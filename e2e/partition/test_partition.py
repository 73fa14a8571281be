"""Partitions between services and servers, in a network of the test's own (R4)."""

from __future__ import annotations

from pathlib import Path

import pytest

from dev.nemesis.network import NetworkUnavailable, run_inside

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(900, func_only=True)]
HERE = Path(__file__).parent


def test_nothing_is_lost_or_doubled_by_partitions() -> None:
    """A platform of its own, started and judged inside the network."""
    try:
        done = run_inside(
            ("-m", "pytest", "-s", "-m", "e2e", "--timeout", "900", str(HERE / "inside.py")),
            HERE.parents[1],
        )
    except NetworkUnavailable as error:
        pytest.skip(f"no network of our own here ({error}): partitions were not tested")
    assert done.returncode == 0
