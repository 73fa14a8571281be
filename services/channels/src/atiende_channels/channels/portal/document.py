"""What is stored of a form or a message of the portal: one canonical JSON document.

`request` is what came, and alone decides whether two items are the same. The rest is what the
release said of it at that moment, so that reading the document later needs no release.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

SUBMISSION, MESSAGE = "submission", "message"
CITIZEN_HEADER = "citizen"
"""Citizen whom a session proved."""
CASE_HEADER = "case"
"""Case that a session proved to be the sender's."""
STAFF_HEADER = "staff"
"""Who wrote it down at the counter."""


def to_bytes(kind: str, request: Mapping[str, Any], **known: Any) -> bytes:
    """Writes the document.

    Args:
        kind: `submission` or `message`.
        request: What came, as JSON values.
        known: What was worked out of it.
    """
    document = {"kind": kind, "request": request, **known}
    return json.dumps(document, sort_keys=True, separators=(",", ":")).encode("ascii")


def fingerprint(body: bytes) -> str:
    """What makes two documents the same: what came, whatever the release says of it by now."""
    document = json.loads(body)
    same = to_bytes(document["kind"], document["request"])
    return hashlib.sha256(same).hexdigest()
