"""The supervisor: order, restarts with back-off, clean stop, one at a time, leftovers ended."""

from __future__ import annotations

import asyncio
import itertools
import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

import pytest

from dev.stack.paths import ROOT, Layout
from dev.stack.probe import birth
from dev.stack.process import Process, Ready, check_plan, save_plan
from dev.stack.state import Item, Lock, State, is_supervised
from dev.stack.supervisor import Supervisor, Timing, cut_log

QUICK = Timing(backoff_first=0.05, backoff_most=0.4, probe_starting=0.02, probe_up=0.05)
ENV = {"PATH": os.environ["PATH"], "PYTHONUNBUFFERED": "1"}


@pytest.fixture
def layout(tmp_path: Path) -> Layout:
    made = Layout(ROOT, tmp_path / "var", tmp_path / "cache", Path(sys.prefix))
    made.make()
    return made


def python(code: str) -> tuple[str, ...]:
    return (sys.executable, "-S", "-c", code)


def sleeper(name: str, after: tuple[str, ...] = ()) -> Process:
    return Process(name, python("import signal; signal.pause()"), ENV, after=after)


@asynccontextmanager
async def running(
    layout: Layout, *plan: Process, timing: Timing = QUICK, **options: int
) -> AsyncIterator[Callable[[str], Item]]:
    supervisor = Supervisor(layout, plan, timing, **options)
    task = asyncio.create_task(supervisor.run())
    try:
        yield lambda name: item_of(layout, name)
    finally:
        supervisor.request_stop()
        await task


def item_of(layout: Layout, name: str) -> Item:
    state = State.load(layout)
    assert state is not None
    return next(item for item in state.items if item.name == name)


async def until(condition: Callable[[], bool], seconds: float = 10) -> None:
    async with asyncio.timeout(seconds):
        while not condition():
            await asyncio.sleep(0.02)


@pytest.mark.integration
async def test_killed_process_is_started_again(layout: Layout) -> None:
    async with running(layout, sleeper("one")) as item:
        await until(lambda: State.load(layout) is not None and item("one").status == "up")
        first = item("one").pid
        assert first is not None
        os.kill(first, signal.SIGKILL)
        await until(lambda: item("one").restarts == 1 and item("one").status == "up")
        assert item("one").pid != first
        assert item("one").exit_code == -signal.SIGKILL


@pytest.mark.integration
async def test_process_that_dies_at_once_is_tried_less_and_less_often(layout: Layout) -> None:
    mark = layout.var / "tries"
    dying = Process("dying", ("/bin/sh", "-c", f"date +%s%N >> {mark}; exit 3"), ENV)
    async with running(layout, dying) as item:
        await until(lambda: mark.exists() and len(mark.read_text().split()) >= 5)
        tries = [int(line) / 1e9 for line in mark.read_text().split()[:5]]
        gaps = [later - earlier for earlier, later in itertools.pairwise(tries)]
        assert gaps[3] > gaps[0] * 2
        assert item("dying").exit_code == 3


@pytest.mark.integration
async def test_program_that_does_not_exist_is_reported_in_its_log(layout: Layout) -> None:
    async with running(layout, Process("ghost", ("/no/such/program",), ENV)) as item:
        await until(lambda: State.load(layout) is not None and item("ghost").restarts >= 1)
        assert item("ghost").exit_code == 127
    assert "cannot start /no/such/program" in (layout.logs / "ghost.log").read_text()


@pytest.mark.integration
async def test_process_waits_for_the_job_before_it(layout: Layout) -> None:
    mark = layout.var / "done"
    job = Process("job", ("/bin/sh", "-c", f"sleep 0.2; touch {mark}"), ENV, kind="job")
    after = Process(
        "after", ("/bin/sh", "-c", f"test -e {mark} && exec sleep 60"), ENV, after=("job",)
    )
    async with running(layout, job, after) as item:
        await until(lambda: mark.exists() and item("after").status == "up")
        assert item("job").status == "done"
        assert item("after").restarts == 0


