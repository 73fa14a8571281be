"""The chart without a cluster: valid for three Kubernetes, hardened, wired as the code declares."""

from __future__ import annotations

import importlib
import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import helm_python as helm
import kubernetes_validate
import pytest

from atiende_setup.contracts import SERVICES, contracts
from atiende_setup.secrets import secret_manifests
from deploy.helm.tests.charts import (
    CHART,
    PRODUCTION,
    containers,
    of_kind,
    pods,
    render,
    rendered,
    values_of,
)
from dev.cluster.release import merged

pytestmark = pytest.mark.repo

SETS = ("default", "quickstart", "small", "medium", "large")
KUBERNETES = ("1.32", "1.34", "1.36")
FOREIGN = {"ScaledObject", "PodMonitor", "PrometheusRule", "HTTPRoute"}
"""Kinds that an operator of the cluster defines."""


@pytest.mark.parametrize("name", SETS)
def test_helm_finds_nothing_wrong(name: str):
    values = PRODUCTION if name == "default" else values_of(name)
    report = helm.lint(CHART, values, strict=True, with_subcharts=True)
    assert [m for m in report["messages"] if m["severity"] >= 2] == []


@pytest.mark.parametrize("version", KUBERNETES)
@pytest.mark.parametrize("name", SETS)
def test_every_document_is_valid_and_has_no_unknown_field(name: str, version: str):
    for document in rendered(name):
        if document["kind"] not in FOREIGN:
            kubernetes_validate.validate(document, version, strict=True)


def test_a_misspelt_field_would_be_seen():
    document = of_kind(rendered("default"), "Deployment")[0]
    wrong = merged(document, {"spec": {"template": {"spec": {"enableServiceLink": False}}}})
    with pytest.raises(kubernetes_validate.ValidationError):
        kubernetes_validate.validate(wrong, KUBERNETES[0], strict=True)


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        ({"global": {"publicUrl": "http://atencion.ciudad.example"}}, "publicUrl"),
        ({"global": {"publicUrl": ""}}, "publicUrl"),
        ({"global": {"publicUrl": "https://ciudad.example/a/b"}}, "publicUrl"),
        ({"global": {"enviroment": "production"}}, "enviroment"),
        ({"global": {"image": {"tag": "latest"}}}, "tag"),
        ({"global": {"telemetry": {"logLevel": "debug"}}}, "logLevel"),
        ({"global": {"nats": {"replicas": 2}}}, "replicas"),
        ({"global": {"hosts": {"ciudad.example": "Ciudad Grande"}}}, "hosts"),
        ({"cases": {"roles": {"worker": {"replica": 3}}}}, "replica"),
        ({"cases": {"roles": {"worker": {"replicas": "3"}}}}, "replicas"),
        ({"cases": {"env": {"PATH": "x"}}}, "PATH"),
        ({"channels": {"internet": [99999]}}, "internet"),
        ({"setup": {"exampleCity": True}}, "exampleCity"),
        ({"setup": {"firstAdmin": "ana"}}, "firstAdmin"),
        ({"backing": {"enabled": True}}, "enabled"),
        ({"ingress": {"kind": "nodeport"}}, "kind"),
        ({"global": {"restore": "yesterday"}}, "restore"),
        ({"global": {"restore": "atiende-20261128T021700Z"}}, "backup.enabled"),
        ({"kases": {}}, "kases"),
    ],
)
def test_wrong_values_are_refused_by_name(wrong: dict[str, Any], named: str):
    with pytest.raises(helm.HelmError, match=re.escape(named)):
        render(merged(PRODUCTION, wrong))


@pytest.mark.parametrize("name", SETS)
def test_pods_are_as_restricted_as_pod_security_demands(name: str):
    for where, pod in pods(rendered(name)).items():
        spec = pod["spec"]
        security = spec["securityContext"]
        assert security["runAsNonRoot"] is True, where
        assert security["seccompProfile"] == {"type": "RuntimeDefault"}, where
        assert spec["automountServiceAccountToken"] is False, where
        assert spec["enableServiceLinks"] is False, where
        assert not {"hostNetwork", "hostPID", "hostIPC"} & spec.keys(), where
        assert all("hostPath" not in volume for volume in spec.get("volumes", [])), where
        for container in containers(pod):
            own = container["securityContext"]
            assert own["allowPrivilegeEscalation"] is False, where
            assert own["readOnlyRootFilesystem"] is True, where
            assert own["capabilities"] == {"drop": ["ALL"]}, where
            assert {"cpu", "memory"} <= container["resources"]["requests"].keys(), where
            assert "memory" in container["resources"]["limits"], where
            assert re.search(r":(?!latest$)[\w.-]+$", container["image"]), where


