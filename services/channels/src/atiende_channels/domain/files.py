"""What an attached file is: by its bytes, never by its claim."""

from __future__ import annotations

import io
import re
import zipfile

from atiende_channels.domain.text import clean_filename

MAX_ATTACHMENT_BYTES = 25 * 1024 * 1024
MAX_UPLOAD_BYTES = 10 * 1024 * 1024
"""Largest file that is put through one of our own pages."""
MAX_UPLOADS = 5
"""Most files of one message of our own pages."""
UPLOAD_TYPES = {
    "image/jpeg": "JPEG",
    "image/png": "PNG",
    "image/webp": "WebP",
    "application/pdf": "PDF",
    "text/plain": "texto",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "Word (.docx)",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "Excel (.xlsx)",
    "application/vnd.oasis.opendocument.text": "OpenDocument (.odt)",
    "application/vnd.oasis.opendocument.spreadsheet": "OpenDocument (.ods)",
    "audio/ogg": "audio OGG",
    "audio/mpeg": "audio MP3",
    "audio/mp4": "audio M4A",
}
"""What may be put through our own pages, by content, with the name that people know it by."""
UNKNOWN_TYPE = "application/octet-stream"

_EXECUTABLE_WORDS = (
    "apk app bat chm cmd com cpl deb dll dmg exe hta iso jar js jse lnk msc msi msp ps1 py rpm "
    "scr sh url vb vbe vbs wsf xll"
)
_EXECUTABLE_SUFFIXES = frozenset(_EXECUTABLE_WORDS.split())
_MACRO_SUFFIXES = frozenset(["docm", "dotm", "xlsm", "xltm", "pptm", "potm", "xlam"])
_ACTIVE_SUFFIXES = frozenset(["htm", "html", "shtml", "svg", "xhtml", "xht", "mht", "mhtml", "xml"])
_SIGNATURES: tuple[tuple[bytes, str], ...] = (
    (b"%PDF-", "application/pdf"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"OggS", "audio/ogg"),
    (b"ID3", "audio/mpeg"),
    (b"MZ", "application/vnd.microsoft.portable-executable"),
    (b"\x7fELF", "application/x-elf"),
    (b"#!", "text/x-shellscript"),
    (b"Rar!", "application/vnd.rar"),
    (b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
    (b"\x1f\x8b", "application/gzip"),
    (b"\x78\x9f\x3e\x22", "application/ms-tnef"),
    (b"BEGIN:VCALENDAR", "text/calendar"),
    (b"BEGIN:VCARD", "text/vcard"),
)
_EXECUTABLE_TYPES = frozenset(
    ["application/vnd.microsoft.portable-executable", "application/x-elf", "text/x-shellscript"]
)
_OFFICE = {
    folder: f"application/vnd.openxmlformats-officedocument.{kind}"
    for folder, kind in (
        ("word", "wordprocessingml.document"),
        ("xl", "spreadsheetml.sheet"),
        ("ppt", "presentationml.presentation"),
    )
}
_TEXT_CLAIMS = ("text/", "message/", "application/json", "application/xml")
_CONTROLS = frozenset(range(9)) | frozenset(range(14, 32))
_MEDIA_TYPE = re.compile(r"[a-z0-9][a-z0-9!#$&^_.+-]{0,126}/[a-z0-9][a-z0-9!#$&^_.+-]{0,126}")
_EICAR = b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!"


def quick_type(data: bytes) -> str:
    """The type by the first bytes, for the kinds whose first bytes say it; empty when unsure."""
    head = data[:64]
    for start, kind in _SIGNATURES:
        if head.startswith(start):
            return kind
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "image/webp"
    if head[4:8] == b"ftyp":
        brand = head[8:12]
        if brand in {b"heic", b"heix", b"mif1", b"hevc"}:
            return "image/heic"
        return "audio/mp4" if brand == b"M4A " else "video/mp4"
    start_of_text = data[:1024].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if start_of_text.startswith((b"<!doctype html", b"<html", b"<script")):
        return "text/html"
    if b"<svg" in start_of_text:
        return "image/svg+xml"
    return ""


def office_type(data: bytes) -> str:
    """The type of a document that is a ZIP archive; `application/zip` when it is another archive.

    Only the list of the archive is read; nothing is unpacked but an OpenDocument's one-line type.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = {name.partition("/")[0] for name in archive.namelist()}
            if "mimetype" in names and archive.getinfo("mimetype").file_size <= 100:  # noqa: PLR2004
                return archive.read("mimetype").decode("ascii", "replace").strip()
    except (zipfile.BadZipFile, KeyError, ValueError, OSError, RuntimeError):
        return "application/zip"
    if "[Content_Types].xml" not in names:
        return "application/zip"
    return next((kind for folder, kind in _OFFICE.items() if folder in names), "application/zip")


def is_text(data: bytes) -> bool:
    """True when the beginning looks like text of some encoding."""
    head = data[:2048]
    return b"\x00" not in head and sum(b in _CONTROLS for b in head) * 50 <= len(head)


def media_type(claimed: str) -> str:
    """The type that a sender names, without parameters; empty when it is no type (RFC 6838 4.2)."""
    named = claimed.partition(";")[0].strip().lower()
    return named if _MEDIA_TYPE.fullmatch(named) else ""


def settle_type(claimed: str, by_content: str, data: bytes) -> str:
    """Chooses the type to store: content first; a claim only where content cannot contradict it."""
    if by_content:
        return by_content
    claim = media_type(claimed)
    if is_text(data):
        return claim if claim.startswith(_TEXT_CLAIMS) and claim != "text/html" else "text/plain"
    return UNKNOWN_TYPE


def danger_flags(filename: str, claimed: str, content_type: str, data: bytes) -> tuple[str, ...]:
    """Why a person should be careful with the file; it is stored and shown all the same."""
    flags: list[str] = []
    suffixes = filename.lower().split(".")[1:]
    last = suffixes[-1] if suffixes else ""
    if content_type in _EXECUTABLE_TYPES or last in _EXECUTABLE_SUFFIXES:
        flags.append("EXECUTABLE")
    if last in _MACRO_SUFFIXES or b"vbaProject.bin" in data[: 4 * 1024 * 1024]:
        flags.append("MACROS")
    if last in _ACTIVE_SUFFIXES or content_type in {"text/html", "image/svg+xml"}:
        flags.append("ACTIVE_CONTENT")
    if len(suffixes) > 1 and last in _EXECUTABLE_SUFFIXES:
        flags.append("DOUBLE_EXTENSION")
    family = claimed.lower().partition("/")[0]
    if family in {"image", "audio", "video"} and content_type.partition("/")[0] != family:
        flags.append("TYPE_MISMATCH")
    if _EICAR in data[:256]:
        flags.append("MALWARE_TEST")
    return tuple(flags)


def safe_name(filename: str) -> str:
    """A file name that is safe to show and to offer for download."""
    return clean_filename(filename)