@pytest.mark.integration
async def test_what_comes_after_a_failed_job_is_blocked(layout: Layout) -> None:
    job = Process("job", ("/bin/sh", "-c", "exit 4"), ENV, kind="job")
    plan = (job, sleeper("after", ("job",)), sleeper("later", ("after",)), sleeper("free"))
    async with running(layout, *plan) as item:
        await until(lambda: State.load(layout) is not None and item("later").status == "blocked")
        assert item("job").status == "failed"
        assert item("job").exit_code == 4
        assert item("after").status == "blocked"
        await until(lambda: item("free").status == "up")


@pytest.mark.integration
async def test_job_that_takes_too_long_is_ended(layout: Layout) -> None:
    job = Process("job", ("sleep", "60"), ENV, kind="job", start_seconds=0.2)
    async with running(layout, job) as item:
        await until(lambda: State.load(layout) is not None and item("job").status == "failed")
        assert item("job").exit_code == 124


@pytest.mark.integration
async def test_dependents_are_stopped_before_what_they_need(layout: Layout) -> None:
    mark = layout.var / "order"

    def noting(name: str, after: tuple[str, ...] = ()) -> Process:
        code = (
            "import signal,sys,pathlib\n"
            f"def end(*_): open({str(mark)!r},'a').write('{name} '); sys.exit(0)\n"
            "signal.signal(signal.SIGTERM, end)\n"
            "pathlib.Path({0!r} + {1!r}).touch()\n"
            "signal.pause()"
        ).format(str(layout.var / "up-"), name)
        return Process(name, python(code), ENV, after=after)

    plan = (noting("base"), noting("middle", ("base",)), noting("top", ("middle",)))
    async with running(layout, *plan):
        await until(
            lambda: all((layout.var / f"up-{p.name}").exists() for p in plan),
        )
    assert mark.read_text().split() == ["top", "middle", "base"]
    state = State.load(layout)
    assert state is not None
    assert state.phase == "stopped"


@pytest.mark.integration
async def test_process_that_ignores_the_request_is_killed_with_its_children(
    layout: Layout,
) -> None:
    mark = layout.var / "child"
    code = (
        "import signal,subprocess,pathlib\n"
        "signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
        "child = subprocess.Popen(['sleep','300'])\n"
        f"pathlib.Path({str(mark)!r}).write_text(str(child.pid))\n"
        "signal.pause()\nsignal.pause()"
    )
    stubborn = Process("stubborn", python(code), ENV, grace_seconds=0.3)
    async with running(layout, stubborn):
        await until(lambda: mark.exists() and bool(mark.read_text()))
    await until(lambda: birth(int(mark.read_text())) is None)


@pytest.mark.integration
async def test_readiness_is_asked_of_the_process(layout: Layout) -> None:
    port = unused_port()
    code = (
        "import http.server\n"
        "class H(http.server.BaseHTTPRequestHandler):\n"
        " def do_GET(self): self.send_response(200); self.end_headers()\n"
        f"http.server.HTTPServer(('127.0.0.1',{port}),H).serve_forever()"
    )
    web = Process("web", python(code), ENV, ready=Ready(port, "/readyz"), port=port)
    never = Process("never", ("sleep", "60"), ENV, ready=Ready(unused_port()))
    async with running(layout, web, never, sleeper("after", ("web",))) as item:
        await until(lambda: State.load(layout) is not None and item("after").status == "up")
        assert item("web").status == "up"
        assert item("never").status == "starting"


def unused_port() -> int:
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.mark.integration
async def test_process_that_says_it_is_not_alive_is_started_again(
    layout: Layout, tmp_path: Path
) -> None:
    port, wrong = unused_port(), tmp_path / "wrong"
    code = f"""
import http.server, pathlib
class Answer(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        wrong = self.path == "/alive" and pathlib.Path({str(wrong)!r}).exists()
        self.send_response(503 if wrong else 200)
        self.end_headers()
http.server.HTTPServer(("127.0.0.1", {port}), Answer).serve_forever()
"""
    one = Process(
        "one", python(code), ENV, ready=Ready(port, "/ready"), alive=Ready(port, "/alive")
    )
    async with running(layout, one) as item:
        await until(lambda: State.load(layout) is not None and item("one").status == "up")
        first = item("one").pid
        wrong.touch()
        await until(lambda: item("one").restarts == 1)
        wrong.unlink()
        await until(lambda: item("one").status == "up" and item("one").pid != first)
        assert item("one").restarts == 1


