"""`python -m dev.contracts`: generate all that follows from the contracts, or say what drifted."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Annotated

import typer

from dev.contracts import asyncapi, cluster, events_md, samples
from dev.contracts.catalogue import ROOT

app = typer.Typer(help=__doc__, no_args_is_help=True, add_completion=False)


def outputs() -> dict[Path, str]:
    """Every generated text with where it belongs."""
    return {
        ROOT / "docs" / "events.md": events_md.render(),
        ROOT / "docs" / "asyncapi.json": asyncapi.render(),
        **{ROOT / "deploy" / path: text for path, text in cluster.outputs().items()},
    }


@app.command()
def generate(
    stubs: Annotated[bool, typer.Option(help="Also the Python code in libs/contracts.")] = True,
) -> None:
    """Write docs/events.md, docs/asyncapi.json, missing golden samples and the Python code."""
    if stubs:
        subprocess.run([ROOT / "dev" / "generate-contracts.sh"], check=True, capture_output=True)
    for path, text in outputs().items():
        path.write_text(text)
        print(f"wrote {path.relative_to(ROOT)}")
    for path in samples.write_missing():
        print(f"wrote {path.relative_to(ROOT)}")


@app.command()
def check() -> None:
    """Exit 1 when a generated text differs from what is committed."""
    drifted = [p for p, text in outputs().items() if not p.exists() or p.read_text() != text]
    for path in drifted:
        print(f"{path.relative_to(ROOT)} drifted: run `make generate`", file=sys.stderr)
    raise typer.Exit(code=bool(drifted))


if __name__ == "__main__":
    app()
