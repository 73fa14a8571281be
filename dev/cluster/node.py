"""The node itself: PID 1 of its own namespaces. It mounts, starts the components and reaps.

    python -m dev.cluster node      (inside unshare; see cluster.py)

Its end is the end of every process and container, and the kernel takes mounts, network and rules
with it.
"""

from __future__ import annotations

import ctypes
import os
import signal
import socket
import ssl
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

from dev.cluster.components import Component, components
from dev.cluster.folders import HOST_ADDRESS, NODE_ADDRESS, NODE_NAME, REGISTRY_PORT, Folders
from dev.cluster.policies import enforce
from dev.cluster.registry import serve

_LINK = "eth0"
_WAIT_SECONDS = 60
_STOP_SECONDS = 8
# kubelet insists on these, and they belong to the whole machine: it shall find nothing to change.
_SYSCTLS = {
    "vm/overcommit_memory": "1",
    "vm/panic_on_oom": "0",
    "kernel/panic": "10",
    "kernel/panic_on_oops": "1",
    "kernel/keys/root_maxkeys": "1000000",
    "kernel/keys/root_maxbytes": "25000000",
}


def main() -> None:
    """Runs until SIGTERM."""
    folders = Folders.find()
    folders.logs.mkdir(parents=True, exist_ok=True)
    _mount(folders)
    _name_host(NODE_NAME)
    _join_network()
    node = _Node(folders)
    signal.signal(signal.SIGTERM, lambda *_: node.stop())
    node.start()
    node.watch()


def _mount(folders: Folders) -> None:
    _run("mount", "--make-rprivate", "/")
    _run("mount", "--make-rshared", "/")
    _run("mount", "-t", "tmpfs", "tmpfs", "/run")
    for place in ("/var/log", "/var/lib/kubelet", "/var/lib/cni"):
        own = folders.run / "host" / place.replace("/", "-").strip("-")
        own.mkdir(parents=True, exist_ok=True)
        Path(place).mkdir(parents=True, exist_ok=True)
        _run("mount", "--bind", str(own), place)
        _run("mount", "--make-rshared", place)
    for name, value in _SYSCTLS.items():
        file = folders.run / "host" / name.replace("/", "-")
        file.write_text(f"{value}\n", encoding="utf-8")
        _run("mount", "--bind", str(file), f"/proc/sys/{name}")


def _name_host(name: str) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.sethostname(name.encode(), len(name)):
        raise OSError(ctypes.get_errno(), "sethostname")


def _join_network() -> None:
    """Waits for the link that the host gives us."""
    deadline = time.monotonic() + _WAIT_SECONDS
    while not Path(f"/sys/class/net/{_LINK}").exists() and _LINK not in _links():
        if time.monotonic() > deadline:
            raise TimeoutError("the host gave the node no network")
        time.sleep(0.05)
    _run("ip", "link", "set", "lo", "up")
    _run("ip", "addr", "add", f"{NODE_ADDRESS}/24", "dev", _LINK)
    _run("ip", "link", "set", _LINK, "up")
    _run("ip", "route", "add", "default", "via", HOST_ADDRESS)
    Path("/proc/sys/net/ipv4/ip_forward").write_text("1", encoding="utf-8")


def _links() -> set[str]:
    return {name for _, name in socket.if_nameindex()}


class _Node:
    def __init__(self, folders: Folders) -> None:
        self._folders = folders
        self._running: dict[int, Component] = {}
        self._stopping = False
        self._tls = ssl.create_default_context(cafile=str(folders.pki / "ca.crt"))
        self._tls.load_cert_chain(folders.pki / "admin.crt", folders.pki / "admin.key")

    def start(self) -> None:
        serve(self._folders.images, NODE_ADDRESS, REGISTRY_PORT)
        for component in components(self._folders):
            self._launch(component)
            if component.ready:
                self._await(component)
        enforce(self._tls)

    def stop(self) -> None:
        self._stopping = True

    def watch(self) -> None:
        """Reaps whatever ends, and starts a component again that should not have."""
        while not self._stopping:
            self._reap()
            time.sleep(0.2)
        # etcd last: an API server whose etcd went first hangs.
        ordered = sorted(self._running, key=lambda pid: self._running[pid].name == "etcd")
        for pid in ordered[:-1]:
            _signal(pid)
        deadline = time.monotonic() + _STOP_SECONDS
        while len(self._running) > 1 and time.monotonic() < deadline:
            self._reap()
            time.sleep(0.05)
        for pid in list(self._running):
            _signal(pid)
        sys.exit(0)

    def _launch(self, component: Component) -> None:
        log = (self._folders.logs / f"{component.name}.log").open("ab")
        with log:
            started = subprocess.Popen(
                component.argv,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                # Its own Debian programs: nft, iptables, mount.
                env={
                    **os.environ,
                    "PATH": f"{self._folders.programs}:/usr/sbin:/usr/bin:/sbin:/bin",
                },
                start_new_session=True,
            )
        self._running[started.pid] = component

    def _await(self, component: Component) -> None:
        assert component.ready is not None  # noqa: S101 -- the caller looked
        port, path = component.ready
        secure = component.name == "kube-apiserver"
        url = f"{'https' if secure else 'http'}://127.0.0.1:{port}{path}"
        deadline = time.monotonic() + _WAIT_SECONDS
        while True:
            try:
                context = self._tls if secure else None
                urllib.request.urlopen(url, context=context, timeout=2).close()  # noqa: S310 -- ours
            except (urllib.error.URLError, OSError):
                self._reap()
                if time.monotonic() > deadline:
                    raise TimeoutError(f"{component.name} is not ready") from None
                time.sleep(0.1)
            else:
                return

    def _reap(self) -> None:
        while True:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if not pid:
                return
            ended = self._running.pop(pid, None)
            if ended is not None and not self._stopping:
                print(f"{ended.name} ended with {status}; starting it again", flush=True)
                time.sleep(1)
                self._launch(ended)


def _signal(pid: int) -> None:
    try:
        os.kill(pid, signal.SIGTERM)
    except ProcessLookupError:
        return


def _run(*argv: str) -> None:
    subprocess.run(argv, check=True, capture_output=True)
