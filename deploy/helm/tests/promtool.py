"""Finds promtool, and brings Debian's where the machine lets us."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

_PACKAGE = "prometheus"


def find_promtool(folder: Path) -> str | None:
    """Returns promtool of PATH, else Debian's, unpacked into a folder; None where neither is to be had.

    Nothing is installed: the package brings a server too, which nobody here needs.
    """
    found = shutil.which("promtool")
    if found or not shutil.which("apt-get"):
        return found
    lists = folder / "lists" / "partial"
    lists.mkdir(parents=True)
    own = ("apt-get", "-qq", "-o", f"Dir::State::Lists={lists.parent}")
    # With the machine's own lists, or with fresh ones: a new machine may have none.
    downloaded = _done(folder, "apt-get", "-qq", "download", _PACKAGE) or (
        _done(folder, *own, "update") and _done(folder, *own, "download", _PACKAGE)
    )
    if not downloaded:
        return None
    [package] = folder.glob("*.deb")
    unpacked = _done(folder, "dpkg-deb", "-x", str(package), "unpacked")
    return str(folder / "unpacked/usr/bin/promtool") if unpacked else None


def _done(folder: Path, *argv: str) -> bool:
    done = subprocess.run(argv, cwd=folder, check=False, capture_output=True, timeout=100)
    return done.returncode == 0
