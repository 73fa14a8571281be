"""The house rules that a linter does not know."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.repo

ROOT = Path(__file__).resolve().parents[2]
SERVICES = sorted(p.name for p in (ROOT / "services").iterdir() if (p / "pyproject.toml").exists())
ROOMS = ("__main__.py", "settings.py", "bootstrap.py", "contract.py", "domain", "application")
GENERATED = ROOT / "libs" / "contracts"


def tracked(*patterns: str) -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "--", *patterns], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return [ROOT / line for line in listed.stdout.splitlines() if (ROOT / line).is_file()]


def own_python() -> list[Path]:
    return [p for p in tracked("*.py") if GENERATED not in p.parents]


def test_imports_point_one_way():
    result = subprocess.run(
        [Path(sys.executable).parent / "lint-imports", "--no-cache"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stdout[-3000:]


@pytest.mark.parametrize("service", SERVICES)
def test_service_has_the_same_rooms_as_the_others(service: str):
    inside = ROOT / "services" / service / "src" / f"atiende_{service}"
    assert [room for room in ROOMS if not (inside / room).exists()] == []
    assert (ROOT / "services" / service / "README.md").exists()


def test_files_stay_small_enough_to_read():
    long = {
        str(p.relative_to(ROOT)): lines
        for p in own_python()
        if (lines := p.read_text().count("\n")) > 400
    }
    assert long == {}


def test_only_the_bus_publishes():
    """`nc.publish` is acknowledged by nobody; one module of the kit may know the client."""
    offenders = []
    for path in own_python():
        if "tests" in path.parts or path.is_relative_to(ROOT / "libs/kit/src/atiende_kit"):
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            names = [a.name for a in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom):
                names = [node.module or ""]
            if any(n == "nats" or n.startswith("nats.") for n in names):
                offenders.append(str(path.relative_to(ROOT)))
    # What takes backups reads the streams themselves, as their operator.
    spared = ("dev/", "e2e/", "deploy/setup/src/atiende_setup/backup/")
    assert [o for o in offenders if not o.startswith(spared)] == []


def test_environment_is_read_in_settings_only():
    offenders = [
        str(p.relative_to(ROOT))
        for p in own_python()
        if "src" in p.parts
        and p.name != "settings.py"
        and "testing" not in p.parts
        and re.search(r"os\.(getenv|environ)", p.read_text())
    ]
    assert offenders == []


def test_nothing_names_the_machine_it_was_written_on():
    pattern = re.compile(
        "/wor"
        "k/|/far"
        "m/|/roo"
        r"t/\.|pythonhoste"
        "d|npmj"
        r"s\.org|debia"
        r"n\.org"
        "|proxy\\.golan" + "g|repo\\.mave" + "n|pypi\\.or" + "g"
    )
    offenders = []
    for path in tracked():
        if path.suffix in {".binpb", ".png"}:
            continue
        if pattern.search(path.read_text(errors="replace")):
            offenders.append(str(path.relative_to(ROOT)))
    assert offenders == []


def test_unfinished_marks_are_absent():
    pattern = re.compile("NotImplemented" + "Error|\\bTO" + "DO\\b|FIX" + "ME|mark\\.xfa" + "il")
    offenders = [
        f"{p.relative_to(ROOT)}:{n}"
        for p in own_python()
        for n, line in enumerate(p.read_text().splitlines(), 1)
        if pattern.search(line)
    ]
    assert offenders == []
