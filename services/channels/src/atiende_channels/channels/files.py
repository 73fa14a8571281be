"""What the routes of all pages of ours share that take and give files."""

from __future__ import annotations

from typing import Annotated, Any
from urllib.parse import quote

from fastapi import Header, Response
from pydantic import BaseModel

from atiende_channels.domain.model import StoredAttachment

FILE_BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "description": "The bytes of one file.",
        "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
    }
}
FILE_ANSWER: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The bytes, as a download.",
        "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
    }
}
Filename = Annotated[
    str,
    Header(
        alias="X-Filename",
        max_length=1000,
        description="Name of the file, percent-encoded UTF-8.",
        examples=["poste%20da%C3%B1ado.jpg"],
    ),
]


class UploadAnswer(BaseModel):
    """The file is durable; name it in `attachment_ids` within a week."""

    attachment_id: str
    filename: str
    content_type: str
    size_bytes: int

    @classmethod
    def of(cls, file: StoredAttachment) -> UploadAnswer:
        """Shows a file that was put up."""
        return cls(
            attachment_id=file.attachment_id,
            filename=file.filename,
            content_type=file.content_type,
            size_bytes=file.size_bytes,
        )


def download(filename: str, data: bytes) -> Response:
    """Bytes of a stranger, which a browser keeps and never shows or runs by itself."""
    return Response(
        data,
        media_type="application/octet-stream",
        headers={
            "Content-Disposition": f"attachment; filename*=UTF-8''{quote(filename)}",
            "X-Content-Type-Options": "nosniff",
            "Content-Security-Policy": "default-src 'none'; sandbox",
            "Cache-Control": "no-store",
        },
    )
