"""Pytest plugin of the project: every test carries exactly one level marker."""

from __future__ import annotations

import pytest

LEVELS = frozenset({"unit", "contract", "integration", "component", "e2e", "repo"})


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Refuses a test without exactly one level marker.

    Raises:
        pytest.UsageError: a test has none or several levels.
    """
    for item in items:
        levels = {mark.name for mark in item.iter_markers()} & LEVELS
        if len(levels) != 1:
            raise pytest.UsageError(f"{item.nodeid}: one level marker wanted, found {levels or 'none'}")
