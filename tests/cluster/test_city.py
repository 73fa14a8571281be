"""A city on a real Kubernetes: installed, used, upgraded, broken, scaled. In the order of the file."""

from __future__ import annotations

import json
import re
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import yaml

from dev.cluster.cluster import Cluster
from dev.cluster.release import NAMESPACE, Release
from dev.cluster.sizes import ready_seconds
from dev.contracts.catalogue import services
from tests.cluster.citizens import Citizens, Ledger

pytestmark = pytest.mark.cluster

_BURST = 300
SIGNALS = ("Traces", "Metrics", "Log")
_RESOURCE = re.compile(
    r"Resource(?P<kind>Traces|Metrics|Log) #\d+ .*service\.name=atiende-(?P<service>\w+)"
)


def test_installed_by_one_command_every_pod_is_ready(cluster: Cluster, release: Release):
    pods = cluster.get("pods", "-n", NAMESPACE)["items"]
    waiting = [
        pod["metadata"]["name"]
        for pod in pods
        if pod["status"]["phase"] == "Running"
        and not all(one["ready"] for one in pod["status"]["containerStatuses"])
    ]
    assert waiting == []
    times = sorted(ready_seconds(pods).items(), key=lambda one: one[1])
    print("\nfrom start to ready:", ", ".join(f"{name} {took:.0f} s" for name, took in times))


def test_helm_test_plays_one_message_through(release: Release):
    release.test()


def test_a_form_through_the_ingress_gets_a_folio(citizens: Citizens):
    ledger = Ledger()
    citizens.submit(ledger)
    assert ledger.errors == []
    (folio,) = citizens.folios(ledger)
    assert folio.startswith("SA-")


def test_collector_hears_every_service_of_traces_metrics_and_logs(
    cluster: Cluster, citizens: Citizens
):
    citizens.submit(Ledger())
    unheard = {(kind, name) for kind in SIGNALS for name in services()}
    deadline = time.monotonic() + 60
    while unheard and time.monotonic() < deadline:
        said = cluster.kubectl("-n", "telemetry", "logs", "deployment/collector", "--since=5m")
        for line in said.splitlines():
            if found := _RESOURCE.search(line):
                unheard.discard((found["kind"], found["service"]))
        time.sleep(2)
    # A service that has nothing to say writes no line after its start.
    assert {one for one in unheard if one[0] != "Log"} == set()
    assert {kind for kind, _ in unheard} <= {"Log"}
    assert len(unheard) < len(services())


def test_a_backup_is_taken_by_its_job(cluster: Cluster, release: Release):
    began = time.monotonic()
    assert _backup(cluster, "by-hand")
    print(f"backup: {time.monotonic() - began:.0f} s")


def test_pods_are_what_they_say(cluster: Cluster, release: Release):
    status = _in_pod(cluster, "deploy/atiende-cases-api", "cat /proc/1/status")
    told = dict(line.split(":", 1) for line in status.splitlines() if ":" in line)
    assert told["Uid"].split()[0] == "10001"
    assert int(told["CapEff"], 16) == 0
    assert told["NoNewPrivs"].strip() == "1"
    assert told["Seccomp"].strip() == "2"
    refused = _in_pod(cluster, "deploy/atiende-cases-api", "touch /opt/code/x 2>&1 || true")
    assert "Read-only file system" in refused


def test_a_careless_pod_is_not_admitted(cluster: Cluster, release: Release):
    pod = _pod("careless", {"app": "careless"}, "sleep 1")
    del pod["spec"]["containers"][0]["securityContext"]
    with pytest.raises(subprocess.CalledProcessError):
        cluster.kubectl("-n", NAMESPACE, "apply", "-f", "-", stdin=json.dumps(pod))


def test_policies_let_through_what_the_code_declares_and_nothing_else(
    cluster: Cluster, release: Release
):
    """Pods with the labels of services try to reach servers and peers."""
    tries = {
        "mongo": "atiende-mongo:27017",
        "nats": "atiende-nats:4222",
        "monitor": "atiende-nats:8222",
        "catalog": "atiende-catalog-grpc:9000",
        "notifications": "atiende-notifications-grpc:9000",
        "api": "atiende-cases:80",
    }
    expected = {
        # A service's worker: its servers, the peers that its contract names, no HTTP of others.
        ("routing", "worker"): {"mongo", "nats", "catalog"},
        # Pages: nothing at all.
        ("web", "web"): set(),
        # Of the release, but of no service: nothing at all.
        ("stranger", "none"): set(),
    }
    for (name, role), reached in expected.items():
        labels = {
            "app.kubernetes.io/instance": "atiende",
            "app.kubernetes.io/part-of": "atiende",
            "app.kubernetes.io/name": name,
            "app.kubernetes.io/component": role,
        }
        assert _reached(cluster, f"try-{name}", labels, tries) == reached, name


