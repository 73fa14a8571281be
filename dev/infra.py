"""`python -m dev.infra`: everything of infra/terraform that can be tried without an account.

Formatting, validation, tests with a mock provider; then a whole `apply`, a second one that must
change nothing, and `destroy`, against a fake AWS (moto) on loopback; then checkov. The provider
comes from a filesystem mirror where there is one.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from dev.stack.console import step
from dev.stack.paths import ROOT, Layout

TERRAFORM = ROOT / "infra" / "terraform"
ENVIRONMENTS = ("dev", "production")
_TOOLS = {"moto": "moto[server]==5.2.5", "checkov": "checkov==3.3.30"}
_PROVIDER = Path("registry.terraform.io/hashicorp/aws")
_MIRRORS = (
    "~/.terraform.d/plugins",
    "/usr/local/share/terraform/plugins",
    "/usr/share/terraform/plugins",
)
_VARIABLES = {"zone_name": "ciudad.example", "host": "atencion.ciudad.example", "tenant": "ciudad"}
_UNKNOWN_TO_FAKE = {
    "modules/backups/main.tf": "aws_backup_selection",
    "modules/cluster/main.tf": "aws_eks_addon",
}
_FORGOTTEN_BY_FAKE = {
    "aws_backup_plan",  # tags
    "aws_backup_vault",  # tags
    "aws_eks_cluster",  # how people sign in
    "aws_eks_node_group",  # it makes up a key to sign in with
    "aws_launch_template",  # disks, metadata options
}
"""What the fake does not tell again as it was told."""
_MAKE_ZONE = (
    "import boto3; boto3.client('route53').create_hosted_zone("
    f"Name={_VARIABLES['zone_name']!r}, CallerReference='1')"
)
"""The one thing that must exist beforehand."""
_EMPTY_BUCKETS = (
    "import boto3\n"
    "found = list(boto3.resource('s3').buckets.all())\n"
    "for one in found: one.Logging().put(BucketLoggingStatus={})\n"
    "for one in found: one.Policy().delete()\n"
    "for one in found: one.object_versions.delete()\n"
)
"""Terraform removes no bucket that holds anything, and access logs are written at once.

The modules' own policies refuse deletion over plain HTTP, which the fake speaks: they go first."""
_OVERRIDE = """\
terraform {
  backend "local" {}
}
provider "aws" {
  skip_credentials_validation = true
  skip_requesting_account_id  = false
  s3_use_path_style           = true
}
"""


class InfraUnavailable(Exception):  # noqa: N818 -- it says what is not there
    """Terraform or its provider is not on this machine."""


def find_mirror() -> Path:
    """Returns a folder with the AWS provider.

    Raises:
        InfraUnavailable: Terraform is missing, or no mirror has the provider.
    """
    if not shutil.which("terraform"):
        raise InfraUnavailable("Terraform is not on PATH")
    asked = os.environ.get("ATIENDE_TERRAFORM_MIRROR")
    places = [Path(one).expanduser() for one in ([asked] if asked else _MIRRORS)]
    for place in [*places, *sorted(Path("/opt").glob("*"))]:
        if any((place / _PROVIDER).glob("*")):
            return place
    raise InfraUnavailable(
        "no mirror of the AWS provider: set ATIENDE_TERRAFORM_MIRROR to what "
        "`terraform providers mirror` made"
    )


@contextlib.contextmanager
def workplace(environment: str, mirror: Path, *, override: bool = False) -> Iterator[Path]:
    """Yields an initialised copy of an environment, so that the checkout stays as it is."""
    with tempfile.TemporaryDirectory(prefix="atiende-infra-") as folder:
        copy = Path(folder) / "terraform"
        shutil.copytree(TERRAFORM, copy, ignore=shutil.ignore_patterns(".terraform*"))
        place = copy / "environments" / environment
        if override:
            (place / "override.tf").write_text(_OVERRIDE, encoding="utf-8")
            _leave_out_unknown(copy)
        backend = () if override else ("-backend=false",)
        run_terraform(place, "init", "-input=false", f"-plugin-dir={mirror}", *backend)
        yield place


def _leave_out_unknown(copy: Path) -> None:
    """Takes out of a copy what the fake AWS does not implement; the mock tests keep it."""
    for file, kind in _UNKNOWN_TO_FAKE.items():
        path = copy / file
        text = path.read_text(encoding="utf-8")
        shorter = re.sub(rf'resource "{kind}" .*?\n}}\n', "", text, flags=re.DOTALL)
        if shorter == text:
            raise ValueError(f"{file} has no {kind}")
        path.write_text(shorter, encoding="utf-8")


