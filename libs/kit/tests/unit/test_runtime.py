import asyncio
import json
import os
import signal
import threading
import time
from types import SimpleNamespace

import pytest
import typer
from structlog.testing import capture_logs
from typer.testing import CliRunner

from atiende_kit import runtime
from atiende_kit.errors import Unavailable
from atiende_kit.runtime import (
    Component,
    Periodic,
    Runner,
    ensure_indexes,
    service_main,
)
from atiende_kit.settings import KitSettings
from atiende_kit.watchdog import LoopWatch, check_alive

pytestmark = pytest.mark.unit


class Part:
    def __init__(self, name: str, story: list[str], *, fails: str = "") -> None:
        self.name = name
        self.story = story
        self.fails = fails

    async def start(self) -> None:
        self.story.append(f"start {self.name}")
        if self.fails == "start":
            raise RuntimeError(self.name)

    async def stop(self) -> None:
        self.story.append(f"stop {self.name}")
        if self.fails == "stop":
            raise RuntimeError(self.name)
        if self.fails == "hang":
            await asyncio.Event().wait()

    async def check(self) -> None:
        return


class Store(Part):
    async def ensure_indexes(self) -> None:
        self.story.append(f"indexes {self.name}")


def test_part_is_a_component() -> None:
    assert isinstance(Part("a", []), Component)


async def started(story: list[str], count: int) -> None:
    while len(story) < count:
        await asyncio.sleep(0)


async def test_components_start_in_order_and_stop_in_reverse() -> None:
    story: list[str] = []
    runner = Runner([Part("a", story), Part("b", story), Part("c", story)])
    running = asyncio.create_task(runner.run())
    await started(story, 3)
    runner.stop()
    await running
    assert story == ["start a", "start b", "start c", "stop c", "stop b", "stop a"]


async def test_failed_start_unwinds_what_was_started() -> None:
    story: list[str] = []
    parts = [Part("a", story), Part("b", story, fails="start"), Part("c", story)]
    with pytest.raises(RuntimeError, match="b"):
        await Runner(parts).run()
    assert story == ["start a", "start b", "stop b", "stop a"]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_signal_drains(number) -> None:
    story: list[str] = []
    running = asyncio.create_task(Runner([Part("a", story)]).run())
    await started(story, 1)
    os.kill(os.getpid(), number)
    await asyncio.wait_for(running, 20)
    assert story == ["start a", "stop a"]


async def test_component_that_hangs_or_fails_does_not_keep_the_others() -> None:
    story: list[str] = []
    parts = [Part("a", story), Part("b", story, fails="hang"), Part("c", story, fails="stop")]
    runner = Runner(parts, drain_seconds=0.1)
    await runner.start()
    began = time.monotonic()
    with capture_logs() as logs:
        await runner.unwind()
    assert time.monotonic() - began < 10  # for ever, without the limit
    assert story[-3:] == ["stop c", "stop b", "stop a"]
    assert [entry["event"] for entry in logs if entry["log_level"] == "error"] == [
        "component failed to stop",
        "component did not stop in time",
    ]


async def test_stalled_loop_is_reported_with_its_stack_and_fails_livez() -> None:
    watch = LoopWatch(stall_seconds=0.08)
    watch.start()
    try:
        with capture_logs() as logs:
            block_the_loop(watch)
            with pytest.raises(Unavailable):
                check_alive()
        stalled = [entry for entry in logs if entry["event"] == "event loop stalled"]
        assert len(stalled) == 1
        assert any("block_the_loop" in line for line in stalled[0]["stack"])
        while watch.lag_seconds() > 0.08:
            await asyncio.sleep(0)
        check_alive()
    finally:
        watch.stop()


def block_the_loop(watch: LoopWatch) -> None:
    deadline = time.monotonic() + 2
    event = threading.Event()
    while not watch.stalls and time.monotonic() < deadline:
        event.wait(0.01)


async def test_loop_that_nobody_watches_is_alive() -> None:
    assert LoopWatch.current is None
    check_alive()


