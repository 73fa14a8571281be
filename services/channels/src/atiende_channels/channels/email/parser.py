"""One raw e-mail to items; pure, and run in a child process (`child.py`)."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from email.message import Message
from email.parser import BytesParser
from email.policy import compat32
from typing import Any

from atiende_channels.channels.base import Unreadable
from atiende_channels.channels.email.authentication import is_verified
from atiende_channels.channels.email.automatic import automatic
from atiende_channels.channels.email.bounces import statuses
from atiende_channels.channels.email.folding import fold
from atiende_channels.channels.email.headers import (
    addresses,
    message_ids,
    raw_value,
    sender_of,
    sent_time,
    subject_of,
)
from atiende_channels.channels.email.mime import read_body
from atiende_channels.channels.email.scanner import has_header, header_block, scan
from atiende_channels.domain.model import Channel, Contact, ParsedItem, ParsedMessage, Quality
from atiende_channels.domain.text import clean_text

_MAX_KEYS = 30
_ID_FIELD = re.compile(rb"(?mi)^message-id:[ \t]{0,20}(?:\r?\n[ \t]{1,20})?<([!-;=?-~]{3,250})>")
_STABLE_FIELDS = frozenset((b"from", b"date", b"subject", b"message-id", b"content-type"))
_FIELD_START = re.compile(rb"(?m)^(?=[!-9;-~]{1,76}:)")


@dataclass(frozen=True, slots=True)
class Rules:
    """What the parser must know of the account.

    Attributes:
        envelope_from: MAIL FROM; empty is the null sender, None is not known.
        message_id_domain: Right side of the Message-IDs that we make.
        trusted_authserv_id: Name of our mail server in Authentication-Results; empty trusts none.
    """

    account_id: str
    envelope_from: str | None = None
    message_id_domain: str = ""
    trusted_authserv_id: str = ""


def fingerprint(body: bytes) -> str:
    """SHA-256 of what stays the same when one letter arrives twice over different ways.

    Trace fields (Received, Delivered-To, DKIM, ARC …) differ with each delivery; sender, date,
    subject, id and body do not.
    """
    block = header_block(body)
    digest = hashlib.sha256()
    for field in _FIELD_START.split(block):
        if field.split(b":", 1)[0].strip().lower() in _STABLE_FIELDS:
            digest.update(b" ".join(field.split()) + b"\n")
    # Relays change line ends and trailing space (RFC 6376 3.4.4 knows them).
    digest.update(body[len(block) :].replace(b"\r\n", b"\n").strip())
    return digest.hexdigest()


def provider_id(body: bytes) -> str:
    """The Message-ID without brackets; without one, a key derived from the content."""
    match = _ID_FIELD.search(header_block(body[: 64 * 1024]))
    if match:
        return match.group(1).decode("ascii")
    return f"sha256-{fingerprint(body)[:40]}@sin-message-id"


def parse(body: bytes, rules: Rules) -> list[ParsedItem]:
    """Reads one mail.

    Returns:
        One message; or a refusal, after the states of our own messages that it tells of.

    Raises:
        Unreadable: When limits are broken or nothing in it can be understood.
    """
    scanned = scan(body)
    try:
        message: Message[Any, Any] = BytesParser(policy=compat32).parsebytes(scanned.body)
        return _items(message, scanned.body, rules, shortened=scanned.shortened)
    except RecursionError:
        raise Unreadable("LIMIT_DEPTH", provider_message_id=provider_id(body)) from None


def _items(
    message: Message[Any, Any], body: bytes, rules: Rules, *, shortened: bool
) -> list[ParsedItem]:
    name, sender = _sender(message, rules)
    refusal = automatic(
        message, envelope_from=rules.envelope_from, sender=sender, account_id=rules.account_id
    )
    if refusal is not None:
        told = statuses(message, body, refusal.reason, rules.message_id_domain)
        return [*told, refusal]
    if not has_header(body):
        raise Unreadable("NO_HEADER", provider_message_id=provider_id(body))
    key = provider_id(body)
    content = read_body(message)
    whole, cut = clean_text(content.text)
    text, folded = fold(whole)
    references = [x for x in message_ids(raw_value(message, "References")) if x != key]
    replied = [x for x in message_ids(raw_value(message, "In-Reply-To")) if x != key]
    keys = list(dict.fromkeys([*replied[:1], *reversed(references), *replied[1:]]))[:_MAX_KEYS]
    verified = is_verified(message, sender, rules.trusted_authserv_id)
    subject = subject_of(message)
    partial = shortened or cut or content.is_partial
    return [
        ParsedMessage(
            provider_message_id=key,
            sender=Contact(Channel.EMAIL, sender, name, verified),
            thread_key=references[0] if references else (keys[-1] if keys else key),
            reply_to_keys=tuple(keys),
            provider_time=sent_time(message),
            subject=subject,
            text=text,
            folded_text=folded,
            attachments=tuple(content.attachments),
            quality=Quality.PARTIAL if partial else Quality.READABLE,
            language=raw_value(message, "Content-Language").split(",")[0].strip()[:20],
        )
    ]


def _sender(message: Message[Any, Any], rules: Rules) -> tuple[str, str]:
    """Whom to answer: From; Reply-To where the account's own web form writes as itself."""
    found = sender_of(message) or next(iter(addresses(rules.envelope_from or "")), ("", ""))
    name, sender = found
    if sender == rules.account_id.lower():
        # Forms on the city's site send from the city's own address and name the citizen here.
        answer = [a for a in addresses(raw_value(message, "Reply-To")) if a[1] != sender]
        if answer:
            return answer[0]
    return name, sender
