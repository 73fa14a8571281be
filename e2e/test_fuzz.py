"""Schemathesis over the six APIs of the running platform, as anybody would run it."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from pathlib import Path

import pytest

from dev.stack.login import staff_login
from dev.stack.stack import Stack
from e2e.city import City

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(240, func_only=True)]
EXAMPLES = "10"
WHO = {
    "channels": "beatriz.londono",
    "cases": "beatriz.londono",
    "routing": "beatriz.londono",
    "notifications": "beatriz.londono",
    "surveys": "beatriz.londono",
    "catalog": "nestor.acuna",
    "admin": "nestor.acuna",
}
UNTRIED = {
    # A stream that never ends; the tests of cases follow it.
    "cases": r"^/api/cases/v1/changes$",
    # Takes the accounts away that other tests sign in with; its own tests try it.
    "admin": r"^/api/admin/v1/people/",
}
NOT_SAID_BY_A_SCHEMA = (
    # What a rule of the city forbids, or what an opaque cursor is.
    "positive_data_acceptance",
    # A draft that was just made has no template of a made-up name.
    "ensure_resource_availability",
)


@pytest.mark.parametrize("service", WHO)
async def test_generated_requests_find_nothing_undocumented(
    city: City, stack: Stack, service: str, tmp_path: Path
) -> None:
    await city.open_hours()
    token = staff_login(stack, WHO[service]).access_token
    done = await asyncio.to_thread(_schemathesis, city.url, service, token, tmp_path)
    assert done.returncode == 0, _failures(done.stdout) + done.stderr
    assert "✅ Coverage" in done.stdout


def _schemathesis(
    url: str, service: str, token: str, folder: Path
) -> subprocess.CompletedProcess[str]:
    argv = (
        *(str(Path(sys.executable).with_name("schemathesis")), "run"),
        f"{url}/api/{service}/openapi.json",
        *("-H", f"Authorization: Bearer {token}"),
        *("--exclude-checks", ",".join(NOT_SAID_BY_A_SCHEMA)),
        *(("--exclude-path-regex", UNTRIED[service]) if service in UNTRIED else ()),
        *("--max-examples", EXAMPLES, "--seed", "20260301", "--request-timeout", "20"),
        *("--no-color", "--generation-database", "none"),
    )
    return subprocess.run(
        argv, cwd=folder, capture_output=True, text=True, check=False, timeout=200
    )


def _failures(report: str) -> str:
    return report[report.find("= FAILURES =") :]
