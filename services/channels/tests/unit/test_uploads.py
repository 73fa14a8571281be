"""Files that wait for their message."""

from __future__ import annotations

import io
import zipfile
from datetime import timedelta
from typing import Any

import pytest

from atiende_channels.application import uploads as module
from atiende_channels.application.uploads import Uploads
from atiende_channels.contract import CONTRACT
from atiende_channels.domain.errors import RejectedByProvider
from atiende_channels.domain.files import MAX_UPLOAD_BYTES
from atiende_kit.errors import NotFound, Unprocessable
from atiende_kit.store import MemoryDatabase

pytestmark = pytest.mark.unit
CITY = "sanaurelio"
PDF = b"%PDF-1.7\n" + b"x" * 50


@pytest.fixture
def uploads() -> Uploads:
    return Uploads(MemoryDatabase(CONTRACT), timedelta(days=7))


def office(*names: str, mimetype: str = "") -> bytes:
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w") as archive:
        if mimetype:
            archive.writestr("mimetype", mimetype)
        for name in names:
            archive.writestr(name, "<x/>")
    return whole.getvalue()


ODT = "application/vnd.oasis.opendocument.text"


@pytest.mark.parametrize(
    ("name", "data", "kind"),
    [
        ("carta.pdf", PDF, "application/pdf"),
        ("nota.txt", "El poste de la ñ".encode(), "text/plain"),
        ("c.docx", office("[Content_Types].xml", "word/document.xml"), "wordprocessingml.document"),
        ("t.xlsx", office("[Content_Types].xml", "xl/workbook.xml"), "spreadsheetml.sheet"),
        ("c.odt", office("content.xml", mimetype=ODT), ODT),
        ("../../voz\r\n.ogg", b"OggS" + b"\0" * 40, "audio/ogg"),
        ("", PDF, "application/pdf"),
    ],
)
async def test_file_is_kept_by_its_content_under_a_safe_name(
    uploads: Uploads, name: str, data: bytes, kind: str
) -> None:
    stored = await uploads.add(CITY, name, data)
    assert stored.content_type.endswith(kind)
    assert not set(stored.filename) & set('/\\\r\n"')
    await uploads.require(CITY, [stored.attachment_id])
    read = await uploads.read(CITY, stored.attachment_id)
    assert (read.data, read.filename) == (data, stored.filename)


@pytest.mark.parametrize(
    ("name", "data", "reason"),
    [
        ("a.pdf", b"", "ATTACHMENT_EMPTY"),
        ("a.pdf", b"%PDF-" + b"x" * MAX_UPLOAD_BYTES, "ATTACHMENT_TOO_LARGE"),
        ("foto.jpg", b"MZ" + b"\0" * 60, "ATTACHMENT_TYPE_REFUSED"),
        ("foto.jpg.exe", PDF, "ATTACHMENT_TYPE_REFUSED"),
        ("a.html", b"<!doctype html><script>alert(1)</script>", "ATTACHMENT_TYPE_REFUSED"),
        ("a.svg", b"<svg onload='x'></svg>", "ATTACHMENT_TYPE_REFUSED"),
        ("a.txt.html", b"hola", "ATTACHMENT_TYPE_REFUSED"),
        ("a.zip", office("a.txt"), "ATTACHMENT_TYPE_REFUSED"),
        ("a.docm", office("[Content_Types].xml", "word/vbaProject.bin"), "ATTACHMENT_TYPE_REFUSED"),
        ("a.docx", office("[Content_Types].xml", "word/vbaProject.bin"), "ATTACHMENT_TYPE_REFUSED"),
        ("a.docx", b"PK\x03\x04 no archive", "ATTACHMENT_TYPE_REFUSED"),
        ("a.bin", bytes(range(256)), "ATTACHMENT_TYPE_REFUSED"),
        ("foto.jpg", b"\xff\xd8\xff\xe1\xff\xff", "ATTACHMENT_BROKEN"),
    ],
)
async def test_file_that_is_not_taken_is_refused_by_name(
    uploads: Uploads, name: str, data: bytes, reason: str
) -> None:
    with pytest.raises(Unprocessable) as refused:
        await uploads.add(CITY, name, data)
    assert refused.value.reason == reason


async def test_file_of_another_city_or_of_nobody_is_missing(uploads: Uploads) -> None:
    stored = await uploads.add(CITY, "a.pdf", PDF)
    with pytest.raises(Unprocessable) as refused:
        await uploads.require("otraciudad", [stored.attachment_id])
    assert set(refused.value.fields) == {"/attachment_ids/0"}
    with pytest.raises(RejectedByProvider):
        await uploads.read("otraciudad", stored.attachment_id)


async def test_what_no_message_took_is_removed_after_its_time_and_not_before(
    uploads: Uploads, monkeypatch: pytest.MonkeyPatch
) -> None:
    stored = await uploads.add(CITY, "a.pdf", PDF)
    now = module.real_now()

    def later(days: float) -> Any:
        return lambda: now + timedelta(days=days)

    monkeypatch.setattr(module, "real_now", later(7.5))
    with pytest.raises(Unprocessable):
        await uploads.require(CITY, [stored.attachment_id])
    # A message that was taken before still gets it.
    assert await uploads.purge() == 0
    assert (await uploads.read(CITY, stored.attachment_id)).data == PDF
    monkeypatch.setattr(module, "real_now", later(8.1))
    assert await uploads.purge() == 1
    with pytest.raises(RejectedByProvider):
        await uploads.read(CITY, stored.attachment_id)
    assert await uploads.purge() == 0


async def test_what_an_answer_keeps_stays(
    uploads: Uploads, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept, left = await uploads.add(CITY, "a.pdf", PDF), await uploads.add(CITY, "b.pdf", PDF)
    for _ in range(2):
        assert await uploads.keep(CITY, [kept.attachment_id]) == [kept]
    with pytest.raises(Unprocessable):
        await uploads.keep(CITY, [left.attachment_id, "u" + "0" * 36])
    now = module.real_now()
    monkeypatch.setattr(module, "real_now", lambda: now + timedelta(days=30))
    assert await uploads.purge() == 1
    assert await uploads.keep(CITY, [kept.attachment_id]) == [kept]
    assert await uploads.part(CITY, kept.attachment_id, 1, 3) == (kept, PDF[1:4])
    with pytest.raises(NotFound):
        await uploads.part("otraciudad", kept.attachment_id, 0, 1)