async def test_periodic_runs_again_after_failures_and_counts_them() -> None:
    runs = 0
    enough = asyncio.Event()

    async def work() -> None:
        nonlocal runs
        runs += 1
        if runs == 4:
            enough.set()
            return
        raise Unavailable("X", "x") if runs == 1 else ValueError("hunter2")

    periodic = Periodic("sweeper", 0.001, work)
    with capture_logs() as logs:
        await periodic.start()
        await periodic.check()
        await asyncio.wait_for(enough.wait(), 20)
        await periodic.stop()
    levels = [entry["log_level"] for entry in logs]
    assert levels == ["warning", "error", "error"]
    assert [entry["failures_in_a_row"] for entry in logs] == [1, 2, 3]
    assert periodic.failures_in_a_row == 0
    with pytest.raises(Unavailable):
        await periodic.check()


async def test_periodic_finishes_the_run_in_hand_before_it_stops() -> None:
    entered, gate, done = asyncio.Event(), asyncio.Event(), []

    async def work() -> None:
        entered.set()
        await gate.wait()
        done.append(1)

    periodic = Periodic("x", 60, work)
    await periodic.start()
    await entered.wait()
    stopping = asyncio.create_task(periodic.stop())
    await asyncio.sleep(0)
    gate.set()
    await stopping
    assert done == [1]


async def test_woken_periodic_does_not_wait_for_its_turn() -> None:
    runs = asyncio.Queue[int]()

    async def work() -> None:
        runs.put_nowait(1)

    periodic = Periodic("x", 3600, work)
    await periodic.start()
    await runs.get()
    assert runs.empty()
    periodic.wake()
    await asyncio.wait_for(runs.get(), 20)
    await periodic.stop()
    assert runs.empty()


async def test_many_wishes_within_the_rest_share_one_run() -> None:
    runs = asyncio.Queue[int]()

    async def work() -> None:
        runs.put_nowait(1)

    periodic = Periodic("x", 3600, work, rest_seconds=0.3)
    await periodic.start()
    await runs.get()
    for _ in range(3):
        periodic.wake()
        await asyncio.sleep(0)
    await asyncio.wait_for(runs.get(), 20)
    await periodic.stop()
    assert runs.empty()


async def test_indexes_start_only_what_owns_collections() -> None:
    story: list[str] = []
    await ensure_indexes([Store("db", story), Part("http", story)])
    assert story == ["start db", "indexes db", "stop db"]


class Api(Part):
    app = SimpleNamespace(openapi=lambda: {"openapi": "3.1.0"})


def program(story: list[str], roles: list[str]) -> typer.Typer:
    def build(settings: KitSettings, role: str) -> list[Component]:
        roles.append(role)
        return [Store("db", story), Api("http", story)]

    extra = typer.Typer()

    @extra.command(help="Say hello.")
    def hello() -> None:
        typer.echo("hola")

    return service_main("cases", build, extra, settings=KitSettings)


def test_help_says_in_plain_words_what_there_is() -> None:
    shown = CliRunner().invoke(program([], []), ["--help"])
    assert shown.exit_code == 0
    for word in ("api", "worker", "all", "indexes", "openapi", "hello", "Answer requests"):
        assert word in shown.output


def test_openapi_needs_no_environment() -> None:
    shown = CliRunner().invoke(program([], []), ["openapi"])
    assert json.loads(shown.stdout) == {"openapi": "3.1.0"}


def test_own_commands_stand_beside_the_common_ones() -> None:
    assert CliRunner().invoke(program([], []), ["hello"]).stdout == "hola\n"


def test_wrong_environment_ends_with_the_variable_named() -> None:
    shown = CliRunner().invoke(
        program([], []), ["api"], env={"ATIENDE_MONGO_URL": "x"}, catch_exceptions=False
    )
    assert shown.exit_code == 2
    assert "ATIENDE_MONGO_URL: no such setting; did you mean ATIENDE_MONGO__URL?" in shown.output


@pytest.mark.parametrize("role", ["api", "worker", "all"])
def test_role_reaches_build(monkeypatch: pytest.MonkeyPatch, role) -> None:
    roles: list[str] = []
    ran: list[int] = []
    monkeypatch.setattr(KitSettings, "load", KitSettings.example)
    monkeypatch.setattr(runtime, "run_components", lambda parts: ran.append(len(parts)))
    assert CliRunner().invoke(program([], roles), [role]).exit_code == 0
    assert (roles, ran) == ([role], [2])
