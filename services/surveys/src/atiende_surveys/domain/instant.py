"""The time that an id carries."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime

_UUID7 = 7


def instant_of(identifier: str) -> datetime:
    """Returns the milliseconds that lead a UUIDv7; the epoch for any other text.

    What derives from an id alone is the same for every event that names it.
    """
    try:
        parsed = uuid.UUID(identifier)
    except ValueError:
        parsed = uuid.UUID(int=0)
    epoch = (parsed.int >> 80) / 1000 if parsed.version == _UUID7 else 0
    return datetime.fromtimestamp(epoch, UTC)