@pytest.mark.unit
def test_log_beyond_its_limit_is_cut_and_kept_for_some_generations(tmp_path: Path) -> None:
    path = tmp_path / "x.log"
    for number in range(5):
        path.write_text(f"{number}" * 100)
        cut_log(path, 50)
        assert path.stat().st_size == 0
    kept = sorted(file.name for file in tmp_path.iterdir())
    assert kept == ["x.log", "x.log.1", "x.log.2", "x.log.3"]
    assert (tmp_path / "x.log.1").read_text() == "4" * 100


@pytest.mark.unit
def test_log_within_its_limit_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "x.log"
    path.write_text("short")
    cut_log(path, 50)
    assert path.read_text() == "short"


@pytest.mark.unit
def test_plan_with_a_circle_an_unknown_name_or_a_double_is_refused(tmp_path: Path) -> None:
    circle = [sleeper("a", ("b",)), sleeper("b", ("a",))]
    assert "wait for each other" in " ".join(check_plan(circle))
    assert "not in the plan" in " ".join(check_plan([sleeper("a", ("ghost",))]))
    assert "two processes" in " ".join(check_plan([sleeper("a"), sleeper("a")]))
    with pytest.raises(ValueError, match="wait for each other"):
        save_plan(tmp_path / "plan.json", circle)


@contextmanager
def in_background(layout: Layout) -> Iterator[subprocess.Popen[bytes]]:
    with subprocess.Popen(
        (sys.executable, "-m", "dev.stack", "supervise"),
        cwd=ROOT,
        env={**os.environ, "ATIENDE_VAR": str(layout.var)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        start_new_session=True,
    ) as supervisor:
        try:
            yield supervisor
        finally:
            # Only after a failed test does it still run here.
            supervisor.terminate()


@pytest.mark.integration
async def test_children_are_stopped_even_when_the_folder_is_gone(layout: Layout) -> None:
    supervisor = Supervisor(layout, [sleeper("one")], QUICK)
    task = asyncio.create_task(supervisor.run())
    await until(lambda: State.load(layout) is not None and item_of(layout, "one").status == "up")
    pid = item_of(layout, "one").pid
    assert pid is not None
    shutil.rmtree(layout.run)
    supervisor.request_stop()
    await task
    assert birth(pid) is None


@pytest.mark.integration
async def test_second_supervisor_of_a_folder_refuses_to_start(layout: Layout) -> None:
    save_plan(layout.run / "plan.json", [sleeper("one")])
    lock = Lock(layout.run / "supervisor.lock")
    assert lock.acquire()
    with in_background(layout) as second:
        assert second.stderr is not None
        assert b"another supervisor" in second.stderr.read()
        assert second.wait(20) == 3
    lock.release()
    assert not is_supervised(layout)


@pytest.mark.integration
async def test_leftovers_of_a_killed_supervisor_are_ended_at_the_next_start(
    layout: Layout,
) -> None:
    save_plan(layout.run / "plan.json", [sleeper("one")])

    def up() -> bool:
        return State.load(layout) is not None and item_of(layout, "one").status == "up"

    with in_background(layout) as first:
        await until(up, 20)
        left = item_of(layout, "one").pid
        assert left is not None
        first.kill()
        first.wait(10)
    assert birth(left) is not None
    assert not is_supervised(layout)
    with in_background(layout) as second:
        await until(lambda: up() and item_of(layout, "one").pid != left, 20)
        assert birth(left) is None
        second.send_signal(signal.SIGHUP)  # the terminal closes: it must not care
        second.terminate()
        assert second.wait(20) == 0
    assert item_of(layout, "one").status == "stopped"
    assert json.loads((layout.run / "state.json").read_text())["phase"] == "stopped"
