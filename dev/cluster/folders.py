"""Where the cluster keeps its things, and the addresses that it uses inside its own namespaces."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from dev.stack.paths import Layout

HERE = Path(__file__).resolve().parent
HOST_ADDRESS = "10.200.0.1"
NODE_ADDRESS = "10.200.0.2"
LINK_NETWORK = "10.200.0.0/24"
POD_NETWORK = "10.201.0.0/16"
SERVICE_NETWORK = "10.202.0.0/16"
API_SERVICE_ADDRESS = "10.202.0.1"
DNS_ADDRESS = "10.202.0.10"
NODE_NAME = "n1"
REGISTRY_PORT = 5000
API_URL = f"https://{NODE_ADDRESS}:6443"
CGROUP = "atiende"


@dataclass(frozen=True)
class Folders:
    """What is made once per user (`cache`) and what belongs to one cluster (`run`)."""

    cache: Path
    run: Path

    @classmethod
    def find(cls) -> Folders:
        """Beside the local stack's folders."""
        layout = Layout.find()
        return cls(layout.cache / "cluster", layout.var / "cluster")

    @property
    def programs(self) -> Path:
        """Kubernetes, containerd, etcd, CoreDNS, built from source."""
        return self.cache / "bin"

    @property
    def tools(self) -> Path:
        """A virtual environment with kubectl and Traefik."""
        return self.cache / "tools"

    @property
    def images(self) -> Path:
        """All images as one OCI layout, layers once."""
        return self.cache / "images"

    @property
    def storage(self) -> Path:
        """Where images are built."""
        return self.cache / "storage"

    @property
    def pki(self) -> Path:
        """Certificates and keys."""
        return self.run / "pki"

    @property
    def config(self) -> Path:
        """Configuration of every component."""
        return self.run / "config"

    @property
    def logs(self) -> Path:
        """One log file per component."""
        return self.run / "logs"

    @property
    def kubeconfig(self) -> Path:
        """The administrator's, for kubectl and Helm."""
        return self.config / "admin.kubeconfig"

    @property
    def kubectl(self) -> Path:
        """The program."""
        return self.tools / "bin" / "kubectl"
