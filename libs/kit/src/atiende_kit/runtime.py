"""What runs a service: components started in order, watched, drained and stopped in reverse."""

from typing import Protocol, runtime_checkable


@runtime_checkable
class Component(Protocol):
    """A part of a running service with a beginning and an end: a server, a client, a worker.

    `start` returns when the part is usable (a lazy client may start without its peer), `stop`
    finishes work in hand and may be called after a failed start, `check` raises
    `atiende_kit.errors.Unavailable` while the part cannot serve.
    """

    @property
    def name(self) -> str:
        """Shown in logs and by /readyz, e.g. `mongo`."""
        ...

    async def start(self) -> None:
        """Become usable."""
        ...

    async def stop(self) -> None:
        """Finish and release everything; safe to call twice."""
        ...

    async def check(self) -> None:
        """Raise `Unavailable` while not ready."""
        ...
