"""The platform as a Helm release on the cluster of the tests."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import helm_python as helm
import yaml

from dev.cluster.cluster import TAG, Cluster
from dev.cluster.folders import HERE
from dev.stack.paths import ROOT

CHART = ROOT / "deploy" / "helm" / "atiende"
QUICKSTART = ROOT / "deploy" / "helm" / "values" / "quickstart.yaml"
NAME = "atiende"
NAMESPACE = "city"
_PATIENCE_SECONDS = 420


class Release:
    """Installs, upgrades, rolls back and tests it.

    Args:
        cluster: a running one.
    """

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster
        self._config = helm.Config(
            kubeconfig_path=cluster.folders.kubeconfig,
            namespace=NAMESPACE,
            qps=100,
            burst_limit=200,
        )

    def install(self, more: dict[str, Any] | None = None) -> None:
        """Makes the namespace, which admits restricted pods only, and installs the quickstart."""
        self._cluster.kubectl("apply", "-f", "-", stdin=_namespace())
        self._config.install(
            str(CHART), NAME, values(more), wait="legacy", timeout=_PATIENCE_SECONDS
        )
        self._await_jobs()

    def upgrade(self, more: dict[str, Any] | None = None) -> None:
        """Applies other values and waits until every pod is the new one."""
        self._config.upgrade(
            str(CHART), NAME, values(more), wait="legacy", timeout=_PATIENCE_SECONDS
        )
        self._await_jobs()

    def rollback(self, revision: int) -> None:
        """Goes back to a revision."""
        self._config.rollback(NAME, version=revision, wait="legacy", timeout=_PATIENCE_SECONDS)

    def test(self) -> None:
        """Runs `helm test`.

        Raises:
            helm.HelmError: a test pod failed.
        """
        self._config.test(NAME, timeout=_PATIENCE_SECONDS)

    def history(self) -> list[dict[str, Any]]:
        """Returns the revisions, oldest first."""
        return list(self._config.history(NAME))

    def _await_jobs(self) -> None:
        """Waits for the jobs that prepare servers, as `helm install --wait-for-jobs` does."""
        deadline = time.monotonic() + _PATIENCE_SECONDS
        while True:
            jobs = self._cluster.get("jobs", "-n", NAMESPACE)["items"]
            waiting = [
                one["metadata"]["name"] for one in jobs if not one["status"].get("succeeded")
            ]
            if not waiting:
                return
            if time.monotonic() > deadline:
                raise TimeoutError(f"jobs are not done: {', '.join(waiting)}")
            time.sleep(1)


def values(more: dict[str, Any] | None = None) -> dict[str, Any]:
    """Returns the quickstart with what differs here, and more on top."""
    layers = [_read(QUICKSTART), _read(HERE / "values.yaml"), more or {}]
    result: dict[str, Any] = {}
    for layer in layers:
        result = merged(result, layer)
    return result


def merged(one: dict[str, Any], other: dict[str, Any]) -> dict[str, Any]:
    """Lays values over values, as several `-f` do."""
    result = dict(one)
    for key, value in other.items():
        both = isinstance(value, dict) and isinstance(result.get(key), dict)
        result[key] = merged(result[key], value) if both else value
    return result


def _read(path: Path) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return found


def _namespace() -> str:
    level = "pod-security.kubernetes.io"
    return yaml.safe_dump(
        {
            "apiVersion": "v1",
            "kind": "Namespace",
            "metadata": {
                "name": NAMESPACE,
                "labels": {f"{level}/enforce": "restricted", f"{level}/warn": "restricted"},
            },
        }
    )


__all__ = ["NAME", "NAMESPACE", "TAG", "Release", "merged", "values"]
