"""One webhook body into pieces: one per message, per status and per other fact.

Meta batches: a redelivered message may come with other neighbours than the first time. Were the
body the unit of
de-duplication, such a message would count twice; so each piece has its own key and becomes its own
inbox row.
"""

import hashlib
import json
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

_MAX_PIECES = 5_000
_MAX_KEY_CHARACTERS = 512


class PieceKind(StrEnum):
    """What a piece is."""

    MESSAGE = "message"
    STATUS = "status"
    ECHO = "echo"
    OTHER = "other"
    MALFORMED = "malformed"


@dataclass(frozen=True)
class Piece:
    """A part of a webhook that stands for itself.

    Attributes:
        key: Key of the piece at the provider: the wamid of a message, a derived key of anything
            else.
        kind: What it is.
        phone_number_id: Account that Meta names; empty when it names none.
        data: JSON of the piece alone, in one canonical spelling, so that equal pieces of two
            webhooks are equal bytes.
    """

    key: str
    kind: PieceKind
    phone_number_id: str
    data: bytes


class NotAWebhook(ValueError):  # noqa: N818 - it names what is wrong
    """The body is not a WhatsApp webhook."""


def load(body: bytes) -> dict[str, Any]:
    """Parses JSON whose signature was checked.

    Raises:
        NotAWebhook: No JSON object, or nested too deep, or with numbers too long to read.
    """
    try:
        # RFC 8259 section 8.1: UTF-8 without a byte order mark; json.loads() alone would also guess
        # UTF-16.
        document = json.loads(body.decode("utf-8"))
    except (ValueError, RecursionError) as error:
        raise NotAWebhook from error
    if not isinstance(document, dict):
        raise NotAWebhook
    return document


def split(body: bytes) -> list[Piece]:
    """Cuts a webhook into its pieces; a body that is no webhook is one MALFORMED piece."""
    try:
        document = load(body)
        pieces = _pieces(document)
    except (NotAWebhook, RecursionError):
        pieces = []
    if not pieces or len(pieces) > _MAX_PIECES:
        return [Piece(f"body:{_digest(body)}", PieceKind.MALFORMED, "", body)]
    return list({(piece.key, piece.data): piece for piece in pieces}.values())


def _pieces(document: dict[str, Any]) -> list[Piece]:
    if document.get("object") != "whatsapp_business_account":
        raise NotAWebhook
    found: list[Piece] = []
    for entry in _dicts(document.get("entry")):
        for change in _dicts(entry.get("changes")):
            value = change.get("value")
            field = change.get("field")
            if isinstance(value, dict) and isinstance(field, str):
                found.extend(_change_pieces(str(entry.get("id", "")), field, value))
            else:
                found.append(_other(str(entry.get("id", "")), str(field), {"value": value}))
    return found


def _change_pieces(entry_id: str, field: str, value: dict[str, Any]) -> list[Piece]:
    metadata = value.get("metadata")
    account = str(metadata.get("phone_number_id", "")) if isinstance(metadata, dict) else ""
    contacts = _dicts(value.get("contacts"))
    found: list[Piece] = []
    for message in _dicts(value.get("messages")):
        part = {"field": field, "message": message, "contact": _contact_of(message, contacts)}
        found.append(_piece(PieceKind.MESSAGE, _text(message.get("id")), account, part))
    for status in _dicts(value.get("statuses")):
        names = ("id", "status", "recipient_id", "timestamp")
        key = "status:" + "|".join(_text(status.get(name)) for name in names)
        part = {"field": field, "status": status}
        found.append(_piece(PieceKind.STATUS, key, account, part))
    for echo in _dicts(value.get("message_echoes")):
        key = f"echo:{_text(echo.get('id'))}"
        found.append(_piece(PieceKind.ECHO, key, account, {"field": field, "echo": echo}))
    if not found:
        found.append(_other(entry_id, field, value, account))
    return found


def _other(entry_id: str, field: str, value: dict[str, Any], account: str = "") -> Piece:
    part = {"field": field, "entry": entry_id, "value": value}
    return _piece(PieceKind.OTHER, "", account, part)


def _piece(kind: PieceKind, key: str, account: str, part: dict[str, Any]) -> Piece:
    if account:
        part["account"] = account
    data = json.dumps(part, sort_keys=True, separators=(",", ":")).encode("ascii")
    if not key or not key.isprintable() or len(key) > _MAX_KEY_CHARACTERS:
        key = f"{kind}:{_digest(data)}"
    return Piece(key, kind, account, data)


def _contact_of(message: dict[str, Any], contacts: list[dict[str, Any]]) -> dict[str, Any] | None:
    sender = [message.get("from"), message.get("from_user_id")]
    for contact in contacts:
        names = (contact.get("wa_id"), contact.get("user_id"))
        if any(name is not None and name in sender for name in names):
            return contact
    return contacts[0] if len(contacts) == 1 else None


def _dicts(value: object) -> list[dict[str, Any]]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
