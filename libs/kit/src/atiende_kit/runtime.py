"""What runs a service: components started in order, watched, drained and stopped in reverse."""

import asyncio
import contextlib
import importlib.util
import json
import signal
import sys
import threading
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import Annotated, Any, Protocol, TypeVar, runtime_checkable

import typer
from prometheus_client import Counter, Histogram

from atiende_kit import crash, telemetry
from atiende_kit.errors import AtiendeError, Unavailable
from atiende_kit.settings import KitSettings, SettingsError
from atiende_kit.watchdog import STALL_SECONDS, LoopWatch

log = telemetry.get_logger()

S = TypeVar("S", bound=KitSettings)

_PERIODIC_RUNS = Counter(
    "atiende_periodic_runs_total", "Runs of background loops.", ["loop", "outcome"]
)
_PERIODIC_SECONDS = Histogram(
    "atiende_periodic_seconds", "How long one run of a background loop takes.", ["loop"]
)


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


class Periodic:
    """Runs a function again and again, by real time; a failure is logged and counted.

    Args:
        name: Of the loop, for logs and metrics.
        every_seconds: Real seconds between the end of a run and the next one.
        fn: What to do; it compares with the domain clock itself.
        rest_seconds: Least time between the end of a run and the next one when woken, so that many
            wishes share one run.
    """

    def __init__(
        self,
        name: str,
        every_seconds: float,
        fn: Callable[[], Awaitable[Any]],
        *,
        rest_seconds: float = 0.0,
    ) -> None:
        self.name = name
        self.every_seconds = every_seconds
        self._rest_seconds = rest_seconds
        self.failures_in_a_row = 0
        self._fn = fn
        self._task: asyncio.Task[None] | None = None
        self._wake = asyncio.Event()
        self._stopping = False

    async def start(self) -> None:
        """Begin with a run at once."""
        self._stopping = False
        self._task = asyncio.create_task(self._run(), name=self.name)

    async def stop(self) -> None:
        """Let the run in hand finish and end the loop."""
        self._stopping = True
        self._wake.set()
        if self._task is not None:
            await self._task
            self._task = None

    async def check(self) -> None:
        """A failing loop does not make the service unready; a dead one does."""
        if self._task is None or self._task.done():
            raise Unavailable("LOOP_ENDED", "Un proceso interno no está activo.")

    def wake(self) -> None:
        """Ask for a run now rather than at the next turn."""
        self._wake.set()

    async def run_once(self) -> None:
        """Do one run; never raises except when cancelled."""
        began = time.monotonic()
        try:
            await self._fn()
        except AtiendeError as error:
            self._failed("warning", error)
        except Exception as error:  # noqa: BLE001 -- boundary: a loop must outlive any failure
            self._failed("error", error)
        else:
            self.failures_in_a_row = 0
            _PERIODIC_RUNS.labels(self.name, "ok").inc()
        _PERIODIC_SECONDS.labels(self.name).observe(time.monotonic() - began)

    def _failed(self, level: str, error: Exception) -> None:
        self.failures_in_a_row += 1
        _PERIODIC_RUNS.labels(self.name, "failed").inc()
        getattr(log, level)(
            "periodic run failed",
            loop=self.name,
            failures_in_a_row=self.failures_in_a_row,
            exc_info=error,
        )

    async def _run(self) -> None:
        while not self._stopping:
            await self.run_once()
            await asyncio.sleep(self._rest_seconds)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._wake.wait(), self.every_seconds)
            if not self._stopping:
                self._wake.clear()


class Runner:
    """Starts components in order and stops them in reverse, within a time limit.

    Args:
        components: In the order of start: what others need comes first, servers last.
        drain_seconds: Everything must be stopped within this time after the signal.
        stall_seconds: When the watchdog speaks.
    """

    def __init__(
        self,
        components: Sequence[Component],
        *,
        drain_seconds: float = 20.0,
        stall_seconds: float = STALL_SECONDS,
    ) -> None:
        self.components = list(components)
        self.drain_seconds = drain_seconds
        self._watch = LoopWatch(stall_seconds)
        self._stop = asyncio.Event()
        self._started: list[Component] = []

    def stop(self) -> None:
        """Ask `run` to end; what SIGTERM does."""
        self._stop.set()

    async def run(self) -> None:
        """Start, wait for a signal or `stop()`, drain.

        Raises:
            Exception: What the first failing `start` raised, after unwinding the others.
        """
        loop = asyncio.get_running_loop()
        handled: list[signal.Signals] = []
        if threading.current_thread() is threading.main_thread():
            for number in (signal.SIGTERM, signal.SIGINT):
                loop.add_signal_handler(number, self.stop)
                handled.append(number)
        self._watch.start()
        try:
            await self.start()
            await self._stop.wait()
            log.info("draining", components=len(self._started))
        finally:
            await self.unwind()
            self._watch.stop()
            for number in handled:
                loop.remove_signal_handler(number)

    async def start(self) -> None:
        """Start every component in order; `run` calls it, tests may too."""
        for component in self.components:
            if self._stop.is_set():
                return
            began = time.monotonic()
            # Noted before it starts: a component that fails halfway has things to release.
            self._started.append(component)
            try:
                await component.start()
            except Exception as error:
                log.error("component failed to start", component=component.name, exc_info=error)  # noqa: TRY400 -- our own rendering, without foreign text
                raise
            milliseconds = round((time.monotonic() - began) * 1000)
            log.info("component started", component=component.name, milliseconds=milliseconds)

    async def unwind(self) -> None:
        """Stop what was started, last first; each gets what is left of the drain time."""
        deadline = time.monotonic() + self.drain_seconds
        while self._started:
            component = self._started.pop()
            began = time.monotonic()
            try:
                async with asyncio.timeout(max(0.2, deadline - time.monotonic())):
                    await component.stop()
            except TimeoutError:
                log.error("component did not stop in time", component=component.name)  # noqa: TRY400 -- a time-out has no stack worth reading
            except Exception as error:
                log.error("component failed to stop", component=component.name, exc_info=error)  # noqa: TRY400 -- our own rendering
            else:
                milliseconds = round((time.monotonic() - began) * 1000)
                log.info("component stopped", component=component.name, milliseconds=milliseconds)


