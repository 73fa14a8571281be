"""Attachments into the blob store, once per content."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import puremagic

from atiende_channels.domain.files import (
    MAX_ATTACHMENT_BYTES,
    danger_flags,
    office_type,
    quick_type,
    safe_name,
    settle_type,
)
from atiende_channels.domain.model import Attachment, StoredAttachment
from atiende_kit.store import BlobStore

_MAGIC_BYTES = 256 * 1024
_ARCHIVE = b"PK\x03\x04"


def type_by_content(data: bytes) -> str:
    """The media type by magic numbers; empty when the bytes do not say."""
    known = office_type(data) if data.startswith(_ARCHIVE) else quick_type(data)
    if known or len(data) < 8:  # noqa: PLR2004 - nothing to recognise
        return known
    try:
        found = puremagic.magic_string(data[:_MAGIC_BYTES])
    except (puremagic.PureError, ValueError, IndexError, UnicodeDecodeError):
        return ""
    best = found[0] if found else None
    # Weak matches (a letter or two) call ordinary text a game cartridge.
    if best is None or best.confidence < 0.5 or len(best.byte_match) < 4:  # noqa: PLR2004
        return ""
    return str(best.mime_type or "")


async def store_attachments(
    blobs: BlobStore, tenant: str, inbox_id: str, files: Sequence[Attachment]
) -> tuple[list[StoredAttachment], bool]:
    """Stores what came with one message.

    Returns:
        The stored files, and whether one was left out for its size (its bytes are in the raw).
    """
    stored: list[StoredAttachment] = []
    left_out = False
    for number, file in enumerate(files):
        if len(file.data) > MAX_ATTACHMENT_BYTES:
            left_out = True
            continue
        digest = hashlib.sha256(file.data).hexdigest()
        kind = settle_type(file.claimed_type, type_by_content(file.data), file.data)
        name = safe_name(file.filename)
        await blobs.put(tenant, digest, file.data)
        stored.append(
            StoredAttachment(
                attachment_id=f"{inbox_id}-{number}",
                filename=name,
                content_type=kind,
                size_bytes=len(file.data),
                sha256=digest,
                flags=danger_flags(name, file.claimed_type, kind, file.data),
            )
        )
    return stored, left_out
