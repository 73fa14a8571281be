"""Services whose domain clock is wrong, each by its own."""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

from dev.stack.services import clock_file
from dev.stack.stack import Stack

EVERY_SECONDS = 0.3


@asynccontextmanager
async def wrong(stack: Stack, skews: Mapping[str, float]) -> AsyncIterator[None]:
    """The clocks of some services follow the city's own at a distance.

    Args:
        stack: Where.
        skews: Seconds by service; what the caller changes in it holds from then on.
    """
    hand = stack.layout.run / "clock.json"
    links = {name: clock_file(stack.context(), name) for name in skews}
    following = asyncio.create_task(_follow(hand, links, skews))
    try:
        yield
    finally:
        following.cancel()
        await asyncio.gather(following, return_exceptions=True)
        for link in links.values():
            link.unlink()
            link.symlink_to(hand.name)


async def _follow(hand: Path, links: Mapping[str, Path], skews: Mapping[str, float]) -> None:
    while True:
        _point(hand, links, skews)
        await asyncio.sleep(EVERY_SECONDS)


def _point(hand: Path, links: Mapping[str, Path], skews: Mapping[str, float]) -> None:
    told = json.loads(hand.read_text())
    for name, link in links.items():
        skewed = told | {"virtual_epoch": told["virtual_epoch"] + skews[name]}
        fresh = link.with_suffix(".new")
        fresh.write_text(json.dumps(skewed))
        os.replace(fresh, link)  # noqa: PTH105 - atomic over an existing file