def test_upgrade_under_load_loses_nothing(release: Release, citizens: Citizens):
    with citizens.coming_in() as ledger:
        began = time.monotonic()
        release.upgrade({"global": {"podAnnotations": {"round": "2"}}})
        seconds = time.monotonic() - began
    _report("upgrade", seconds, ledger)
    assert ledger.errors == []
    folios = citizens.folios(ledger)
    assert len(set(folios)) == len(ledger.receipts) > 10


def test_rollback_under_load_loses_nothing(release: Release, citizens: Citizens):
    with citizens.coming_in() as ledger:
        began = time.monotonic()
        release.rollback(1)
        seconds = time.monotonic() - began
    _report("rollback", seconds, ledger)
    assert ledger.errors == []
    folios = citizens.folios(ledger)
    assert len(set(folios)) == len(ledger.receipts) > 10


def test_killed_workers_lose_nothing(cluster: Cluster, citizens: Citizens):
    with citizens.coming_in() as ledger:
        began = time.monotonic()
        for service in ("channels", "cases", "routing"):
            cluster.kubectl(
                *("-n", NAMESPACE, "delete", "pod", "--grace-period=0", "--force"),
                *("-l", f"app.kubernetes.io/name={service},app.kubernetes.io/component=worker"),
            )
            cluster.kubectl(
                *("-n", NAMESPACE, "rollout", "status", f"deploy/atiende-{service}-worker"),
                "--timeout=180s",
            )
        seconds = time.monotonic() - began
    _report("three workers killed", seconds, ledger)
    assert ledger.errors == []
    assert len(set(citizens.folios(ledger))) == len(ledger.receipts)


def test_a_drained_node_brings_everything_back(cluster: Cluster, citizens: Citizens):
    """The only node: for a while there is nothing. What was acknowledged before is all there."""
    before = Ledger()
    for _ in range(20):
        citizens.submit(before)
    assert before.errors == []
    began = time.monotonic()
    cluster.kubectl(
        *("drain", "n1", "--pod-selector", "app.kubernetes.io/part-of=atiende"),
        *("--delete-emptydir-data", "--force", "--timeout=180s"),
    )
    cluster.kubectl("uncordon", "n1")
    for name in cluster.kubectl("-n", NAMESPACE, "get", "deploy", "-o", "name").split():
        cluster.kubectl("-n", NAMESPACE, "rollout", "status", name, "--timeout=300s")
    print(f"\ndrain and back: {time.monotonic() - began:.0f} s")
    assert len(set(citizens.folios(before))) == 20


def test_a_worker_role_is_scaled_alone(cluster: Cluster, citizens: Citizens):
    """The figure is printed, not judged: all pods share two cores here."""
    speeds = {}
    for replicas in (1, 4):
        cluster.kubectl(
            "-n", NAMESPACE, "scale", "deploy/atiende-cases-worker", f"--replicas={replicas}"
        )
        cluster.kubectl(
            *("-n", NAMESPACE, "rollout", "status", "deploy/atiende-cases-worker"),
            "--timeout=240s",
        )
        ledger = Ledger()
        began = time.monotonic()
        with ThreadPoolExecutor(8) as many:
            list(many.map(citizens.submit, [ledger] * _BURST))
        taken = time.monotonic() - began
        assert ledger.errors == []
        folios = citizens.folios(ledger, seconds=240)
        done = time.monotonic() - began
        assert len(set(folios)) == _BURST
        speeds[replicas] = (_BURST / taken, _BURST / done)
    for replicas, (acknowledged, opened) in speeds.items():
        print(
            f"\n{replicas} cases workers: {acknowledged:.0f}/s acknowledged, {opened:.0f}/s opened"
        )
    cluster.kubectl("-n", NAMESPACE, "scale", "deploy/atiende-cases-worker", "--replicas=1")


def test_a_worker_grows_by_load(cluster: Cluster, release: Release, citizens: Citizens):
    grown = {"enabled": True, "min": 1, "max": 3, "cpu": 60}
    release.upgrade({"cases": {"roles": {"worker": {"autoscaling": grown}}}})
    ledger, began = Ledger(), time.monotonic()
    with ThreadPoolExecutor(8) as many:
        while _replicas(cluster) < 2:
            assert time.monotonic() - began < 240, "the autoscaler saw no load"
            list(many.map(citizens.submit, [ledger] * 80))
    print(f"\nautoscaler: a second cases worker after {time.monotonic() - began:.0f} s of load")
    assert ledger.errors == []
    folios = citizens.folios(ledger, seconds=240)
    assert len(set(folios)) == len(ledger.receipts)


