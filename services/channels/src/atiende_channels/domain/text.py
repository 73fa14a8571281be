"""Citizens' text made safe to store and show, in linear time.

Normalising Unicode is quadratic in runs of combining marks (160,000 of them cost 20 s), so the text
is first cut to 64 KB and to 30 marks in a row (Stream-Safe Text Format, UAX 15).
"""

from __future__ import annotations

import re
import unicodedata

MAX_TEXT_BYTES = 64 * 1024
MAX_MARKS = 30

# Controls but tab and line feed; lone surrogates; BOM and non-characters.
_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufeff\ufffe\uffff]")
# Overrides that make a name read backwards; in running text they are legitimate.
_DIRECTION = re.compile("[\u202a-\u202e\u2066-\u2069\u200e\u200f\u061c]")
_SPACES = re.compile(r"\s+")
_PATH = re.compile(r'[\\/:*?"<>|\x00-\x1f\x7f]+')
_SURROGATES = re.compile("[\ud800-\udfff]")


def clean_text(text: str, limit_bytes: int = MAX_TEXT_BYTES) -> tuple[str, bool]:
    """Cleans a running text.

    Returns:
        The text in NFC without control characters, with line feeds only, and whether anything
        but white space was cut or replaced.
    """
    cut, shortened = truncate(text, limit_bytes)
    cut = cut.replace("\r\n", "\n").replace("\r", "\n").replace("\u2028", "\n")
    cut = cut.replace("\u2029", "\n\n")
    cleaned = _CONTROLS.sub("", cut)
    changed = shortened or len(cleaned.replace("\ufeff", "")) != len(cut.replace("\ufeff", ""))
    if not cleaned.isascii():
        cleaned, squeezed = _squeeze_marks(cleaned)
        changed = changed or squeezed
        cleaned = unicodedata.normalize("NFC", cleaned)
        cleaned, longer = truncate(cleaned, limit_bytes)
        changed = changed or longer
    return cleaned.strip(), changed


def clean_line(text: str, limit_characters: int = 500) -> str:
    """Cleans a one-line value: subject, display name. No line breaks, no direction overrides."""
    cut = _DIRECTION.sub("", _CONTROLS.sub("", _SPACES.sub(" ", text[: limit_characters * 4])))
    squeezed, _ = _squeeze_marks(cut)
    return unicodedata.normalize("NFC", squeezed).strip()[:limit_characters]


def clean_filename(name: str) -> str:
    """Cleans a file name: its last path part, without reserved characters, at most 120 long."""
    last = re.split(r"[\\/]", name.strip())[-1] if name else ""
    cleaned = clean_line(_PATH.sub("_", last[-1000:]), 1000).strip(". ")
    if len(cleaned) > 120:  # noqa: PLR2004 - long enough for people, short enough for file systems
        stem, dot, suffix = cleaned.rpartition(".")
        cleaned = f"{stem[:100]}.{suffix[:15]}" if dot else cleaned[:120]
    return cleaned or "archivo"


def truncate(text: str, limit_bytes: int) -> tuple[str, bool]:
    """Cuts to a number of UTF-8 bytes without splitting a character."""
    if len(text) * 4 <= limit_bytes:
        return text, False
    head = _SURROGATES.sub("\ufffd", text[:limit_bytes])
    encoded = head.encode()
    if len(encoded) <= limit_bytes:
        return head, len(text) > limit_bytes
    return encoded[:limit_bytes].decode(errors="ignore"), True


def _squeeze_marks(text: str) -> tuple[str, bool]:
    """Drops combining marks beyond 30 in a row."""
    run = 0
    kept: list[str] = []
    for character in text:
        run = run + 1 if character > "\u02ff" and unicodedata.combining(character) else 0
        if run <= MAX_MARKS:
            kept.append(character)
    return ("".join(kept), True) if len(kept) != len(text) else (text, False)
