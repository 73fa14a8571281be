"""The rules that stand for NetworkPolicies on the cluster of the tests."""

from __future__ import annotations

import re
from typing import Any

import pytest

from dev.cluster.policies import render

pytestmark = pytest.mark.repo

NAMESPACES = [
    {"metadata": {"name": "city", "labels": {"kind": "city"}}},
    {"metadata": {"name": "ingress", "labels": {"kind": "ingress"}}},
]


def pod(name: str, address: str, namespace: str = "city", **labels: str) -> dict[str, Any]:
    return {
        "metadata": {"name": name, "namespace": namespace, "labels": labels},
        "spec": {"containers": [{"ports": [{"name": "http", "containerPort": 8100}]}]},
        "status": {"podIP": address, "phase": "Running"},
    }


PODS = [
    pod("cases", "10.201.0.1", app="cases"),
    pod("routing", "10.201.0.2", app="routing"),
    pod("edge", "10.201.0.3", namespace="ingress", app="edge"),
]


def policy(**spec: Any) -> dict[str, Any]:
    return {
        "metadata": {"name": "p", "namespace": "city"},
        "spec": {"podSelector": {"matchLabels": {"app": "cases"}}, **spec},
    }


def chain(rules: str, direction: str) -> list[str]:
    found = re.search(rf"chain {direction}0 {{\n(.*?)\n  }}", rules, re.DOTALL)
    return [line.strip() for line in found[1].splitlines()] if found else []


def test_without_a_policy_nobody_is_isolated():
    rules = render(NAMESPACES, PODS, [])
    assert "jump ingress" not in rules
    assert "drop" not in rules


def test_an_isolated_pod_is_reached_by_whom_it_names_and_by_nobody_else():
    rules = render(
        NAMESPACES,
        PODS,
        [
            policy(
                policyTypes=["Ingress"],
                ingress=[
                    {
                        "from": [{"namespaceSelector": {"matchLabels": {"kind": "ingress"}}}],
                        "ports": [{"port": "http"}],
                    }
                ],
            )
        ],
    )
    assert chain(rules, "ingress") == ["ip saddr 10.201.0.3 tcp dport 8100 accept", "drop"]
    assert "10.201.0.1 : jump ingress0" in rules
    assert "jump egress" not in rules


def test_a_sender_that_may_go_out_is_still_judged_by_the_receiver():
    rules = render(
        NAMESPACES,
        PODS,
        [
            policy(
                policyTypes=["Egress"],
                egress=[
                    {
                        "to": [{"podSelector": {"matchLabels": {"app": "routing"}}}],
                        "ports": [{"port": 9000, "protocol": "TCP"}],
                    }
                ],
            )
        ],
    )
    assert chain(rules, "egress") == ["ip daddr 10.201.0.2 tcp dport 9000 return", "drop"]


def test_a_selector_without_a_namespace_stays_in_its_own():
    rules = render(
        NAMESPACES,
        PODS,
        [policy(policyTypes=["Ingress"], ingress=[{"from": [{"podSelector": {}}]}])],
    )
    assert "10.201.0.3 accept" not in rules


def test_deny_all_denies_all():
    rules = render(NAMESPACES, PODS, [policy(policyTypes=["Ingress", "Egress"])])
    assert chain(rules, "ingress") == ["drop"]
    assert chain(rules, "egress") == ["drop"]


@pytest.mark.parametrize(
    ("rule", "isolated"),
    [
        ({"key": "app", "operator": "In", "values": ["cases", "web"]}, True),
        ({"key": "app", "operator": "NotIn", "values": ["cases"]}, False),
        ({"key": "app", "operator": "Exists"}, True),
        ({"key": "app", "operator": "DoesNotExist"}, False),
    ],
)
def test_expressions_select(rule: dict[str, Any], isolated: bool):
    one = policy(policyTypes=["Ingress"])
    one["spec"]["podSelector"] = {"matchExpressions": [rule]}
    assert ("10.201.0.1 : jump" in render(NAMESPACES, PODS, [one])) == isolated
