"""`python -m dev.fuzz`: each target for a while; what was found is kept under var/fuzz.

Exits with 1 when a promise was broken; the input that broke it and the traceback are shown, and the
same input is tried first the next time.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from dev.fuzz.targets import ROOT, TARGETS, Target

console = Console(width=100)
_DONE = re.compile(r"Done (\d+) runs in (\d+) second")
_COVERED = re.compile(r"\bcov: (\d+)")
_SLOWEST_SECONDS = 5


@dataclass(frozen=True, slots=True)
class Found:
    """What became of one target."""

    name: str
    runs: int
    seconds: int
    branches: int
    failed: bool
    output: str


def main(
    names: Annotated[list[str] | None, typer.Argument(help="Targets; all when none.")] = None,
    seconds: Annotated[int, typer.Option(min=1, help="For each target.")] = 60,
) -> None:
    """Fuzzes the entrances of the platform that take strangers' bytes."""
    unknown = set(names or ()) - set(TARGETS)
    if unknown:
        raise SystemExit(f"unknown: {', '.join(sorted(unknown))}; there are {', '.join(TARGETS)}")
    found = [fuzz(name, seconds, ROOT / "var/fuzz" / name) for name in names or TARGETS]
    table = Table("target", "inputs", "a second", "branches", "outcome", title="fuzz")
    for one in found:
        rate = f"{one.runs / max(1, one.seconds):,.0f}"
        outcome = "FAILED" if one.failed else "held"
        table.add_row(one.name, f"{one.runs:,}", rate, str(one.branches), outcome)
    console.print(table)
    for one in found:
        if one.failed:
            console.print(f"\n{one.name}:\n{one.output[-3000:]}", markup=False, highlight=False)
    raise typer.Exit(any(one.failed for one in found))


def fuzz(name: str, seconds: int, folder: Path) -> Found:
    """Run one target in a process of its own.

    Args:
        name: Of the target.
        seconds: How long.
        folder: Where inputs that reached something new are kept, and what failed.
    """
    target = TARGETS[name]
    corpus = folder / "corpus"
    corpus.mkdir(parents=True, exist_ok=True)
    _sow(target, corpus)
    done = subprocess.run(
        [
            *(sys.executable, "-m", "dev.fuzz.run", name, str(corpus)),
            f"-max_total_time={seconds}",
            f"-max_len={target.most_bytes}",
            f"-timeout={_SLOWEST_SECONDS}",
            "-rss_limit_mb=1024",
            f"-artifact_prefix={folder}/",
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
    )
    output = done.stdout + done.stderr
    runs = _DONE.search(output)
    return Found(
        name,
        runs=int(runs.group(1)) if runs else 0,
        seconds=int(runs.group(2)) if runs else 0,
        branches=max((int(one) for one in _COVERED.findall(output)), default=0),
        failed=done.returncode != 0 or runs is None,
        output=output,
    )


def _sow(target: Target, corpus: Path) -> None:
    """Begin with well-formed inputs, and with what failed before."""
    before = corpus.parent.glob("crash-*")
    seeds = target.seeds.rglob("*") if target.seeds else ()
    for path in (*seeds, *before):
        if path.is_file() and path.stat().st_size <= target.most_bytes:
            shutil.copyfile(path, corpus / path.name)


if __name__ == "__main__":
    typer.run(main)
