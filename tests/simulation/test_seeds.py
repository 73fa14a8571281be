"""No seed breaks a promise, and a seed is the same run every time (R21)."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = [pytest.mark.repo, pytest.mark.timeout(900, func_only=True)]
ROOT = Path(__file__).resolve().parents[2]
SEEDS = 2000
CHUNK = 250
"""A run of its own for so many: two processors share them out."""


def simulation(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = (sys.executable, "-m", "dev.simulation", *arguments)
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("first", range(0, SEEDS, CHUNK))
def test_no_seed_breaks_a_promise(first: int) -> None:
    done = simulation("seeds", "--first", str(first), "--count", str(CHUNK))
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"{CHUNK} seeds" in done.stdout


def test_a_seed_is_the_same_run_every_time() -> None:
    first, second = simulation("replay", "7"), simulation("replay", "7")
    assert first.returncode == 0, first.stderr
    assert first.stdout == second.stdout
    assert " dies" in first.stdout
    assert first.stdout != simulation("replay", "5").stdout
