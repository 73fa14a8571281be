"""Header fields of e-mail: words, addresses, ids, dates. Never raises on hostile values."""

from __future__ import annotations

import binascii
import codecs
import re
from datetime import UTC, datetime
from email.message import Message
from email.utils import parseaddr, parsedate_to_datetime
from typing import Any

from atiende_channels.domain.text import clean_line

_ENCODED = re.compile(r"=\?([^?\s]{1,40})\?([bBqQ])\?([^?]{0,2000})\?=")
_BETWEEN = re.compile(r"(\?=)[ \t\r\n]+(=\?)")
_COMMENTS = re.compile(r"\([^()]{0,200}\)")
_ADDRESS = re.compile(r"[^\s<>()\[\],;:\"@]{1,64}@[^\s<>()\[\],;:\"@]{1,255}")
_ID = re.compile(r"<([^<>\s]{1,250})>")
_CHARSET = re.compile(r"""(?i)charset\*?\s{0,5}=\s{0,5}["']?([\w.:-]{1,40})""")
_MAX_ADDRESSES = 100
_MAX_CHARSET_DEPTH = 5

# What senders mean when they name a smaller set (WHATWG Encoding does the same).
_ALIASES = {
    "iso-8859-1": "cp1252",
    "latin1": "cp1252",
    "latin-1": "cp1252",
    "us-ascii": "cp1252",
    "ascii": "cp1252",
    "ansi_x3.4-1968": "cp1252",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "ks_c_5601-1987": "cp949",
    "euc-kr": "cp949",
    "iso-8859-8-i": "iso-8859-8",
    "x-sjis": "cp932",
    "shift_jis": "cp932",
    "windows-1252http-equivcontent-type": "cp1252",
    "utf8": "utf-8",
    "unicode-1-1-utf-7": "utf-7",
    "x-mac-roman": "mac-roman",
}

# Text codecs of Python that are no charsets of mail; some cannot even replace what is wrong.
_NO_CHARSETS = frozenset(
    {"idna", "punycode", "unicode-escape", "raw-unicode-escape", "undefined", "mbcs", "oem"}
)
_SEVEN_BIT = ("iso-2022-", "iso2022", "csiso2022", "hz")


def decode_bytes(data: bytes, charset: str | None) -> tuple[str, bool]:
    """Decodes text of a declared, wrong, unknown or missing charset.

    Returns:
        The text, and whether something had to be replaced.
    """
    wanted = (charset or "").strip().strip("\"'").lower()
    wanted = _ALIASES.get(wanted, wanted)
    if wanted.startswith(_SEVEN_BIT) and _is_text_codec(wanted):
        # These are plain ASCII to look at, so no other charset could ever fail on them.
        text = data.decode(wanted, errors="replace")
        return text, "\ufffd" in text
    for name in dict.fromkeys((wanted, "utf-8")):
        if not name or not _is_text_codec(name):
            continue
        if wanted == "cp1252" and name == "cp1252" and _looks_utf8(data):
            # Mail programs declare latin-1 and write UTF-8 more often than they write "Ã±".
            return data.decode("utf-8"), False
        try:
            return data.decode(name), False
        except (UnicodeDecodeError, ValueError):
            continue
    if wanted and _is_text_codec(wanted) and wanted != "cp1252":
        return data.decode(wanted, errors="replace"), True
    return data.decode("cp1252", errors="replace"), not _is_cp1252(data)


def _is_cp1252(data: bytes) -> bool:
    return not any(byte in data for byte in b"\x81\x8d\x8f\x90\x9d")


def _looks_utf8(data: bytes) -> bool:
    if data.isascii():
        return False
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _is_text_codec(name: str) -> bool:
    try:
        # `rot13`, `hex`, `zlib` and friends are codecs too; only text encodings may run here.
        found = codecs.lookup(name)
        if found.name.replace("_", "-") in _NO_CHARSETS:
            return False
        return bool(found._is_text_encoding)  # noqa: SLF001 - no public equivalent
    except (LookupError, ValueError):
        return False


def raw_value(message: Message[Any, Any], name: str) -> str:
    """A header as text with 8-bit bytes decoded, unfolded; empty when absent."""
    wanted = name.lower()
    # Not `get`: it hides 8-bit bytes behind replacement characters.
    text = next((str(v) for key, v in message.raw_items() if key.lower() == wanted), "")
    return _unfolded(text, message)


def _unfolded(text: str, message: Message[Any, Any]) -> str:
    if not text.isascii():
        data = text.encode("utf-8", errors="surrogateescape")
        # Who writes 8-bit headers writes them as the text, unless they are plainly UTF-8.
        charset = "utf-8" if _looks_utf8(data) else _charset_of(message)
        text, _ = decode_bytes(data, charset)
    return text.replace("\r", "").replace("\n", " ")


