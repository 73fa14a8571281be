"""A network of its own, in which servers can be cut off from everybody who calls them.

The namespace has nothing but a loopback interface; rules of nftables inside it drop, refuse or lose
what goes to a server's port or comes from there. The machine's own network is not touched.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path

_PATH = "/usr/sbin:/sbin:/usr/bin:/bin"
_TABLE = "inet nemesis"
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
    if not is_inside():
        raise NetworkUnavailable("start this with run_inside")
    rules = (rule.strip() for rule in harm.value.format(port=port).split(";"))
    _nft(f"add table {_TABLE}")
    # Above all: what comes back from the rules must not be taken up again by others.
    _nft(f"add chain {_TABLE} out {{ type filter hook output priority -300; }}")
    try:
        for rule in rules:
            _nft(f"add rule {_TABLE} out {rule}")
        yield
    finally:
        _nft(f"delete table {_TABLE}")


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
