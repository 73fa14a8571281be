"""One run: people come, things break, everything heals, and what is left is judged."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Any, cast

from dev.checker.evidence import Documents, Evidence, ProviderMessage
from dev.checker.invariants import Violation, check
from dev.checker.ledger import Ledger
from dev.simulation.determined import determined
from dev.simulation.dice import Coverage, Fault
from dev.simulation.loop import Stuck, VirtualLoop
from dev.simulation.people import Agent, Citizens
from dev.simulation.process import make_task
from dev.simulation.services import CONTRACTS, TENANTS, Platform, assemble

CHAOS_SECONDS = 30.0
QUIET_WITHIN_SECONDS = 1_500.0
LOOK_SECONDS = 5.0
SETTLED_LOOKS = 2


Defect = Callable[[], AbstractContextManager[None]]


@dataclass
class Report:
    """What a run gave."""

    seed: int
    violations: list[Violation]
    digest: str
    steps: int
    deaths: int
    messages: int
    virtual_seconds: float
    coverage: Coverage
    lines: list[str] = field(default_factory=list)


def run(seed: int, *, keep_trace: bool = False, defect: Defect | None = None) -> Report:
    """Run one seed from beginning to judgement.

    Args:
        seed: All chance of the run.
        defect: Breaks the product on purpose, so that the check can be checked.
        keep_trace: Whether every step is kept in words.
    """
    loop = VirtualLoop()
    loop.set_task_factory(cast("Any", make_task))
    asyncio.set_event_loop(loop)
    try:
        with determined(seed), defect() if defect else contextlib.nullcontext():
            return loop.run_until_complete(_run(seed, keep_trace=keep_trace))
    finally:
        asyncio.set_event_loop(None)
        loop.close()


async def _run(seed: int, *, keep_trace: bool) -> Report:
    platform = assemble(seed, keep_trace=keep_trace)
    dice, ledger = platform.dice, Ledger()
    platform.provider.door = platform.processes["channels-api"]
    platform.start()
    Citizens(platform, ledger, count=dice.random.randint(2, 4)).begin()
    agents = [Agent(platform, tenant, f"agent-{n}") for tenant in TENANTS for n in range(2)]
    for agent in agents:
        asyncio.get_running_loop().create_task(agent.work())
    await _chaos(platform)
    platform.heal()
    violations: list[Violation] = []
    with contextlib.suppress(Stuck):
        violations += await _quiet(platform, ledger)
    violations += check(await evidence(platform, ledger))
    violations += [Violation("I20", what) for what in platform.breaches]
    now = asyncio.get_running_loop().time()
    deaths = sum(process.deaths for process in platform.processes.values())
    for agent in agents:
        agent.over = True
    platform.stop()
    await _end()
    return Report(
        seed=seed,
        violations=violations,
        digest=platform.trace.digest,
        steps=platform.trace.steps,
        deaths=deaths,
        messages=len(ledger),
        virtual_seconds=now,
        coverage=dice.coverage,
        lines=platform.trace.lines,
    )


async def _chaos(platform: Platform) -> None:
    """What goes wrong at the broker beside the faults of single calls."""
    dice, broker = platform.dice, platform.broker
    left = CHAOS_SECONDS
    for _ in range(dice.random.randint(0, 2) if dice.rate else 0):
        pause = dice.between(1.0, left / 2)
        await asyncio.sleep(pause)
        left -= pause
        if dice.random.getrandbits(1):
            platform.trace.note(asyncio.get_running_loop().time(), "power cut", Fault.NONE)
            broker.power_cut()
        else:
            broker.is_full = not broker.is_full
    await asyncio.sleep(left)
    broker.is_full = False


async def _quiet(platform: Platform, ledger: Ledger) -> list[Violation]:
    """Wait until nothing is under way; that it never ends is a violation of its own."""
    loop, settled = asyncio.get_running_loop(), 0
    deadline = loop.time() + QUIET_WITHIN_SECONDS
    waits: list[str] = []
    while loop.time() < deadline:
        await asyncio.sleep(LOOK_SECONDS)
        waits = (await evidence(platform, ledger)).under_way()
        if platform.provider.errands:
            waits.append(f"{len(platform.provider.errands)} errands of people")
        settled = 0 if waits else settled + 1
        if settled == SETTLED_LOOKS:
            return []
    return [Violation("I18", f"never quiet: {'; '.join(waits)}")]


async def evidence(platform: Platform, ledger: Ledger) -> Evidence:
    """Everything that may be looked at from outside the processes."""
    documents: dict[str, Mapping[str, Documents]] = {}
    for contract in CONTRACTS:
        engines = platform.memory[contract.name]._engines  # noqa: SLF001 - the server's own files
        documents[contract.name] = {name: await one.find({}) for name, one in engines.items()}
    return Evidence(
        tenants=TENANTS,
        ledger=ledger,
        documents=documents,
        provider=[
            ProviderMessage(one.tenant, one.to, one.key, one.text, unknown=one.unknown)
            for one in platform.provider.taken
        ],
        published=frozenset(
            (
                stored.headers["ce-source"].rsplit("/", 1)[-1],
                stored.headers["atiende-tenant"],
                stored.headers["ce-id"],
            )
            for name, stream in platform.broker.streams.items()
            if name != "DLQ"
            for stored in stream
        ),
        dead_letters=len(platform.broker.streams["DLQ"]),
        backlog=platform.broker.backlog,
    )


async def _end() -> None:
    """Leave no task behind."""
    while left := asyncio.all_tasks() - {asyncio.current_task()}:
        for task in left:
            task.cancel()
        # Who was inside a process takes being cancelled for that process's death, and tries again:
        # such a task must be cancelled once more.
        await asyncio.wait(left, timeout=LOOK_SECONDS)
