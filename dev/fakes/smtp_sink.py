"""A smart host that keeps what it is given, and citizens' mailboxes over HTTP.

    python -m dev.fakes.smtp_sink --smtp-port 2525 --http-port 9312 --lmtp 127.0.0.1:2424

SMTP takes the city's mail. `/citizens/{address}/messages` shows a person's mailbox and writes from
it: such mail goes to the city by LMTP, as its mail server would deliver it.
"""

from __future__ import annotations

import argparse
import asyncio
import email
import email.policy
import json
import smtplib
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass, field
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid, parseaddr
from pathlib import Path
from typing import Any

import uvicorn
from aiosmtpd.smtp import SMTP, Envelope, Session
from fastapi import FastAPI, HTTPException, Response

from atiende_kit.clock import Clock, FileClock, SystemClock

MAX_BYTES = 30 * 1024 * 1024


@dataclass
class Behaviour:
    """How the host misbehaves; set by `PUT /admin/behaviour`.

    Attributes:
        fail_answer: SMTP answer to the next `fail_count` mails, e.g. "451 4.7.1 later".
        refused: Recipients that are refused at RCPT, with the answer.
        bouncing: Recipients whose mail is taken and then bounced, with the enhanced status code.
    """

    fail_answer: str = ""
    fail_count: int = 0
    slow_seconds: float = 0
    refused: dict[str, str] = field(default_factory=dict)
    bouncing: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Kept:
    """A mail as it was handed over."""

    number: int
    sender: str
    recipients: list[str]
    raw: str

    def parsed(self) -> EmailMessage:
        """The mail."""
        return email.message_from_bytes(self.raw.encode("latin-1"), policy=email.policy.default)

    def document(self) -> dict[str, Any]:
        """As the read API shows it."""
        mail = self.parsed()
        body = mail.get_body(("plain", "html"))
        return {
            "number": self.number,
            "envelope_from": self.sender,
            "envelope_to": self.recipients,
            "from": str(mail["from"]),
            "to": str(mail["to"]),
            "subject": str(mail["subject"] or ""),
            "message_id": str(mail["message-id"] or ""),
            "in_reply_to": str(mail["in-reply-to"] or ""),
            "references": str(mail["references"] or "").split(),
            "auto_submitted": str(mail["auto-submitted"] or ""),
            "text": body.get_content() if body else "",
            "attachments": [part.get_filename() for part in mail.iter_attachments()],
        }


