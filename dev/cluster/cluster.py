"""Starts and stops the cluster from outside: cgroups, namespaces, the link, add-ons."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from dev.cluster.build import build_programs, check_machine
from dev.cluster.components import write_configuration
from dev.cluster.folders import (
    CGROUP,
    HERE,
    HOST_ADDRESS,
    NODE_ADDRESS,
    POD_NETWORK,
    SERVICE_NETWORK,
    Folders,
)
from dev.cluster.images import make_images, platform_images, server_images
from dev.cluster.pki import make_certificates
from dev.stack.console import step
from dev.stack.paths import ROOT, Layout

_CGROUPS = Path("/sys/fs/cgroup")
_READY_SECONDS = 180
_LINK = "atiende-host"
TAG = "test"


class Cluster:
    """One cluster in one folder.

    Example:
        cluster = Cluster()
        cluster.up()
        cluster.kubectl("get", "nodes")
        cluster.down()
    """

    def __init__(self, folders: Folders | None = None) -> None:
        self.folders = folders or Folders.find()
        # The process around the node, when this object started it.
        self._outer: subprocess.Popen[bytes] | None = None

    def prepare(self) -> None:
        """Builds programs and images; instant when nothing changed.

        Raises:
            ClusterUnavailable: this machine cannot carry it.
        """
        check_machine()
        build_programs(self.folders)
        make_images(self.folders, server_images(self.folders, TAG))
        make_images(self.folders, platform_images(TAG))

    @property
    def is_running(self) -> bool:
        """True while the node lives."""
        return self._pid() is not None

    def up(self) -> None:
        """Starts the node and its add-ons, and waits until they are ready."""
        if self.is_running:
            return
        self.folders.run.mkdir(parents=True, exist_ok=True)
        make_certificates(self.folders.pki)
        write_configuration(self.folders)
        with step("starting the node"):
            self._launch()
            self._await(self._is_ready, "the node is not ready")
        with step("add-ons: DNS, ingress, metrics, volumes"):
            self._volumes()
            self.kubectl("apply", "-f", str(HERE / "manifests"))
            self.kubectl(
                "-n", "kube-system", "rollout", "status", "deployment/coredns", "--timeout=90s"
            )
            self.kubectl(
                "-n", "ingress", "rollout", "status", "deployment/traefik", "--timeout=90s"
            )

    def down(self) -> None:
        """Ends the node; every process and container ends with it. Its data stays."""
        pid = self._pid()
        if pid is None:
            return
        os.kill(pid, signal.SIGTERM)
        self._await(lambda: not self.is_running, "the node did not stop", seconds=30)
        if self._outer:
            self._outer.wait(30)
            self._outer = None
        # The kernel is still burying the last processes for a moment.
        groups = [controller / CGROUP for controller in _CGROUPS.iterdir()]
        self._await(lambda: all(_is_removed(one) for one in groups), "cgroups stay", seconds=30)

    def clean(self) -> None:
        """Stops it and removes its data; what was built stays."""
        self.down()
        shutil.rmtree(self.folders.run, ignore_errors=True)

    def kubectl(self, *arguments: str, stdin: str | None = None, check: bool = True) -> str:
        """Runs kubectl as the administrator and returns what it printed.

        Raises:
            subprocess.CalledProcessError: it failed; the text says how.
        """
        done = subprocess.run(
            (str(self.folders.kubectl), "--kubeconfig", str(self.folders.kubeconfig), *arguments),
            input=stdin,
            capture_output=True,
            text=True,
            check=False,
        )
        if check and done.returncode:
            print(done.stdout[-2000:], done.stderr[-2000:])
            done.check_returncode()
        return done.stdout

    def get(self, *arguments: str) -> dict[str, Any]:
        """Returns an object or list as the API has it."""
        found: dict[str, Any] = json.loads(self.kubectl("get", *arguments, "-o", "json"))
        return found

    def _launch(self) -> None:
        for controller in _CGROUPS.iterdir():
            _make_cgroup(controller)
        layout = Layout.find()
        log = (self.folders.run / "node.log").open("ab")
        with log:
            outer = self._outer = subprocess.Popen(
                (
                    *("unshare", "--net", "--mount", "--pid", "--fork", "--kill-child", "--uts"),
                    *("--ipc", "--mount-proc", "--propagation", "unchanged"),
                    *(str(layout.python), "-m", "dev.cluster", "node"),
                ),
                cwd=ROOT,
                env={**os.environ, "ATIENDE_VAR": str(layout.var)},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        children = Path(f"/proc/{outer.pid}/task/{outer.pid}/children")
        self._await(
            lambda: bool(children.read_text(encoding="utf-8").strip()), "no node", seconds=10
        )
        pid = int(children.read_text(encoding="utf-8").split()[0])
        (self.folders.run / "node.pid").write_text(f"{pid}", encoding="utf-8")
        _ip("link", "del", _LINK, check=False)
        _ip("link", "add", _LINK, "type", "veth", "peer", "name", "eth0", "netns", str(pid))
        _ip("addr", "add", f"{HOST_ADDRESS}/24", "dev", _LINK)
        _ip("link", "set", _LINK, "up")
        for network in (POD_NETWORK, SERVICE_NETWORK):
            _ip("route", "replace", network, "via", NODE_ADDRESS)

    def _pid(self) -> int | None:
        file = self.folders.run / "node.pid"
        if not file.exists():
            return None
        pid = int(file.read_text(encoding="utf-8"))
        command = Path(f"/proc/{pid}/cmdline")
        try:
            alive = b"dev.cluster" in command.read_bytes()
        except OSError:
            return None
        return pid if alive else None

    def _is_ready(self) -> bool:
        if not self.is_running:
            raise RuntimeError(f"the node ended; see {self.folders.run / 'node.log'}")
        answer = self.kubectl("get", "node", "n1", "-o", "json", check=False)
        if not answer:
            return False
        conditions = json.loads(answer)["status"].get("conditions", [])
        return any(one["type"] == "Ready" and one["status"] == "True" for one in conditions)

    def _volumes(self) -> None:
        """Makes the volumes that claims may bind to: folders of the run directory."""
        for number in range(8):
            place = self.folders.run / "volumes" / str(number)
            place.mkdir(parents=True, exist_ok=True)
            place.chmod(0o777)
            volume = {
                "apiVersion": "v1",
                "kind": "PersistentVolume",
                "metadata": {"name": f"local-{number}"},
                "spec": {
                    "capacity": {"storage": "5Gi"},
                    "accessModes": ["ReadWriteOnce"],
                    "storageClassName": "local",
                    "persistentVolumeReclaimPolicy": "Retain",
                    "hostPath": {"path": str(place)},
                },
            }
            self.kubectl("apply", "-f", "-", stdin=json.dumps(volume))

    def _await(
        self, holds: Callable[[], bool], otherwise: str, seconds: float = _READY_SECONDS
    ) -> None:
        deadline = time.monotonic() + seconds
        while not holds():
            if time.monotonic() > deadline:
                raise TimeoutError(f"{otherwise}; see {self.folders.logs}")
            time.sleep(0.2)


def _make_cgroup(controller: Path) -> None:
    """Makes our group in a v1 controller; the unified hierarchy and links are left alone."""
    if controller.is_symlink() or not controller.is_dir() or controller.name == "unified":
        return
    own = controller / CGROUP
    own.mkdir(exist_ok=True)
    for name in ("cpuset.cpus", "cpuset.mems"):
        if (controller / name).exists():
            (own / name).write_text(
                (controller / name).read_text(encoding="utf-8"), encoding="utf-8"
            )


def _is_removed(group: Path) -> bool:
    """Removes a group and what is below it; False while somebody is still in there."""
    if not group.is_dir():
        return True
    try:
        for folder in sorted((one for one in group.rglob("*") if one.is_dir()), reverse=True):
            folder.rmdir()
        group.rmdir()
    except OSError:
        return False
    return True


def _ip(*arguments: str, check: bool = True) -> None:
    subprocess.run(("ip", *arguments), check=check, capture_output=True)
