"""Starts the processes of a plan in order, restarts what dies, stops all cleanly.

One asyncio task per process. A process starts when everything it comes after is ready (or, for
jobs, has ended well), so independent pieces start at the same time. Children lead their own process
groups, outlive the terminal and write straight to their log files, so they go on if the supervisor
itself is killed; the next start
ends such leftovers first.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import signal
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from dev.stack.paths import Layout
from dev.stack.probe import birth, is_ready
from dev.stack.process import Process, load_plan
from dev.stack.state import Item, Lock, State, Status


@dataclass(frozen=True)
class Timing:
    """The supervisor's figures, in seconds; tests take shorter ones."""

    backoff_first: float = 0.5
    backoff_most: float = 5.0
    # A process that has been up this long is forgiven its earlier deaths.
    forgiven_after: float = 60.0
    probe_starting: float = 0.2
    probe_up: float = 5.0
    log_check: float = 10.0
    # Looks in a row at which a daemon that is up must say that it is not alive.
    misses: int = 4


LOG_LIMIT_BYTES = 20 * 1024 * 1024
LOG_GENERATIONS = 3

# The exit codes of a shell and of timeout(1) for what had none of its own.
NOT_STARTED = 127
TIMED_OUT = 124


class Supervisor:
    """Keeps the processes of one plan running until it is told to stop."""

    def __init__(
        self,
        layout: Layout,
        plan: Sequence[Process],
        timing: Timing | None = None,
        log_limit_bytes: int = LOG_LIMIT_BYTES,
    ) -> None:
        self._layout = layout
        self._plan = {process.name: process for process in plan}
        self._items = {
            process.name: Item(process.name, process.kind, port=process.port) for process in plan
        }
        self._settled = {name: asyncio.Event() for name in self._plan}
        self._gone = {name: asyncio.Event() for name in self._plan}
        self._state = State(os.getpid(), "running", time.time(), list(self._items.values()))
        self._timing = timing or Timing()
        self._log_limit_bytes = log_limit_bytes
        self._stopping = asyncio.Event()

    def request_stop(self) -> None:
        """Begins the clean stop; `run` returns when it is over."""
        self._stopping.set()

    async def run(self) -> None:
        """Runs until `request_stop`, then stops dependents before what they depend on."""
        self._layout.make()
        self._end_leftovers()
        self._save()
        tasks = {name: asyncio.create_task(self._keep(name)) for name in self._plan}
        logs = asyncio.create_task(self._limit_logs())
        await self._stopping.wait()
        self._state.phase = "stopping"
        self._save()
        await asyncio.gather(*(self._stop(name, task) for name, task in tasks.items()))
        logs.cancel()
        self._state.phase = "stopped"
        self._save()

    async def _keep(self, name: str) -> None:
        process = self._plan[name]
        for other in process.after:
            await self._settled[other].wait()
            if self._items[other].status in {"failed", "blocked"}:
                self._set(name, "blocked")
                self._settled[name].set()
                return
        if process.kind == "job":
            await self._run_job(process)
        else:
            await self._run_daemon(process)

    async def _run_job(self, process: Process) -> None:
        child = await self._launch(process)
        item = self._items[process.name]
        try:
            async with asyncio.timeout(process.start_seconds):
                code = await child.wait() if child else NOT_STARTED
        except TimeoutError:
            await self._end(process, item.pid or 0)
            code = TIMED_OUT
        item.exit_code, item.pid = code, None
        item.ready_seconds = time.time() - (item.started or 0)
        self._set(process.name, "done" if code == 0 else "failed")
        self._settled[process.name].set()

    async def _run_daemon(self, process: Process) -> None:
        item = self._items[process.name]
        wait = self._timing.backoff_first
        while True:
            started = time.monotonic()
            child = await self._launch(process)
            if child:
                watch = asyncio.create_task(self._watch(process))
                try:
                    item.exit_code = await child.wait()
                finally:
                    watch.cancel()
                self._end_group(child.pid)
            else:
                item.exit_code = NOT_STARTED
            if time.monotonic() - started >= self._timing.forgiven_after:
                wait = self._timing.backoff_first
            item.pid = None
            item.restarts += 1
            self._set(process.name, "restarting")
            await asyncio.sleep(wait)
            wait = min(wait * 2, self._timing.backoff_most)

    async def _watch(self, process: Process) -> None:
        """Follows a daemon's readiness while it runs."""
        item = self._items[process.name]
        begun, misses = time.monotonic(), 0
        while True:
            well = process.ready is None or await is_ready(process.ready)
            if well and item.status != "up":
                if item.status == "starting":
                    item.ready_seconds = time.monotonic() - begun
                self._set(process.name, "up")
                self._settled[process.name].set()
            elif not well and item.status == "up":
                self._set(process.name, "unready")
            up = item.status == "up"
            if up and process.alive is not None:
                misses = 0 if await is_ready(process.alive) else misses + 1
                if misses == self._timing.misses:
                    # Its end is seen, and it is started again, where it was started.
                    await self._end(process, item.pid or 0)
            await asyncio.sleep(self._timing.probe_up if up else self._timing.probe_starting)

    async def _launch(self, process: Process) -> asyncio.subprocess.Process | None:
        """Starts the process; None, with the reason in its log, when there is nothing to start."""
        item = self._items[process.name]
        log = os.open(
            self._layout.logs / f"{process.name}.log",
            # Appending keeps the file right when it is cut at its size limit.
            os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC,
            0o600,
        )
        try:
            child = await asyncio.create_subprocess_exec(
                *process.argv,
                env=dict(process.env),
                cwd=process.cwd or self._layout.root,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        except OSError as error:
            os.write(log, f"cannot start {process.argv[0]}: {error}\n".encode())
            return None
        finally:
            os.close(log)
        item.pid, item.birth, item.started = child.pid, birth(child.pid), time.time()
        self._set(process.name, "starting")
        return child

    async def _stop(self, name: str, task: asyncio.Task[None]) -> None:
        for other in self._plan.values():
            if name in other.after:
                await self._gone[other.name].wait()
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
        item = self._items[name]
        if item.pid is not None:
            await self._end(self._plan[name], item.pid)
            item.pid = None
        if item.kind == "daemon":
            self._set(name, "stopped")
        self._gone[name].set()

    async def _end(self, process: Process, pid: int) -> None:
        """Asks the process to end, then insists; its whole group is gone afterwards."""
        mark = birth(pid)
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGTERM)
        deadline = time.monotonic() + process.grace_seconds
        # Polled, because the task that awaited the child has been cancelled by now.
        while (  # noqa: ASYNC110 -- no event tells of another process's end
            mark is not None and birth(pid) == mark and time.monotonic() < deadline
        ):
            await asyncio.sleep(0.05)
        self._end_group(pid)

    @staticmethod
    def _end_group(leader: int) -> None:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(leader, signal.SIGKILL)

    def _end_leftovers(self) -> None:
        """Ends what a supervisor that was killed left behind; it holds our ports and files."""
        before = State.load(self._layout)
        left = [item for item in before.items if item.pid] if before else []
        for item in left:
            if item.pid and item.birth and birth(item.pid) == item.birth:
                os.kill(item.pid, signal.SIGTERM)
        for item in left:
            deadline = time.monotonic() + 15
            while item.pid and birth(item.pid) == item.birth and time.monotonic() < deadline:
                time.sleep(0.1)
            if item.pid and birth(item.pid) == item.birth:
                self._end_group(item.pid)

    async def _limit_logs(self) -> None:
        while True:
            for name in self._plan:
                cut_log(self._layout.logs / f"{name}.log", self._log_limit_bytes)
            await asyncio.sleep(self._timing.log_check)

    def _set(self, name: str, status: Status) -> None:
        item = self._items[name]
        item.status, item.since = status, time.time()
        stamp = time.strftime("%Y-%m-%dT%H:%M:%S%z")
        detail = f" exit={item.exit_code}" if status in {"restarting", "failed"} else ""
        print(f"{stamp} {name} {status} pid={item.pid}{detail}", flush=True)
        self._save()

    def _save(self) -> None:
        try:
            self._state.save(self._layout.run / "state.json")
        except OSError as error:
            # A full disk or a removed folder must not keep the children from being looked after.
            print(f"the state cannot be written: {error}", file=sys.stderr, flush=True)