class Post:
    """All mail of one run; also the handler of aiosmtpd.

    Args:
        lmtp: Host and port of the city's mail delivery.
        authserv_id: When given, delivered mail says that the sender's domain was verified, as the
            city's own mail server would write it.
        journal: File that keeps the mail over a restart.
    """

    def __init__(
        self,
        *,
        lmtp: tuple[str, int] | None = None,
        authserv_id: str = "",
        journal: Path | None = None,
        clock: Clock | None = None,
    ) -> None:
        self.behaviour = Behaviour()
        self.kept: list[Kept] = []
        self._lmtp = lmtp
        self._authserv_id = authserv_id
        self._journal = journal
        self._clock = clock or SystemClock()
        self._tasks: set[asyncio.Task[None]] = set()
        if journal and journal.exists():
            lines = journal.read_text().splitlines()
            self.kept = [Kept(**json.loads(line)) for line in lines if line]

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self,
        _server: SMTP,
        _session: Session,
        envelope: Envelope,
        address: str,
        _options: list[str],
    ) -> str:
        """Takes or refuses a recipient."""
        refused = self.behaviour.refused.get(address.lower())
        if refused:
            return refused
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_DATA(  # noqa: N802 - aiosmtpd's name
        self, _server: SMTP, _session: Session, envelope: Envelope
    ) -> str:
        """Keeps a mail; it is on the disk before the answer."""
        behaviour = self.behaviour
        if behaviour.slow_seconds:
            await asyncio.sleep(behaviour.slow_seconds)
        if behaviour.fail_count > 0 and behaviour.fail_answer:
            behaviour.fail_count -= 1
            return behaviour.fail_answer
        content = envelope.content if isinstance(envelope.content, bytes) else b""
        mail = Kept(
            len(self.kept),
            envelope.mail_from or "",
            [address.lower() for address in envelope.rcpt_tos],
            content.decode("latin-1"),
        )
        self.kept.append(mail)
        if self._journal:
            with self._journal.open("a") as file:
                file.write(json.dumps(asdict(mail)) + "\n")
        for recipient in mail.recipients:
            if status := behaviour.bouncing.get(recipient):
                self._start(self.deliver(self._bounce(mail, recipient, status), mail.sender, ""))
        return f"250 2.0.0 kept as {mail.number}"

    def of(self, address: str) -> list[Kept]:
        """A person's mailbox, oldest first."""
        return [mail for mail in self.kept if address.lower() in mail.recipients]

    async def write(self, citizen: str, written: Mapping[str, Any]) -> str:
        """A citizen writes.

        Args:
            citizen: The person's address.
            written: `to`, `text`, and maybe `name`, `subject`, `message_id`, `in_reply_to` (the
                number of a kept mail, or a Message-ID), `html`, `headers`, `times`; or `raw`.

        Returns:
            The Message-ID.
        """
        recipient = str(written["to"])
        if "raw" in written:
            raw = str(written["raw"]).encode("utf-8", "surrogateescape")
            message_id = str(email.message_from_bytes(raw)["message-id"] or "")
        else:
            mail = self._compose(citizen, recipient, written)
            raw, message_id = mail.as_bytes(), str(mail["Message-ID"])
        for _ in range(int(written.get("times", 1))):
            await self.deliver(raw, recipient, citizen)
        return message_id

    def _compose(self, citizen: str, recipient: str, written: Mapping[str, Any]) -> EmailMessage:
        mail = EmailMessage()
        mail["From"] = f"{written.get('name', '')} <{citizen}>".strip()
        mail["To"] = recipient
        mail["Date"] = format_datetime(self._clock.now())
        mail["Message-ID"] = str(
            written.get("message_id") or make_msgid(domain=citizen.rpartition("@")[2])
        )
        subject = str(written.get("subject", ""))
        answered = written.get("in_reply_to")
        if isinstance(answered, int):
            before = self.kept[answered].parsed()
            answered = str(before["message-id"])
            subject = subject or f"Re: {before['subject']}"
            mail["References"] = " ".join(filter(None, (before["references"], answered)))
        elif answered:
            mail["References"] = str(answered)
        if answered:
            mail["In-Reply-To"] = str(answered)
        mail["Subject"] = subject
        for name, value in written.get("headers", {}).items():
            mail[name] = value
        mail.set_content(str(written.get("text", "")))
        if "html" in written:
            mail.add_alternative(str(written["html"]), subtype="html")
        return mail

    async def deliver(self, data: bytes, recipient: str, sender: str) -> None:
        """Hands a mail to the city by LMTP, and again until it is taken.

        Raises:
            smtplib.SMTPResponseException: Refused for good.
        """
        if self._authserv_id and sender:
            domain = sender.rpartition("@")[2]
            seal = f"Authentication-Results: {self._authserv_id}; dkim=pass header.d={domain}\r\n"
            data = seal.encode() + data
        pause = 0.2
        while True:
            try:
                await asyncio.to_thread(self._hand_over, data, recipient, sender)
            except smtplib.SMTPResponseException as error:
                if error.smtp_code >= 500:  # noqa: PLR2004 - the class of RFC 5321
                    raise
            except OSError:
                pass
            else:
                return
            await asyncio.sleep(pause)
            pause = min(10.0, pause * 2)

    def _hand_over(self, data: bytes, recipient: str, sender: str) -> None:
        if self._lmtp is None:
            raise smtplib.SMTPResponseException(550, b"no LMTP address was given")
        with smtplib.LMTP(*self._lmtp, local_hostname="localhost") as client:
            client.ehlo()
            for code, answer in (client.mail(sender), client.rcpt(recipient), client.data(data)):
                if code >= 400:  # noqa: PLR2004 - the classes of RFC 5321
                    raise smtplib.SMTPResponseException(code, answer)

    def _bounce(self, mail: Kept, recipient: str, status: str) -> bytes:
        """A delivery status notification (RFC 3464)."""
        lines = (
            "From: Mail Delivery Subsystem <MAILER-DAEMON@correo.example>",
            f"To: {mail.sender}",
            "Subject: Undelivered Mail Returned to Sender",
            "Auto-Submitted: auto-replied",
            f"Date: {format_datetime(self._clock.now())}",
            f"Message-ID: {make_msgid(domain='correo.example')}",
            "MIME-Version: 1.0",
            "Content-Type: multipart/report; report-type=delivery-status; boundary=limit",
            "",
            "--limit",
            "Content-Type: text/plain; charset=utf-8",
            "",
            f"The mail to {recipient} could not be delivered.",
            "--limit",
            "Content-Type: message/delivery-status",
            "",
            "Reporting-MTA: dns; correo.example",
            "",
            f"Final-Recipient: rfc822; {recipient}",
            "Action: failed",
            f"Status: {status}",
            "",
            "--limit",
            "Content-Type: text/rfc822-headers",
            "",
            f"Message-ID: {mail.parsed()['message-id']}",
            f"To: {recipient}",
            "",
            "--limit--",
            "",
        )
        return "\r\n".join(lines).encode()

    def _start(self, work: Any) -> None:
        task: asyncio.Task[None] = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def settle(self) -> None:
        """Waits for the bounces; for tests."""
        while self._tasks:
            await asyncio.gather(*list(self._tasks))