def run_components(components: Sequence[Component], *, drain_seconds: float = 20.0) -> None:
    """Run until a signal, on uvloop; the body of a service process."""
    import uvloop

    async def main() -> None:
        await Runner(components, drain_seconds=drain_seconds).run()

    uvloop.run(main())


def _remember_what_is_absent() -> None:
    """Let an import that is tried for each request fail at once.

    httpcore asks for sniffio several times a request. Where it is not installed each time means a
    walk over the whole path: a ninth of the time of a process that sends.
    """
    if importlib.util.find_spec("sniffio") is None:  # None is the documented mark for "absent"
        sys.modules["sniffio"] = None  # type: ignore[assignment]


def service_main(
    name: str,
    build: Callable[[S, str], list[Component]],
    commands: typer.Typer | None = None,
    *,
    settings: type[S],
) -> typer.Typer:
    """Make the command line of a service: `python -m atiende_cases api|worker|all|indexes|openapi`.

    Args:
        name: Of the service, `cases`.
        build: Gives the components of a role, in order of start, without connecting anything.
        commands: The service's own commands, added as they are.
        settings: The service's settings class; loaded from the environment for each command.
    """
    app = typer.Typer(
        name=f"atiende-{name}",
        help=f"The {name} service of Atiende. Choose what this process should do.",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
    )

    def load() -> S:
        try:
            loaded = settings.load()
        except SettingsError as error:
            typer.echo(f"{name} cannot start:\n{error}", err=True)
            raise typer.Exit(2) from None
        telemetry.init(loaded, name)
        return loaded

    def serve(role: str) -> None:
        _remember_what_is_absent()
        loaded = load()
        crash.allow(loaded.crash_file)
        try:
            run_components(build(loaded, role))
        except Exception as error:
            log.error("service ended by a failure", role=role, exc_info=error)  # noqa: TRY400 -- our own rendering
            raise typer.Exit(1) from None
        finally:
            telemetry.shutdown()

    @app.command(help="Answer requests: HTTP for people, gRPC for the other services.")
    def api() -> None:
        serve("api")

    @app.command(help="Work through events and timers in the background.")
    def worker() -> None:
        serve("worker")

    @app.command(name="all", help="Both in one process: for laptops and small installs.")
    def everything() -> None:
        serve("all")

    @app.command(help="Make the database's indexes. Safe to run again; exits when done.")
    def indexes() -> None:
        asyncio.run(ensure_indexes(build(load(), "all")))

    @app.command(help="Print the HTTP API's OpenAPI document. Needs no servers and no settings.")
    def openapi(
        indent: Annotated[int, typer.Option(help="Spaces of indentation.")] = 2,
    ) -> None:
        parts = build(settings.example(), "api")
        documents = [part.app.openapi() for part in parts if isinstance(part, HasApp)]
        typer.echo(json.dumps(documents[0], ensure_ascii=False, indent=indent))

    if commands is not None:
        app.add_typer(commands)
    return app


class _OpenApiApp(Protocol):
    def openapi(self) -> dict[str, Any]: ...


@runtime_checkable
class HasApp(Protocol):
    """The HTTP server component."""

    @property
    def app(self) -> _OpenApiApp:
        """The application it serves."""
        ...


@runtime_checkable
class HasIndexes(Component, Protocol):
    """A component that owns collections."""

    async def ensure_indexes(self) -> None:
        """Make the declared indexes; idempotent."""
        ...


async def ensure_indexes(components: Sequence[Component]) -> None:
    """Start only what owns collections, make the indexes, stop."""
    owners = [component for component in components if isinstance(component, HasIndexes)]
    runner = Runner(owners)
    try:
        await runner.start()
        for owner in owners:
            await owner.ensure_indexes()
            log.info("indexes made", component=owner.name)
    finally:
        await runner.unwind()
