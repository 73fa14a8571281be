"""The door for mail: LMTP (RFC 2033) behind a real mail server, or SMTP where there is none.

No recipient is answered 250 before its copy is durable; when the database is away the answer is
451 and the mail server keeps the letter.
"""

from __future__ import annotations

import asyncio
from typing import Any

from aiosmtpd.lmtp import LMTP
from aiosmtpd.smtp import SMTP, Envelope
from aiosmtpd.smtp import Session as SmtpSession

from atiende_channels.application.ports import Accounts, Intake
from atiende_channels.channels.email.adapter import ENVELOPE_FROM
from atiende_channels.channels.email.headers import canonical
from atiende_channels.channels.email.parser import provider_id
from atiende_channels.domain.model import Account, Channel, RawIntake
from atiende_channels.settings import LmtpSettings
from atiende_kit.clock import Clock
from atiende_kit.errors import AtiendeError, Unavailable
from atiende_kit.telemetry import describe_exception, get_logger

log = get_logger()

# Longest line in bytes. RFC 5321 says 1,000, but a letter with a longer one is still a letter.
_LINE_BYTES = 1024 * 1024
_TOO_BIG = "552 5.3.4 Message too big"
_NOT_NOW = "451 4.3.0 Not stored, try again later"


class MailHandler:
    """Decides about recipients and stores letters.

    Args:
        intake: Takes raw letters.
        accounts: Which addresses there are.
        clock: Domain time.
        settings: Limits.
    """

    def __init__(
        self, intake: Intake, accounts: Accounts, clock: Clock, settings: LmtpSettings
    ) -> None:
        self._intake = intake
        self._accounts = accounts
        self._clock = clock
        self._settings = settings

    async def handle_RCPT(  # noqa: N802 - aiosmtpd finds it by this name
        self,
        server: SMTP,
        session: SmtpSession,
        envelope: Envelope,
        address: str,
        options: list[str],
    ) -> str:
        """Accepts only addresses of ours; a sub-address (`name+tag@`) is its account."""
        del server, session
        if len(envelope.rcpt_tos) >= self._settings.max_recipients:
            return "452 4.5.3 Too many recipients"
        try:
            account = await self._account(address)
        except AtiendeError:
            return _NOT_NOW
        if account is None:
            return "550 5.1.1 No such address here"
        envelope.rcpt_tos.append(address)
        envelope.rcpt_options.extend(options)
        return "250 2.1.5 OK"

    async def handle_DATA(  # noqa: N802 - same
        self, server: SMTP, session: SmtpSession, envelope: Envelope
    ) -> str:
        """Stores one copy for each account; answers for each recipient where LMTP wants it."""
        del session
        body = envelope.original_content or b""
        results: dict[tuple[str, str], str] = {}
        # aiosmtpd spells the null sender of bounces and vacation notes with its brackets.
        sender = "" if envelope.mail_from in {None, "<>"} else envelope.mail_from
        replies = [
            await self._store(address, sender, body, results) for address in envelope.rcpt_tos
        ]
        if isinstance(server, LMTP):
            return "\r\n".join(replies)
        # SMTP has one answer for all: the worst one; a repeat meets what is stored already.
        return max(replies, default=_NOT_NOW)

    async def _store(
        self, address: str, sender: str, body: bytes, results: dict[tuple[str, str], str]
    ) -> str:
        try:
            account = await self._account(address)
            if account is None:
                return "550 5.1.1 No such address here"
            key = (account.tenant, account.account_id)
            if key not in results:
                # Two addresses of one account get one copy.
                accepted = await self._intake.accept(
                    RawIntake(
                        tenant=account.tenant,
                        channel=Channel.EMAIL,
                        account_id=account.account_id,
                        provider_id=provider_id(body),
                        body=body,
                        headers={ENVELOPE_FROM: sender},
                        receive_time=self._clock.now(),
                    )
                )
                results[key] = f"250 2.0.0 Stored as {accepted.inbox_id}"
            return results[key]
        except AtiendeError as error:
            log.warning("mail not stored", reason=error.reason)
            return _NOT_NOW

    async def handle_exception(self, error: Exception) -> str:
        """Whatever happens, the mail server keeps the letter."""
        log.warning("mail connection failed", **describe_exception(error))
        return "451 4.3.0 Internal error, try again later"

    async def _account(self, address: str) -> Account | None:
        wanted = canonical(address)
        found = await self._accounts.find(Channel.EMAIL, wanted)
        if found is None and "+" in wanted:
            local, _, domain = wanted.rpartition("@")
            found = await self._accounts.find(Channel.EMAIL, f"{local.split('+')[0]}@{domain}")
        return found


class _Answers(SMTP):
    """What both protocols change in aiosmtpd."""

    line_length_limit = _LINE_BYTES

    async def push(self, status: Any) -> None:
        """Names the reason in RFC 3463 terms, once for each recipient in LMTP."""
        if isinstance(status, str) and status.startswith(
            ("552 Error: Too much mail data", "500 Line too long")
        ):
            count = len(self.envelope.rcpt_tos) if self.envelope and isinstance(self, LMTP) else 1
            status = "\r\n".join([_TOO_BIG] * max(count, 1))
        await super().push(status)


class _Lmtp(_Answers, LMTP):
    pass


class _Smtp(_Answers):
    pass


class MailServer:
    """Listens for mail. A component.

    Args:
        handler: Decides and stores.
        settings: Address, protocol and limits.
    """

    name = "lmtp"

    def __init__(self, handler: MailHandler, settings: LmtpSettings) -> None:
        self._handler = handler
        self._settings = settings
        self._server: asyncio.Server | None = None
        self.port = settings.port

    async def start(self) -> None:
        """Listens."""
        loop = asyncio.get_running_loop()
        kind = _Lmtp if self._settings.protocol == "lmtp" else _Smtp
        self._server = await loop.create_server(
            lambda: kind(
                self._handler,
                data_size_limit=self._settings.max_message_bytes,
                enable_SMTPUTF8=True,
                hostname=self._settings.hostname,
                ident="Atiende",
                loop=loop,
            ),
            self._settings.host,
            self._settings.port,
        )
        self.port = self._server.sockets[0].getsockname()[1]
        log.info("listening for mail", port=self.port, protocol=self._settings.protocol)

    async def stop(self) -> None:
        """Takes no more connections; those in hand end by themselves or with the process."""
        if self._server is not None:
            self._server.close()
            self._server = None

    async def check(self) -> None:
        """Unready while not listening."""
        if self._server is None or not self._server.is_serving():
            raise Unavailable("LMTP_CLOSED", "No se recibe correo.")
