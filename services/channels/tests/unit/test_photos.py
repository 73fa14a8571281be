"""Photos keep their picture and lose what tells where and by whom they were taken."""

from __future__ import annotations

import struct
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from atiende_channels.domain.photos import PhotoBroken, without_metadata

pytestmark = pytest.mark.unit

GPS = b"4.60971N 74.08175W"
TABLES = b"\xff\xdb\x00\x04\x00\x01"
FRAME = b"\xff\xc0\x00\x05\x08\x00\x01"
SCAN = b"\xff\xda\x00\x04\x01\x00" + b"pixels\xff\x00\xff\xd3more"


def segment(marker: int, body: bytes) -> bytes:
    return bytes((0xFF, marker)) + struct.pack(">H", len(body) + 2) + body


def exif(orientation: int | None, order: str = ">") -> bytes:
    entries = [struct.pack(order + "HHI", 0x8825, 2, len(GPS)) + b"\0\0\0\x40"]
    if orientation is not None:
        entries.append(struct.pack(order + "HHIHH", 0x0112, 3, 1, orientation, 0))
    head = {"<": b"II*\0", ">": b"MM\0*"}[order] + struct.pack(order + "I", 8)
    tiff = head + struct.pack(order + "H", len(entries)) + b"".join(entries) + b"\0" * 4 + GPS
    return segment(0xE1, b"Exif\0\0" + tiff)


def jpeg(*before: bytes, after: bytes = b"\xff\xd9") -> bytes:
    return b"\xff\xd8" + b"".join(before) + TABLES + FRAME + SCAN + after


JFIF = segment(0xE0, b"JFIF\0\x01\x01")
COLOURS = segment(0xE2, b"ICC_PROFILE\0\x01\x01colours")
ADOBE = segment(0xEE, b"Adobe\0\x64")
PRIVATE = (
    exif(None),
    segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + GPS),
    segment(0xE2, b"MPF\0" + GPS),
    segment(0xED, b"Photoshop 3.0\0" + GPS),
    segment(0xFE, GPS),
)


@pytest.mark.parametrize("private", PRIVATE)
def test_metadata_of_a_jpeg_goes_and_the_picture_stays_byte_for_byte(private: bytes) -> None:
    found = without_metadata(jpeg(JFIF, private, COLOURS, ADOBE), "image/jpeg")
    assert found == jpeg(JFIF, COLOURS, ADOBE)
    assert GPS not in found


@pytest.mark.parametrize("order", ["<", ">"])
def test_how_a_photo_is_turned_is_all_that_stays_of_exif(order: str) -> None:
    found = without_metadata(jpeg(exif(6, order)), "image/jpeg")
    assert GPS not in found
    assert found.startswith(b"\xff\xd8\xff\xe1")
    assert b"\x01\x12\x00\x03\x00\x00\x00\x01\x00\x06" in found
    assert without_metadata(found, "image/jpeg") == found
    assert without_metadata(jpeg(exif(99, order)), "image/jpeg") == jpeg()


def test_what_follows_the_picture_goes() -> None:
    second = jpeg(exif(None))
    assert without_metadata(jpeg(after=b"\xff\xd9" + second), "image/jpeg") == jpeg()


def test_scans_of_a_progressive_jpeg_all_stay() -> None:
    whole = jpeg(after=TABLES + SCAN + b"\xff\xff\xd9")
    assert without_metadata(whole, "image/jpeg") == jpeg(after=TABLES + SCAN + b"\xff\xd9")


def test_jpeg_that_was_cut_short_in_its_picture_is_ended() -> None:
    assert without_metadata(jpeg(exif(None), after=b""), "image/jpeg") == jpeg()


def test_jpeg_that_was_cut_short_in_fill_bytes_stays_what_it_became() -> None:
    cut = b"\xff\xd8\xff\xda\x00\x02\x01\x02\xff\xff"
    once = without_metadata(cut, "image/jpeg")
    assert once == b"\xff\xd8\xff\xda\x00\x02\x01\x02\xff\xd9"
    assert without_metadata(once, "image/jpeg") == once


@pytest.mark.parametrize("data", [b"\xff\xd8\xff", b"\xff\xd8\xff\xe1\xff\xffshort", b"\xff\xd8xx"])
def test_jpeg_without_a_picture_is_broken(data: bytes) -> None:
    with pytest.raises(PhotoBroken):
        without_metadata(data, "image/jpeg")


def chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def test_metadata_of_a_png_goes() -> None:
    head, end = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", b"x" * 13), chunk(b"IEND", b"")
    picture = chunk(b"IDAT", b"pixels")
    private = chunk(b"eXIf", GPS) + chunk(b"tEXt", GPS) + chunk(b"iTXt", GPS) + chunk(b"zTXt", GPS)
    assert without_metadata(head + private + picture + end + GPS, "image/png") == (
        head + picture + end
    )
    with pytest.raises(PhotoBroken):
        without_metadata(head + picture, "image/png")


def part(kind: bytes, body: bytes) -> bytes:
    return kind + struct.pack("<I", len(body)) + body + b"\0" * (len(body) % 2)


def webp(*parts: bytes) -> bytes:
    body = b"WEBP" + b"".join(parts)
    return b"RIFF" + struct.pack("<I", len(body)) + body


def test_metadata_of_a_webp_goes_and_its_flags_say_so() -> None:
    picture = part(b"VP8 ", b"pixel")
    whole = webp(
        part(b"VP8X", b"\x2c" + b"\0" * 9), picture, part(b"EXIF", GPS), part(b"XMP ", GPS)
    )
    assert without_metadata(whole + GPS, "image/webp") == webp(
        part(b"VP8X", b"\x20" + b"\0" * 9), picture
    )
    with pytest.raises(PhotoBroken):
        without_metadata(webp(), "image/webp")


def test_other_files_stay_as_they_are() -> None:
    assert without_metadata(b"%PDF-1.7 " + GPS, "application/pdf") == b"%PDF-1.7 " + GPS


@given(
    st.sampled_from(["image/jpeg", "image/png", "image/webp"]),
    st.sampled_from([b"", jpeg(JFIF, *PRIVATE), webp(part(b"VP8X", b"\0"))]),
    st.binary(max_size=80),
    st.integers(0, 60),
)
def test_any_bytes_give_a_picture_or_a_refusal(
    kind: str, base: bytes, noise: bytes, place: int
) -> None:
    try:
        found = without_metadata(base[:place] + noise + base[place:], kind)
    except PhotoBroken:
        return
    assert without_metadata(found, kind) == found


def test_ten_megabytes_take_a_moment() -> None:
    noise = (b"\xff\x00" + bytes(range(254))) * 40_000
    assert without_metadata(jpeg(after=noise + b"\xff\xd9"), "image/jpeg").endswith(b"\xff\xd9")
