"""The body of an e-mail: which parts are its text and which are files."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from email.message import Message
from email.policy import compat32
from typing import Any

from atiende_channels.channels.email.headers import decode_bytes, decode_words, raw_value
from atiende_channels.channels.email.html import html_to_text
from atiende_channels.domain.files import media_type
from atiende_channels.domain.model import Attachment
from atiende_channels.domain.text import clean_filename

MAX_DEPTH = 10
MAX_TEXT_PART_BYTES = 2 * 1024 * 1024
_STUB = re.compile(
    r"(?i)(view|read|see|ver|lee|consulte).{0,60}(html|browser|navegador)|does not support html"
)
_EXTENSIONS = {
    "message/rfc822": "mensaje.eml",
    "text/calendar": "invitacion.ics",
    "text/vcard": "contacto.vcf",
    "text/x-vcard": "contacto.vcf",
    "text/html": "mensaje.html",
    "application/pdf": "documento.pdf",
    "image/jpeg": "imagen.jpg",
    "image/png": "imagen.png",
    "image/gif": "imagen.gif",
    "application/pkcs7-mime": "smime.p7m",
    "application/x-pkcs7-mime": "smime.p7m",
    "application/pkcs7-signature": "smime.p7s",
    "application/pgp-signature": "firma.asc",
}


@dataclass(slots=True)
class Body:
    """What was found.

    Attributes:
        texts: Text parts in order.
        is_partial: True when something was dropped, cut or replaced on the way.
    """

    texts: list[str] = field(default_factory=list)
    attachments: list[Attachment] = field(default_factory=list)
    is_partial: bool = False

    @property
    def text(self) -> str:
        """All text parts, one after the other."""
        return "\n\n".join(part for part in self.texts if part.strip())


def read_body(message: Message[Any, Any]) -> Body:
    """Walks the parts of a message."""
    body = Body()
    _walk(message, body, 0)
    return body


def _walk(part: Message[Any, Any], body: Body, depth: int) -> None:
    if depth > MAX_DEPTH:
        body.is_partial = True
        body.attachments.append(Attachment("parte.eml", "message/rfc822", _as_bytes(part)))
        return
    kind = part.get_content_type()
    children = part.get_payload() if part.is_multipart() else None
    if kind == "message/rfc822" or (kind.startswith("message/") and depth and children):
        _attach_message(part, body)
    elif isinstance(children, list):
        subtype = part.get_content_subtype()
        if subtype == "alternative":
            _alternative(children, body, depth)
        else:
            for child in children:
                if isinstance(child, Message):
                    _walk(child, body, depth + 1)
    elif kind.startswith("multipart/"):
        # Declared multipart without any part: the payload is all there is.
        body.is_partial = True
        body.texts.append(_text_of(part, body))
    else:
        _leaf(part, body, kind)


def _alternative(children: list[Any], body: Body, depth: int) -> None:
    """Takes the plain version unless it is empty or only points to the other one."""
    plain, rich = Body(), Body()
    for child in children:
        if child.get_content_type() == "text/plain":
            _walk(child, plain, depth + 1)
        else:
            _walk(child, rich, depth + 1)
    stub = len(plain.text) < 200 and _STUB.search(plain.text)  # noqa: PLR2004 - a sentence or two
    use_rich = (not plain.text.strip() or stub) and rich.text.strip()
    body.texts.extend(rich.texts if use_rich else plain.texts)
    body.attachments.extend(plain.attachments + rich.attachments)
    body.is_partial = body.is_partial or plain.is_partial or rich.is_partial


def _leaf(part: Message[Any, Any], body: Body, kind: str) -> None:
    disposition = raw_value(part, "Content-Disposition").strip().lower()
    name = filename_of(part)
    is_file = disposition.startswith("attachment") or (
        bool(name) and (not kind.startswith("text/") or not disposition.startswith("inline"))
    )
    if kind == "text/plain" and not is_file:
        body.texts.append(_text_of(part, body))
    elif kind in {"text/html", "application/xhtml+xml"} and not is_file:
        body.texts.append(html_to_text(_text_of(part, body)))
    elif kind in {"text/enriched", "text/richtext"} and not is_file:
        body.texts.append(re.sub(r"<[^<>]{0,200}>", "", _text_of(part, body)))
    else:
        data = _bytes_of(part, body)
        if data:
            shown = name or _EXTENSIONS.get(kind, "archivo")
            body.attachments.append(Attachment(clean_filename(shown), media_type(kind), data))


def _attach_message(part: Message[Any, Any], body: Body) -> None:
    payload = part.get_payload()
    inner = payload[0] if isinstance(payload, list) and payload else part
    name = filename_of(part) or "mensaje.eml"
    if not name.lower().endswith((".eml", ".txt", ".msg")):
        name += ".eml"
    data = _as_bytes(inner) if isinstance(inner, Message) else b""
    body.attachments.append(Attachment(clean_filename(name), "message/rfc822", data))


def filename_of(part: Message[Any, Any]) -> str:
    """The file name in any of the ways that mail programs write it; empty when none."""
    # A part of the names alone: the library hides the 8-bit bytes of a header that it reads itself.
    named: Message[Any, Any] = Message()
    for header in ("Content-Disposition", "Content-Type"):
        named[header] = raw_value(part, header)
    try:
        name = named.get_filename() or ""
    except (ValueError, LookupError, TypeError, UnicodeError):
        # RFC 2231 values of hostile or broken senders.
        name = ""
    if not name.isascii():
        name, _ = decode_bytes(name.encode("utf-8", errors="surrogateescape"), None)
    return decode_words(name)


def _bytes_of(part: Message[Any, Any], body: Body) -> bytes:
    try:
        data = part.get_payload(decode=True)
    except (ValueError, LookupError, TypeError, UnicodeError):
        data = None
    if isinstance(data, bytes):
        return data
    raw = part.get_payload()
    body.is_partial = True
    return raw.encode("utf-8", errors="surrogateescape") if isinstance(raw, str) else b""


def _as_bytes(part: Message[Any, Any]) -> bytes:
    try:
        return part.as_bytes(policy=compat32)
    except (ValueError, LookupError, TypeError, UnicodeError, RecursionError):
        return str(part.get_payload()).encode("utf-8", errors="replace")


def _parameter(part: Message[Any, Any], name: str) -> str:
    try:
        value = part.get_param(name, "")
    except (ValueError, LookupError, TypeError, UnicodeError):
        return ""
    return (value[2] if isinstance(value, tuple) else str(value or "")).strip().lower()


def _text_of(part: Message[Any, Any], body: Body) -> str:
    data = _bytes_of(part, body)
    if len(data) > MAX_TEXT_PART_BYTES:
        data = data[:MAX_TEXT_PART_BYTES]
        body.is_partial = True
    charset = _parameter(part, "charset")
    if not charset and part.get_content_type() == "text/html":
        found = re.search(rb"""(?i)<meta[^>]{0,200}charset=["']?([\w-]{1,40})""", data[:4096])
        charset = found.group(1).decode() if found else ""
    text, replaced = decode_bytes(data, charset)
    body.is_partial = body.is_partial or replaced
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if _parameter(part, "format") == "flowed" and part.get_content_type() == "text/plain":
        text = unflow(text, delete_space=_parameter(part, "delsp") == "yes")
    return text


def unflow(text: str, *, delete_space: bool = False) -> str:
    """Joins the soft line breaks of `format=flowed` (RFC 3676)."""
    result: list[str] = []
    open_depth = -1  # depth of the paragraph that still flows, -1 when none
    for line in text.split("\n"):
        stripped = line.lstrip(">")
        depth = len(line) - len(stripped)
        content = stripped.removeprefix(" ")
        is_signature = content == "-- "
        flows = content.endswith(" ") and not is_signature
        piece = content[:-1] if flows and delete_space else content
        if open_depth == depth and not is_signature:
            result[-1] += piece
        else:
            result.append((">" * depth + " " if depth else "") + piece)
        open_depth = depth if flows else -1
    return "\n".join(result)
