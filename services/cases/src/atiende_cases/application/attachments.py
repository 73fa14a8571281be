"""Reading a file that channels holds, part by part."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Final

from atiende_cases.application.ports import AttachmentReader
from atiende_cases.domain.values import Attachment
from atiende_kit.errors import NotFound

CHUNK_BYTES: Final = 256 * 1024


def attachment_not_found() -> NotFound:
    """One answer for "there is none" and "it is not yours"."""
    return NotFound("ATTACHMENT_NOT_FOUND", "No existe ese archivo.")


async def read_attachment(
    reader: AttachmentReader, tenant: str, attachment_id: str
) -> tuple[Attachment, AsyncIterator[bytes]]:
    """The bytes of an attachment; the first part is read before it returns.

    Whether the asker may read it is decided before.

    Raises:
        NotFound: channels does not hold it.
    """
    # The first part is read before the answer begins, so that its failure is a clean error.
    attachment, first, is_last = await reader.read(
        tenant, attachment_id, offset=0, limit=CHUNK_BYTES
    )

    async def parts() -> AsyncIterator[bytes]:
        data, done, offset = first, is_last, 0
        while True:
            yield data
            offset += len(data)
            if done or not data:
                return
            _, data, done = await reader.read(
                tenant, attachment_id, offset=offset, limit=CHUNK_BYTES
            )

    return attachment, parts()
