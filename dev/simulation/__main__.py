"""`python -m dev.simulation`: runs seeds, replays one of them, or checks the check itself."""

from __future__ import annotations

import os
import sys
from typing import Annotated

import typer

from dev.simulation.defects import DEFECTS
from dev.simulation.dice import Coverage
from dev.simulation.scenario import run

OFTEN = 200
"""A point passed this often should have been struck."""

app = typer.Typer(add_completion=False, no_args_is_help=True, pretty_exceptions_enable=False)


@app.command()
def seeds(first: int = 0, count: int = 100) -> None:
    """Run seeds one after another; exits with 1 when a promise was broken."""
    coverage, broken, messages, deaths = Coverage(), 0, 0, 0
    for seed in range(first, first + count):
        report = run(seed)
        coverage.add(report.coverage)
        messages, deaths = messages + report.messages, deaths + report.deaths
        broken += bool(report.violations)
        for violation in report.violations:
            typer.echo(f"seed {seed}: {violation}")
    struck = sum(coverage.struck.values())
    typer.echo(
        f"{count} seeds, {messages} messages, {deaths} crashes, {struck} faults at "
        f"{len(coverage.passed)} points ({coverage.share(OFTEN):.0%} of the frequent ones struck): "
        f"{broken} seeds broke a promise"
    )
    raise typer.Exit(1 if broken else 0)


@app.command()
def replay(seed: int) -> None:
    """Run one seed and print every step of it."""
    report = run(seed, keep_trace=True)
    for line in report.lines:
        typer.echo(line)
    for violation in report.violations:
        typer.echo(str(violation))
    typer.echo(f"seed {seed}: {report.steps} steps, trace {report.digest}")
    raise typer.Exit(1 if report.violations else 0)


@app.command()
def defects(
    most: Annotated[int, typer.Option(help="Seeds to try for each defect.")] = 60,
) -> None:
    """Break the product in ten ways; exits with 1 unless each of them is noticed."""
    missed = 0
    for name, defect in DEFECTS.items():
        for seed in range(1, most + 1):
            violations = run(seed, defect=defect).violations
            if violations:
                typer.echo(f"caught  {name} (seed {seed}): {violations[-1]}")
                break
        else:
            missed += 1
            typer.echo(f"MISSED  {name} in {most} seeds")
    typer.echo(f"{len(DEFECTS) - missed} of {len(DEFECTS)} caught")
    raise typer.Exit(1 if missed else 0)


if __name__ == "__main__":
    if os.environ.get("PYTHONHASHSEED") != "0":
        # The order of sets is chance too; a seed must mean the same in every process.
        os.environ["PYTHONHASHSEED"] = "0"
        os.execv(sys.executable, [sys.executable, "-m", "dev.simulation", *sys.argv[1:]])  # noqa: S606
    app()
