"""What is fuzzed, and what must hold whatever the bytes are."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Final, cast

from atiende_cases.domain.audit import Checkpoint, Fact, first_break, linked
from atiende_cases.domain.folio import Folio, FolioError, mentioned_folios
from atiende_channels.channels.base import Unreadable
from atiende_channels.channels.email.parser import Rules, fingerprint, parse, provider_id
from atiende_channels.channels.whatsapp.adapter import WhatsAppAdapter
from atiende_channels.channels.whatsapp.splitting import NotAWebhook, load, split
from atiende_channels.domain.files import (
    danger_flags,
    is_text,
    office_type,
    quick_type,
    safe_name,
    settle_type,
)
from atiende_channels.domain.model import Channel, ParsedItem, RawIntake
from atiende_channels.domain.photos import PhotoBroken, without_metadata

ROOT: Final = Path(__file__).parents[2]
_CHANNELS: Final = ROOT / "services/channels/tests/channels"
_NOW: Final = datetime(2026, 5, 4, 12, tzinfo=UTC)
# What the parser's child process answers for: the mail is then kept and shown to a person.
_ANSWERED_BY_THE_CHILD: Final = (
    ValueError, TypeError, LookupError, AttributeError, ArithmeticError, AssertionError,
)  # fmt: skip

_MESSAGE: Final = {
    "from": "573001234567",
    "id": "wamid.ABC",
    "timestamp": "1777896000",
    "type": "text",
    "text": {"body": "Se fundió el poste"},
    "image": {"id": "9", "mime_type": "image/jpeg", "caption": "El poste"},
    "location": {"latitude": 1.2, "longitude": 3.4, "name": "Parque", "address": "Calle 1"},
    "interactive": {"type": "button_reply", "button_reply": {"id": "si", "title": "Sí"}},
    "contacts": [{"name": {"formatted_name": "Ana"}, "phones": [{"phone": "1"}]}],
    "context": {"id": "wamid.OLD", "forwarded": True},
    "reaction": {"message_id": "wamid.OLD", "emoji": "👍"},
    "errors": [{"code": 131051, "title": "Unsupported"}],
}
_STATUS: Final = {
    "id": "wamid.OUT",
    "status": "failed",
    "timestamp": "1777896000",
    "recipient_id": "573001234567",
    "errors": [{"code": 131047, "title": "Re-engagement message"}],
}
_VALUE: Final = {
    "messaging_product": "whatsapp",
    "metadata": {"display_phone_number": "1", "phone_number_id": "1"},
    "contacts": [{"wa_id": "573001234567", "profile": {"name": "Ana"}}],
    "messages": [_MESSAGE, {**_MESSAGE, "id": "wamid.DEF", "type": "image"}],
    "statuses": [_STATUS],
}
_WEBHOOK: Final = json.dumps(
    {
        "object": "whatsapp_business_account",
        "entry": [{"id": "1", "changes": [{"field": "messages", "value": _VALUE}]}],
    }
)


@dataclass(frozen=True, slots=True)
class Target:
    """One entrance for strange bytes.

    Attributes:
        run: Fails with `AssertionError` or any other error when a promise is broken.
        seeds: Folder of well-formed inputs to begin with, if there is one.
        most_bytes: Of an input.
    """

    run: Callable[[bytes], None]
    seeds: Path | None = None
    most_bytes: int = 4096


def mail(data: bytes) -> None:
    """Read, or unreadable; its key and its fingerprint are always there."""
    assert provider_id(data)
    assert fingerprint(data)
    items: list[ParsedItem] = []
    with contextlib.suppress(Unreadable, *_ANSWERED_BY_THE_CHILD):
        items = parse(data, Rules("atencion@sanaurelio.example"))
    _check_items(items)


def whatsapp(data: bytes) -> None:
    """A webhook is cut into pieces with keys of their own; each is read, or refused by name."""
    _webhook(data)
    if len(data) > 1:
        # Strange bytes alone are seldom JSON: one value of a good webhook is exchanged for them.
        webhook = json.loads(_WEBHOOK)
        places = list(_places(webhook))
        holder, key = places[data[0] % len(places)]
        holder[key] = _value(data[1:])
        _webhook(json.dumps(webhook).encode())


def _webhook(body: bytes) -> None:
    adapter = WhatsAppAdapter(cast("Any", SimpleNamespace()))

    def read(item: bytes) -> None:
        # Unreadable is an answer too: the bytes are kept and a person sees them.
        with contextlib.suppress(Unreadable):
            _check_items(adapter.parse(_raw(item)))

    read(body)
    with contextlib.suppress(NotAWebhook):
        load(body)
        pieces = split(body)
        assert pieces, "what was signed is kept"
        for piece in pieces:
            assert piece.key
            read(piece.data)


def _places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Everything that can be exchanged in a JSON value, with what holds it."""
    keys = range(len(value)) if isinstance(value, list) else value
    if isinstance(value, dict | list):
        for key in keys:
            yield value, key
            yield from _places(value[key])


