"""`python -m dev.bench.flow`: from a webhook to a case that waits in its unit's queue.

An open loop: messages leave at times that are fixed beforehand, so that a stall of the platform
cannot slow down the questions. Watched from outside, by change streams of the databases: the case
is in the inbox when its document is there, and routed when its work item is. The stack must be up,
and should be quiet: what an earlier run left is worked off beside this one.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any

import typer
from pymongo import AsyncMongoClient
from rich.console import Console
from rich.table import Table

from dev.bench.cpu import CpuOf
from dev.bench.intake import whatsapp_requests
from dev.stack.servers import mongo
from dev.stack.services import http_port
from dev.stack.stack import Stack
from dev.wire import SUCCESS, answer_of

GOAL_SECONDS = 2.0
_GIVE_UP_SECONDS = 120.0
_LINES = 64
console = Console(width=110)


@dataclass
class Run:
    """One rate, for a while."""

    rate: float
    seconds: float
    due: dict[str, float] = field(default_factory=dict)
    acked: dict[str, float] = field(default_factory=dict)
    opened: dict[str, float] = field(default_factory=dict)
    routed: dict[str, float] = field(default_factory=dict)
    cpu: Mapping[str, float] = field(default_factory=dict)

    def percentile(self, reached: Mapping[str, float], share: float) -> float:
        """Of the time from when a message was due until it reached that; what never did is last."""
        late = float("inf")
        times = sorted(reached.get(key, late) - due for key, due in self.due.items())
        return times[min(len(times) - 1, int(len(times) * share))]

    @property
    def held(self) -> bool:
        """Whether the platform kept up with the rate."""
        return self.percentile(self.routed, 0.95) <= GOAL_SECONDS


def main(
    rates: Annotated[list[float] | None, typer.Option("--rate", help="Messages a second.")] = None,
    seconds: Annotated[float, typer.Option(min=2, help="For each rate.")] = 20.0,
) -> None:
    """Measures 20 a second, then more until the 95th percentile passes two seconds."""
    asyncio.run(_run(rates, seconds))


async def _run(rates: list[float] | None, seconds: float) -> None:
    stack = Stack()
    runs: list[Run] = []
    for rate in rates or (20, 40, 80, 120, 160, 200, 250, 300, 400, 600):
        runs.append(await measure(stack, Run(rate, seconds)))
        _tell(runs[-1])
        if not rates and not runs[-1].held:
            break
    _compare(runs)


async def measure(
    stack: Stack, run: Run, requests: Callable[[], tuple[str, bytes]] | None = None
) -> Run:
    """Send at one rate, and wait until everything is routed.

    Args:
        stack: Where.
        run: The rate, and for how long.
        requests: Makes webhooks, each with its key; by default of the example city.
    """
    context = stack.context()
    [service] = [one for one in context.services if one.name == "channels"]
    watch = AsyncMongoClient[dict[str, Any]](mongo.admin_url(context))
    names = {one.name: one.database for one in context.services}
    opened: dict[str, float] = {}
    routed: dict[str, float] = {}
    requests = requests or whatsapp_requests(stack)
    cpu = CpuOf(stack)
    try:
        async with asyncio.TaskGroup() as group:
            watchers = [
                group.create_task(_watch(watch[names["cases"]]["cases"], "_id", opened)),
                group.create_task(_watch(watch[names["routing"]]["work_items"], "case_id", routed)),
            ]
            await asyncio.sleep(1)
            cpu.begin()
            await _send(run, http_port(context, service, "api"), requests)
            cases = await _cases_of(watch[names["channels"]]["inbox"], run)
            await _until_routed(cases, routed)
            run.cpu = cpu.spent()
            for watcher in watchers:
                watcher.cancel()
    finally:
        await watch.close()
    run.opened = {key: opened[case] for key, case in cases.items() if case in opened}
    run.routed = {key: routed[case] for key, case in cases.items() if case in routed}
    return run


async def _watch(collection: Any, name: str, seen: dict[str, float]) -> None:
    pipeline = [{"$match": {"operationType": "insert"}}, {"$project": {f"fullDocument.{name}": 1}}]
    async with await collection.watch(pipeline) as changes:
        async for change in changes:
            seen.setdefault(str(change["fullDocument"][name]), time.perf_counter())


async def _send(run: Run, port: int, requests: Any) -> None:
    lines: asyncio.Queue[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = asyncio.Queue()
    for _ in range(_LINES):
        lines.put_nowait(await asyncio.open_connection("127.0.0.1", port))

    async def one(key: str, request: bytes) -> None:
        reader, writer = await lines.get()
        if reader.at_eof():  # it was idle for too long
            writer.close()
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(request)
        if (await answer_of(reader))[0] in SUCCESS:
            run.acked[key] = time.perf_counter()
        lines.put_nowait((reader, writer))

    began = time.perf_counter()
    async with asyncio.TaskGroup() as group:
        for number in range(int(run.rate * run.seconds)):
            due = began + number / run.rate
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            key, request = requests()
            run.due[key] = due
            group.create_task(one(key, request))
    while not lines.empty():
        lines.get_nowait()[1].close()


async def _cases_of(inbox: Any, run: Run) -> dict[str, str]:
    """Which case each message opens, by the message's key."""
    wanted = {"provider_id": {"$in": [*run.due]}}
    fields = {"provider_id": 1, "case_id_if_new": 1}
    return {row["provider_id"]: row["case_id_if_new"] async for row in inbox.find(wanted, fields)}


async def _until_routed(cases: Mapping[str, str], routed: Mapping[str, float]) -> None:
    end = time.perf_counter() + _GIVE_UP_SECONDS
    wanted = set(cases.values())
    # The change streams fill `routed`; there is nothing to be told by.
    while time.perf_counter() < end and not routed.keys() >= wanted:  # noqa: ASYNC110
        await asyncio.sleep(0.1)


def _tell(run: Run) -> None:
    p95 = run.percentile(run.routed, 0.95)
    console.print(f"{run.rate:g}/s: {len(run.routed)} of {len(run.due)} routed, p95 {p95:.2f} s")


def _compare(runs: list[Run]) -> None:
    table = Table("a second", "messages", "acknowledged", "in the inbox", "routed", "lost",
                  title="from due to, p50 / p95 / p99 in ms")  # fmt: skip
    for run in runs:
        parts = (
            " / ".join(f"{run.percentile(part, share) * 1000:.0f}" for share in (0.5, 0.95, 0.99))
            for part in (run.acked, run.opened, run.routed)
        )
        lost = len(run.due) - len(run.routed)
        table.add_row(f"{run.rate:g}", str(len(run.due)), *parts, str(lost))
    console.print(table)
    cpu = Table("process", *(f"{run.rate:g}/s" for run in runs), title="CPU ms a message")
    for name in runs[0].cpu:
        cpu.add_row(name, *(f"{run.cpu[name] * 1000 / len(run.due):.2f}" for run in runs))
    totals = (sum(run.cpu.values()) * 1000 / len(run.due) for run in runs)
    cpu.add_row("all", *(f"{total:.2f}" for total in totals))
    console.print(cpu)


if __name__ == "__main__":
    typer.run(main)
