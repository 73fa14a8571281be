"""`python -m dev.demo`: a day of San Aurelio, in a few minutes, over the running platform."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from dev.demo import report
from dev.demo.play import ADMIN, AGENTS, SUPERVISORS, Outcome, Plan, Watch, play
from dev.demo.script import ZONE
from dev.demo.world import World
from dev.stack.stack import Stack

LINES_EVERY = 20


def main(
    messages: Annotated[int, typer.Option(help="How many citizens write.", min=20)] = 330,
    seconds: Annotated[float, typer.Option(help="Real seconds of the day.", min=30)] = 240.0,
    data: Annotated[
        Path | None, typer.Option(help="Folder with recorded requests to replay.")
    ] = None,
    svg: Annotated[Path | None, typer.Option(help="Also keep what is printed as SVG.")] = None,
) -> None:
    """Play the day, print what happened and where to look; exit 1 when the balance is off."""
    console = Console(record=svg is not None, width=100 if svg else None)
    stack = Stack()
    if not stack.is_running:
        console.print("The platform is not running: `make up` first (`make demo` does it).")
        raise typer.Exit(2)
    outcome = asyncio.run(_played(stack, Plan(messages, data, seconds), console))
    report.show(console, outcome.world, outcome.figures)
    for error in outcome.world.errors[:10]:
        console.print(f"[red]{error}")
    if svg is not None:
        # Before the logins are shown: a picture is made to be passed around.
        picture = console.export_svg(title="make demo")
        # Nothing is loaded from elsewhere when it is looked at: the reader's own font will do.
        svg.write_text(re.sub(r"@font-face \{[^}]*\}", "", picture), encoding="utf-8")
    _where_to_look(console, stack)
    raise typer.Exit(0 if outcome.figures.balance.is_even else 1)


async def _played(stack: Stack, plan: Plan, console: Console) -> Outcome:
    if not console.is_terminal:
        return await play(stack, plan, _lines(console))
    with Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[note]}"),
        TimeElapsedColumn(),
        console=console,
    ) as progress:
        task = progress.add_task("Un día en San Aurelio", total=None, note="")

        def watch(world: World, total: int) -> None:
            progress.update(task, total=total, completed=world.counts["matters"], note=_note(world))

        return await play(stack, plan, watch)


def _lines(console: Console) -> Watch:
    looks = 0

    def watch(world: World, total: int) -> None:
        nonlocal looks
        if looks % LINES_EVERY == 0:
            console.print(f"{world.counts['matters']}/{total} {_note(world)}")
        looks += 1

    return watch


def _note(world: World) -> str:
    local = world.clock.now().astimezone(ZONE)
    counts = world.counts
    return (
        f"{local:%H:%M} · {counts['answered']} respondidos · {counts['resolved']} resueltos · "
        f"{counts['surveys answered']} encuestas"
    )


def _where_to_look(console: Console, stack: Stack) -> None:
    endpoints = stack.endpoints()
    url = endpoints.public_url
    staff = stack.context().credentials.staff()
    console.print("\n[bold]La plataforma sigue en marcha. Dónde mirar:")
    console.print(f"  [bold]Portal ciudadano:[/] {url}/", highlight=False)
    console.print(f"  [bold]Escritorio:[/] {url}/desk/", highlight=False)
    console.print(f"  documentación de cada API: {url}/api/cases/docs, …/catalog/docs, …")
    console.print(f"  Open311: {url}/open311/v2/requests.json")
    console.print("  estado: make status · registros: make logs S=cases-worker · parar: make down")
    console.print("[bold]Cuentas para entrar al escritorio:")
    for name, role in (
        (AGENTS[0], "operadora"),
        (SUPERVISORS[0], "supervisora"),
        (ADMIN, "administrador"),
    ):
        console.print(f"  {name} ({role}): {staff[name]}", highlight=False)


if __name__ == "__main__":
    typer.run(main)
