"""How large the images are, and how long their processes take to be ready."""

from __future__ import annotations

import json
from collections import Counter
from datetime import datetime
from pathlib import Path
from typing import Any

from rich.table import Table

_NAME = "org.opencontainers.image.ref.name"
_MEGABYTE = 1_000_000


def image_sizes(layout: Path) -> Table:
    """Returns a table of the layout's images: what each adds, and what it shares with others."""
    index = json.loads((layout / "index.json").read_text("utf-8"))["manifests"]
    # What was built again under its name has lost it.
    digests = {one["annotations"][_NAME]: one["digest"] for one in index if "annotations" in one}
    layers = {name: _layers(layout, digest) for name, digest in digests.items()}
    uses = Counter(layer for found in layers.values() for layer in found)
    table = Table("image", "own", "shared with others", title="compressed, MB")
    for name, found in sorted(layers.items()):
        own = sum(size for layer, size in found.items() if uses[layer] == 1)
        shared = sum(found.values()) - own
        table.add_row(name, f"{own / _MEGABYTE:.1f}", f"{shared / _MEGABYTE:.1f}")
    return table


def ready_seconds(pods: list[dict[str, Any]]) -> dict[str, float]:
    """Returns by Deployment how long its last container took from its start to ready."""
    found: dict[str, float] = {}
    for pod in pods:
        labels = pod["metadata"]["labels"]
        name = f"{labels.get('app.kubernetes.io/name')}-{labels.get('app.kubernetes.io/component')}"
        ready = [one for one in pod["status"].get("conditions", ()) if one["type"] == "Ready"]
        running = [
            one["state"]["running"]["startedAt"]
            for one in pod["status"].get("containerStatuses", ())
            if "running" in one["state"]
        ]
        if ready and ready[0]["status"] == "True" and running:
            began = max(map(datetime.fromisoformat, running))
            until = datetime.fromisoformat(ready[0]["lastTransitionTime"])
            found[name] = (until - began).total_seconds()
    return found


def _layers(layout: Path, digest: str) -> dict[str, int]:
    manifest = json.loads((layout / "blobs" / digest.replace(":", "/")).read_text("utf-8"))
    return {layer["digest"]: layer["size"] for layer in manifest["layers"]}
