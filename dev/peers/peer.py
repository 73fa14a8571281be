"""What every peer is: an installation, a server, and the two requests that are compared."""

from __future__ import annotations

import contextlib
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import httpx

TEXT = "Hay un poste de alumbrado público sin luz frente al parque, hace ya tres noches."
START_SECONDS = 60.0


@dataclass(frozen=True)
class Peer:
    """A running peer.

    Attributes:
        name: With its version.
        port: Of its HTTP server on the loopback address.
        create: One whole request that creates a case, different each time.
        page: One whole request for a page of open cases.
        pid: Of its server, whose children count too.
    """

    name: str
    port: int
    create: Callable[[], bytes]
    page: Callable[[], bytes]
    pid: int


def environment(cache: Path, name: str, packages: Sequence[str]) -> Path:
    """Install packages into an environment that is kept; gives its folder of programs."""
    home = cache / "peers" / name
    programs = home / "bin"
    wanted = "\n".join(packages)
    done = home / "installed.txt"
    if not done.exists() or done.read_text(encoding="utf-8") != wanted:
        subprocess.run((sys.executable, "-m", "venv", "--clear", str(home)), check=True)
        subprocess.run((str(programs / "pip"), "install", "-q", *packages), check=True)
        done.write_text(wanted, encoding="utf-8")
    return programs


@contextlib.contextmanager
def serving(
    command: Sequence[str], port: int, folder: Path, env: dict[str, str]
) -> Iterator[subprocess.Popen[bytes]]:
    """Run a server until it answers; stop it at the end.

    Raises:
        SystemExit: It does not start.
    """
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(command, cwd=folder, env=env, stdout=log, stderr=log)
    try:
        deadline = time.monotonic() + START_SECONDS
        while True:
            with contextlib.suppress(httpx.HTTPError):
                httpx.get(f"http://127.0.0.1:{port}/")
                break
            if process.poll() is not None or time.monotonic() > deadline:
                raise SystemExit(f"{command[0]} does not start: see {folder / 'log'}")
            time.sleep(0.1)
        yield process
    finally:
        process.terminate()
        process.wait()
