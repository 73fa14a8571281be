"""`python -m dev.sbom`: what the images contain, as CycloneDX files for whoever must know.

One file for the services' packages, one for the setup tool's, one for the pages'; made from the
lock files with the hashes in them, so that a scanner can be given them without an image. A fourth
for what the base holds: of the image that `make images` made, or of any that Debian is in.
"""

from __future__ import annotations

import email
import json
import subprocess
import sys
import tarfile
import uuid
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import quote

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
    status: Annotated[
        Path | None, typer.Option(help="/var/lib/dpkg/status of a base image.", exists=True)
    ] = None,
) -> None:
    """Writes {services,setup,web}.cdx.json, and base.cdx.json where there is a base."""
    folder.mkdir(parents=True, exist_ok=True)
    tool = _installed()
    for name, lock in _LOCKS.items():
        argv = (str(tool), "requirements", str(lock), "--spec-version", _SPEC, "--of", "JSON")
        _write(folder / f"{name}.cdx.json", _output(argv))
    with step(f"running {_WEB_TOOL}"):
        text = _output((*_NPM, "--spec-version", _SPEC), ROOT / "web")
    _write(folder / "web.cdx.json", text)
    archive = Layout.find().cache / "cluster" / "base" / "base.tar"
    if status:
        _write(folder / "base.cdx.json", json.dumps(debian(status.read_text("utf-8")), indent=1))
    elif archive.exists():
        _write(folder / "base.cdx.json", json.dumps(debian(_status_in(archive)), indent=1))
    else:
        print("no base.cdx.json: `make images` makes a base, or name its --status")


def debian(status: str) -> dict[str, Any]:
    """Returns what dpkg says is installed, as a CycloneDX document.

    Args:
        status: Text of /var/lib/dpkg/status (deb-control(5): one paragraph for each package).
    """
    packages = [email.message_from_string(one) for one in status.strip().split("\n\n")]
    return {
        "bomFormat": "CycloneDX",
        "specVersion": _SPEC,
        "serialNumber": uuid.uuid4().urn,
        "version": 1,
        "components": [
            {
                "type": "library",
                "name": one["Package"],
                "version": one["Version"],
                "purl": f"pkg:deb/debian/{quote(one['Package'])}@{quote(one['Version'], safe='')}"
                f"?arch={one['Architecture']}",
            }
            for one in packages
            if str(one["Status"]).endswith(" installed")
        ],
    }


def _status_in(archive: Path) -> str:
    with tarfile.open(archive) as base:
        found = base.extractfile("./var/lib/dpkg/status")
        if found is None:
            raise SystemExit(f"{archive} has no list of packages")
        return found.read().decode()


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
