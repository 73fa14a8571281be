"""Where the local stack keeps its things: one ignored folder per checkout, one cache per user."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Layout:
    """The folders of one running stack.

    Args:
        root: the checkout.
        var: everything that is made at run time; removing it resets the stack.
        cache: what was downloaded once for the user, shared between checkouts.
        venv: the virtual environment the servers and services are run from.
    """

    root: Path
    var: Path
    cache: Path
    venv: Path

    @classmethod
    def find(cls, var: Path | None = None) -> Layout:
        """Reads ATIENDE_VAR, ATIENDE_CACHE, XDG_CACHE_HOME; by default var/ and ~/.cache."""
        cache_home = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
        chosen = var or Path(os.environ.get("ATIENDE_VAR") or ROOT / "var")
        cache = Path(os.environ.get("ATIENDE_CACHE") or cache_home / "atiende")
        return cls(ROOT, chosen.expanduser().absolute(), cache.expanduser(), ROOT / ".venv")

    @property
    def run(self) -> Path:
        """State, plan and lock of the supervisor."""
        return self.var / "run"

    @property
    def logs(self) -> Path:
        """One log file per process."""
        return self.var / "logs"

    @property
    def data(self) -> Path:
        """The servers' databases."""
        return self.var / "data"

    @property
    def config(self) -> Path:
        """Generated configuration files."""
        return self.var / "config"

    @property
    def credentials(self) -> Path:
        """What was generated at the first start; mode 0600."""
        return self.var / "credentials.json"

    @property
    def ports(self) -> Path:
        """Which port each piece got; kept between starts."""
        return self.var / "ports.json"

    @property
    def python(self) -> Path:
        """The interpreter of the virtual environment."""
        return self.venv / "bin" / "python"

    def make(self) -> None:
        """Makes the folders, closed to other users since they hold secrets and citizens' data."""
        for folder in (self.var, self.run, self.logs, self.data, self.config):
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
