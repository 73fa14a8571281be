"""`python -m dev.bench.cities`: a thousand cities on one install, one of them ten times as loud.

Publishes cities beside the example one, gives each a WhatsApp account, has every city be written to
once, and then measures what a quiet city waits while its neighbour is quiet, and while it is loud.
The stack must be up, quiet, and one that may be thrown away: the cities stay in it.
"""

from __future__ import annotations

import asyncio
import itertools
import random
import time
from collections.abc import Callable
from typing import Annotated, Any

import typer
from pydantic import SecretStr
from rich.console import Console
from rich.table import Table

from atiende_catalog.adapters.mongo.drafts import MongoDrafts
from atiende_catalog.adapters.mongo.publications import MongoPublications
from atiende_catalog.application.publish_release import PublishRelease
from atiende_catalog.contract import CONTRACT
from atiende_catalog.domain.crisis import Person
from atiende_city.content import canonical_bytes
from atiende_city.testing import example_content
from atiende_kit.clock import SystemClock
from atiende_kit.settings import MongoSettings
from atiende_kit.store import Database
from dev.bench.cpu import pids, proportional_bytes
from dev.bench.flow import Run, measure
from dev.bench.intake import whatsapp_requests
from dev.stack.extras import accounts_file, whatsapp_account
from dev.stack.files import write_json
from dev.stack.servers import mongo
from dev.stack.stack import Stack

LOUD = 0
"""The number of the city that is loud in the second run."""
TIMES = 10
GOAL = 2.0
_MB = 1_000_000
console = Console(width=110)


def main(
    cities: Annotated[int, typer.Option(min=2, help="On this install.")] = 1000,
    rate: Annotated[float, typer.Option(help="Messages a second, quiet cities together.")] = 4.0,
    loud: Annotated[float, typer.Option(help="Of one city, before it is loud.")] = 1.0,
    seconds: Annotated[float, typer.Option(min=5, help="Of each run.")] = 60.0,
) -> None:
    """Makes the cities and measures."""
    asyncio.run(_run(Stack(), cities, rate, loud, seconds))


async def _run(stack: Stack, cities: int, rate: float, loud: float, seconds: float) -> None:
    alone = _memory(stack)
    await _publish(stack, cities)
    await asyncio.to_thread(_open_accounts, stack, cities)
    everybody = itertools.cycle(range(cities))
    first = await measure(stack, Run(10, cities / 10), _requests(stack, lambda: next(everybody)))
    _tell_memory(alone, _memory(stack), cities)
    console.print(f"every city written to once: {len(first.routed)} of {len(first.due)} routed")
    table = Table("run", "messages", "of quiet cities p50 / p95 / p99 ms", "lost", title="routed")
    found = []
    for name, its in (("all quiet", loud), (f"one {TIMES} times as loud", loud * TIMES)):
        run, quiet = await _measure(stack, cities, rate, its, seconds)
        found.append(quiet)
        told = " / ".join(
            f"{quiet.percentile(quiet.routed, s) * 1000:.0f}" for s in (0.5, 0.95, 0.99)
        )
        table.add_row(name, str(len(run.due)), told, str(len(run.due) - len(run.routed)))
    console.print(table)
    before, after = (one.percentile(one.routed, 0.99) for one in found)
    console.print(f"p99 of the quiet: {after / before:.2f} times (goal: at most {GOAL:g})")


async def _measure(
    stack: Stack, cities: int, rate: float, loud: float, seconds: float
) -> tuple[Run, Run]:
    """One run; gives it, and the part of it that quiet cities are."""
    chance = random.Random(11)  # noqa: S311 - a measurement
    share = loud / (rate + loud)
    by_loud: list[bool] = []

    def which() -> int:
        by_loud.append(chance.random() < share)
        return LOUD if by_loud[-1] else chance.randrange(1, cities)

    run = await measure(stack, Run(rate + loud, seconds), _requests(stack, which))
    theirs = {key for key, noisy in zip(run.due, by_loud, strict=True) if not noisy}
    quiet = Run(rate, seconds)
    quiet.due = {key: due for key, due in run.due.items() if key in theirs}
    quiet.routed = {key: at for key, at in run.routed.items() if key in theirs}
    return run, quiet


def _requests(stack: Stack, which: Callable[[], int]) -> Callable[[], tuple[str, bytes]]:
    return whatsapp_requests(stack, lambda: _account(which()))


def _tenant(number: int) -> str:
    return f"ciudad-{number:04d}"


def _account(number: int) -> str:
    return f"7{number:014d}"


async def _publish(stack: Stack, cities: int) -> None:
    context = stack.context()
    [service] = [one for one in context.services if one.name == "catalog"]
    url = SecretStr(mongo.service_url(context, service))
    clock = SystemClock()
    database = Database.connect(MongoSettings(url=url, database=service.database), CONTRACT)
    publications = MongoPublications(database)
    publish = PublishRelease(publications, MongoDrafts(database), clock)
    await database.start()
    try:
        for number in range(cities):
            content: dict[str, Any] = example_content()
            content["city"]["name"]["es"] = f"Ciudad {number}"
            await publish.publish_content(
                _tenant(number),
                canonical_bytes(content),
                publisher=Person("bench", "bench"),
                note="dev.bench.cities",
            )
            print(f"\r{number + 1} of {cities} cities", end="", flush=True)
        print()
    finally:
        await database.stop()


def _open_accounts(stack: Stack, cities: int) -> None:
    """Every city its number; the processes of `channels` read them when they start."""
    context = stack.context()
    entries = [
        whatsapp_account(context, _tenant(number), _account(number)) for number in range(cities)
    ]
    write_json(accounts_file(context), entries)
    for name in ("channels-api", "channels-worker"):
        gone = stack.kill(name)
        while not stack.is_well or gone in pids(stack).values():
            time.sleep(0.2)


def _memory(stack: Stack) -> dict[str, int]:
    return {name: proportional_bytes(pid) for name, pid in pids(stack).items()}


def _tell_memory(alone: dict[str, int], together: dict[str, int], cities: int) -> None:
    table = Table(
        "process", "one city, MB", f"{cities} more, MB", "KB a city", title="memory (PSS)"
    )
    for name, size in sorted(together.items(), key=lambda one: -one[1]):
        grown = size - alone.get(name, 0)
        table.add_row(
            name,
            f"{alone.get(name, 0) / _MB:.0f}",
            f"{size / _MB:.0f}",
            f"{grown / cities / 1000:.0f}",
        )
    console.print(table)


if __name__ == "__main__":
    typer.run(main)
