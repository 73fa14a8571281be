"""E-mail: delivered by LMTP as the city's mail server does, read in the smart host's mailboxes."""

from __future__ import annotations

import asyncio
import smtplib
from email.message import EmailMessage
from email.utils import format_datetime, formataddr

from dev.demo.lines.base import Heard
from dev.demo.script import Citizen, Matter
from dev.demo.world import EMAIL_ACCOUNT, RETRIES, World

TEMPORARY = 400
PERMANENT = 500


class EmailLine:
    """Every citizen's mailbox."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._said = 0
        self._seen = 0

    async def open(self, matter: Matter, *, twice: bool = False) -> None:
        """Writes a new e-mail."""
        message = self._compose(matter.citizen, matter.subject or "Consulta", matter.text)
        await self.deliver(message.as_bytes(), message["Message-ID"], matter.citizen.email)
        if twice:
            await self.deliver(message.as_bytes(), message["Message-ID"], matter.citizen.email)

    async def say(self, citizen: Citizen, text: str, answer_to: Heard | None = None) -> None:
        """Answers an e-mail, quoting it as mail programs do."""
        quoted = _quote(answer_to.text) if answer_to else ""
        subject = f"Re: {answer_to.subject}" if answer_to else "Seguimiento"
        message = self._compose(citizen, subject, text + quoted)
        if answer_to:
            message["In-Reply-To"] = answer_to.key
            message["References"] = answer_to.key
        await self.deliver(message.as_bytes(), message["Message-ID"], citizen.email)

    async def news(self) -> list[tuple[str, Heard]]:
        """What came into the mailboxes since the last look."""
        url = f"{self._world.addresses.mailbox_url}/admin/messages"
        answer = await self._world.insist("GET", url, params={"after": self._seen})
        answer.raise_for_status()
        told = answer.json()
        self._seen = told["next"]
        return [
            (recipient, Heard(mail["message_id"], mail["text"], mail["subject"]))
            for mail in told["messages"]
            for recipient in mail["envelope_to"]
        ]

    async def deliver(
        self, raw: bytes, key: str, sender: str, *, broken: bool = False, automatic: bool = False
    ) -> None:
        """Hands an e-mail over, again and again while the city says "later" (4xx)."""
        refusal = ""
        for attempt in range(RETRIES):
            code, text = await asyncio.to_thread(self._transmit, raw, sender)
            refusal = f"{code} {text}" if code >= PERMANENT else ""
            if code < TEMPORARY or code >= PERMANENT:
                break
            self._world.counts["tried again"] += 1
            await asyncio.sleep(min(0.2 * (attempt + 1), 2.0))
        taken = not refusal and not automatic
        if automatic:
            refusal = "respuesta automática, no abre caso"
        self._world.ledger.note(
            "email", key.strip("<>"), acknowledged=taken, refusal=refusal, broken=broken
        )

    def _transmit(self, raw: bytes, sender: str) -> tuple[int, str]:
        try:
            with smtplib.LMTP("127.0.0.1", self._world.addresses.lmtp_port, timeout=30) as lmtp:
                lmtp.sendmail(sender, [EMAIL_ACCOUNT], raw)
        except smtplib.SMTPResponseException as error:
            return error.smtp_code, str(error.smtp_error)
        except smtplib.SMTPRecipientsRefused as error:
            code, text = error.recipients[EMAIL_ACCOUNT]
            return code, str(text)
        except (OSError, smtplib.SMTPServerDisconnected):
            return TEMPORARY, "no connection"
        return 250, ""

    def _compose(self, citizen: Citizen, subject: str, text: str) -> EmailMessage:
        self._said += 1
        message = EmailMessage()
        message["From"] = formataddr((citizen.name, citizen.email))
        message["To"] = EMAIL_ACCOUNT
        message["Subject"] = " ".join(subject.split())
        message["Date"] = format_datetime(self._world.clock.now())
        message["Message-ID"] = f"<{self._world.run}.{self._said}@correo.example>"
        message.set_content(text)
        return message


def _quote(text: str) -> str:
    lines = "\n".join(f"> {line}" for line in text.splitlines())
    return f"\n\nEl lun, 2 mar 2026 a las 10:12, Alcaldía <{EMAIL_ACCOUNT}> escribió:\n\n{lines}\n"
