"""Which mail was written by a machine and opens nothing (RFC 3834, RFC 3464, RFC 2369).

`Precedence` or `X-Auto-Response-Suppress` alone never drop a person's mail: Exchange sets the
latter on ordinary letters, and some programs mark everything as bulk. What is refused stays in the
intake list with its reason, raw bytes included.
"""

from __future__ import annotations

import re
from email.message import Message
from typing import Any

from atiende_channels.channels.email.headers import raw_value
from atiende_channels.domain.model import Refusal

LOOP_HEADER = "X-Loop"

_DAEMON = re.compile(
    r"(?i)^(?:mailer[-_.]?daemon|mail[-_.]?daemon|(?:double-)?bounces?|bounce[+-].*|postmaster|"
    r"mail(?:er)?[-_.]?(?:delivery|system|subsystem).*|returned?[-_.]?mail|mdaemon|"
    r"microsoftexchange[0-9a-f]*)@"
)
_BOUNCE_SUBJECT = re.compile(
    r"(?i)(?:undeliver(?:able|ed)|returned (?:mail|to sender)|delivery (?:status|fail|error|"
    r"has failed|delayed|report|problem|to .{1,100} (?:failed|delayed))|"
    r"mail (?:delivery|system error|failure)|failure notice|non[- ]?(?:remis|deliver)|"
    r"could not (?:be delivered|send)|message (?:delayed|not delivered|undeliverable)|"
    r"no (?:se pudo|se ha podido|ha podido ser) entrega|no entregado|no se puede entregar|"
    r"devuelto|error de entrega|aviso de no entrega|fallo en la entrega|unzustellbar|"
    r"nicht zugestellt|warning: could not send|delivery notification|"
    r"delivered? fail|user unknown|mensagem não entregue|エラー|配信|failed mail)"
)
_AUTO_SUBJECT = re.compile(
    r"(?i)^\s*(?:automatic reply|auto(?:matic)?[- ]?(?:reply|response)|"
    r"abwesenheits(?:notiz|nachricht)|automatische antwort|autosvar|r[ée]ponse automatique|"
    r"risposta automatica|resposta autom[áa]tica|autoreply|auto|ausente)\s*:"
    r"|^\s*(?:fuera de (?:la )?oficina|out of (?:the )?office|ausente de la oficina|"
    r"mensaje autom[áa]tico de ausencia)\b"
    r"|^\s*(?:(?:respuesta|contestaci[óo]n|mensaje|aviso) autom[áa]tic[oa]|"
    r"(?:aviso|mensaje|notificaci[óo]n) de (?:ausencia|vacaciones))\s*(?::|[-–—]\s|$)"
    r"|^\s*(?:estoy|me encuentro|ausente) (?:de|en|por) vacaciones\W*$"
)
# Hotmail's complaints (JMRP) are ordinary multipart/mixed letters.
_COMPLAINT = re.compile(r"(?i)^complaint about message from [0-9a-f.:]{3,45}$")
_AUTO_PRECEDENCE = frozenset({"auto_reply", "auto-reply", "autoreply"})
_LIST_PRECEDENCE = frozenset({"list", "bulk", "junk"})
_AUTO_HEADERS = ("X-Autoreply", "X-Autorespond", "X-Auto-Reply-From", "X-Mail-Autoreply")


def automatic(
    message: Message[Any, Any], *, envelope_from: str | None, sender: str, account_id: str
) -> Refusal | None:
    """Names the reason why this mail is not a person's letter, or None when it is one.

    Args:
        message: The parsed mail.
        envelope_from: MAIL FROM; empty is the null sender, None is not known.
        sender: Address of From.
        account_id: Our address that received it.
    """
    subject = raw_value(message, "Subject")
    return (
        _loop(message, sender, account_id)
        or _report(message)
        or _complaint(sender, subject)
        or _bounce(message, sender, subject)
        or _auto_reply(message, envelope_from, sender, subject)
        or _mailing_list(message, account_id)
    )


