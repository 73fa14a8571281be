"""NetworkPolicies (networking.k8s.io/v1) as one nftables table, written anew at each change.

Every isolated pod's address leads by a verdict map to a chain of what is allowed, which ends in a
drop; connections that stand are let through first. It shows that a chart's policies let the
platform live and cut the rest, not how a given network plugin behaves. Not here: `endPort`, IPv6.
"""

from __future__ import annotations

import json
import ssl
import subprocess
import threading
import time
import urllib.request
from collections.abc import Iterator
from typing import Any

_EVERY_SECONDS = 0.5
_API = "https://127.0.0.1:6443"
Object = dict[str, Any]


def enforce(tls: ssl.SSLContext) -> None:
    """Keeps the rules in line with the API server's policies, from a thread, for ever."""
    threading.Thread(target=_loop, args=(tls,), name="policies", daemon=True).start()


def _loop(tls: ssl.SSLContext) -> None:
    written = ""
    while True:
        try:
            rules = render(
                _list(tls, "/api/v1/namespaces"),
                _list(tls, "/api/v1/pods"),
                _list(tls, "/apis/networking.k8s.io/v1/networkpolicies"),
            )
            if rules != written:
                subprocess.run(("nft", "-f", "-"), input=rules, text=True, check=True)
                written = rules
        except (OSError, ValueError, subprocess.CalledProcessError) as error:
            print(f"policies: {type(error).__name__}: {error}", flush=True)
        time.sleep(_EVERY_SECONDS)


def _list(tls: ssl.SSLContext, path: str) -> list[Object]:
    with urllib.request.urlopen(_API + path, context=tls, timeout=5) as answer:  # noqa: S310 -- ours
        found: list[Object] = json.load(answer)["items"]
        return found


def render(namespaces: list[Object], pods: list[Object], policies: list[Object]) -> str:
    """Returns the whole table, replacing the one before.

    Args:
        namespaces: as the API lists them.
        pods: likewise.
        policies: likewise.
    """
    labels = {one["metadata"]["name"]: one["metadata"].get("labels", {}) for one in namespaces}
    living = [
        pod
        for pod in pods
        if pod["status"].get("podIP")
        and not pod["spec"].get("hostNetwork")
        and pod["status"]["phase"] in {"Pending", "Running"}
    ]
    chains: list[str] = []
    maps: dict[str, list[str]] = {"Ingress": [], "Egress": []}
    for number, pod in enumerate(living):
        mine = [one for one in policies if _selects(one, pod)]
        for direction in ("Ingress", "Egress"):
            holding = [one for one in mine if direction in _types(one)]
            if not holding:
                continue
            chain = f"{direction.lower()}{number}"
            allows = [
                line for one in holding for line in _allows(one, pod, direction, living, labels)
            ]
            body = "\n    ".join([*allows, "drop"])
            chains.append(f"  chain {chain} {{\n    {body}\n  }}")
            maps[direction].append(f"{pod['status']['podIP']} : jump {chain}")
    return (
        "table inet atiende_policies {}\ndelete table inet atiende_policies\n"
        "table inet atiende_policies {\n"
        + "\n".join(chains)
        + _map("to_pods", maps["Ingress"])
        + _map("from_pods", maps["Egress"])
        + """
  chain judge {
    ct state established,related accept
    ip saddr vmap @from_pods
    ip daddr vmap @to_pods
  }
  chain forwarded {
    type filter hook forward priority 10; policy accept;
    jump judge
  }
  chain into_node {
    type filter hook input priority 10; policy accept;
    ct state established,related accept
    ip saddr vmap @from_pods
  }
}
"""
    )


def _map(name: str, elements: list[str]) -> str:
    listed = f"\n    elements = {{ {', '.join(elements)} }}" if elements else ""
    return f"\n  map {name} {{\n    type ipv4_addr : verdict{listed}\n  }}"


def _types(policy: Object) -> list[str]:
    return list(policy["spec"].get("policyTypes", ["Ingress"]))


def _selects(policy: Object, pod: Object) -> bool:
    same = policy["metadata"]["namespace"] == pod["metadata"]["namespace"]
    return same and _matches(
        policy["spec"].get("podSelector", {}), pod["metadata"].get("labels", {})
    )


def _matches(selector: Object, labels: Object) -> bool:
    if any(labels.get(key) != value for key, value in selector.get("matchLabels", {}).items()):
        return False
    for rule in selector.get("matchExpressions", []):
        has, value = rule["key"] in labels, labels.get(rule["key"])
        holds = {
            "In": has and value in rule.get("values", []),
            "NotIn": not has or value not in rule.get("values", []),
            "Exists": has,
            "DoesNotExist": not has,
        }[rule["operator"]]
        if not holds:
            return False
    return True


def _allows(
    policy: Object, pod: Object, direction: str, pods: list[Object], labels: dict[str, Object]
) -> Iterator[str]:
    """Yields one accept per peer and port of the policy's rules.

    The chain of a sender accepts by `return`: whether the receiver allows it is still to be asked.
    """
    incoming = direction == "Ingress"
    verdict = "accept" if incoming else "return"
    for rule in policy["spec"].get(direction.lower()) or []:
        peers = rule.get("from" if incoming else "to")
        for address, peer in _addresses(policy, peers, pods, labels):
            match = f"ip {'saddr' if incoming else 'daddr'} {address} " if address else ""
            ports = rule.get("ports")
            if not ports:
                yield f"{match}{verdict}"
            for port in ports or []:
                number = _port(port.get("port"), pod if incoming else peer)
                protocol = port.get("protocol", "TCP").lower()
                if number is not None:
                    yield f"{match}{protocol} dport {number} {verdict}"
                elif "port" not in port:
                    yield f"{match}meta l4proto {protocol} {verdict}"


def _addresses(
    policy: Object, peers: list[Object] | None, pods: list[Object], labels: dict[str, Object]
) -> Iterator[tuple[str, Object | None]]:
    """Yields what to match and the pod behind it; an empty text is anybody."""
    if not peers:
        yield "", None
    for peer in peers or []:
        if "ipBlock" in peer:
            block = peer["ipBlock"]
            excepted = ", ".join(block.get("except", []))
            yield block["cidr"] + (f" ip daddr != {{ {excepted} }}" if excepted else ""), None
            continue
        for pod in pods:
            namespace = pod["metadata"]["namespace"]
            if "namespaceSelector" in peer:
                reached = _matches(peer["namespaceSelector"], labels.get(namespace, {}))
            else:
                reached = namespace == policy["metadata"]["namespace"]
            if reached and _matches(peer.get("podSelector", {}), pod["metadata"].get("labels", {})):
                yield pod["status"]["podIP"], pod


def _port(port: object, pod: Object | None) -> int | None:
    if isinstance(port, int):
        return port
    for container in pod["spec"]["containers"] if pod else []:
        for one in container.get("ports", []):
            if one.get("name") == port:
                return int(one["containerPort"])
    return None
