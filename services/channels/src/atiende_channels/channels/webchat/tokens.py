"""Who a chat session is: a random id and a signed token, nothing stored.

Creating a session writes nothing, so a flood of them costs nothing but the answer.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from atiende_kit.errors import Unauthenticated

_MAX_CHARACTERS = 2_000


@dataclass(frozen=True, slots=True)
class Session:
    """A chat session, as its token proves it."""

    session_id: str
    tenant: str
    account_id: str
    expire_time: datetime


class SessionTokens:
    """Issues and checks tokens.

    Args:
        secret: Key of the signature; the same in every process of an install.
        lifetime: How long a session lasts.
    """

    def __init__(self, secret: bytes, lifetime: timedelta) -> None:
        self._key = hashlib.sha256(b"atiende webchat session\0" + secret).digest()
        self._lifetime = lifetime

    def issue(self, tenant: str, account_id: str, now: datetime) -> tuple[Session, str]:
        """Makes a session with an id of 144 random bits.

        Returns:
            The session and its token.
        """
        expire_time = (now + self._lifetime).replace(microsecond=0)
        session = Session(secrets.token_urlsafe(18), tenant, account_id, expire_time)
        claims = [session.session_id, tenant, account_id, int(expire_time.timestamp())]
        body = base64.urlsafe_b64encode(json.dumps(claims).encode()).rstrip(b"=")
        return session, f"{body.decode()}.{self._sign(body)}"

    def verify(self, token: str, now: datetime) -> Session:
        """Reads a token.

        Raises:
            Unauthenticated: It is not ours, or it is over.
        """
        body, _, signature = token.partition(".")
        # JSON of a socket may carry lone surrogates, which nothing can encode.
        is_ours = (
            token.isascii()
            and len(token) <= _MAX_CHARACTERS
            and hmac.compare_digest(self._sign(body.encode()), signature)
        )
        if not is_ours:
            raise Unauthenticated("CHAT_TOKEN_INVALID", "La sesión de chat no es válida.")
        try:
            claims = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
        except (ValueError, binascii.Error) as error:
            raise Unauthenticated("CHAT_TOKEN_INVALID", "La sesión no es válida.") from error
        session = Session(claims[0], claims[1], claims[2], datetime.fromtimestamp(claims[3], UTC))
        if session.expire_time <= now:
            raise Unauthenticated("CHAT_SESSION_OVER", "La sesión de chat terminó.")
        return session

    def _sign(self, body: bytes) -> str:
        digest = hmac.new(self._key, body, hashlib.sha256).digest()
        return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
