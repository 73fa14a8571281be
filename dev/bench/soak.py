"""`python -m dev.bench.soak`: an hour at a third of the highest rate (R24).

Slices of an open loop one after the other, while memory, open files, what waits on the bus and the
size of every collection are looked at each minute. Begun on a running, quiet stack that may be
thrown away: what was sent stays in it.
"""

from __future__ import annotations

import asyncio
import itertools
import statistics
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any

import typer
from pymongo import AsyncMongoClient
from rich.console import Console
from rich.table import Table

from dev.bench.cpu import family, pids, proportional_bytes
from dev.bench.flow import Run, measure
from dev.checker.stack import waiting
from dev.stack.files import write_json
from dev.stack.servers import mongo
from dev.stack.stack import Stack

GROWTH_AN_HOUR = 0.05
"""Of memory, at most (R24)."""
_WARM_SECONDS = 600.0
"""What is cached and compiled at first use is no leak: growth is judged after it."""
_FEWEST = 3
_MB = 1_000_000
console = Console(width=110)


@dataclass(frozen=True)
class Sample:
    """The platform at one moment."""

    at: float
    memory: dict[str, int]
    files: dict[str, int]
    waiting: int
    documents: dict[str, int]


@dataclass
class Soak:
    """What was seen."""

    samples: list[Sample] = field(default_factory=list)
    runs: list[Run] = field(default_factory=list)

    def growth(self, name: str) -> float:
        """Of a process's memory in an hour, as a share, by the line through the samples."""
        warm = self.samples[0].at + _WARM_SECONDS
        points = [(one.at, one.memory[name]) for one in self.samples if one.at >= warm]
        if len(points) < _FEWEST:
            return 0.0
        line = statistics.linear_regression(*zip(*points, strict=True))
        return line.slope * 3600 / statistics.fmean(size for _, size in points)


def main(
    rate: Annotated[float, typer.Option(help="Messages a second.")] = 20.0,
    minutes: Annotated[float, typer.Option(min=1, help="Altogether.")] = 60.0,
    slice_minutes: Annotated[float, typer.Option(min=0.5, help="Latency is told for each.")] = 5.0,
    every: Annotated[float, typer.Option(min=1, help="Seconds between two looks.")] = 60.0,
    keep: Annotated[Path | None, typer.Option(help="Also write the samples there.")] = None,
) -> None:
    """Sends, looks, and tells what grew."""
    asyncio.run(_run(Stack(), rate, minutes, slice_minutes, every, keep))


async def _run(
    stack: Stack, rate: float, minutes: float, part: float, every: float, keep: Path | None
) -> None:
    soak = Soak()
    limited = await _limited(stack)
    # In a group: an hour in which nobody could look would tell nothing, so it ends at once.
    async with asyncio.TaskGroup() as group:
        looking = group.create_task(_look(stack, soak, every))
        for _ in range(max(1, round(minutes / part))):
            soak.runs.append(await measure(stack, Run(rate, part * 60)))
            _tell(soak.runs[-1], soak.samples[-1])
        looking.cancel()
    soak.samples.append(await _sample(stack))
    if keep:
        write_json(keep, [vars(one) for one in soak.samples])
    _tell_processes(soak)
    _tell_collections(soak, limited)


async def _look(stack: Stack, soak: Soak, every: float) -> None:
    while True:
        soak.samples.append(await _sample(stack))
        await asyncio.sleep(every)


async def _sample(stack: Stack) -> Sample:
    now = pids(stack)
    memory = {name: proportional_bytes(pid) for name, pid in now.items()}
    files = {name: sum(map(_open_files, family(pid))) for name, pid in now.items()}
    backlog = sum((await waiting(stack)).values())
    return Sample(time.time(), memory, files, backlog, await _documents(stack))


def _open_files(pid: int) -> int:
    try:
        return len(list(Path(f"/proc/{pid}/fd").iterdir()))
    except OSError:
        return 0


async def _documents(stack: Stack) -> dict[str, int]:
    found = {}
    async for name, collection in _collections(stack):
        found[name] = await collection.estimated_document_count()
    return found


async def _limited(stack: Stack) -> set[str]:
    """Collections that the database itself empties, by an index on time."""
    found = set()
    async for name, collection in _collections(stack):
        indexes = await collection.index_information()
        if any("expireAfterSeconds" in one for one in indexes.values()):
            found.add(name)
    return found


async def _collections(stack: Stack) -> Any:
    context = stack.context()
    client = AsyncMongoClient[dict[str, Any]](mongo.admin_url(context))
    try:
        for service in context.services:
            database = client[service.database]
            for name in sorted(await database.list_collection_names()):
                yield f"{service.name}.{name}", database[name]
    finally:
        await client.close()


def _tell(run: Run, last: Sample) -> None:
    told = " / ".join(
        f"{run.percentile(run.routed, share) * 1000:.0f}" for share in (0.5, 0.95, 0.99)
    )
    cpu = sum(run.cpu.values()) * 1000 / len(run.due)
    console.print(
        f"{len(run.routed)} of {len(run.due)} routed, p50 / p95 / p99 {told} ms, {cpu:.0f} ms of"
        f" CPU a message, {last.waiting} waiting, {sum(last.memory.values()) / _MB:.0f} MB"
    )


def _tell_processes(soak: Soak) -> None:
    table = Table("process", "MB warm", "MB at the end", "an hour", "files", title="what grew")
    warm = _first_warm(soak.samples)
    last = soak.samples[-1]
    for name, size in sorted(last.memory.items(), key=lambda one: -one[1]):
        table.add_row(
            name,
            f"{warm.memory[name] / _MB:.0f}",
            f"{size / _MB:.0f}",
            f"{soak.growth(name):+.1%}",
            f"{warm.files[name]} → {last.files[name]}",
        )
    console.print(table)
    most = max(one.waiting for one in soak.samples)
    console.print(f"waiting on the bus: at most {most}, at the end {last.waiting}")
    console.print(f"goal: memory grows by at most {GROWTH_AN_HOUR:.0%} an hour")


def _first_warm(samples: list[Sample]) -> Sample:
    warm = samples[0].at + _WARM_SECONDS
    return next((one for one in samples if one.at >= warm), samples[0])


def _tell_collections(soak: Soak, limited: Iterable[str]) -> None:
    messages = sum(len(run.due) for run in soak.runs)
    table = Table("collection", "before", "after", "a message", "", title="collections that grew")
    first, last = soak.samples[0].documents, soak.samples[-1].documents
    halves = [one.documents for one in itertools.islice(soak.samples, len(soak.samples) // 2, None)]
    for name, count in sorted(last.items()):
        if grown := count - first.get(name, 0):
            note = "expires" if name in limited else ""
            if grown > 0 and halves and count <= halves[0].get(name, 0):
                note = f"{note} flat since half time".strip()
            before, each = str(first.get(name, 0)), f"{grown / messages:.2f}"
            table.add_row(name, before, str(count), each, note)
    console.print(table)


if __name__ == "__main__":
    typer.run(main)