def files(data: bytes) -> None:
    """A type is found, flags are given; a picture without its metadata is one, and stays it."""
    by_content = quick_type(data) or office_type(data)
    kind = settle_type("image/jpeg", by_content, data)
    danger_flags("foto.pdf.exe", "image/jpeg", kind, data)
    assert is_text(data) in {True, False}
    assert "/" not in safe_name(data.decode("latin-1"))
    for picture in ("image/jpeg", "image/png", "image/webp"):
        with contextlib.suppress(PhotoBroken):
            once = without_metadata(data, picture)
            assert without_metadata(once, picture) == once


def folio(data: bytes) -> None:
    """What is read as a folio is written as the same folio."""
    text = data.decode("utf-8", "replace")
    with contextlib.suppress(FolioError):
        found = Folio.parse(text)
        assert Folio.parse(str(found)) == found
    for one in mentioned_folios(text):
        assert Folio.parse(str(one)) == one


def audit(data: bytes) -> None:
    """A chain that was touched is found broken; the verifier has an answer to any entry."""
    facts = [
        Fact(f"e{n}", "evt.cases.case.opened.v1", "CaseOpened", f"d{n}", _NOW, "0" * 64)
        for n in range(4)
    ]
    entries = [one.stored() for one in linked("city", facts, after_seq=0, after_hash="0" * 64)]
    head = Checkpoint(4, entries[-1]["hash"])
    assert first_break("city", entries, [head]) is None
    touched = _touched([dict(one) for one in entries], data)
    if touched != entries:
        assert first_break("city", touched, [head]) is not None, touched


def _touched(entries: list[dict[str, Any]], data: bytes) -> list[dict[str, Any]]:
    """Change, exchange, remove or add, as the bytes say."""
    if len(data) < 3:  # noqa: PLR2004 - what, where, and with what
        return entries
    how, where = data[0] % 5, data[1] % len(entries)
    names = sorted(entries[where])
    if how == 0:
        entries[where][names[data[2] % len(names)]] = _value(data[3:])
    elif how == 1:
        del entries[where]
    elif how == 2:  # noqa: PLR2004
        other = data[2] % len(entries)
        entries[where], entries[other] = entries[other], entries[where]
    elif how == 3:  # noqa: PLR2004
        entries.insert(where, entries[data[2] % len(entries)])
    else:
        found = _value(data[2:])
        entries[where] = found if isinstance(found, dict) else {"seq": found}
    return entries


def _value(data: bytes) -> Any:
    try:
        return json.loads(data)
    except (ValueError, RecursionError):
        return data.decode("latin-1")


def _raw(data: bytes) -> RawIntake:
    return RawIntake("city", Channel.WHATSAPP, "1", "key", data, receive_time=_NOW)


def _check_items(items: Any) -> None:
    for item in items:
        assert isinstance(item, ParsedItem)
        for text in _texts(asdict(item)):
            # Neither a database nor protobuf takes what is no Unicode, and no screen a NUL.
            assert "\x00" not in text, item
            text.encode()


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for part in (*value.keys(), *value.values()):
            yield from _texts(part)
    elif isinstance(value, Iterable) and not isinstance(value, bytes):
        for part in value:
            yield from _texts(part)


TARGETS: Final = {
    "mail": Target(mail, _CHANNELS / "email/fixtures", 16_384),
    "whatsapp": Target(whatsapp, most_bytes=1_024),
    "files": Target(files),
    "folio": Target(folio, most_bytes=256),
    "audit": Target(audit, most_bytes=512),
}
