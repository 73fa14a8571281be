"""The local stack as an object: what the commands, the demo and the end-to-end tests use."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable, Collection
from dataclasses import dataclass
from pathlib import Path

from dev.stack.context import Context
from dev.stack.paths import Layout
from dev.stack.plan import prepare
from dev.stack.process import load_plan
from dev.stack.servers import keycloak, nats
from dev.stack.state import Item, State, is_supervised

UP_SECONDS = 300.0
_STOP_SECONDS = 90.0
_POLL_SECONDS = 0.1
_HOPELESS_RESTARTS = 4


class StackError(Exception):
    """The stack could not be started or stopped; the text says what to look at."""


@dataclass(frozen=True)
class Endpoints:
    """Where the parts of a running stack are."""

    public_url: str
    keycloak_url: str
    issuer: str
    nats_url: str
    lmtp_port: int
    ports: dict[str, int]


class Stack:
    """One stack in one var folder.

    Args:
        var: the folder; by default ATIENDE_VAR or var/ of the checkout.
        scatter: take unusual ports, for a stack beside another one; by default
            ATIENDE_PORTS=scatter.

    Example:
        stack = Stack(tmp_path / "var", scatter=True)
        stack.up()
        ...
        stack.down()
    """

    def __init__(self, var: Path | None = None, *, scatter: bool | None = None) -> None:
        self.layout = Layout.find(var)
        self._scatter = scatter
        self._child: subprocess.Popen[bytes] | None = None
        self._moved: dict[str, tuple[int, int]] = {}

    @property
    def is_running(self) -> bool:
        """True while a supervisor holds the folder."""
        return is_supervised(self.layout)

    @property
    def is_well(self) -> bool:
        """True while it runs and every process does what it is there for."""
        state = self.state()
        return self.is_running and state is not None and all(item.well for item in state.items)

    def state(self) -> State | None:
        """Returns what the supervisor wrote last; None when it was never started."""
        return State.load(self.layout)

    def up(
        self,
        within_seconds: float = UP_SECONDS,
        on_change: Callable[[list[Item]], None] | None = None,
        only: Collection[str] | None = None,
    ) -> list[Item]:
        """Starts everything and waits until it is ready. Repeating it is harmless.

        Args:
            within_seconds: how long to wait for readiness.
            on_change: called with the processes' state several times a second while waiting.
            only: names of the processes to start, for tests that need some servers only.

        Raises:
            StackError: naming the processes that failed or are not ready, and their logs.
        """
        if self.is_running and self._has_failed():
            self.down()
        if not self.is_running:
            self._launch(only)
        return self._await_ready(within_seconds, on_change)

    def down(self, within_seconds: float = _STOP_SECONDS) -> bool:
        """Stops everything cleanly; False when nothing ran.

        Raises:
            StackError: the supervisor did not end in time.
        """
        state = self.state()
        if not self.is_running or state is None:
            return False
        os.kill(state.pid, signal.SIGTERM)
        deadline = time.monotonic() + within_seconds
        while self.is_running:
            if time.monotonic() > deadline:
                raise StackError(f"the supervisor (pid {state.pid}) did not stop in time")
            time.sleep(_POLL_SECONDS)
        if self._child:
            # Ours to bury, when this very process started it.
            self._child.wait()
        return True

    def context(self) -> Context:
        """Opens ports and credentials of the stack as it runs."""
        return Context.open(self.layout, running=True)

    def endpoints(self) -> Endpoints:
        """Returns the addresses of the running stack."""
        context = self.context()
        return Endpoints(
            public_url=context.public_url,
            keycloak_url=keycloak.direct_url(context),
            issuer=keycloak.issuer(context),
            nats_url=nats.url(context),
            lmtp_port=context.ports.get("lmtp"),
            ports=context.ports.kept(),
        )

    def moved(self) -> list[str]:
        """Returns one line for each piece that got another port because its usual one was taken."""
        return [
            f"port {usual} is taken: {name} listens on {port}"
            for name, (usual, port) in self._moved.items()
        ]

    def log_path(self, name: str) -> Path:
        """Returns the log file of a process."""
        return self.layout.logs / f"{name}.log"

    def kill(self, name: str) -> int:
        """Kills a process as a crash would; the supervisor starts it again. Returns its pid."""
        state = self.state()
        pid = next((item.pid for item in state.items if item.name == name), None) if state else None
        if pid is None:
            raise StackError(f"{name} is not running")
        os.killpg(pid, signal.SIGKILL)
        return pid

    def _launch(self, only: Collection[str] | None) -> None:
        context = Context.open(self.layout, scatter=self._scatter)
        prepare(context, only)
        self._moved = dict(context.ports.moved)
        log = (self.layout.logs / "supervisor.log").open("ab")
        with log:
            self._child = child = subprocess.Popen(
                (str(self.layout.python), "-m", "dev.stack", "supervise"),
                cwd=self.layout.root,
                env={**os.environ, "ATIENDE_VAR": str(self.layout.var)},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                # A session of its own: closing the terminal or pressing Ctrl-C does not reach it.
                start_new_session=True,
            )
        deadline = time.monotonic() + 30
        while not self._began(child.pid):
            if child.poll() is not None or time.monotonic() > deadline:
                raise StackError(f"the supervisor did not start; see {self.log_path('supervisor')}")
            time.sleep(_POLL_SECONDS)

    def _began(self, pid: int) -> bool:
        state = self.state()
        return state is not None and state.pid == pid

    def _has_failed(self) -> bool:
        state = self.state()
        return state is not None and any(
            item.status in {"failed", "blocked"} for item in state.items
        )

    def _await_ready(
        self, within_seconds: float, on_change: Callable[[list[Item]], None] | None
    ) -> list[Item]:
        deadline = time.monotonic() + within_seconds
        plan = load_plan(self.layout.run / "plan.json")
        patience = {process.name: process.start_seconds for process in plan}
        while True:
            state = self.state()
            items = state.items if state else []
            if on_change:
                on_change(items)
            if items and all(item.well for item in items):
                return items
            settled = all(item.settled for item in items) or any(
                _is_hopeless(item, patience[item.name]) for item in items
            )
            if settled or time.monotonic() > deadline or not self.is_running:
                wrong = [f"{item.name} ({item.status})" for item in items if not item.well]
                failed = [item.name for item in items if item.status in {"failed", "restarting"}]
                logs = ", ".join(str(self.log_path(name)) for name in failed or ["supervisor"])
                raise StackError(f"not ready: {', '.join(wrong)}; see {logs}")
            time.sleep(_POLL_SECONDS)


def _is_hopeless(item: Item, patience_seconds: float) -> bool:
    """True for what dies again and again, or takes too long, without ever having been ready."""
    if item.kind != "daemon" or item.ready_seconds is not None:
        return False
    late = item.started is not None and time.time() - item.started > patience_seconds
    return item.restarts >= _HOPELESS_RESTARTS or (item.status == "starting" and late)
