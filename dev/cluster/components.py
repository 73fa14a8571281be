"""The components of the node and their configuration, in the order in which they start."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from dev.cluster.build import CNI
from dev.cluster.folders import (
    API_URL,
    CGROUP,
    DNS_ADDRESS,
    NODE_ADDRESS,
    NODE_NAME,
    POD_NETWORK,
    REGISTRY_PORT,
    SERVICE_NETWORK,
    Folders,
)

_RUNTIME = "io.containerd.cri.v1.runtime"
_IMAGES = "io.containerd.cri.v1.images"
# This class of machine allows no more than it has itself.
_OPEN_FILES = 20_000


@dataclass(frozen=True)
class Component:
    """One process of the node."""

    name: str
    argv: tuple[str, ...]
    # (port, path) that answers 2xx when it is there; the next one waits for it.
    ready: tuple[int, str] | None = None


def write_configuration(folders: Folders) -> None:
    """Writes every file that the components read."""
    folders.config.mkdir(parents=True, exist_ok=True)
    for name in ("admin", "controller-manager", "scheduler", "proxy", "node"):
        _write_yaml(folders.config / f"{name}.kubeconfig", _kubeconfig(folders, name))
    _write_yaml(folders.config / "kubelet.yaml", _kubelet(folders))
    _write_yaml(folders.config / "proxy.yaml", _proxy(folders))
    (folders.config / "resolv.conf").write_text("", encoding="utf-8")
    (folders.config / "containerd.toml").write_text(_containerd(folders), encoding="utf-8")
    network = folders.config / "cni"
    network.mkdir(exist_ok=True)
    (network / "10-pods.conflist").write_text(json.dumps(_network(folders)), encoding="utf-8")
    registry = folders.config / "registries" / "localhost"
    registry.mkdir(parents=True, exist_ok=True)
    (registry / "hosts.toml").write_text(
        f'server = "http://{NODE_ADDRESS}:{REGISTRY_PORT}"\n', encoding="utf-8"
    )


def components(folders: Folders) -> list[Component]:
    """Returns what the node runs."""
    programs, pki, config = folders.programs, folders.pki, folders.config

    def program(name: str) -> str:
        return str(programs / name)

    return [
        Component(
            "etcd",
            (
                *(program("etcd"), "--name", "n1", "--data-dir", str(folders.run / "etcd")),
                # Data of tests: nobody misses it after a power cut.
                *("--unsafe-no-fsync", "--log-level", "warn"),
            ),
            ready=(2379, "/health"),
        ),
        Component(
            "containerd", (program("containerd"), "--config", str(config / "containerd.toml"))
        ),
        Component(
            "kube-apiserver", (program("kube-apiserver"), *_api_flags(pki)), (6443, "/readyz")
        ),
        Component(
            "kube-controller-manager",
            (
                program("kube-controller-manager"),
                *_kubeconfigs(config / "controller-manager.kubeconfig"),
                f"--service-account-private-key-file={pki}/accounts.key",
                f"--root-ca-file={pki}/ca.crt",
                f"--cluster-cidr={POD_NETWORK}",
                "--use-service-account-credentials",
                "--leader-elect=false",
                # An autoscaler that reacts in seconds rather than minutes.
                "--horizontal-pod-autoscaler-sync-period=5s",
                "--horizontal-pod-autoscaler-downscale-stabilization=20s",
                "--horizontal-pod-autoscaler-initial-readiness-delay=10s",
                "--horizontal-pod-autoscaler-cpu-initialization-period=20s",
            ),
        ),
        Component(
            "kube-scheduler",
            (
                program("kube-scheduler"),
                *_kubeconfigs(config / "scheduler.kubeconfig"),
                "--leader-elect=false",
            ),
        ),
        Component(
            "kubelet",
            (
                program("kubelet"),
                f"--config={config}/kubelet.yaml",
                f"--kubeconfig={config}/node.kubeconfig",
                f"--hostname-override={NODE_NAME}",
                f"--node-ip={NODE_ADDRESS}",
            ),
        ),
        Component("kube-proxy", (program("kube-proxy"), f"--config={config}/proxy.yaml")),
    ]


def _kubeconfigs(path: Path) -> tuple[str, ...]:
    return (
        f"--kubeconfig={path}",
        f"--authentication-kubeconfig={path}",
        f"--authorization-kubeconfig={path}",
    )


def _api_flags(pki: Path) -> tuple[str, ...]:
    return (
        "--etcd-servers=http://127.0.0.1:2379",
        f"--advertise-address={NODE_ADDRESS}",
        "--secure-port=6443",
        f"--client-ca-file={pki}/ca.crt",
        f"--tls-cert-file={pki}/apiserver.crt",
        f"--tls-private-key-file={pki}/apiserver.key",
        "--service-account-issuer=https://kubernetes.default.svc.cluster.local",
        f"--service-account-key-file={pki}/accounts.pub",
        f"--service-account-signing-key-file={pki}/accounts.key",
        f"--service-cluster-ip-range={SERVICE_NETWORK}",
        "--authorization-mode=Node,RBAC",
        "--enable-admission-plugins=NodeRestriction",
        "--allow-privileged",
        f"--kubelet-certificate-authority={pki}/ca.crt",
        f"--kubelet-client-certificate={pki}/kubelet-client.crt",
        f"--kubelet-client-key={pki}/kubelet-client.key",
        "--kubelet-preferred-address-types=InternalIP",
        "--enable-aggregator-routing",
        f"--requestheader-client-ca-file={pki}/front-ca.crt",
        "--requestheader-allowed-names=front-proxy",
        "--requestheader-extra-headers-prefix=X-Remote-Extra-",
        "--requestheader-group-headers=X-Remote-Group",
        "--requestheader-username-headers=X-Remote-User",
        f"--proxy-client-cert-file={pki}/front-client.crt",
        f"--proxy-client-key-file={pki}/front-client.key",
    )


def _kubeconfig(folders: Folders, name: str) -> dict[str, Any]:
    pki = folders.pki
    return {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [
            {"name": "n1", "cluster": {"server": API_URL, "certificate-authority": f"{pki}/ca.crt"}}
        ],
        "users": [
            {
                "name": name,
                "user": {
                    "client-certificate": f"{pki}/{name}.crt",
                    "client-key": f"{pki}/{name}.key",
                },
            }
        ],
        "contexts": [{"name": "n1", "context": {"cluster": "n1", "user": name}}],
        "current-context": "n1",
    }


def _kubelet(folders: Folders) -> dict[str, Any]:
    pki = folders.pki
    return {
        "apiVersion": "kubelet.config.k8s.io/v1beta1",
        "kind": "KubeletConfiguration",
        "containerRuntimeEndpoint": f"unix://{folders.run}/containerd.sock",
        "authentication": {
            "anonymous": {"enabled": False},
            "webhook": {"enabled": True},
            "x509": {"clientCAFile": f"{pki}/ca.crt"},
        },
        "authorization": {"mode": "Webhook"},
        "tlsCertFile": f"{pki}/kubelet.crt",
        "tlsPrivateKeyFile": f"{pki}/kubelet.key",
        "clusterDomain": "cluster.local",
        "clusterDNS": [DNS_ADDRESS],
        "resolvConf": f"{folders.config}/resolv.conf",
        "podLogsDir": f"{folders.run}/pod-logs",
        "cgroupDriver": "cgroupfs",
        "cgroupRoot": f"/{CGROUP}",
        "failCgroupV1": False,
        "enforceNodeAllocatable": [],
        "oomScoreAdj": 0,
        "maxOpenFiles": _OPEN_FILES,
        "failSwapOn": False,
        "maxPods": 200,
        "imageGCHighThresholdPercent": 100,
        "imageGCLowThresholdPercent": 99,
        "evictionHard": {"memory.available": "200Mi", "nodefs.available": "1%"},
    }


def _proxy(folders: Folders) -> dict[str, Any]:
    return {
        "apiVersion": "kubeproxy.config.k8s.io/v1alpha1",
        "kind": "KubeProxyConfiguration",
        "mode": "nftables",
        "clientConnection": {"kubeconfig": f"{folders.config}/proxy.kubeconfig"},
        "clusterCIDR": POD_NETWORK,
        "hostnameOverride": NODE_NAME,
        "oomScoreAdj": 0,
        "conntrack": {
            "maxPerCore": 0,
            "min": 0,
            "tcpEstablishedTimeout": "0s",
            "tcpCloseWaitTimeout": "0s",
        },
    }


def _containerd(folders: Folders) -> str:
    return f"""\
