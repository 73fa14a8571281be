"""Finds the browser that the front ends are tested in, and brings it where the machine lets us."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_PACKAGE = "chromium"


def find_browser() -> Path | None:
    """Returns a Chromium on PATH, or None."""
    found = next(filter(None, map(shutil.which, _NAMES)), None)
    return Path(found) if found else None


def ensure_browser() -> Path | None:
    """Returns a Chromium; where we are root on a Debian-like machine it is installed when missing.

    Browser builds that test tools download by themselves are not used: behind a closed network
    only the distribution's packages are reachable.
    """
    browser = find_browser()
    if browser or os.geteuid() != 0 or not shutil.which("apt-get"):
        return browser
    print("… Chromium for the browser tests: installing the system package", flush=True)
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for argv in (
        ("apt-get", "update", "-qq"),
        ("apt-get", "install", "-y", "-qq", "--no-install-recommends", _PACKAGE),
    ):
        subprocess.run(argv, check=False, env=environment, stdout=subprocess.DEVNULL)
    return find_browser()