async def serve_smtp(post: Post, host: str, port: int) -> asyncio.Server:
    """Opens the SMTP port."""
    loop = asyncio.get_running_loop()
    return await loop.create_server(
        lambda: SMTP(post, hostname="smarthost.local", data_size_limit=MAX_BYTES), host, port
    )


def create_app(post: Post, smtp: tuple[str, int] | None = None) -> FastAPI:
    """Makes the HTTP application, which opens the SMTP port beside itself."""

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        server = await serve_smtp(post, *smtp) if smtp else None
        yield
        if server:
            server.close()

    app = FastAPI(title="SMTP sink", lifespan=lifespan)

    @app.get("/healthz")
    async def healthz() -> dict[str, str]:
        return {"status": "ok"}

    @app.get("/admin/behaviour")
    async def behaviour() -> dict[str, Any]:
        return asdict(post.behaviour)

    @app.put("/admin/behaviour")
    async def behave(wanted: dict[str, Any]) -> dict[str, Any]:
        post.behaviour = Behaviour(**wanted)
        return asdict(post.behaviour)

    @app.get("/admin/messages")
    async def messages(after: int = 0) -> dict[str, Any]:
        found = [mail.document() for mail in post.kept[after:]]
        return {"messages": found, "next": len(post.kept)}

    @app.get("/admin/messages/{number}/raw")
    async def raw(number: int) -> Response:
        if not 0 <= number < len(post.kept):
            raise HTTPException(404)
        return Response(post.kept[number].raw.encode("latin-1"), media_type="message/rfc822")

    @app.get("/citizens/{address}/messages")
    async def mailbox(address: str) -> list[dict[str, Any]]:
        return [mail.document() for mail in post.of(parseaddr(address)[1])]

    @app.post("/citizens/{address}/messages")
    async def write(address: str, written: dict[str, Any]) -> dict[str, str]:
        try:
            return {"message_id": await post.write(address, written)}
        except smtplib.SMTPResponseException as error:
            raise HTTPException(502, f"{error.smtp_code} {error.smtp_error!r}") from error

    return app


def main() -> None:
    """Runs the fake until it is stopped."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--smtp-port", type=int, default=2525)
    parser.add_argument("--http-port", type=int, default=9312)
    parser.add_argument("--lmtp", default="127.0.0.1:2424", help="host:port of the city's delivery")
    parser.add_argument("--authserv-id", default="")
    parser.add_argument("--journal", type=Path)
    parser.add_argument("--clock", type=Path, help="the file of the virtual clock")
    options = parser.parse_args()
    host, _, port = options.lmtp.rpartition(":")
    post = Post(
        lmtp=(host, int(port)),
        authserv_id=options.authserv_id,
        journal=options.journal,
        clock=FileClock(options.clock) if options.clock else SystemClock(),
    )
    app = create_app(post, (options.host, options.smtp_port))
    uvicorn.run(app, host=options.host, port=options.http_port, log_level="warning")


if __name__ == "__main__":
    main()
