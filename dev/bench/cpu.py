"""CPU time and memory of the stack's processes, from /proc (Linux)."""

from __future__ import annotations

import os
from pathlib import Path

from dev.stack.stack import Stack

_TICK = os.sysconf("SC_CLK_TCK")


class CpuOf:
    """What each process of the stack spends between two moments."""

    def __init__(self, stack: Stack) -> None:
        self._pids = pids(stack)
        self._before: dict[str, float] = {}

    def begin(self) -> None:
        """From now on."""
        self._before = self._now()

    def spent(self) -> dict[str, float]:
        """Seconds since, by name of the process; those that spent nothing are left out."""
        now = self._now()
        spent = {name: now[name] - before for name, before in self._before.items()}
        return {name: seconds for name, seconds in spent.items() if seconds > 0}

    def _now(self) -> dict[str, float]:
        return {name: sum(map(_seconds, family(pid))) for name, pid in self._pids.items()}


def pids(stack: Stack) -> dict[str, int]:
    """The stack's running processes by name; what plays a provider is left out.

    Raises:
        SystemExit: No stack runs.
    """
    state = stack.state()
    if state is None:
        raise SystemExit("no stack runs; `make up` starts one")
    return {
        one.name: one.pid for one in state.items if one.pid and not one.name.startswith("fake-")
    }


def proportional_bytes(pid: int) -> int:
    """Memory of a process and its children, shared pages counted by their share (PSS)."""
    return sum(map(_pss, family(pid)))


def family(pid: int) -> list[int]:
    """The process and its descendants."""
    found = [pid]
    for one in found:
        for task in Path(f"/proc/{one}/task").glob("*/children"):
            found += [int(child) for child in task.read_text().split()]
    return found


def _seconds(pid: int) -> float:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / _TICK


def _pss(pid: int) -> int:
    try:
        rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
    except OSError:
        return 0
    [line] = [one for one in rollup.splitlines() if one.startswith("Pss:")]
    return int(line.split()[1]) * 1024
