"""What is worthless is refused before it costs anything."""

from __future__ import annotations

from datetime import date

import pytest

from atiende_catalog.domain.validation import validate
from atiende_city.testing import example_content

pytestmark = pytest.mark.unit
TODAY = date(2026, 11, 22)


def test_huge_trees_are_refused_before_they_cost_anything():
    content = example_content()
    content["city"]["languages"] = [[n] for n in range(50_000)]
    assert len(validate(content, today=TODAY)) == 1
    deep: list = []
    for _ in range(500):
        deep = [deep]
    assert len(validate({"x": deep}, today=TODAY)) == 1
