"""The commands behind the Makefile."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer
from rich.live import Live
from rich.table import Table

from dev.stack.console import err, out, span
from dev.stack.paths import Layout
from dev.stack.programs import MissingProgramError
from dev.stack.stack import UP_SECONDS, Stack, StackError
from dev.stack.state import Item

app = typer.Typer(
    help="The whole platform on one machine.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

_MARKS = {
    "up": "[green]✓[/green]",
    "done": "[green]✓[/green]",
    "failed": "[red]✗[/red]",
    "blocked": "[red]✗[/red]",
    "restarting": "[yellow]↻[/yellow]",
}


@app.command()
def up(
    timeout: Annotated[float, typer.Option(help="Seconds to wait for readiness.")] = UP_SECONDS,
) -> None:
    """Install what is missing, start everything and wait until it is ready."""
    stack = Stack()
    began = time.monotonic()
    was_up = stack.is_well
    show = _show_live if out.is_terminal else _show_lines
    try:
        show(lambda on_change: stack.up(timeout, on_change))
    except (StackError, MissingProgramError) as error:
        err.print(f"[red]✗[/red] {error}")
        raise typer.Exit(1) from error
    for line in stack.moved():
        out.print(line)
    verb = "is up" if was_up else f"is up after {span(time.monotonic() - began)}"
    out.print(f"\nAtiende {verb}: {stack.endpoints().public_url}  (make status, logs, down)")


@app.command()
def down() -> None:
    """Stop everything cleanly; data and credentials stay."""
    began = time.monotonic()
    try:
        stopped = Stack().down()
    except StackError as error:
        err.print(f"[red]✗[/red] {error}")
        raise typer.Exit(1) from error
    out.print(f"stopped in {span(time.monotonic() - began)}" if stopped else "nothing is running")


@app.command()
def status(
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
) -> None:
    """Show each process. Exit code 0: all well, 1: something is not, 3: nothing runs."""
    from dev.stack.status import render, rows

    stack = Stack()
    if not stack.is_running:
        print(json.dumps([])) if as_json else out.print("nothing is running (make up)")
        raise typer.Exit(3)
    found = rows(stack)
    if as_json:
        print(json.dumps(found, indent=2))
    else:
        out.print(render(found))
    raise typer.Exit(0 if all(row["well"] for row in found) else 1)


@app.command()
def logs(
    name: Annotated[str | None, typer.Argument(help="A process, such as cases-worker.")] = None,
    lines: Annotated[int, typer.Option("-n", help="How many lines of each.")] = 20,
    follow: Annotated[bool, typer.Option("-f", help="Go on as lines come.")] = False,
) -> None:
    """Print the end of one log, or of all."""
    layout = Layout.find()
    wanted = [layout.logs / f"{name}.log"] if name else sorted(layout.logs.glob("*.log"))
    missing = [path for path in wanted if not path.exists()]
    if missing or not wanted:
        known = ", ".join(path.stem for path in sorted(layout.logs.glob("*.log"))) or "none yet"
        err.print(f"no such log; there are: {known}")
        raise typer.Exit(2)
    argv = ["tail", "-n", str(lines), *(["-F"] if follow else []), *map(str, wanted)]
    try:
        raise typer.Exit(subprocess.run(argv, check=False).returncode)
    except KeyboardInterrupt:
        raise typer.Exit(0) from None


@app.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True})
def dlq(context: typer.Context) -> None:
    """Dead letters: list (default), replay NUMBERS, discard NUMBERS --reason WHY, collect."""
    from atiende_kit.permissions import OPERATOR
    from dev.stack.servers import nats

    opened = Stack().context()
    env = {
        **opened.system_env(),
        "ATIENDE_NATS__URL": nats.url(opened),
        "ATIENDE_NATS__USER": OPERATOR,
        "ATIENDE_NATS__PASSWORD": opened.credentials.secret(f"nats/{OPERATOR}"),
    }
    argv = (sys.executable, "-m", "atiende_kit.dlq", *(context.args or ["list"]))
    raise typer.Exit(subprocess.run(argv, env=env, check=False).returncode)


@app.command()
def fetch() -> None:
    """Download and build what `up` needs, without starting anything."""
    from dev.stack.servers import keycloak

    try:
        if not keycloak.external_url():
            keycloak.install(Layout.find().cache)
    except MissingProgramError as error:
        err.print(f"[red]✗[/red] {error}")
        raise typer.Exit(1) from error
    out.print("everything is there")


@app.command()
def endpoints() -> None:
    """Print addresses, ports and staff logins of the stack as JSON; passwords are shown."""
    from dataclasses import asdict

    stack = Stack()
    print(
        json.dumps(
            asdict(stack.endpoints()) | {"staff": stack.context().credentials.staff()}, indent=2
        )
    )


@app.command(hidden=True)
def supervise() -> None:
    """The background process itself."""
    from dev.stack.supervisor import supervise as run

    raise typer.Exit(asyncio.run(run(Layout.find())))


@app.command(hidden=True)
def job(name: str) -> None:
    """A one-off step of the plan."""
    from dev.stack.work import run_job

    run_job(name, Stack().context())


def _show_live(start: Callable[[Callable[[list[Item]], None]], object]) -> None:
    live = Live(console=out, refresh_per_second=8, transient=False)
    entered = False

    def on_change(items: list[Item]) -> None:
        nonlocal entered
        if not entered:
            # Only now: the steps of the installation before it have lines of their own.
            live.start()
            entered = True
        live.update(_progress(items))

    try:
        start(on_change)
    finally:
        if entered:
            live.stop()


def _progress(items: list[Item]) -> Table:
    table = Table.grid(padding=(0, 2))
    now = time.time()
    for item in items:
        spent = item.ready_seconds if item.well else now - (item.started or now)
        mark = _MARKS.get(item.status, "…")
        table.add_row(mark, item.name, item.status, f"[dim]{span(spent or 0)}[/dim]")
    return table


def _show_lines(start: Callable[[Callable[[list[Item]], None]], object]) -> None:
    seen: dict[str, str] = {}

    def on_change(items: list[Item]) -> None:
        for item in items:
            if seen.get(item.name) != item.status:
                seen[item.name] = item.status
                if item.status not in {"waiting", "starting"}:
                    took = f" in {span(item.ready_seconds)}" if item.ready_seconds else ""
                    out.print(f"{_MARKS.get(item.status, '-')} {item.name} {item.status}{took}")

    start(on_change)


def main() -> None:
    """Runs the command line from the checkout's root."""
    os.chdir(Path(__file__).resolve().parents[2])
    sys.tracebacklimit = 8
    app(prog_name="python -m dev.stack")
