"""The check notices each of ten defects: one that never failed would prove nothing."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = [pytest.mark.repo, pytest.mark.timeout(900, func_only=True)]
ROOT = Path(__file__).resolve().parents[2]


def test_ten_of_ten_defects_are_caught() -> None:
    command = (sys.executable, "-m", "dev.simulation", "defects")
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "10 of 10 caught" in done.stdout
