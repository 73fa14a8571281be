"""What a report says about our own messages (RFC 3464, RFC 3798)."""

from __future__ import annotations

import re
from email.message import Message
from typing import Any

from atiende_channels.domain.delivery import DeliveryState
from atiende_channels.domain.errors import (
    ConnectionFailed,
    RecipientInvalid,
    RejectedByProvider,
    RejectedRetryable,
)
from atiende_channels.domain.model import ParsedStatus

_ACTION = re.compile(r"(?mi)^Action:[ \t]{0,10}(\w{1,20})")
_STATUS = re.compile(r"(?mi)^Status:[ \t]{0,10}([245])\.(\d{1,3})\.(\d{1,3})")
_LOOSE_STATUS = re.compile(r"(?<![\d.])([45])\.(\d{1,2})\.(\d{1,2})(?![\d.])")


def statuses(
    message: Message[Any, Any], body: bytes, reason: str, message_id_domain: str
) -> list[ParsedStatus]:
    """States of those of our messages that the report names.

    Args:
        message: The parsed report.
        body: Its raw bytes; plain-text bounces quote our Message-ID anywhere.
        reason: Reason of the refusal: `BOUNCE` or `READ_RECEIPT`; others say nothing.
        message_id_domain: Right side of the Message-IDs that we make.
    """
    if reason not in {"BOUNCE", "READ_RECEIPT"}:
        return []
    ours = re.compile(
        rb"<([0-9a-f-]{36}\.\d{1,3}@" + re.escape(message_id_domain).encode() + rb")>"
    )
    ids = list(dict.fromkeys(found.decode() for found in ours.findall(body)))[:10]
    if not ids:
        return []
    state, code = (DeliveryState.READ, "") if reason == "READ_RECEIPT" else _verdict(message, body)
    if state is None:
        return []
    return [ParsedStatus(provider_message_id=key, state=state, error_code=code) for key in ids]


def _verdict(message: Message[Any, Any], body: bytes) -> tuple[DeliveryState | None, str]:
    report = _report_text(message)
    action = _ACTION.search(report)
    verb = action.group(1).lower() if action else ""
    if verb == "delivered":
        return DeliveryState.DELIVERED, ""
    if verb in {"relayed", "expanded"}:
        return None, ""
    if verb == "delayed":
        return DeliveryState.TEMPORARY_FAILURE, ConnectionFailed.code
    found = _STATUS.search(report) or _LOOSE_STATUS.search(
        body[:20_000].decode("ascii", errors="replace")
    )
    numbers = (
        (int(found.group(1)), int(found.group(2)), int(found.group(3))) if found else (5, 0, 0)
    )
    return DeliveryState.PERMANENT_FAILURE, _code_of(*numbers)


def _code_of(kind: int, subject: int, detail: int) -> str:
    """Enhanced status codes of RFC 3463 as channel errors."""
    if kind == 4:  # noqa: PLR2004 - the class "persistent transient" after the MTA gave up
        return RejectedRetryable.code
    if subject == 1 or (subject, detail) in {(2, 1), (0, 0), (4, 4)}:
        return RecipientInvalid.code
    return RejectedByProvider.code


def _report_text(message: Message[Any, Any]) -> str:
    """The per-recipient fields of the delivery-status part, as lines."""
    lines: list[str] = []
    for part in message.walk():
        if part.get_content_type() != "message/delivery-status":
            continue
        blocks = part.get_payload() if part.is_multipart() else []
        lines += [f"{k}: {v}" for b in blocks if isinstance(b, Message) for k, v in b.items()]
        plain = part.get_payload(decode=True)
        if isinstance(plain, bytes):
            lines.append(plain.decode("ascii", errors="replace"))
    return "\n".join(lines)[:20_000]
