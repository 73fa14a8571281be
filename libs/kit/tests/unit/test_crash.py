"""Crash points: where a process ends when it is told to, and only then."""

import subprocess
import sys
from pathlib import Path

import pytest

from atiende_kit.crash import EXIT_CODE, NOTE

pytestmark = pytest.mark.unit
LIFE = """
import sys
from pathlib import Path
from atiende_kit import crash

crash.allow(Path(sys.argv[1]) if len(sys.argv) > 1 else None)
for mark in ("written cases", "published", "written cases"):
    crash.passed(mark)
    print(mark, flush=True)
"""


def live(*arguments: str) -> tuple[int, list[str]]:
    done = subprocess.run(
        (sys.executable, "-c", LIFE, *arguments), capture_output=True, text=True, check=False
    )
    return done.returncode, done.stdout.splitlines()


def test_without_a_file_nothing_happens(tmp_path: Path) -> None:
    assert live() == (0, ["written cases", "published", "written cases"])
    assert live(str(tmp_path / "none"))[0] == 0


def test_each_mark_ends_one_life(tmp_path: Path) -> None:
    file = tmp_path / "crash"
    file.write_text("published\nwritten cases\n", encoding="utf-8")
    assert live(str(file)) == (EXIT_CODE, [])
    assert file.read_text(encoding="utf-8") == "published\n"
    assert live(str(file)) == (EXIT_CODE, ["written cases"])
    assert live(str(file)) == (0, ["written cases", "published", "written cases"])


def test_marks_are_noted_when_asked(tmp_path: Path) -> None:
    file = tmp_path / "crash"
    file.write_text(f"{NOTE}\n", encoding="utf-8")
    assert live(str(file))[0] == 0
    notes = file.with_suffix(".passed").read_text(encoding="utf-8")
    assert notes.splitlines() == ["written cases", "published", "written cases"]
