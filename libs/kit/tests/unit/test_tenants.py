"""Tenants of a batch are served side by side, and nothing goes on once it is over."""

from __future__ import annotations

import asyncio

import pytest

from atiende_kit.tenants import grouped, side_by_side

pytestmark = pytest.mark.unit


def test_groups_keep_the_order_of_the_batch():
    groups = grouped(["b1", "a1", "b2"], lambda one: one[0])
    assert list(groups.items()) == [("b", ["b1", "b2"]), ("a", ["a1"])]


async def test_all_are_under_way_at_the_same_time():
    started = asyncio.Barrier(3)

    async def do(tenant, some):
        await started.wait()
        return tenant, sum(some)

    async with asyncio.timeout(5):
        found = await side_by_side({"a": [1], "b": [2, 3], "c": []}, do)
    assert found == [("a", 1), ("b", 5), ("c", 0)]


async def test_nobody_is_none():
    assert await side_by_side({}, None) == []


@pytest.mark.parametrize("others", [("b", "c"), ()])
async def test_a_failure_is_told_once_all_have_ended(others):
    ended = []

    async def do(tenant, _):
        if tenant == "a":
            raise ValueError(tenant)
        for _ in range(3):
            await asyncio.sleep(0)
        ended.append(tenant)

    with pytest.raises(ValueError, match="a"):
        await side_by_side(dict.fromkeys(("a", *others)), do)
    assert ended == list(others)


async def test_who_is_cut_off_cuts_off_all():
    under_way, gone = asyncio.Event(), []

    async def do(tenant, _):
        under_way.set()
        try:
            await asyncio.Event().wait()
        finally:
            gone.append(tenant)

    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.05):
            await side_by_side({"a": None, "b": None}, do)
    assert under_way.is_set()
    assert sorted(gone) == ["a", "b"]
