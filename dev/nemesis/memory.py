"""A process that the kernel ends because a neighbour in its control group took all memory."""

from __future__ import annotations

import contextlib
import subprocess
import time
from pathlib import Path

_ROOT = Path("/sys/fs/cgroup")
_LIMITS = ("memory.max", "memory.limit_in_bytes")
_ROOM_BYTES = 24 * 1024 * 1024
"""Less than any process of a service holds: of the two the kernel ends the larger."""
_PATIENCE_SECONDS = 30.0
_LOOK_SECONDS = 0.05
# It reads a line that never ends.
_NEIGHBOUR = 'echo $$ > "$0/cgroup.procs" && exec tail /dev/zero'


class MemoryUnavailable(Exception):  # noqa: N818 -- it says what is not there
    """This machine does not let us limit memory."""


def end_for_want_of_memory(pid: int) -> None:
    """Take all memory of a process's group, so that the kernel ends it in the middle of its work.

    Raises:
        MemoryUnavailable: No root or no control groups for memory.
        TimeoutError: It lives on.
    """
    group = _place() / f"nemesis-{pid}"
    try:
        group.mkdir()
        limit = next(group / name for name in _LIMITS if (group / name).exists())
        limit.write_text(str(_ROOM_BYTES))
        (group / "cgroup.procs").write_text(str(pid))
    except (OSError, StopIteration) as error:
        with contextlib.suppress(OSError):
            group.rmdir()
        raise MemoryUnavailable(f"no control group for memory: {error}") from error
    neighbour = subprocess.Popen(("/bin/sh", "-c", _NEIGHBOUR, str(group)))
    try:
        _await_end(pid)
    finally:
        neighbour.kill()
        neighbour.wait()
        for survivor in (group / "cgroup.procs").read_text().split():
            with contextlib.suppress(OSError):
                (group.parent / "cgroup.procs").write_text(survivor)
        group.rmdir()


def _await_end(pid: int) -> None:
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while _is_alive(pid):
        if time.monotonic() > deadline:
            raise TimeoutError(f"{pid} lives on")
        time.sleep(_LOOK_SECONDS)


def _is_alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


def _place() -> Path:
    first = _ROOT / "memory"
    return first if first.is_dir() else _ROOT