def _charset_of(message: Message[Any, Any]) -> str:
    """The charset that the first text of a mail declares; empty when none."""
    part: Any = message
    for _ in range(_MAX_CHARSET_DEPTH):
        if not part.is_multipart():
            break
        part = part.get_payload(0)
    declared = next((str(v) for k, v in part.raw_items() if k.lower() == "content-type"), "")
    found = _CHARSET.search(declared[:1000])
    return found.group(1) if found else ""


def decode_words(value: str) -> str:
    """Decodes RFC 2047 encoded words wherever they stand, also inside quotes."""
    joined = _BETWEEN.sub(r"\1\2", value[:20_000])
    pieces: list[tuple[str, str, bytes]] = []  # (charset or "", text, bytes)
    position = 0
    for match in _ENCODED.finditer(joined):
        if match.start() > position:
            pieces.append(("", joined[position : match.start()], b""))
        data = _decode_word(match.group(2), match.group(3))
        charset = match.group(1).split("*", 1)[0].lower()
        if data is None:
            pieces.append(("", match.group(0), b""))
        elif pieces and pieces[-1][0] == charset:
            # A multi-byte character may be split over two words; join bytes before decoding.
            pieces[-1] = (charset, "", pieces[-1][2] + data)
        else:
            pieces.append((charset, "", data))
        position = match.end()
    pieces.append(("", joined[position:], b""))
    return "".join(decode_bytes(data, name)[0] if name else text for name, text, data in pieces)


def _decode_word(kind: str, text: str) -> bytes | None:
    if kind in "bB":
        squeezed = re.sub(r"[^A-Za-z0-9+/]", "", text)
        try:
            return binascii.a2b_base64(squeezed + "=" * (-len(squeezed) % 4))
        except binascii.Error:
            return None
    return binascii.a2b_qp(text.encode("utf-8", errors="replace"), header=True)


def sender_of(message: Message[Any, Any]) -> tuple[str, str] | None:
    """(display name, address) of the first From field that holds an address, else of Sender."""
    values = [str(v) for k, v in message.raw_items() if k.lower() == "from"][:5]
    for value in [*values, raw_value(message, "Sender")]:
        found = addresses(_unfolded(value, message))
        if found:
            return found[0]
    return None


def subject_of(message: Message[Any, Any]) -> str:
    """The decoded subject, one line."""
    return clean_line(decode_words(raw_value(message, "Subject")))


def addresses(value: str) -> list[tuple[str, str]]:
    """(display name, address) pairs, at most 100, addresses canonical.

    The standard library recurses into comments and needs seconds for 20,000 addresses; so comments
    go first and each piece is looked at alone.
    """
    text = value[:20_000]
    for _ in range(3):
        text = _COMMENTS.sub(" ", text)
    text = text.replace("(", " ").replace(")", " ")
    found: list[tuple[str, str]] = []
    for piece in _split_list(text):
        name, address = parseaddr(piece)
        match = _ADDRESS.search(address) or _ADDRESS.search(piece)
        if match is None:
            continue
        shown = clean_line(decode_words(name).strip("\"' "), 200)
        found.append((shown, canonical(match.group(0))))
        if len(found) == _MAX_ADDRESSES:
            break
    return found


def _split_list(text: str) -> list[str]:
    pieces: list[str] = []
    start = 0
    quoted = False
    for index, character in enumerate(text):
        if character == '"' and (index == 0 or text[index - 1] != "\\"):
            quoted = not quoted
        elif character in ",;" and not quoted:
            pieces.append(text[start:index])
            start = index + 1
    pieces.append(text[start:])
    return [piece for piece in pieces if piece.strip()][: _MAX_ADDRESSES * 2]


def canonical(address: str) -> str:
    """One spelling of an address: lower case, NFC, domain in IDNA where it is international."""
    local, _, domain = clean_line(address, 320).rpartition("@")
    domain = domain.lower().rstrip(".")
    if not domain.isascii():
        try:
            domain = domain.encode("idna").decode()
        except UnicodeError:
            domain = domain.casefold()
    return f"{local.lower().strip(chr(39))}@{domain}" if local else ""


def message_ids(value: str) -> list[str]:
    """Ids without brackets, in order, without repeats; bare ids are taken too."""
    found = _ID.findall(value[:20_000])
    if not found:
        found = [w for w in value.split()[:50] if "@" in w and len(w) <= 250]  # noqa: PLR2004
    return list(dict.fromkeys(clean_line(item, 250) for item in found))


def sent_time(message: Message[Any, Any]) -> datetime | None:
    """When the sender says it was sent, UTC; None when unreadable or absurd."""
    value = raw_value(message, "Date")[:200]
    if not value.strip():
        return None
    try:
        moment = parsedate_to_datetime(value)
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=UTC)
        moment = moment.astimezone(UTC)
    except (ValueError, TypeError, OverflowError, IndexError):
        return None
    return moment if 1990 <= moment.year <= 2100 else None  # noqa: PLR2004 - before e-mail here
