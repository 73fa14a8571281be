"""The e-mail channel: parses in a child process, sends over a smart host."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from atiende_channels.channels.base import Capability, ChannelAdapter
from atiende_channels.channels.email.outgoing import build, message_id_of
from atiende_channels.channels.email.parser import Rules, parse
from atiende_channels.channels.email.pool import ParserPool
from atiende_channels.channels.email.scanner import MAX_BYTES
from atiende_channels.channels.email.smtp import submit
from atiende_channels.domain.model import (
    Account,
    Channel,
    OutboundMessage,
    ParsedItem,
    RawIntake,
    SendResult,
)
from atiende_channels.settings import LmtpSettings, SmtpSettings

ENVELOPE_FROM = "envelope-from"
"""Header of the raw item that holds MAIL FROM; empty is the null sender."""


class EmailAdapter(ChannelAdapter):
    """E-mail.

    Args:
        lmtp: Who is trusted and how many parser processes there are.
        smtp: The smart host.
    """

    channel = Channel.EMAIL
    capabilities = frozenset(
        {
            Capability.RECEIVE_TEXT,
            Capability.RECEIVE_ATTACHMENTS,
            Capability.SEND_TEXT,
            Capability.SEND_ATTACHMENTS,
            Capability.DELIVERY_STATUSES,
        }
    )
    max_body_bytes = MAX_BYTES

    def __init__(self, lmtp: LmtpSettings, smtp: SmtpSettings) -> None:
        self._lmtp = lmtp
        self._smtp = smtp
        self.pool = ParserPool(lmtp.parser_processes)

    def rules(self, raw: RawIntake) -> Rules:
        """What the parser must know to read this mail."""
        return Rules(
            account_id=raw.account_id,
            envelope_from=raw.headers.get(ENVELOPE_FROM),
            message_id_domain=self._smtp.message_id_domain,
            trusted_authserv_id=self._lmtp.trusted_authserv_id,
        )

    def parse(self, raw: RawIntake) -> Sequence[ParsedItem]:
        """Reads one mail in this process; for tests and tools."""
        return parse(raw.body, self.rules(raw))

    async def read(self, raw: RawIntake) -> Sequence[ParsedItem]:
        """Reads one mail in a child process with limits of CPU, memory and time."""
        return await self.pool.parse(raw.body, self.rules(raw))

    def provider_ids_of(self, message: OutboundMessage) -> list[str]:
        """Our Message-ID; we choose it."""
        return [message_id_of(message, self._smtp.message_id_domain)]

    async def send(self, message: OutboundMessage, account: Account) -> SendResult:
        """Sends one mail."""
        mail = build(
            message,
            account,
            message_id_domain=self._smtp.message_id_domain,
            now=message.send_time or datetime.now(UTC),
        )
        sender = account.options.get("from_address", account.account_id)
        await submit(mail, sender=sender, recipient=str(mail["To"]), host=self._smtp)
        return SendResult(message_id_of(message, self._smtp.message_id_domain))