def _loop(message: Message[Any, Any], sender: str, account_id: str) -> Refusal | None:
    loops = {str(v).strip().lower() for v in message.get_all(LOOP_HEADER, [])}
    if account_id.lower() in loops:
        return Refusal("LOOP", "Lleva nuestra propia marca X-Loop")
    if sender == account_id.lower():
        return Refusal("OWN_ADDRESS", "El remitente es la propia cuenta")
    return None


def _report(message: Message[Any, Any]) -> Refusal | None:
    """RFC 6522 reports: delivery status, disposition notification, abuse feedback."""
    kind = message.get_content_type()
    part_types = {part.get_content_type() for part in _top_parts(message)}
    if kind == "multipart/report" or part_types & {
        "message/delivery-status",
        "message/disposition-notification",
        "message/feedback-report",
    }:
        if "message/disposition-notification" in part_types:
            return Refusal("READ_RECEIPT", "Acuse de lectura")
        if "message/feedback-report" in part_types:
            return Refusal("ABUSE_REPORT", "Informe de abuso de un proveedor")
        return Refusal("BOUNCE", "Informe de entrega")
    return None


def _complaint(sender: str, subject: str) -> Refusal | None:
    if sender == "staff@hotmail.com" and _COMPLAINT.match(subject.strip()):
        return Refusal("ABUSE_REPORT", "Informe de abuso de un proveedor")
    return None


def _top_parts(message: Message[Any, Any]) -> list[Message[Any, Any]]:
    # Asked of a leaf, the library decodes its text, and fails at some charsets.
    payload = message.get_payload() if message.is_multipart() else None
    return [p for p in payload if isinstance(p, Message)] if isinstance(payload, list) else []


def _bounce(message: Message[Any, Any], sender: str, subject: str) -> Refusal | None:
    if message.get("X-Failed-Recipients"):
        return Refusal("BOUNCE", "X-Failed-Recipients")
    if _DAEMON.match(sender):
        personal = sender.startswith("postmaster@") and not _BOUNCE_SUBJECT.search(subject)
        if not personal:
            return Refusal("BOUNCE", "Remitente de sistema de correo")
    return None


def _auto_reply(
    message: Message[Any, Any], envelope_from: str | None, sender: str, subject: str
) -> Refusal | None:
    submitted = raw_value(message, "Auto-Submitted").split(";")[0].split("(")[0].strip().lower()
    if submitted and submitted != "no":
        reason = "AUTO_REPLY" if "repl" in submitted else "AUTO_GENERATED"
        return Refusal(reason, "Auto-Submitted")
    precedence = raw_value(message, "Precedence").strip().lower()
    if precedence in _AUTO_PRECEDENCE or any(message.get(name) for name in _AUTO_HEADERS):
        return Refusal("AUTO_REPLY", "Cabecera de respuesta automática")
    if _AUTO_SUBJECT.search(subject):
        return Refusal("AUTO_REPLY", "Asunto de respuesta automática")
    null_sender = envelope_from == "" or (
        envelope_from is None and raw_value(message, "Return-Path").strip() == "<>"
    )
    if null_sender or not sender:
        if _BOUNCE_SUBJECT.search(subject):
            return Refusal("BOUNCE", "Remitente de sobre vacío")
        if null_sender:
            return Refusal("AUTO_REPLY", "Remitente de sobre vacío")
    return None


def _mailing_list(message: Message[Any, Any], account_id: str) -> Refusal | None:
    named = f"{raw_value(message, 'List-Id')} {raw_value(message, 'List-Post')}".lower()
    account = account_id.lower()
    # A city may run its own address as a group; then the list is the account.
    if account in named or f"<{account.replace('@', '.')}>" in named:
        return None
    if named.strip():
        return Refusal("MAILING_LIST", "Lista de correo")
    precedence = raw_value(message, "Precedence").strip().lower()
    if precedence in _LIST_PRECEDENCE and message.get("List-Unsubscribe"):
        return Refusal("MAILING_LIST", "Boletín")
    return None