@pytest.mark.parametrize("name", SETS)
def test_secrets_are_named_and_never_written_into_a_pod(name: str):
    for where, pod in pods(rendered(name)).items():
        for container in containers(pod):
            for variable in container.get("env", []):
                secret = re.search(r"PASSWORD|SECRET|_KEY$|MONGO__URL", variable["name"])
                assert not secret, f"{where}: {variable['name']}"
    if name != "quickstart":
        assert of_kind(rendered(name), "Secret") == []


@pytest.mark.parametrize("name", SETS)
def test_what_selects_never_changes_with_a_version(name: str):
    for document in rendered(name):
        text = json.dumps(document["spec"].get("selector", {})) if "spec" in document else ""
        assert "version" not in text
        assert "helm.sh/chart" not in text


@pytest.mark.parametrize("name", ["default", "medium", "large"])
def test_replicas_are_never_written_beside_an_autoscaler(name: str):
    scaled = {
        one["spec"]["scaleTargetRef"]["name"]
        for one in of_kind(rendered(name), "HorizontalPodAutoscaler", "ScaledObject")
    }
    assert bool(scaled) == (name != "default")
    for deployment in of_kind(rendered(name), "Deployment"):
        assert ("replicas" in deployment["spec"]) == (deployment["metadata"]["name"] not in scaled)


@pytest.mark.parametrize("name", ["medium", "large", "quickstart"])
def test_while_a_backup_is_put_back_nothing_else_runs(name: str):
    folder = "atiende-20261128T021700Z"
    switched = {"global": {"restore": folder}, "backup": {"enabled": True}}
    documents = render(merged(values_of(name), switched))
    # An autoscaler would start what was stopped.
    assert of_kind(documents, "HorizontalPodAutoscaler", "ScaledObject") == []
    replicas = {one["spec"]["replicas"] for one in of_kind(documents, "Deployment")}
    assert replicas == {0}
    jobs = {
        job["metadata"]["name"].rsplit("-", 1)[0]: job["spec"]["template"]["spec"]["containers"][0]
        for job in of_kind(documents, "Job")
    }
    # Streams are made anew; the example is in the backup, and a backup of nothing is not taken.
    assert {"atiende-streams", "atiende-restore"} <= jobs.keys()
    assert jobs.keys().isdisjoint({"atiende-release", "atiende-backup"})
    assert jobs["atiende-restore"]["args"] == ["restore", f"/backups/{folder}"]
    assert [one["spec"]["suspend"] for one in of_kind(documents, "CronJob")] == [True]


def test_workers_grow_by_the_consumers_that_the_code_declares():
    scaled = {
        one["metadata"]["name"]: {
            (trigger["metadata"]["stream"], trigger["metadata"]["consumer"])
            for trigger in one["spec"]["triggers"]
            if trigger["type"] == "nats-jetstream"
        }
        for one in of_kind(rendered("large"), "ScaledObject")
    }
    declared = {
        f"atiende-{contract.name}-worker": {(c.stream, c.durable) for c in contract.consumes}
        for contract in contracts()
        if contract.consumes
    }
    assert scaled == {name: declared[name] for name in scaled}
    assert {"atiende-cases-worker", "atiende-channels-worker"} <= scaled.keys()


def test_every_pod_has_a_budget_and_a_policy_of_its_own():
    documents = rendered("default")
    for kind in ("PodDisruptionBudget", "NetworkPolicy"):
        selected = [
            one["spec"].get("selector", one["spec"].get("podSelector"))["matchLabels"]
            for one in of_kind(documents, kind)
        ]
        for deployment in of_kind(documents, "Deployment"):
            labels = deployment["spec"]["selector"]["matchLabels"]
            assert labels in selected, f"{kind} of {deployment['metadata']['name']}"


def test_services_reach_only_the_peers_that_they_call():
    declared = {contract.name: contract for contract in contracts()}
    serves = {rpc.full_name: name for name, one in declared.items() for rpc in one.rpc_services}
    for policy in of_kind(rendered("default"), "NetworkPolicy"):
        labels = policy["spec"]["podSelector"]["matchLabels"]
        service, role = (labels.get(f"app.kubernetes.io/{key}") for key in ("name", "component"))
        if service not in declared:
            continue
        reached = _peers(policy["spec"]["egress"], "to")
        assert reached == {serves[rpc.full_name] for rpc in declared[service].calls} - {service}
        callers = {
            name
            for name, one in declared.items()
            if name != service and any(serves[rpc.full_name] == service for rpc in one.calls)
        }
        assert _peers(policy["spec"]["ingress"], "from") == (callers if role == "api" else set())


def _peers(rules: list[dict[str, Any]], key: str) -> set[str]:
    return {
        peer["podSelector"]["matchLabels"]["app.kubernetes.io/name"]
        for rule in rules
        for peer in rule.get(key, [])
        if "podSelector" in peer
    }


def test_only_channels_may_leave_the_cluster():
    for policy in of_kind(rendered("default"), "NetworkPolicy"):
        outside = [
            peer["ipBlock"]
            for rule in policy["spec"].get("egress", [])
            for peer in rule.get("to", [])
            if "ipBlock" in peer
        ]
        name = policy["spec"]["podSelector"]["matchLabels"].get("app.kubernetes.io/name")
        assert bool(outside) == (name == "channels")
        assert all("10.0.0.0/8" in block["except"] for block in outside)


