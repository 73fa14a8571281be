#!/usr/bin/env python3
"""Checks what the machine must have, then installs the workspace into .venv. Standard library only.

    python3 dev/bootstrap.py          check and install; instant when nothing changed
    python3 dev/bootstrap.py --check  check only

Written so that an old Python can still read it far enough to say that it is old.
"""

import hashlib
import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

import web

ROOT = Path(__file__).resolve().parents[1]
VENV = ROOT / ".venv"
# uv stands apart, because `uv pip sync` removes from the venv what the lock does not name.
TOOLS = VENV / "tools"
STAMP = VENV / ".atiende-installed"
UV_VERSION = "0.13.9"
PYTHON_FLOOR = (3, 11)
JAVA_FLOOR = 17

HOW_TO_GET = {
    "python": "Debian/Ubuntu: apt-get install python3 python3-venv - macOS: brew install python",
    "venv": "Debian/Ubuntu: apt-get install python3-venv - macOS: brew install python@3.12",
    "java": "Debian/Ubuntu: apt-get install default-jre-headless - macOS: brew install openjdk",
    "mvn": "Debian/Ubuntu: apt-get install maven - macOS: brew install maven",
}


def missing_prerequisites() -> list:
    """Returns (what, how to get it) for each thing the machine lacks."""
    missing = []
    if sys.version_info < PYTHON_FLOOR:
        missing.append(
            (
                f"Python 3.11 or newer (this is {sys.version.split()[0]})",
                "python",
            )
        )
    else:
        try:
            import ensurepip  # noqa: F401
            import venv  # noqa: F401
        except ImportError:
            missing.append(("the venv module of Python", "venv"))
    if not os.environ.get("ATIENDE_KEYCLOAK_URL"):
        java = java_version()
        if java is None:
            missing.append((f"Java {JAVA_FLOOR} or newer (for Keycloak)", "java"))
        elif java < JAVA_FLOOR:
            missing.append((f"Java {JAVA_FLOOR} or newer (java is {java})", "java"))
        if not shutil.which("mvn"):
            missing.append(("Maven (it fetches Keycloak)", "mvn"))
    found = [(what, HOW_TO_GET[key]) for what, key in missing]
    without_node = web.missing_node()
    return [*found, (without_node, web.HOW_TO_GET)] if without_node else found


def java_version():  # noqa: ANN201 -- `int | None` does not parse on the Pythons this refuses
    """Returns the major version of the Java on PATH, or None."""
    java = shutil.which("java")
    if not java:
        return None
    # macOS has a /usr/bin/java that only says that there is none.
    told = subprocess.run(
        [java, "-version"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False
    )
    found = re.search(rb'version "(\d+)(?:\.(\d+))?', told.stdout)
    if told.returncode != 0 or not found:
        return None
    major = int(found.group(1))
    return int(found.group(2)) if major == 1 and found.group(2) else major


def fingerprint() -> str:
    """Returns a digest of everything that decides what is installed."""
    digest = hashlib.sha256(f"{sys.version_info[:2]} {UV_VERSION}".encode())
    for path in [ROOT / "requirements.lock", *packages(), Path(__file__)]:
        text = path / "pyproject.toml" if path.is_dir() else path
        digest.update(text.read_bytes())
    return digest.hexdigest()


def packages() -> list:
    """Returns the folders of the workspace's own packages."""
    places = ("libs/*", "services/*", "deploy/setup")
    return [
        path.parent for place in places for path in sorted(ROOT.glob(f"{place}/pyproject.toml"))
    ]


def install() -> None:
    """Brings .venv in line with the lock."""
    wanted = fingerprint()
    if STAMP.exists() and STAMP.read_text() == wanted:
        return
    began = time.monotonic()
    STAMP.unlink(missing_ok=True)
    python = VENV / "bin" / "python"
    if not python.exists():
        step(f"making {VENV.name}", [sys.executable, "-m", "venv", str(VENV)])
    uv = TOOLS / "bin" / "uv"
    if not uv.exists() or not (TOOLS / f"uv-{UV_VERSION}.dist-info").exists():
        shutil.rmtree(TOOLS, ignore_errors=True)
        if subprocess.run(
            [str(python), "-c", "import pip"], capture_output=True, check=False
        ).returncode:
            step("installing pip", [str(python), "-m", "ensurepip"])
        pip = [str(python), "-m", "pip", "--disable-pip-version-check", "install", "-q"]
        step(
            f"installing uv {UV_VERSION} (25 MB)",
            [*pip, "--target", str(TOOLS), f"uv=={UV_VERSION}"],
        )
    env = uv_environment(python)
    step(
        "installing the locked packages (233 MB the first time, 600 MB on disk)",
        [str(uv), "pip", "sync", "-q", "--python", str(python), "requirements.lock"],
        env,
    )
    editable = [part for folder in packages() for part in ("-e", str(folder))]
    step(
        f"installing the {len(packages())} packages of the workspace",
        [
            str(uv),
            "pip",
            "install",
            "-q",
            "--python",
            str(python),
            "--no-deps",
            "--no-build-isolation",
            *editable,
        ],
        env,
    )
    STAMP.write_text(wanted)
    print(f"installed in {time.monotonic() - began:.0f} s", flush=True)


def uv_environment(python: Path) -> dict:
    """Returns an environment in which uv uses the index and certificates that pip has."""
    env = dict(os.environ)
    told = subprocess.run(
        [str(python), "-m", "pip", "config", "list"],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        check=False,
    )
    settings = dict(line.split("=", 1) for line in told.stdout.decode().splitlines() if "=" in line)

    def pip(name: str):  # noqa: ANN202 -- as above
        values = [value for key, value in settings.items() if key.split(".")[-1] == name]
        return os.environ.get("PIP_" + name.upper().replace("-", "_")) or (
            values[0].strip("'\"") if values else None
        )

    for name, variable in (
        ("index-url", "UV_DEFAULT_INDEX"),
        ("extra-index-url", "UV_INDEX"),
        ("find-links", "UV_FIND_LINKS"),
        ("cert", "SSL_CERT_FILE"),
    ):
        value = pip(name)
        if value and variable not in env:
            env[variable] = value
    return env


def step(title: str, argv: list, env=None) -> None:  # noqa: ANN001 -- as above
    """Runs a command, saying what and how long; ends the program when it fails."""
    print(f"… {title}", flush=True)
    began = time.monotonic()
    done = subprocess.run(argv, cwd=ROOT, env=env, check=False)
    if done.returncode != 0:
        sys.exit(f"✗ {title}: `{' '.join(argv[:4])} …` failed")
    print(f"✓ {title} ({time.monotonic() - began:.0f} s)", flush=True)


def main() -> None:
    """Checks, then installs unless --check is given."""
    missing = missing_prerequisites()
    for what, how in missing:
        print(f"✗ missing: {what}\n  {how}", file=sys.stderr)
    if missing:
        sys.exit(1)
    if "--check" in sys.argv[1:]:
        print("✓ Python with venv, Java, Maven and Node.js are there")
    else:
        install()


if __name__ == "__main__":
    main()
