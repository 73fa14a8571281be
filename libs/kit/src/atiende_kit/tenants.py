"""The tenants of one batch: each for itself, all at the same time.

A batch of an install with many tenants holds a message or two of each. One tenant after the other
they would wait for as many journaled writes as there are tenants; side by side the database puts
their writes into one commit of its journal.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Protocol, TypeVar

T = TypeVar("T")
K = TypeVar("K")
V = TypeVar("V")
R = TypeVar("R")

_AT_ONCE = 8
"""With half a dozen reads each they have the connections of one process (fifty)."""


class OfTenant(Protocol):
    """What says whose it is."""

    @property
    def tenant(self) -> str:
        """The tenant's id."""
        ...


Owned = TypeVar("Owned", bound=OfTenant)


def tenant_of(one: OfTenant) -> str:
    """Return whose it is."""
    return one.tenant


def grouped(items: Iterable[T], key: Callable[[T], K]) -> dict[K, list[T]]:
    """Group a batch, in the order of its items."""
    groups: dict[K, list[T]] = {}
    for item in items:
        groups.setdefault(key(item), []).append(item)
    return groups


def by_tenant(items: Iterable[Owned]) -> dict[str, list[Owned]]:
    """Group a batch by tenant, in the order of its items."""
    return grouped(items, tenant_of)


async def side_by_side(groups: Mapping[K, V], do: Callable[[K, V], Awaitable[R]]) -> list[R]:
    """Do the same for each group at the same time.

    Args:
        groups: By tenant, or by what else parts them: no two may touch the same documents.
        do: What to do for one.

    Returns:
        The results, in the order of the groups.

    Raises:
        Exception: The first group's that failed, once all have ended: nothing goes on behind the
            back of whoever repeats the batch.
    """
    if len(groups) == 1:
        return [await do(*next(iter(groups.items())))]
    room = asyncio.Semaphore(_AT_ONCE)

    async def one(key: K, value: V) -> R:
        async with room:
            return await do(key, value)

    tasks = [asyncio.ensure_future(one(key, value)) for key, value in groups.items()]
    await asyncio.gather(*tasks, return_exceptions=True)
    return [task.result() for task in tasks]