def cut_log(path: Path, limit_bytes: int) -> None:
    """Keeps a log below its limit: copied to `.1` (older ones move up) and emptied in place.

    The writer holds the file open, so it cannot be renamed; lines written in the moment between
    copying and
    emptying are lost, which is the known price of this method and right for a laptop's logs.
    """
    if not path.exists() or path.stat().st_size <= limit_bytes:
        return
    for number in range(LOG_GENERATIONS - 1, 0, -1):
        older = path.with_name(f"{path.name}.{number}")
        if older.exists():
            older.replace(path.with_name(f"{path.name}.{number + 1}"))
    shutil.copyfile(path, path.with_name(f"{path.name}.1"))
    path.with_name(f"{path.name}.1").chmod(0o600)
    os.truncate(path, 0)


async def supervise(layout: Layout) -> int:
    """Runs the plan of the layout; returns the exit code of the supervising process."""
    lock = Lock(layout.run / "supervisor.lock")
    if not lock.acquire():
        print("another supervisor runs this folder", file=sys.stderr)
        return 3
    supervisor = Supervisor(layout, load_plan(layout.run / "plan.json"))
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, supervisor.request_stop)
    loop.add_signal_handler(signal.SIGHUP, lambda: None)
    await supervisor.run()
    lock.release()
    return 0
