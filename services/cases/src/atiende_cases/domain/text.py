"""What may be kept of a text that a stranger wrote."""

from __future__ import annotations

import unicodedata
from typing import Final

MAX_TEXT_BYTES: Final = 65_536
# Unicode Stream-Safe Text Format (UAX 15, section 13): without the limit, NFC of 160,000
# alternating combining marks takes 20 seconds.
_MAX_MARKS: Final = 30
_KEPT_CONTROLS: Final = frozenset("\n\t")


def truncate_bytes(text: str, limit: int = MAX_TEXT_BYTES) -> str:
    """Cuts a text to at most `limit` bytes of UTF-8 without splitting a character."""
    if len(text) * 4 <= limit:
        return text
    raw = text.encode("utf-8", "surrogatepass")
    if len(raw) <= limit:
        return text
    return raw[:limit].decode("utf-8", "ignore")


def safe_text(text: str, limit: int = MAX_TEXT_BYTES) -> str:
    """Makes a text fit to be stored, compared and shown.

    Cut first, then lone surrogates and control characters go, then runs of more than 30
    combining marks are cut, and only then it is normalised to NFC.
    """
    if text.isascii():
        cut = text[:limit]
        if cut.isprintable():
            return cut
        return "".join(
            c for c in cut.replace("\r\n", "\n") if c.isprintable() or c in _KEPT_CONTROLS
        )
    cut = truncate_bytes(text.replace("\r\n", "\n"), limit)
    kept: list[str] = []
    marks = 0
    for character in cut:
        category = unicodedata.category(character)
        if category[0] == "M":
            marks += 1
            if marks > _MAX_MARKS:
                continue
        else:
            marks = 0
        if category == "Cs" or (category == "Cc" and character not in _KEPT_CONTROLS):
            continue
        kept.append(character)
    return truncate_bytes(unicodedata.normalize("NFC", "".join(kept)), limit)


def fold(text: str, *, keep_enye: bool = False) -> str:
    """Lower-cases and takes the accents away.

    Args:
        text: already made safe.
        keep_enye: keeps "ñ" a letter of its own, so that "año" and "ano" differ.
    """
    lowered = text.casefold()
    if lowered.isascii():
        return lowered
    if keep_enye:
        lowered = lowered.replace("n\u0303", "ñ").replace("ñ", "\ue000")
    bare = "".join(
        c for c in unicodedata.normalize("NFD", lowered) if unicodedata.category(c) != "Mn"
    )
    return bare.replace("\ue000", "ñ") if keep_enye else bare
