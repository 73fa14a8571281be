"""A port for every piece: the usual one when it is free, the same as last time when it can be."""

from __future__ import annotations

import os
import random
import socket
from pathlib import Path

from dev.stack.files import read_json, write_json

DEFAULT_PORTS = {
    "edge": 8080,
    "nats": 4222,
    "nats-monitor": 8222,
    "mongo": 27017,
    "keycloak": 8180,
    "keycloak-management": 9180,
    "lmtp": 2424,
}

# Below the range that Linux hands to outgoing connections (32768 on), so that nothing drifts into
# a chosen port.
_FALLBACK = range(20000, 32000)
_TRIES = 500


def is_free(port: int) -> bool:
    """Says whether a server could listen on the port of the loopback interface now."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        # As servers do: a port whose last connections are in TIME_WAIT is free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        probe.listen(1)
    return True


class Ports:
    """The ports of one stack.

    Args:
        path: the file that keeps the choice between starts.
        scatter: never take the usual ports; for stacks that tests start beside a running one.
        running: the stack runs, so the kept ports are in use by it and hold as they are.
    """

    def __init__(self, path: Path, *, scatter: bool | None = None, running: bool = False) -> None:
        self._path = path
        self._running = running
        self._scatter = os.environ.get("ATIENDE_PORTS") == "scatter" if scatter is None else scatter
        self._kept: dict[str, int] = read_json(path) or {}
        self._chosen: dict[str, int] = {}
        self.moved: dict[str, tuple[int, int]] = {}

    def get(self, name: str, usual: int | None = None) -> int:
        """Returns the piece's port, choosing it at the first call.

        Args:
            name: the piece, such as `mongo` or `cases-api`.
            usual: its usual port; by default that of `DEFAULT_PORTS`.
        """
        if name not in self._chosen:
            usual = usual or DEFAULT_PORTS.get(name)
            self._chosen[name] = self._choose(name, usual)
        return self._chosen[name]

    def kept(self) -> dict[str, int]:
        """Returns every port by name, as kept at the last start."""
        return dict(self._kept)

    def save(self) -> None:
        """Keeps the choice for the next start."""
        self._kept.update(self._chosen)
        write_json(self._path, dict(sorted(self._kept.items())))

    def _choose(self, name: str, usual: int | None) -> int:
        if self._running and name in self._kept:
            return self._kept[name]
        candidates = [self._kept.get(name)]
        if not self._scatter:
            candidates.append(usual)
        for port in candidates:
            if port and self._available(port):
                return port
        for _ in range(_TRIES):
            port = random.choice(_FALLBACK)  # noqa: S311 -- a port is no secret
            if self._available(port):
                if usual and not self._scatter:
                    self.moved[name] = (usual, port)
                return port
        raise RuntimeError(f"no free port found for {name}")

    def _available(self, port: int) -> bool:
        return port not in self._chosen.values() and is_free(port)
