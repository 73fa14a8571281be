"""Identifiers: UUIDv7 text, made new or derived so that a repeat makes the same one."""

import hashlib
import re
import uuid
from datetime import datetime

import uuid_utils

from atiende_kit.errors import InvalidInput

_TENANT = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")


def new_id() -> str:
    """Return a fresh UUIDv7 (RFC 9562 section 5.7) as text; ordered by creation in a process."""
    return str(uuid_utils.uuid7())


def derived_id(time: datetime, *parts: object) -> str:
    """Return the UUIDv7-shaped id that these arguments always give.

    A redelivered event derives the ids of what it creates, so that the second attempt meets the
    first one in a unique index in place of making a twin.

    Args:
        time: Aware instant; its milliseconds lead the id, so that ids sort by time.
        parts: What tells the thing from every other one, e.g. ``("case", message_id)``.

    Raises:
        ValueError: The time has no zone, or there are no parts.
    """
    if time.tzinfo is None:
        raise ValueError("derived_id wants an aware time")
    if not parts:
        raise ValueError("derived_id wants at least one part")
    digest = hashlib.sha256()
    for part in parts:
        text = str(part).encode()
        # The length goes first, so that ("ab", "c") and ("a", "bc") differ.
        digest.update(len(text).to_bytes(4, "big") + text)
    milliseconds = int(time.timestamp() * 1000) & ((1 << 48) - 1)
    tail = int.from_bytes(digest.digest()[:10], "big")
    value = milliseconds << 80 | tail
    value = value & ~(0xF << 76) | 0x7 << 76
    value = value & ~(0x3 << 62) | 0x2 << 62
    return str(uuid.UUID(int=value))


def check_tenant(tenant: str) -> str:
    """Return the tenant id unchanged.

    It becomes the last token of every subject, so a dot, a space or a wildcard must never get in.

    Raises:
        InvalidInput: It is not lower-case letters, digits and hyphens, 1 to 63 long.
    """
    if not isinstance(tenant, str) or not _TENANT.fullmatch(tenant):
        raise InvalidInput("TENANT_INVALID", "El identificador de la ciudad no es válido.")
    return tenant
