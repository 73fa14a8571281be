"""A network of its own, in which servers can be cut off from everybody who calls them.

The namespace has nothing but a loopback interface; rules of nftables inside it drop, refuse or lose
what goes to a server's port or comes from there. The machine's own network is not touched.
"""

from __future__ import annotations

import contextlib
import itertools
import os
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path

_PATH = "/usr/sbin:/sbin:/usr/bin:/bin"
_TABLE = "inet nemesis"
_TABLES = itertools.count()
_GROUPS = Path("/sys/fs/cgroup")
"""Where nftables looks for groups of processes."""
_INSIDE = "ATIENDE_NEMESIS_NETWORK"


class NetworkUnavailable(Exception):  # noqa: N818 -- it says what is not there
    """This machine does not let us make a network namespace with rules."""


class Harm(StrEnum):
    """What happens to packets between a server and everybody else; {port} is the server's."""

    CUT = "tcp dport {port} drop; tcp sport {port} drop"
    NO_REQUESTS = "tcp dport {port} drop"
    NO_REPLIES = "tcp sport {port} drop"
    RESET = "tcp dport {port} reject with tcp reset"
    LOSS = (
        "tcp dport {port} numgen random mod 100 < 30 drop; "
        "tcp sport {port} numgen random mod 100 < 30 drop"
    )


def is_inside() -> bool:
    """Whether this process was started by `run_inside`."""
    return _INSIDE in os.environ


def run_inside(arguments: Sequence[str], folder: Path) -> subprocess.CompletedProcess[bytes]:
    """Run a Python program in a network of its own.

    Args:
        arguments: Of the interpreter.
        folder: Where it runs.

    Raises:
        NetworkUnavailable: No root, no namespaces or no nftables.
    """
    _refuse_without_means()
    script = 'ip link set lo up && exec "$@"'
    command = ("unshare", "--net", "sh", "-c", script, "sh", sys.executable, *arguments)
    return subprocess.run(command, cwd=folder, env=_environment() | {_INSIDE: "1"}, check=False)


@contextmanager
def harmed(port: int, harm: Harm) -> Iterator[None]:
    """Nobody reaches a server as they should, from both sides of the loopback interface.

    Raises:
        NetworkUnavailable: This is the machine's own network, whose rules are not ours to change.
    """
    with _ruled(rule.strip() for rule in harm.value.format(port=port).split(";")):
        yield


@contextmanager
def parted(pid: int, *ports: int) -> Iterator[None]:
    """One process and some servers no longer hear each other; everybody else goes on.

    Args:
        pid: Who calls the servers; parted only once at a time.
        ports: The servers'.

    Raises:
        NetworkUnavailable: As for `harmed`, or processes cannot be told apart here.
    """
    with _own_group(pid) as group:
        # What it opens from now on is known by its group, what was open by its port.
        rules = [f'tcp dport {port} socket cgroupv2 level 1 "{group}" drop' for port in ports]
        for local, port in _connections(pid):
            if port in ports:
                rules.append(f"tcp sport {local} tcp dport {port} drop")
                rules.append(f"tcp sport {port} tcp dport {local} drop")
        with _ruled(rules):
            yield


@contextmanager
def _ruled(rules: Iterable[str]) -> Iterator[None]:
    if not is_inside():
        raise NetworkUnavailable("start this with run_inside")
    table = f"{_TABLE}{next(_TABLES)}"
    _nft(f"add table {table}")
    # Above all: what comes back from the rules must not be taken up again by others.
    _nft(f"add chain {table} out {{ type filter hook output priority -300; }}")
    try:
        for rule in rules:
            _nft(f"add rule {table} out {rule}")
        yield
    finally:
        _nft(f"delete table {table}")


@contextmanager
def _own_group(pid: int) -> Iterator[str]:
    """The process alone in a control group; gives its name as nftables wants it."""
    mounts = (line.split() for line in Path("/proc/mounts").read_text().splitlines())
    root = next((Path(one[1]) for one in mounts if one[2] == "cgroup2"), None)
    if root is None or not root.is_relative_to(_GROUPS):
        raise NetworkUnavailable("no control groups of version 2")
    before = next(
        line.removeprefix("0::/")
        for line in Path(f"/proc/{pid}/cgroup").read_text().splitlines()
        if line.startswith("0::/")
    )
    group = root / f"nemesis-{pid}"
    try:
        group.mkdir(exist_ok=True)
        (group / "cgroup.procs").write_text(str(pid))
    except OSError as error:
        raise NetworkUnavailable(f"no control group of our own: {error}") from error
    try:
        yield str(group.relative_to(_GROUPS))
    finally:
        # With what it has started meanwhile; and it may have ended.
        for survivor in (group / "cgroup.procs").read_text().split():
            with contextlib.suppress(ProcessLookupError):
                (root / before / "cgroup.procs").write_text(survivor)
        group.rmdir()


def _connections(pid: int) -> set[tuple[int, int]]:
    """Local and remote port of each of a process's connections (proc(5), net/tcp)."""
    sockets = set()
    for one in Path(f"/proc/{pid}/fd").iterdir():
        with contextlib.suppress(OSError):
            sockets.add(one.readlink().name.removeprefix("socket:[").removesuffix("]"))
    found = set()
    for table in ("tcp", "tcp6"):
        for line in Path(f"/proc/{pid}/net/{table}").read_text().splitlines()[1:]:
            fields = line.split()
            if fields[9] in sockets:
                local, remote = (int(fields[n].rpartition(":")[2], 16) for n in (1, 2))
                found.add((local, remote))
    return found


def _refuse_without_means() -> None:
    missing = [one for one in ("unshare", "ip", "nft") if shutil.which(one, path=_PATH) is None]
    if missing:
        raise NetworkUnavailable(f"{', '.join(missing)} is missing")
    probe = ("unshare", "--net", "nft", f"add table {_TABLE}")
    done = subprocess.run(probe, env=_environment(), capture_output=True, text=True, check=False)
    if done.returncode:
        raise NetworkUnavailable(done.stderr.strip() or "no namespace")


def _nft(command: str) -> None:
    subprocess.run(("nft", command), env=_environment(), check=True, capture_output=True)


def _environment() -> dict[str, str]:
    return os.environ | {"PATH": f"{_PATH}:{os.environ.get('PATH', '')}"}
