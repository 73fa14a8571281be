"""Renders the umbrella chart as `helm install` would, without a cluster."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import helm_python as helm
import yaml

from dev.cluster.release import merged

HELM = Path(__file__).resolve().parents[1]
CHART = HELM / "atiende"
PRODUCTION: dict[str, Any] = {
    "global": {"publicUrl": "https://atencion.ciudad.example", "defaultTenant": "ciudad"}
}
"""The least that a production install must say."""

Document = dict[str, Any]


def values_of(name: str) -> dict[str, Any]:
    """Returns a values file, on top of what production must say unless it is the quickstart."""
    given: dict[str, Any] = yaml.safe_load((HELM / "values" / f"{name}.yaml").read_text("utf-8"))
    return given if name == "quickstart" else merged(PRODUCTION, given)


def render(values: dict[str, Any]) -> list[Document]:
    """Returns every document of the chart with these values.

    Raises:
        helm.HelmError: the values break the schema, or a template fails.
    """
    chart = helm.Chart.load(CHART)
    files = chart.render(values, name="atiende", namespace="ciudad", is_install=True)
    return [
        document
        for path, text in sorted(files.items())
        if path.endswith(".yaml")
        for document in yaml.safe_load_all(text)
        if document
    ]


@cache
def rendered(name: str) -> tuple[Document, ...]:
    """Returns the documents of a values file; `default` is what production must say alone."""
    return tuple(render(PRODUCTION if name == "default" else values_of(name)))


def of_kind(documents: tuple[Document, ...] | list[Document], *kinds: str) -> list[Document]:
    """Returns the documents of these kinds."""
    return [document for document in documents if document["kind"] in kinds]


def pods(documents: tuple[Document, ...] | list[Document]) -> dict[str, Document]:
    """Returns every pod's spec by `<kind>/<name>`."""
    found = {}
    for document in of_kind(documents, "Deployment", "StatefulSet", "Job"):
        found[f"{document['kind']}/{document['metadata']['name']}"] = document["spec"]["template"]
    for document in of_kind(documents, "Pod"):
        found[f"Pod/{document['metadata']['name']}"] = document
    return found


def containers(pod: Document) -> list[Document]:
    """Returns all containers of a pod, those that run before the others too."""
    spec = pod["spec"]
    return [*spec.get("initContainers", []), *spec["containers"]]