def run_terraform(place: Path, *arguments: str, env: dict[str, str] | None = None) -> str:
    """Runs Terraform and returns what it printed.

    Raises:
        SystemExit: it failed; its words were printed.
    """
    command, *rest = arguments
    done = subprocess.run(
        ("terraform", command, "-no-color", *rest),
        cwd=place,
        env={
            **os.environ,
            "TF_CLI_CONFIG_FILE": os.devnull,
            "TF_IN_AUTOMATION": "1",
            **(env or {}),
        },
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        print(done.stdout[-6000:], done.stderr[-6000:])
        raise SystemExit(f"terraform {command} failed in {place.name}")
    return done.stdout


def check_without_account(environment: str, mirror: Path) -> str:
    """Validates an environment and runs its tests; returns what the tests printed."""
    with workplace(environment, mirror) as place:
        run_terraform(place, "validate")
        return run_terraform(place, "test")


def apply_to_fake(environment: str, mirror: Path, tools: Path) -> None:
    """Applies to a fake AWS, applies again, destroys."""
    with _fake_aws(tools) as env, workplace(environment, mirror, override=True) as place:
        _in_fake(tools, env, _MAKE_ZONE)
        variables = tuple(f"-var={name}={value}" for name, value in _VARIABLES.items())
        with step(f"{environment}: apply"):
            run_terraform(place, "apply", "-auto-approve", "-input=false", *variables, env=env)
        with step(f"{environment}: a second apply finds nothing to change"):
            run_terraform(place, "plan", "-out=again", "-input=false", *variables, env=env)
            again = json.loads(run_terraform(place, "show", "-json", "again", env=env))
            if changed := _changes(again):
                raise SystemExit(f"{environment}: would change again: {', '.join(changed)}")
        print(run_terraform(place, "output", "-raw", "helm_values", env=env))
        with step(f"{environment}: destroy, after its buckets were emptied"):
            _in_fake(tools, env, _EMPTY_BUCKETS)
            run_terraform(place, "destroy", "-auto-approve", "-input=false", *variables, env=env)


def _changes(plan: Mapping[str, Any]) -> list[str]:
    return [
        f"{one['address']} ({', '.join(_differing(one['change']))})"
        for one in plan.get("resource_changes", ())
        if one["mode"] == "managed"
        and one["change"]["actions"] != ["no-op"]
        and one["type"] not in _FORGOTTEN_BY_FAKE
    ]


def _differing(change: Mapping[str, Any]) -> list[str]:
    before, after = change.get("before") or {}, change.get("after") or {}
    unknown = change.get("after_unknown") or {}
    return sorted(
        name
        for name in before.keys() | after.keys() | unknown.keys()
        if before.get(name) != after.get(name) or unknown.get(name)
    )


@contextlib.contextmanager
def _fake_aws(tools: Path) -> Iterator[dict[str, str]]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = subprocess.Popen(
        (str(tools / "bin" / "moto_server"), "-H", "127.0.0.1", "-p", str(port)),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        # Policies that Amazon keeps, which the modules attach by name.
        env={**os.environ, "MOTO_IAM_LOAD_MANAGED_POLICIES": "true"},
    )
    url = f"http://127.0.0.1:{port}"
    try:
        deadline = time.monotonic() + 60
        while True:
            try:
                urllib.request.urlopen(f"{url}/moto-api/", timeout=1).close()  # noqa: S310 -- ours
                break
            except OSError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.2)
        yield {
            "AWS_ENDPOINT_URL": url,
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_DEFAULT_REGION": "us-east-1",
            "AWS_EC2_METADATA_DISABLED": "true",
            "NO_PROXY": "127.0.0.1",
        }
    finally:
        server.terminate()
        server.wait(20)


def _in_fake(tools: Path, env: dict[str, str], program: str) -> None:
    """Does with the fake's account what a person does by hand."""
    subprocess.run(
        (str(tools / "bin" / "python"), "-c", program), env={**os.environ, **env}, check=True
    )


def install(name: str) -> Path:
    """Returns a virtual environment with a tool, made once per user; apart, for their own pins."""
    place, wanted = Layout.find().cache / "infra" / name, _TOOLS[name]
    stamp = place / "installed"
    if not stamp.exists() or stamp.read_text(encoding="utf-8") != wanted:
        with step(f"installing {wanted} (once)"):
            subprocess.run((sys.executable, "-m", "venv", "--clear", str(place)), check=True)
            subprocess.run((str(place / "bin" / "pip"), "install", "-q", wanted), check=True)
        stamp.write_text(wanted, encoding="utf-8")
    return place


def main(
    apply: Annotated[bool, typer.Option(help="Also against a fake AWS, and checkov.")] = True,
) -> None:
    """Check infra/terraform."""
    try:
        mirror = find_mirror()
    except InfraUnavailable as missing:
        raise SystemExit(f"skipped: {missing}") from None
    with step("fmt"):
        run_terraform(TERRAFORM, "fmt", "-check", "-recursive")
    for environment in ENVIRONMENTS:
        with step(f"{environment}: validate and test"):
            check_without_account(environment, mirror)
    if not apply:
        return
    fake = install("moto")
    for environment in ENVIRONMENTS:
        apply_to_fake(environment, mirror, fake)
    checkov = install("checkov") / "bin" / "checkov"
    with step("checkov"):
        done = subprocess.run(
            (
                *(str(checkov), "-d", str(TERRAFORM), "--framework", "terraform"),
                *("--compact", "--quiet", "--skip-download"),
            ),
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            print(done.stdout[-8000:], done.stderr[-2000:])
            raise SystemExit("checkov found something")


if __name__ == "__main__":
    typer.run(main)
