"""What the parts of the plan share: folders, ports, secrets and the services there are."""

from __future__ import annotations

import importlib.util
import os
from dataclasses import dataclass, field
from pathlib import Path

from dev.stack.credentials import Credentials
from dev.stack.paths import Layout
from dev.stack.ports import Ports

# A service's place in the usual port numbers: 81x0 and 81x1 (HTTP of api and worker), 90x0 (gRPC).
_NUMBERS = {
    "channels": 1,
    "cases": 2,
    "routing": 3,
    "notifications": 4,
    "surveys": 5,
    "catalog": 6,
    "admin": 7,
}


@dataclass(frozen=True)
class Service:
    """One folder of services/."""

    name: str
    number: int
    source: Path

    @property
    def can_run(self) -> bool:
        """False for a folder without a program yet; its ports and names are settled already."""
        return (self.source / "__main__.py").exists()

    @property
    def package(self) -> str:
        """The import name."""
        return f"atiende_{self.name}"

    @property
    def client_id(self) -> str:
        """The service's own client in Keycloak."""
        return f"svc-{self.name}"

    @property
    def database(self) -> str:
        """The service's own database."""
        return f"atiende_{self.name}"


def find_services(root: Path) -> tuple[Service, ...]:
    """Finds the services of the checkout; ones without a usual number get the next."""
    folders = [
        folder
        for folder in sorted((root / "services").iterdir())
        if (folder / "src" / f"atiende_{folder.name}").is_dir()
    ]
    unknown = [folder.name for folder in folders if folder.name not in _NUMBERS]
    numbers = {**_NUMBERS, **{name: 8 + place for place, name in enumerate(unknown)}}
    found = [
        Service(folder.name, numbers[folder.name], folder / "src" / f"atiende_{folder.name}")
        for folder in folders
    ]
    return tuple(sorted(found, key=lambda service: service.number))


@dataclass(frozen=True)
class Context:
    """One start of the stack."""

    layout: Layout
    ports: Ports
    credentials: Credentials
    services: tuple[Service, ...]
    notes: list[str] = field(default_factory=list)

    @classmethod
    def open(cls, layout: Layout, *, running: bool = False, scatter: bool | None = None) -> Context:
        """Opens the folder of the layout, making it at the first start.

        Args:
            layout: the folders.
            running: look at the stack as it runs, instead of preparing a start.
            scatter: see `Ports`.
        """
        layout.make()
        return cls(
            layout,
            Ports(layout.ports, running=running, scatter=scatter),
            Credentials(layout.credentials),
            find_services(layout.root),
        )

    @property
    def public_url(self) -> str:
        """Where people reach the platform."""
        return f"http://localhost:{self.ports.get('edge')}"

    def system_env(self) -> dict[str, str]:
        """Returns the user's environment without ATIENDE_ variables.

        Services refuse unknown ones, and a variable meant for the stack must not reach a service
        by chance.
        """
        env = {name: value for name, value in os.environ.items() if not name.startswith("ATIENDE_")}
        env["PATH"] = f"{self.layout.venv / 'bin'}{os.pathsep}{env.get('PATH', os.defpath)}"
        env["PYTHONUNBUFFERED"] = "1"
        return env


def package_file(module: str, *parts: str) -> Path | None:
    """Finds a file inside an installed package without importing the package."""
    spec = importlib.util.find_spec(module)
    for folder in (spec.submodule_search_locations or []) if spec else []:
        candidate = Path(folder).joinpath(*parts)
        if candidate.exists():
            return candidate
    return None
