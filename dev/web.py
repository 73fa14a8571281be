#!/usr/bin/env python3
"""Installs and builds the web applications. Standard library only, like bootstrap.py.

python3 dev/web.py          install what the lock names and build; instant when nothing changed
python3 dev/web.py install  install only
"""

import hashlib
import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
WEB = ROOT / "web"
MODULES = WEB / "node_modules"
NODE_FLOOR = (20, 19)
HOW_TO_GET = "Debian/Ubuntu: nodejs 20.19 or newer with npm - macOS: brew install node"
# What npm and the build write themselves.
MADE = {"node_modules", "dist"}


def missing_node() -> str:
    """Returns what is missing of Node.js, or nothing."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if not node or not npm:
        return "Node.js with npm (for the web applications)"
    told = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
    found = re.match(r"v(\d+)\.(\d+)", told)
    if not found or tuple(map(int, found.groups())) < NODE_FLOOR:
        return f"Node.js {'.'.join(map(str, NODE_FLOOR))} or newer (this is {told.strip()})"
    return ""


def digest(paths: list) -> str:
    """Returns a digest of files' names and contents."""
    whole = hashlib.sha256()
    for path in sorted(paths):
        whole.update(f"{path.relative_to(WEB)}\0".encode() + path.read_bytes() + b"\0")
    return whole.hexdigest()


def manifests() -> list:
    """What decides which packages are installed."""
    return [
        WEB / "package.json",
        WEB / "package-lock.json",
        *WEB.glob("apps/*/package.json"),
        *WEB.glob("packages/*/package.json"),
    ]


def sources() -> list:
    """What decides what is built."""
    found = []
    for folder, folders, names in os.walk(WEB):
        folders[:] = [name for name in folders if name not in MADE]
        found += [Path(folder, name) for name in names]
    return found


def once(stamp: Path, wanted: str, title: str, argv: list) -> None:
    """Runs a command unless its stamp says that nothing changed; ends the program when it fails."""
    if stamp.exists() and stamp.read_text() == wanted:
        return
    stamp.unlink(missing_ok=True)
    print(f"… {title}", flush=True)
    began = time.monotonic()
    done = subprocess.run(argv, cwd=WEB, check=False, capture_output=True, text=True)
    if done.returncode != 0:
        print(done.stdout[-4000:], done.stderr[-4000:], file=sys.stderr)
        sys.exit(f"✗ {title}: `{' '.join(argv)}` failed")
    stamp.write_text(wanted)
    print(f"✓ {title} ({time.monotonic() - began:.0f} s)", flush=True)


def main() -> None:
    """Installs, then builds."""
    missing = missing_node()
    if missing:
        sys.exit(f"✗ missing: {missing}\n  {HOW_TO_GET}")
    install = ["npm", "ci", "--no-fund", "--no-audit"]
    once(
        MODULES / ".atiende-installed",
        digest(manifests()),
        "installing the web's packages",
        install,
    )
    if sys.argv[1:] != ["install"]:
        stamp = MODULES / ".atiende-built"
        if not all((WEB / "apps" / name / "dist").is_dir() for name in ("portal", "desk")):
            stamp.unlink(missing_ok=True)
        once(stamp, digest(sources()), "building portal and desk", ["npm", "run", "build"])


if __name__ == "__main__":
    main()
