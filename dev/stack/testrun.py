"""Runs the tests of `make test`: in parallel what can be, then journeys over a whole stack."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

from dev.stack import packages
from dev.stack.console import span
from dev.stack.paths import Layout
from dev.stack.servers import keycloak

_ROOT = Path(__file__).resolve().parents[2]
_NO_TESTS = 5
_WORKERS = "2"
_SIMULATION = "tests/simulation"
_PARTITIONS = "e2e/partition"
_BAD_DAYS = tuple(
    f"e2e/test_{name}.py"
    for name in (
        "rolling",
        "pause",
        "kill",
        "memory",
        "clocks",
        "crash_points",
        "restore",
        "backlog",
    )
)


def main() -> int:
    """Returns 0 when every part passed."""
    # Tests choose their own folders and ports; what a shell has set for `make up` is not for them.
    env = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("ATIENDE_") or name in {"ATIENDE_DATA", "ATIENDE_CACHE"}
    }
    parts = {
        # Each worker starts its own servers, and a file's tests share one worker's.
        "unit to component": (
            *("-n", _WORKERS, "--dist", "loadfile"),
            *("-m", "not e2e and not cluster"),
            f"--ignore={_SIMULATION}",
        ),
        "simulation": ("-n", _WORKERS, "--dist", "worksteal", _SIMULATION),
        "end to end": (
            *("-m", "e2e", "--timeout", "900"),
            *(f"--ignore={path}" for path in (*_BAD_DAYS, _PARTITIONS)),
        ),
        # On a platform of their own, whose queues nobody has filled before.
        "days under faults": ("-m", "e2e", "--timeout", "900", *_BAD_DAYS),
        # It starts its platform in a network of its own.
        "partitions": ("-m", "e2e", "--timeout", "900", _PARTITIONS),
    }
    # Fetched here, with its progress shown, rather than inside a test's time limit.
    keycloak.install(Layout.find().cache)
    packages.main()
    results = {}
    for name, options in parts.items():
        print(f"\n── tests: {name}", flush=True)
        began = time.monotonic()
        code = subprocess.run(
            (sys.executable, "-m", "pytest", *options), cwd=_ROOT, env=env, check=False
        ).returncode
        # A part without tests is fine as long as the other has some.
        results[name] = (code, time.monotonic() - began)
    print()
    for name, (code, seconds) in results.items():
        word = {0: "passed", _NO_TESTS: "has no tests"}.get(code, f"FAILED (exit code {code})")
        print(f"{name}: {word} in {span(seconds)}", flush=True)
    codes = {code for code, _ in results.values()}
    return 0 if codes <= {0, _NO_TESTS} and 0 in codes else 1


if __name__ == "__main__":
    sys.exit(main())
