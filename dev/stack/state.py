"""What the supervisor says about itself, read by every command."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal

from dev.stack.files import read_json, write_json
from dev.stack.paths import Layout

Status = Literal[
    "waiting",  # for what it comes after
    "starting",  # runs, not ready yet
    "up",  # a daemon that answers
    "unready",  # a daemon that answered once and does not now
    "restarting",  # died, waits for its next try
    "done",  # a job that ended well
    "failed",  # a job that did not
    "blocked",  # comes after a job that failed
    "stopped",
]


@dataclass
class Item:
    """The present state of one process."""

    name: str
    kind: str
    status: Status = "waiting"
    pid: int | None = None
    birth: str | None = None
    port: int | None = None
    restarts: int = 0
    since: float = field(default_factory=time.time)
    started: float | None = None
    ready_seconds: float | None = None
    exit_code: int | None = None

    @property
    def settled(self) -> bool:
        """True when nothing more is to be waited for at the start."""
        return self.status in {"up", "done", "failed", "blocked"}

    @property
    def well(self) -> bool:
        """True when it does what it is there for."""
        return self.status in {"up", "done"}


@dataclass
class State:
    """The supervisor and its processes."""

    pid: int
    phase: Literal["running", "stopping", "stopped"]
    started: float
    items: list[Item]

    def save(self, path: Path) -> None:
        """Writes the state in one step."""
        write_json(path, asdict(self))

    @classmethod
    def load(cls, layout: Layout) -> State | None:
        """Reads the state that the supervisor wrote last, running or not."""
        value: Mapping[str, Any] | None = read_json(layout.run / "state.json")
        if value is None:
            return None
        return cls(**{**value, "items": [Item(**item) for item in value["items"]]})


class Lock:
    """The right to supervise a var folder; the system takes it back when the holder dies."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._handle: int | None = None

    def acquire(self) -> bool:
        """Takes the lock without waiting; False when another process has it."""
        handle = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(handle)
            return False
        self._handle = handle
        return True

    def release(self) -> None:
        """Gives the lock back."""
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None


def is_supervised(layout: Layout) -> bool:
    """Says whether a supervisor holds the lock of the var folder now."""
    path = layout.run / "supervisor.lock"
    if not path.exists():
        return False
    lock = Lock(path)
    if lock.acquire():
        lock.release()
        return False
    return True
