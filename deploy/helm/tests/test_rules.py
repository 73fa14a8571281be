"""Alerts and dashboard: they ask for what the services have, and fire when and only when meant."""

from __future__ import annotations

import importlib
import json
import re
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from prometheus_client import REGISTRY

from deploy.helm.tests.charts import CHART, of_kind, rendered
from deploy.helm.tests.promtool import find_promtool
from dev.contracts.slo import LEVELS

pytestmark = pytest.mark.repo

FILES = CHART / "files"
RULES = (FILES / "slo.yaml", FILES / "rules.yaml")
DASHBOARD = FILES / "dashboard.json"
CASES = Path(__file__).with_name("rules_test.yaml")
_ROOT = CHART.parents[2]
_SELECTOR = re.compile(r"\b(atiende_[a-z_]+)(?:\{([^}]*)\})?")
_LABEL = re.compile(r"(\w+)\s*(?:=~|!~|!=|=)\s*\"([^\"]*)\"")
_BY = re.compile(r"\bby \(([^)]*)\)")
_SUFFIX = re.compile(r"_(bucket|sum|count|total)$")
_OF_THE_SCRAPE = {"service", "role", "pod", "le"}


@cache
def metrics() -> dict[str, tuple[set[str], set[str]]]:
    """Returns by name the labels and the bucket bounds of what the services expose."""
    for source in sorted((*_ROOT.glob("libs/*/src"), *_ROOT.glob("services/*/src"))):
        for path in source.rglob("*.py"):
            if "from prometheus_client import" in path.read_text("utf-8"):
                importlib.import_module(".".join(path.relative_to(source).with_suffix("").parts))
    found = {}
    for collector in set(REGISTRY._collector_to_names):
        name = getattr(collector, "_name", "")
        bounds = {str(one) for one in getattr(collector, "_upper_bounds", ())}
        if not bounds and "buckets" in getattr(collector, "_kwargs", {}):
            bounds = {str(float(one)) for one in collector._kwargs["buckets"]}
        if name.startswith("atiende_"):
            found[name] = (set(collector._labelnames), bounds)
    return found


def rules() -> Iterator[dict[str, Any]]:
    """Gives every rule."""
    for file in RULES:
        for group in yaml.safe_load(file.read_text("utf-8"))["groups"]:
            yield from group["rules"]


def queries() -> list[str]:
    """Returns every expression of rules and dashboard."""
    board = json.loads(DASHBOARD.read_text("utf-8"))
    shown = [target["expr"] for panel in board["panels"] for target in panel["targets"]]
    return [*(rule["expr"] for rule in rules()), *shown]


def wrong_with(query: str) -> list[str]:
    """Says which metrics, labels and bounds a query names that nobody exposes."""
    recorded = {rule["record"] for rule in rules() if "record" in rule}
    wrong = [one for one in re.findall(r"\batiende:[\w:]+", query) if one not in recorded]
    named = {label.strip() for labels in _BY.findall(query) for label in labels.split(",")}
    known: set[str] = set(_OF_THE_SCRAPE)
    for name, selector in _SELECTOR.findall(query):
        labels, bounds = metrics().get(_SUFFIX.sub("", name), (None, set()))
        if labels is None:
            wrong.append(name)
            continue
        known |= labels
        for label, value in _LABEL.findall(selector):
            if label == "le" and value not in bounds:
                wrong.append(f"{name}: no bucket {value}")
            if label not in labels | _OF_THE_SCRAPE:
                wrong.append(f"{name}: no label {label}")
    return wrong + sorted(named - known) * bool(_SELECTOR.search(query))


def test_only_what_the_services_expose_is_asked_for():
    assert len(queries()) >= 50
    assert [(query, wrong) for query in queries() if (wrong := wrong_with(query))] == []


@pytest.mark.parametrize(
    "query",
    [
        "sum(rate(atiende_http_request_total[5m]))",
        'sum(rate(atiende_http_requests_total{code="500"}[5m]))',
        "sum by (tenant) (rate(atiende_http_requests_total[5m]))",
        'sum(rate(atiende_http_request_seconds_bucket{le="0.7"}[5m]))',
        "atiende:intake_erors:ratio_rate5m > 1",
    ],
)
def test_what_nobody_exposes_is_noticed(query: str):
    assert wrong_with(query)


def test_the_dashboard_is_what_the_chart_brings():
    (made,) = (
        one
        for one in of_kind(rendered("large"), "ConfigMap")
        if one["metadata"]["name"] == "atiende-dashboard"
    )
    board = json.loads(made["data"]["atiende.json"])
    assert board == json.loads(DASHBOARD.read_text("utf-8"))


def test_the_dashboard_shows_the_budget_of_every_level():
    for level in LEVELS:
        assert f"atiende:{level.name}:ratio_rate1h / {level.budget}" in queries()


def test_every_alert_has_a_runbook():
    runbooks = (_ROOT / "docs" / "runbooks.md").read_text("utf-8")
    sections = set(re.findall(r"^## (.+)$", runbooks, re.MULTILINE))
    alerts = [rule for rule in rules() if "alert" in rule]
    assert {alert["annotations"]["runbook"] for alert in alerts} == sections
    assert all(alert["labels"]["severity"] in {"page", "ticket"} for alert in alerts)


def test_the_chart_brings_every_rule():
    (made,) = of_kind(rendered("large"), "PrometheusRule")
    brought = [rule for group in made["spec"]["groups"] for rule in group["rules"]]
    assert brought == list(rules())


def test_every_alert_is_seen_to_fire():
    """The cases name each alert; `promtool` below says whether it is true."""
    cases = CASES.read_text("utf-8")
    assert [r["alert"] for r in rules() if "alert" in r and f'"{r["alert"]}"' not in cases] == []


def test_alerts_fire_when_and_only_when_they_should(tmp_path: Path):
    promtool = find_promtool(tmp_path)
    if promtool is None:
        pytest.skip("no promtool on PATH (Debian: prometheus): the alerts' times were not tested")
    done = _promtool(promtool, CASES)
    assert done.returncode == 0, done.stdout + done.stderr
    # The cases notice a changed bound: without that they would prove nothing.
    changed = tmp_path / "slo.yaml"
    changed.write_text(RULES[0].read_text("utf-8").replace("> 0.0072", "> 0.02"), "utf-8")
    cases = yaml.safe_load(CASES.read_text("utf-8"))
    cases["rule_files"] = [str(changed), str(RULES[1])]
    (tmp_path / "cases.yaml").write_text(yaml.safe_dump(cases), "utf-8")
    assert _promtool(promtool, tmp_path / "cases.yaml").returncode != 0


def _promtool(promtool: str, cases: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        (promtool, "test", "rules", str(cases)), check=False, capture_output=True, text=True
    )
