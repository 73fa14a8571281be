"""The example city for tests of every service.

Its YAML files belong to the catalog; this module reads them as files of the checkout, because a
library never imports a service.
"""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path
from typing import Any

from atiende_city.content import canonical_bytes, load_folder
from atiende_city.release import Release

EXAMPLE_FOLDER = (
    Path(__file__).resolve().parents[4] / "services/catalog/src/atiende_catalog/example_city"
)


@lru_cache(maxsize=1)
def example_bytes() -> bytes:
    """Returns the canonical bytes of the example city."""
    return canonical_bytes(load_folder(EXAMPLE_FOLDER))


def example_content() -> Any:
    """Returns a fresh document tree of the example city, free to be changed."""
    # Through JSON: YAML anchors would let one change show in several places.
    return json.loads(example_bytes())


@lru_cache(maxsize=8)
def example_release(version: int = 1) -> Release:
    """Returns the example city's release."""
    return Release.parse(example_bytes(), version=version)
