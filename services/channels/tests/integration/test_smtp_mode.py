"""The same door speaking SMTP, where no mail server stands before it."""

from __future__ import annotations

from datetime import UTC, datetime
from email.message import EmailMessage
from typing import Any

import aiosmtplib
import pytest

from atiende_channels.application.ports import Accepted
from atiende_channels.domain.model import Account, Channel, RawIntake
from atiende_channels.entrypoints.lmtp.server import MailHandler, MailServer
from atiende_channels.settings import LmtpSettings
from atiende_kit.clock import FixedClock
from atiende_kit.errors import Unavailable

pytestmark = pytest.mark.integration

NOW = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)
MAIL = "atencion@sanaurelio.example"


class Desk:
    """Accounts and an intake that can be down."""

    def __init__(self) -> None:
        self.raws: list[RawIntake] = []
        self.is_down = False

    async def find(self, channel: Channel, account_id: str) -> Account | None:
        return Account("sanaurelio", channel, MAIL) if account_id == MAIL else None

    async def accept(self, raw: RawIntake) -> Accepted:
        if self.is_down:
            raise Unavailable("DOWN", "…")
        self.raws.append(raw)
        return Accepted("i", "m", "c", NOW)


async def test_smtp_stores_before_it_answers_and_puts_off_when_it_cannot() -> None:
    desk: Any = Desk()
    settings = LmtpSettings(port=0, protocol="smtp")
    server = MailServer(MailHandler(desk, desk, FixedClock(NOW), settings), settings)
    await server.start()
    await server.check()
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Message-ID"] = "a@example.org", MAIL, "<x@example.org>"
    mail.set_content("Hola.\n.punto al comienzo\n")
    client = aiosmtplib.SMTP(hostname="127.0.0.1", port=server.port, use_tls=False)
    try:
        async with client:
            await client.send_message(mail)
            assert [raw.provider_id for raw in desk.raws] == ["x@example.org"]
            assert b"\r\n.punto" in desk.raws[0].body
            desk.is_down = True
            with pytest.raises(aiosmtplib.SMTPDataError) as put_off:
                await client.send_message(mail)
            assert put_off.value.code == 451
            with pytest.raises(aiosmtplib.SMTPRecipientsRefused):
                await client.sendmail("a@example.org", ["nadie@sanaurelio.example"], b"x")
    finally:
        await server.stop()
    with pytest.raises(Unavailable):
        await server.check()
