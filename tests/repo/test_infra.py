"""infra/terraform without an account: formatted, valid, its tests pass. More in `make test-infra`."""

from __future__ import annotations

from pathlib import Path

import pytest

from dev.infra import (
    ENVIRONMENTS,
    TERRAFORM,
    InfraUnavailable,
    check_without_account,
    find_mirror,
    run_terraform,
)

pytestmark = [pytest.mark.repo, pytest.mark.timeout(300)]


@pytest.fixture(scope="module")
def mirror() -> Path:
    try:
        return find_mirror()
    except InfraUnavailable as missing:
        pytest.skip(f"Terraform is not tried: {missing}")


def test_modules_have_the_same_five_files():
    wanted = {"README.md", "main.tf", "outputs.tf", "variables.tf", "versions.tf"}
    for module in (TERRAFORM / "modules").iterdir():
        assert {file.name for file in module.iterdir() if file.is_file()} == wanted, module.name


def test_environments_compose_and_make_nothing_themselves():
    for environment in ENVIRONMENTS:
        for file in (TERRAFORM / "environments" / environment).glob("*.tf"):
            assert 'resource "' not in file.read_text(encoding="utf-8"), file


def test_it_is_formatted(mirror: Path):
    run_terraform(TERRAFORM, "fmt", "-check", "-recursive")


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_an_environment_is_valid_and_passes_its_tests(mirror: Path, environment: str):
    assert "0 failed" in check_without_account(environment, mirror)
