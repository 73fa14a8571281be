"""Our own mail: RFC 5322, RFC 3834, safe against header injection."""

from __future__ import annotations

import re
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from atiende_channels.channels.email.automatic import LOOP_HEADER
from atiende_channels.channels.email.headers import canonical
from atiende_channels.domain.errors import ContentUnsupported, RecipientInvalid
from atiende_channels.domain.model import Account, OutboundMessage, Purpose
from atiende_channels.domain.text import clean_filename, clean_line

_PLAUSIBLE = re.compile(r"[^\s<>()\[\],;:\"\\@\x00-\x1f]{1,64}@[a-z0-9.-]{1,250}")
_KEY = re.compile(r"[!-;=?-~]{3,250}")
_MAX_REFERENCES = 15


def message_id_of(message: OutboundMessage, domain: str) -> str:
    """Our Message-ID without brackets: the same for every try of the same part."""
    return f"{message.message_id}.{message.part}@{domain}"


def build(
    message: OutboundMessage, account: Account, *, message_id_domain: str, now: datetime
) -> EmailMessage:
    """Builds the mail.

    Raises:
        RecipientInvalid: The address cannot be one.
        ContentUnsupported: There is nothing to say.
    """
    recipient = canonical(message.recipient.address)
    if not _PLAUSIBLE.fullmatch(recipient) or "." not in recipient.rpartition("@")[2]:
        raise RecipientInvalid("not an e-mail address")
    if not message.text.strip():
        raise ContentUnsupported("empty text")
    mail = EmailMessage(policy=SMTP)
    sender = account.options.get("from_address", account.account_id)
    local, _, domain = sender.rpartition("@")
    mail["From"] = Address(clean_line(account.display_name, 100), local, domain)
    # No display name of a citizen: it is unverified and would be shown as if we vouched for it.
    mail["To"] = recipient
    mail["Subject"] = clean_line(message.subject, 250) or "Su solicitud"
    mail["Date"] = format_datetime(now)
    mail["Message-ID"] = f"<{message_id_of(message, message_id_domain)}>"
    replied = [key for key in message.reply_to_keys if _KEY.fullmatch(key) and "@" in key]
    if replied:
        mail["In-Reply-To"] = f"<{replied[0]}>"
        root = [message.thread_key] if _KEY.fullmatch(message.thread_key) else []
        chain = [key for key in root if "@" in key and key not in replied]
        chain += reversed(replied[:_MAX_REFERENCES])
        mail["References"] = " ".join(f"<{key}>" for key in chain)
    elif _KEY.fullmatch(message.thread_key) and "@" in message.thread_key:
        mail["In-Reply-To"] = mail["References"] = f"<{message.thread_key}>"
    if message.purpose is Purpose.NOTIFICATION:
        kind = "auto-replied" if mail["In-Reply-To"] else "auto-generated"
        mail["Auto-Submitted"] = kind
        mail["X-Auto-Response-Suppress"] = "All"
    mail[LOOP_HEADER] = account.account_id.lower()
    mail["Content-Language"] = "es"
    mail.set_content(message.text.replace("\r\n", "\n"), cte="quoted-printable")
    for file in message.files:
        kind, _, subtype = file.content_type.partition("/")
        mail.add_attachment(
            file.data,
            maintype=kind or "application",
            subtype=subtype or "octet-stream",
            filename=clean_filename(file.filename),
        )
    return mail