def test_a_city_that_lost_its_disks_comes_back_from_its_backup(
    cluster: Cluster, release: Release, citizens: Citizens
):
    ledger = Ledger()
    for _ in range(20):
        citizens.submit(ledger)
    folios = set(citizens.folios(ledger))
    folder = _backup(cluster, "before-the-loss")
    cluster.kubectl("-n", NAMESPACE, "scale", "deploy", "--all", "--replicas=0")
    of_release = "app.kubernetes.io/part-of=atiende,app.kubernetes.io/component in (api,worker)"
    cluster.kubectl(
        "-n", NAMESPACE, "wait", "--for=delete", "pod", "-l", of_release, "--timeout=120s"
    )
    for server in ("mongo", "nats"):
        cluster.kubectl("-n", NAMESPACE, "delete", "statefulset", f"atiende-{server}")
        cluster.kubectl("-n", NAMESPACE, "delete", "pvc", f"data-atiende-{server}-0")
    began = time.monotonic()
    release.upgrade({"global": {"restore": folder}})
    restored = time.monotonic() - began
    release.upgrade()
    print(f"\nrestore: {restored:.0f} s, then ready again {time.monotonic() - began:.0f} s")
    assert set(citizens.folios(ledger)) == folios
    for command in ("verify-folios", "verify-audit"):
        _in_pod(cluster, "deploy/atiende-cases-worker", f"/opt/code/run {command}")
    later = Ledger()
    citizens.submit(later)
    assert later.errors == []
    assert folios.isdisjoint(citizens.folios(later))


def _backup(cluster: Cluster, job: str) -> str:
    """Takes one by the nightly job and returns the name of its folder."""
    cluster.kubectl("-n", NAMESPACE, "create", "job", "--from=cronjob/atiende-backup", job)
    cluster.kubectl(
        *("-n", NAMESPACE, "wait", "--for=condition=complete", f"job/{job}"), "--timeout=180s"
    )
    said = cluster.kubectl("-n", NAMESPACE, "logs", f"job/{job}")
    written = re.search(r"unheard events in /backups/(atiende-\w+)", said)
    assert written is not None, said
    return written[1]


def _replicas(cluster: Cluster) -> int:
    (found,) = (
        one
        for one in cluster.get("deployments", "-n", NAMESPACE)["items"]
        if one["metadata"]["name"] == "atiende-cases-worker"
    )
    return int(found["spec"]["replicas"])


def _report(what: str, seconds: float, ledger: Ledger) -> None:
    print(
        f"\n{what}: {seconds:.0f} s, {len(ledger.receipts)} forms taken, "
        f"{len(ledger.errors)} errors, slowest {ledger.slowest_seconds:.2f} s"
    )


def _in_pod(cluster: Cluster, pod: str, command: str) -> str:
    return cluster.kubectl("-n", NAMESPACE, "exec", pod, "--", "/bin/sh", "-c", command)


def _pod(name: str, labels: dict[str, str], command: str) -> dict[str, Any]:
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": name, "labels": labels},
        "spec": {
            "restartPolicy": "Never",
            "automountServiceAccountToken": False,
            "securityContext": {
                "runAsNonRoot": True,
                "runAsUser": 10001,
                "seccompProfile": {"type": "RuntimeDefault"},
            },
            "containers": [
                {
                    "name": "main",
                    "image": "localhost/atiende/setup:test",
                    "command": ["/opt/venv/bin/python", "-c", command],
                    "securityContext": {
                        "allowPrivilegeEscalation": False,
                        "capabilities": {"drop": ["ALL"]},
                    },
                }
            ],
        },
    }


def _reached(
    cluster: Cluster, name: str, labels: dict[str, str], tries: dict[str, str]
) -> set[str]:
    """Returns which addresses a pod with these labels can connect to."""
    # Addresses rather than names: a pod that may not ask the DNS shall fail for the right reason.
    resolved = {key: _resolve(cluster, address) for key, address in tries.items()}
    # The rules of a new pod are there within a second; a little later than the pod itself.
    command = (
        "import socket, time\ntime.sleep(3)\n"
        f"for name, (host, port) in {resolved!r}.items():\n"
        "    try:\n"
        "        socket.create_connection((host, port), 2).close()\n"
        "        print(name)\n"
        "    except OSError: pass\n"
    )
    pod = _pod(name, labels, command)
    cluster.kubectl("-n", NAMESPACE, "apply", "-f", "-", stdin=yaml.safe_dump(pod))
    cluster.kubectl(
        *("-n", NAMESPACE, "wait", f"pod/{name}", "--timeout=90s"),
        "--for=jsonpath={.status.phase}=Succeeded",
    )
    printed = cluster.kubectl("-n", NAMESPACE, "logs", name)
    cluster.kubectl("-n", NAMESPACE, "delete", "pod", name, "--wait=false")
    return set(printed.split())


def _resolve(cluster: Cluster, address: str) -> tuple[str, int]:
    """Returns a pod's own address and port behind a Service."""
    service, port = address.split(":")
    slices = cluster.get(
        "endpointslices", "-n", NAMESPACE, "-l", f"kubernetes.io/service-name={service}"
    )["items"]
    wanted = {one["name"]: one["port"] for one in slices[0]["ports"]}
    host = next(
        one["addresses"][0] for part in slices for one in part["endpoints"] if part["endpoints"]
    )
    by_port = {"80": "http"}
    number = wanted.get(by_port.get(port, ""), int(port))
    return host, number
