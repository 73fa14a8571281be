"""One real platform for all journeys: started once, stopped at the end.

ATIENDE_E2E_VAR names the var folder of a stack that runs already (`make up` keeps one in var/);
then nothing is started or stopped, for quick work on a journey.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import AsyncIterator, Generator, Iterator
from pathlib import Path

import httpx
import pytest
import pytest_asyncio

from dev.stack.stack import Stack
from e2e.city import City

RUNNING = "ATIENDE_E2E_VAR"
LOG_LINES = 15
LAST = (
    "test_identity",
    "test_rolling",
    "test_pause",
    "test_kill",
    "test_memory",
    "test_clocks",
    "test_crash_points",
    "test_restore",
    "test_backlog",
    "test_fuzz",
)
"""What leaves traces (keys, restarted processes, made-up skills) comes after the journeys."""
_STACK = pytest.StashKey[Stack]()


@pytest.fixture(scope="session")
def stack(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Stack]:
    """The whole platform on unusual ports, in a folder of its own."""
    if named := os.environ.get(RUNNING):
        stack = Stack(Path(named))
        if not stack.is_running:
            pytest.exit(f"{RUNNING}: no stack runs in {named}", returncode=2)
        request.config.stash[_STACK] = stack
        yield stack
        return
    stack = Stack(tmp_path_factory.mktemp("stack"), scatter=True)
    request.config.stash[_STACK] = stack
    try:
        stack.up()
        yield stack
    finally:
        stack.down()
    if not request.session.testsfailed:
        shutil.rmtree(stack.layout.var, ignore_errors=True)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def city(stack: Stack) -> AsyncIterator[City]:
    """The city as its people and its staff meet it."""
    limits = httpx.Limits(max_connections=64, max_keepalive_connections=64)
    async with httpx.AsyncClient(timeout=30, limits=limits) as http:
        city = City(stack, http)
        await city.begin()
        yield city


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Puts what leaves traces at the end."""
    items.sort(key=lambda item: LAST.index(item.path.stem) + 1 if item.path.stem in LAST else 0)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Says with a failure which processes are not well and where the logs are."""
    report = yield
    stack = item.config.stash.get(_STACK, None)
    if report.failed and stack is not None:
        report.sections.append(("the platform", _look(stack)))
    return report


def _look(stack: Stack) -> str:
    state = stack.state()
    lines = [f"logs: {stack.layout.logs}"]
    lines += [
        f"{one.name}: {one.status}, {one.restarts} restarts"
        for one in (state.items if state else [])
        if not one.well or one.restarts
    ]
    for path in sorted(stack.layout.logs.glob("*.log")):
        text = path.read_text(encoding="utf-8", errors="replace").splitlines()
        bad = [line[:500] for line in text if '"level": "error"' in line or "Traceback" in line]
        if bad:
            lines += [f"── {path.name}: {len(bad)} errors, the last:", *bad[-LOG_LINES:]]
    return "\n".join(lines)
