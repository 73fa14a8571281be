"""Photos without what the camera wrote beside the picture: place, device, owner, thumbnails.

A photo of a hole in the street tells by its metadata where its owner lives (GPS of EXIF, XMP). Of a
file only what is needed to show the picture is kept, byte for byte: nothing is encoded again. What
follows the picture (a second picture, a film) goes too, because it has metadata of its own.

Sources: ITU-T T.81 annex B (JPEG), CIPA DC-008 (EXIF), W3C PNG 3rd edition, RFC 9649 (WebP).
"""

from __future__ import annotations

import re
import struct
from typing import Final


class PhotoBroken(ValueError):  # noqa: N818 - it says what is the matter with the photo
    """The bytes are no whole picture of their kind."""


def without_metadata(data: bytes, content_type: str) -> bytes:
    """Returns the picture alone; files of other kinds as they are.

    Raises:
        PhotoBroken: It cannot be read as what it begins like.
    """
    strip = {"image/jpeg": _jpeg, "image/png": _png, "image/webp": _webp}.get(content_type)
    if strip is None:
        return data
    try:
        return strip(data)
    except (IndexError, struct.error) as error:
        raise PhotoBroken("it ends too early") from error


# -- JPEG ----------------------------------------------------------------------------------

_SOI, _EOI = b"\xff\xd8", b"\xff\xd9"
_START_OF_SCAN: Final = 0xDA
_END: Final = 0xD9
_WITHOUT_LENGTH: Final = frozenset({0x01, *range(0xD0, 0xD8)})
_APPLICATION: Final = range(0xE0, 0xF0)
_COMMENT: Final = 0xFE
_EXIF: Final = 0xE1
# Colours are wrong without these: JFIF density, ICC profile, Adobe's transform.
_KEPT: Final = {0xE0: b"JFIF\0", 0xE2: b"ICC_PROFILE\0", 0xEE: b"Adobe"}
# In the data of a scan a marker is 0xFF before anything but 0, a restart marker or a fill byte.
_NEXT_MARKER: Final = re.compile(rb"\xff+[^\x00\xd0-\xd7\xff]")


def _jpeg(data: bytes) -> bytes:
    kept: list[bytes] = []
    orientation = 1
    at = len(_SOI)
    while True:
        if data[at] != 0xFF:  # noqa: PLR2004 - the byte that every marker begins with
            raise PhotoBroken("no marker where one must be")
        while data[at] == 0xFF:  # noqa: PLR2004 - fill bytes
            at += 1
        marker = data[at]
        at += 1
        if marker == _END:
            break
        if marker in _WITHOUT_LENGTH:
            kept.append(bytes((0xFF, marker)))
            continue
        (length,) = struct.unpack_from(">H", data, at)
        segment = data[at : at + length]
        if length < 2 or len(segment) < length:  # noqa: PLR2004 - it counts its own two bytes
            raise PhotoBroken("a segment is longer than the file")
        at += length
        if marker == _EXIF and segment[2:8] == b"Exif\0\0":
            orientation = orientation if orientation != 1 else _orientation(segment[8:])
        if _is_picture(marker, segment):
            kept.append(bytes((0xFF, marker)) + segment)
        if marker == _START_OF_SCAN:
            found = _NEXT_MARKER.search(data, at)
            end = found.start() if found else len(data)
            # A last fill byte would become part of the mark that is written after it.
            kept.append(data[at:end] if found else data[at:end].rstrip(b"\xff"))
            at = end
            if not found:
                # Cut short while it was sent: programs show what there is.
                break
    turned = [_turn(orientation)] if orientation != 1 else []
    return b"".join((_SOI, *turned, *kept, _EOI))


def _is_picture(marker: int, segment: bytes) -> bool:
    if marker in _KEPT:
        return segment[2:].startswith(_KEPT[marker])
    return marker not in _APPLICATION and marker != _COMMENT


def _orientation(tiff: bytes) -> int:
    """How the picture is turned (EXIF tag 0x0112), 1 when that is not said."""
    order = {b"II": "<", b"MM": ">"}.get(tiff[:2])
    if order is None:
        return 1
    try:
        (start,) = struct.unpack_from(f"{order}I", tiff, 4)
        (count,) = struct.unpack_from(f"{order}H", tiff, start)
        for number in range(min(count, 200)):
            tag, kind, _, value = struct.unpack_from(f"{order}HHIH", tiff, start + 2 + 12 * number)
            if (tag, kind) == (0x0112, 3):
                return value if 1 <= value <= 8 else 1  # noqa: PLR2004 - the eight ways to hold it
    except struct.error:
        pass
    return 1


def _turn(orientation: int) -> bytes:
    """An EXIF segment that says nothing but how the picture is turned."""
    entry = struct.pack(">HHIHH", 0x0112, 3, 1, orientation, 0)
    tiff = b"MM\0*" + struct.pack(">IH", 8, 1) + entry + b"\0\0\0\0"
    body = b"Exif\0\0" + tiff
    return b"\xff\xe1" + struct.pack(">H", len(body) + 2) + body


# -- PNG and WebP ---------------------------------------------------------------------------

_PNG_HEAD: Final = 8
_PNG_DROPPED: Final = frozenset({b"eXIf", b"tEXt", b"zTXt", b"iTXt", b"tIME"})
_WEBP_DROPPED: Final = frozenset({b"EXIF", b"XMP "})
_WEBP_FLAGS: Final = 0x08 | 0x04


def _png(data: bytes) -> bytes:
    kept = [data[:_PNG_HEAD]]
    at = _PNG_HEAD
    while True:
        (length,) = struct.unpack_from(">I", data, at)
        kind = data[at + 4 : at + 8]
        end = at + 12 + length
        if end > len(data):
            raise PhotoBroken("a chunk is longer than the file")
        if kind not in _PNG_DROPPED:
            kept.append(data[at:end])
        if kind == b"IEND":
            return b"".join(kept)
        at = end


def _webp(data: bytes) -> bytes:
    (size,) = struct.unpack_from("<I", data, 4)
    whole = min(8 + size, len(data))
    kept: list[bytes] = []
    at = 12
    while at + 8 <= whole:
        kind = data[at : at + 4]
        (length,) = struct.unpack_from("<I", data, at + 4)
        end = at + 8 + length + length % 2
        if at + 8 + length > len(data):
            raise PhotoBroken("a chunk is longer than the file")
        chunk = data[at:end]
        if kind == b"VP8X":
            chunk = chunk[:8] + bytes((chunk[8] & ~_WEBP_FLAGS,)) + chunk[9:]
        if kind not in _WEBP_DROPPED:
            kept.append(chunk)
        at = end
    if not kept:
        raise PhotoBroken("there is nothing inside")
    body = b"WEBP" + b"".join(kept)
    return b"RIFF" + struct.pack("<I", len(body)) + body
