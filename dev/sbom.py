"""`python -m dev.sbom`: what the images contain, as CycloneDX files for whoever must know.

One file for the services' packages, one for the setup tool's, one for the pages'; made from the
lock files with the hashes in them, so that a scanner can be given them without an image.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Annotated

import typer

from dev.stack.console import step
from dev.stack.paths import ROOT, Layout

_TOOL = "cyclonedx-bom==7.3.0"
_WEB_TOOL = "@cyclonedx/cyclonedx-npm@6.0.1"
_LOCKS = {
    "services": ROOT / "deploy" / "images" / "requirements.lock",
    "setup": ROOT / "deploy" / "images" / "requirements-setup.lock",
}
_SPEC = "1.5"
# npm's own `npm sbom` cannot name the members of a workspace.
_NPM = ("npx", "--yes", _WEB_TOOL, "--package-lock-only", "--omit", "dev")


def main(
    folder: Annotated[Path, typer.Argument(help="Where the files go.")] = ROOT / "var" / "sbom",
) -> None:
    """Writes services.cdx.json, setup.cdx.json and web.cdx.json."""
    folder.mkdir(parents=True, exist_ok=True)
    tool = _installed()
    for name, lock in _LOCKS.items():
        argv = (str(tool), "requirements", str(lock), "--spec-version", _SPEC, "--of", "JSON")
        _write(folder / f"{name}.cdx.json", _output(argv))
    with step(f"running {_WEB_TOOL}"):
        text = _output((*_NPM, "--spec-version", _SPEC), ROOT / "web")
    _write(folder / "web.cdx.json", text)


def _installed() -> Path:
    place = Layout.find().cache / "sbom"
    tool = place / "bin" / "cyclonedx-py"
    if not tool.exists():
        with step(f"installing {_TOOL}"):
            subprocess.run((sys.executable, "-m", "venv", "--clear", str(place)), check=True)
            subprocess.run((str(place / "bin" / "pip"), "install", "-q", _TOOL), check=True)
    return tool


def _output(argv: tuple[str, ...], folder: Path = ROOT) -> str:
    done = subprocess.run(argv, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{argv[0]} failed: {done.stderr[-2000:]}")
    return done.stdout


def _write(path: Path, text: str) -> None:
    components = json.loads(text).get("components", [])
    if not components:
        raise SystemExit(f"{path.name} would name no component")
    path.write_text(text, encoding="utf-8")
    print(f"{path}: {len(components)} components")


if __name__ == "__main__":
    typer.run(main)
