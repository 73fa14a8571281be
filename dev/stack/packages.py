"""Programs of the system that only some tests need: found, and brought where the machine lets us.

`python -m dev.stack.packages` brings all of them. Browser builds that test tools download by
themselves are not used: behind a closed network only the distribution's packages are reachable.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

_PATH = f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin"


@dataclass(frozen=True)
class Program:
    """A program under any of its names, the package that brings it, and what is tested with it."""

    names: tuple[str, ...]
    package: str
    purpose: str

    def find(self) -> Path | None:
        """Returns where it is, or None."""
        found = next(filter(None, (shutil.which(name, path=_PATH) for name in self.names)), None)
        return Path(found) if found else None


BROWSER = Program(
    ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable"),
    "chromium",
    "browser tests",
)
PROGRAMS = (
    BROWSER,
    Program(("nft",), "nftables", "tests of partitions"),
    Program(("ip",), "iproute2", "tests of partitions"),
)


def ensure(*programs: Program) -> Sequence[Program]:
    """Installs what is missing where we are root on a Debian-like machine.

    Returns:
        The programs that are still missing.
    """
    missing = [one for one in programs if one.find() is None]
    if not missing or os.geteuid() != 0 or not shutil.which("apt-get"):
        return missing
    names = sorted({one.package for one in missing})
    print(f"… for some tests: installing the system packages {', '.join(names)}", flush=True)
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for argv in (
        ("apt-get", "update", "-qq"),
        ("apt-get", "install", "-y", "-qq", "--no-install-recommends", *names),
    ):
        subprocess.run(argv, check=False, env=environment, stdout=subprocess.DEVNULL)
    return [one for one in missing if one.find() is None]


def main() -> None:
    """Brings all of them and says what could not be had."""
    for one in ensure(*PROGRAMS):
        print(f"✗ no {one.names[0]} (package {one.package}): the {one.purpose} will be skipped")


if __name__ == "__main__":
    main()
