"""A PostgreSQL server of one's own, with the defaults of its distribution."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

from atiende_kit.testing.servers import free_port

USER = "atiende"


@contextlib.contextmanager
def postgres(folder: Path) -> Iterator[int]:
    """Run a server in a folder; gives its port. Whoever connects from here is trusted.

    Raises:
        SystemExit: PostgreSQL is not installed.
    """
    programs = _programs()
    data, port = folder / "postgres", free_port()
    folder.chmod(0o755)
    data.mkdir()
    if os.geteuid() == 0:
        shutil.chown(data, "nobody", "nogroup")
    _run(programs / "initdb", "-D", str(data), "-U", USER, "-A", "trust", "-E", "UTF8")
    options = f"-p {port} -h 127.0.0.1 -k {data}"
    _run(programs / "pg_ctl", "-D", str(data), "-l", f"{data}/log", "-w", "-o", options, "start")
    try:
        yield port
    finally:
        _run(programs / "pg_ctl", "-D", str(data), "-m", "immediate", "stop")


def create(port: int, name: str) -> None:
    """Make a database."""
    _run(_programs() / "createdb", "-h", "127.0.0.1", "-p", str(port), "-U", USER, name)


def _programs() -> Path:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    if found:
        return found[-1]
    if named := shutil.which("initdb"):
        return Path(named).resolve().parent
    raise SystemExit("PostgreSQL is not installed: apt-get install postgresql")


def _run(program: Path, *arguments: str) -> None:
    """PostgreSQL refuses to run as root; then it is nobody's."""
    who = ("setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups")
    command = (*(who if os.geteuid() == 0 else ()), str(program), *arguments)
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd="/")
    if done.returncode:
        raise SystemExit(f"{program.name}: {done.stderr or done.stdout}")