version = 3
root = "{folders.run}/containerd"
state = "{folders.run}/containerd-state"
oom_score = 0

[grpc]
  address = "{folders.run}/containerd.sock"

[plugins.'{_IMAGES}'.pinned_images]
  sandbox = "localhost/pause:1"

[plugins.'{_IMAGES}'.registry]
  config_path = "{folders.config}/registries"

[plugins.'{_RUNTIME}']
  restrict_oom_score_adj = true
  netns_mounts_under_state_dir = true

[plugins.'{_RUNTIME}'.containerd]
  default_runtime_name = "runc"

[plugins.'{_RUNTIME}'.containerd.runtimes.runc]
  runtime_type = "io.containerd.runc.v2"

[plugins.'{_RUNTIME}'.containerd.runtimes.runc.options]
  SystemdCgroup = false
  BinaryName = "/usr/sbin/runc"

[plugins.'{_RUNTIME}'.cni]
  bin_dirs = ["{CNI}"]
  conf_dir = "{folders.config}/cni"
"""


def _network(folders: Folders) -> dict[str, Any]:
    return {
        "cniVersion": "1.0.0",
        "name": "pods",
        "plugins": [
            {
                # Routed rather than bridged, so that a policy sees traffic between pods.
                "type": "ptp",
                "ipMasq": False,
                "ipam": {
                    "type": "host-local",
                    "ranges": [[{"subnet": POD_NETWORK}]],
                    "routes": [{"dst": "0.0.0.0/0"}],
                    "dataDir": f"{folders.run}/addresses",
                },
            },
            {"type": "portmap", "capabilities": {"portMappings": True}},
        ],
    }


def _write_yaml(path: Path, value: dict[str, Any]) -> None:
    path.write_text(yaml.safe_dump(value, sort_keys=False), encoding="utf-8")
