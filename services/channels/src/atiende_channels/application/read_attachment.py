"""Reads a file by its id, wherever it is kept."""

from __future__ import annotations

import re

from atiende_channels.application.inbox import InboxStore
from atiende_channels.application.uploads import UPLOAD_ID, Uploads
from atiende_channels.domain.model import StoredAttachment


class ReadAttachment:
    """Files of citizens' messages, raw messages, and files that staff put up for an answer."""

    def __init__(self, inbox: InboxStore, uploads: Uploads) -> None:
        self._inbox = inbox
        self._uploads = uploads

    async def __call__(
        self, tenant: str, attachment_id: str, offset: int, limit: int
    ) -> tuple[StoredAttachment, bytes]:
        """A part of a file, and what it is.

        Raises:
            NotFound: No such file in this city.
        """
        if re.fullmatch(UPLOAD_ID, attachment_id):
            return await self._uploads.part(tenant, attachment_id, offset, limit)
        about, data = await self._inbox.attachment(tenant, attachment_id, offset, limit)
        file = StoredAttachment(
            attachment_id=about["attachment_id"],
            filename=about["filename"],
            content_type=about["content_type"],
            size_bytes=about["size_bytes"],
            sha256=about["sha256"],
        )
        return file, data
