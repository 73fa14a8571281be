"""What the supervisor needs to know about a process. Pure data, kept in var/run/plan.json."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal

from dev.stack.files import read_json, write_json


@dataclass(frozen=True)
class Ready:
    """How to see that a process is ready: an HTTP answer below 400, or a port that accepts."""

    port: int
    path: str | None = None


@dataclass(frozen=True)
class Process:
    """One process of the stack.

    Args:
        name: unique; also the name of its log file.
        argv: the program and its arguments.
        env: the whole environment it gets, secrets included.
        kind: a `daemon` is kept running; a `job` runs once at each start and must end with 0.
        after: names of processes that must be ready (jobs: finished) first.
        ready: None means ready as soon as it runs.
        alive: asked of a daemon that is up; one that says no several times in a row is restarted.
        port: the port shown in `status`.
        cwd: where it runs.
        start_seconds: a daemon that is not ready by then is reported; a job is ended.
        grace_seconds: how long it may take to stop before it is killed.
    """

    name: str
    argv: tuple[str, ...]
    env: Mapping[str, str] = field(default_factory=dict)
    kind: Literal["daemon", "job"] = "daemon"
    after: tuple[str, ...] = ()
    ready: Ready | None = None
    alive: Ready | None = None
    port: int | None = None
    cwd: str | None = None
    start_seconds: float = 60.0
    grace_seconds: float = 30.0

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Process:
        """Reads what `asdict` gave."""
        ready, alive = value["ready"], value["alive"]
        return cls(
            **{
                **value,
                "argv": tuple(value["argv"]),
                "after": tuple(value["after"]),
                "ready": Ready(**ready) if ready else None,
                "alive": Ready(**alive) if alive else None,
            }
        )


def check_plan(processes: Iterable[Process]) -> list[str]:
    """Returns what is wrong with a plan: names used twice, unknown or circular dependencies."""
    plan = list(processes)
    names = [process.name for process in plan]
    problems = [f"two processes are named {name}" for name in set(names) if names.count(name) > 1]
    problems += [
        f"{process.name} waits for {other}, which is not in the plan"
        for process in plan
        for other in process.after
        if other not in names
    ]
    placed: set[str] = set()
    waiting = {process.name: set(process.after) & set(names) for process in plan}
    while waiting:
        free = [name for name, after in waiting.items() if after <= placed]
        if not free:
            return [*problems, f"processes wait for each other: {', '.join(sorted(waiting))}"]
        placed.update(free)
        for name in free:
            del waiting[name]
    return problems


def save_plan(path: Path, processes: Iterable[Process]) -> None:
    """Writes the plan for the supervisor; the file holds secrets and has mode 0600."""
    plan = list(processes)
    if problems := check_plan(plan):
        raise ValueError("; ".join(problems))
    write_json(path, [asdict(process) for process in plan])


def load_plan(path: Path) -> list[Process]:
    """Reads the plan of the running stack."""
    return [Process.from_json(value) for value in read_json(path) or []]