COLLECTED = merged(PRODUCTION, {"global": {"telemetry": {"otlpEndpoint": "http://collector:4318"}}})


@pytest.mark.parametrize("values", [PRODUCTION, values_of("quickstart"), COLLECTED])
def test_every_process_takes_its_environment(values: dict[str, Any]):
    """The services' own settings read what the chart gives them, with the Secrets of the setup."""
    manifests = secret_manifests(
        "atiende", "mongo:27017/?replicaSet=atiende", lambda n: "a" * 2 * n
    )
    secrets = {one["metadata"]["name"]: one["stringData"] for one in manifests}
    seen = set()
    for deployment in of_kind(render(values), "Deployment"):
        service = deployment["metadata"]["labels"]["app.kubernetes.io/name"]
        if service == "web":
            continue
        (container,) = deployment["spec"]["template"]["spec"]["containers"]
        environment = {one["name"]: one["value"] for one in container["env"]}
        for source in container["envFrom"]:
            environment |= secrets[source["secretRef"]["name"]]
        program = (
            f"from atiende_{service}.settings import Settings; print(Settings.load().environment)"
        )
        done = subprocess.run(
            [sys.executable, "-c", program],
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"{deployment['metadata']['name']}: {done.stderr[-600:]}"
        seen.add(service)
    assert seen == set(SERVICES)


def test_a_secret_of_files_is_mounted_where_it_is_named():
    documents = render(merged(PRODUCTION, {"channels": {"files": "atiende-accounts"}}))
    mounted = {
        document["metadata"]["labels"]["app.kubernetes.io/name"]
        for document in of_kind(documents, "Deployment")
        for volume in document["spec"]["template"]["spec"]["volumes"]
        if volume.get("secret", {}).get("secretName") == "atiende-accounts"
    }
    assert mounted == {"channels"}


def test_the_quickstart_makes_the_same_secrets_as_the_setup_prints():
    manifests = secret_manifests("atiende", "mongo:27017", lambda n: "a" * 2 * n)
    printed = {one["metadata"]["name"]: set(one["stringData"]) for one in manifests}
    made = {
        one["metadata"]["name"]: set(one["stringData"])
        for one in of_kind(rendered("quickstart"), "Secret")
    }
    assert {
        name: made[name] - {"ATIENDE_SETUP_MONGO_ADMIN_PASSWORD"} for name in printed
    } == printed


def test_the_quickstart_may_have_any_name():
    files = helm.Chart.load(CHART).render(values_of("quickstart"), name="prueba", is_install=True)
    text = "\n".join(files.values())
    assert "nats://prueba-nats:4222" in text
    assert "http://prueba-keycloak:8080/auth" in text
    assert "atiende-nats" not in text
    assert "{{" not in text


def test_the_quickstarts_broker_reads_its_configuration(tmp_path: Path):
    (secret,) = (
        one
        for one in of_kind(rendered("quickstart"), "Secret")
        if one["metadata"]["name"] == "atiende-nats"
    )
    config = tmp_path / "nats.conf"
    config.write_text(secret["stringData"]["nats.conf"], encoding="utf-8")
    server = Path(sys.executable).with_name("nats-server")
    done = subprocess.run([server, "-t", "-c", config], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_paths_lead_where_the_local_edge_leads():
    (ingress,) = of_kind(rendered("quickstart"), "Ingress")
    (rule,) = ingress["spec"]["rules"]
    paths = {p["path"]: p["backend"]["service"]["name"] for p in rule["http"]["paths"]}
    assert paths["/"] == "atiende-web"
    assert paths["/webhooks"] == paths["/open311"] == paths["/api/channels"] == "atiende-channels"
    # Keycloak's administration is not among them.
    assert {p for p in paths if p.startswith("/auth")} == {
        "/auth/realms/atiende",
        "/auth/resources",
    }
    assert {f"/api/{name}" for name in SERVICES} <= paths.keys()
    services = {one["metadata"]["name"] for one in of_kind(rendered("quickstart"), "Service")}
    assert set(paths.values()) <= services


def test_a_gateway_takes_the_same_paths():
    values = merged(PRODUCTION, {"ingress": {"kind": "gateway", "gateway": {"name": "public"}}})
    (route,) = of_kind(render(values), "HTTPRoute")
    paths = {rule["matches"][0]["path"]["value"] for rule in route["spec"]["rules"]}
    (ingress,) = of_kind(rendered("default"), "Ingress")
    assert paths == {p["path"] for p in ingress["spec"]["rules"][0]["http"]["paths"]}


def test_modules_of_the_contracts_are_all_services():
    assert [importlib.import_module(f"atiende_{name}") for name in SERVICES]
