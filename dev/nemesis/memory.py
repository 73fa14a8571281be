"""A process that may have hardly more memory than it holds: the kernel ends it when it asks on."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

_ROOT = Path("/sys/fs/cgroup")
_LIMITS = ("memory.max", "memory.limit_in_bytes")
_USED = ("memory.current", "memory.usage_in_bytes")
_EVENTS = ("memory.events", "memory.oom_control")


class MemoryUnavailable(Exception):  # noqa: N818 -- it says what is not there
    """This machine does not let us limit memory."""


class Cramped:
    """A control group with one process; of its memory only what it takes from now on counts.

    Args:
        group: An empty one, of version 1 or 2.
        pid: The process.
    """

    def __init__(self, group: Path, pid: int) -> None:
        self._group = group
        (group / "cgroup.procs").write_text(str(pid))

    @property
    def ended(self) -> int:
        """How many processes the kernel ended here."""
        lines = _one_of(self._group, _EVENTS).read_text().splitlines()
        counts = dict(line.split() for line in lines)
        return int(counts["oom_kill"])

    def tighten(self, room: int) -> None:
        """Allow so many bytes more than what is taken now."""
        used = int(_one_of(self._group, _USED).read_text())
        # What cannot be given back in time keeps the limit that it has.
        with contextlib.suppress(OSError):
            _one_of(self._group, _LIMITS).write_text(str(used + room))


@contextlib.contextmanager
def cramped(pid: int) -> Iterator[Cramped]:
    """Put a process into a control group for memory of its own; nothing is limited yet.

    Raises:
        MemoryUnavailable: No root or no control groups for memory.
    """
    group = _place() / f"nemesis-{pid}"
    try:
        group.mkdir()
    except OSError as error:
        raise MemoryUnavailable(f"no control group of our own: {error}") from error
    try:
        if not any((group / name).exists() for name in _LIMITS):
            raise MemoryUnavailable("memory is not controlled here")
        yield Cramped(group, pid)
    finally:
        for survivor in (group / "cgroup.procs").read_text().split():
            with contextlib.suppress(OSError):
                (group.parent / "cgroup.procs").write_text(survivor)
        group.rmdir()


def _place() -> Path:
    first = _ROOT / "memory"
    return first if first.is_dir() else _ROOT


def _one_of(group: Path, names: tuple[str, ...]) -> Path:
    return next(group / name for name in names if (group / name).exists())
