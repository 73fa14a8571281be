"""Handing mail to the smart host."""

from __future__ import annotations

import ssl
from email.message import EmailMessage

import aiosmtplib

from atiende_channels.domain.errors import (
    ChannelConfigInvalid,
    ChannelError,
    ConnectionFailed,
    RecipientInvalid,
    RejectedByProvider,
    RejectedRetryable,
    Throttled,
)
from atiende_channels.settings import SmtpSettings


async def submit(mail: EmailMessage, *, sender: str, recipient: str, host: SmtpSettings) -> None:
    """Sends one mail.

    Raises:
        ChannelError: One of the closed list.
    """
    begun = False
    try:
        client = aiosmtplib.SMTP(
            hostname=host.host,
            port=host.port,
            timeout=host.timeout_seconds,
            use_tls=host.security == "tls",
            start_tls=host.security == "starttls",
            tls_context=ssl.create_default_context() if host.security != "none" else None,
            username=host.user,
            password=host.password.get_secret_value() if host.password else None,
        )
        async with client:
            begun = True
            await client.sendmail(sender, [recipient], mail.as_bytes())
    except aiosmtplib.SMTPAuthenticationError as error:
        raise ChannelConfigInvalid(f"SMTP {error.code} at login") from error
    except aiosmtplib.SMTPRecipientsRefused as error:
        first = error.recipients[0]
        raise error_for(first.code, first.message, at_recipient=True) from error
    except aiosmtplib.SMTPTimeoutError as error:
        # Once the data went out a silent server may have taken it.
        raise ConnectionFailed("time-out", outcome_unknown=begun) from error
    except (aiosmtplib.SMTPConnectError, aiosmtplib.SMTPServerDisconnected, OSError) as error:
        raise ConnectionFailed(type(error).__name__, outcome_unknown=begun) from error
    except aiosmtplib.SMTPResponseException as error:
        raise error_for(error.code, error.message, at_recipient=False) from error
    except (aiosmtplib.SMTPNotSupported, ssl.SSLError) as error:
        raise ChannelConfigInvalid(type(error).__name__) from error


def error_for(code: int, text: str, *, at_recipient: bool) -> ChannelError:
    """An SMTP answer as a channel error (RFC 5321 4.2, RFC 3463)."""
    words = text.split()
    enhanced = words[0] if words and words[0].count(".") == 2 else ""  # noqa: PLR2004 - x.y.z
    shown = f"SMTP {code} {enhanced}".strip()
    if code == 421 or enhanced in {"4.7.0", "4.7.28", "4.4.5"}:  # noqa: PLR2004 - RFC 5321
        return Throttled(shown, retry_after=60)
    if 400 <= code < 500:  # noqa: PLR2004 - the class "try again"
        return RejectedRetryable(shown)
    if enhanced.startswith("5.1.") or (at_recipient and code in {550, 551, 553}):
        return RecipientInvalid(shown)
    if code in {530, 535, 538, 554} and enhanced.startswith("5.7.8"):
        return ChannelConfigInvalid(shown)
    return RejectedByProvider(shown)
