"""Proof that a webhook comes from Meta.

Source: Meta, Graph API webhooks, "Validating payloads": HMAC-SHA256 of the raw body with the app
secret, sent as
``X-Hub-Signature-256: sha256=<64 lower-case hex digits>``.
"""

import hashlib
import hmac
from collections.abc import Sequence

_PREFIX = "sha256="
_HEX_DIGITS = frozenset("0123456789abcdef")
_SHA256_HEX_LENGTH = 64


def sign(body: bytes, secret: str) -> str:
    """Returns the header value that Meta sends for these bytes."""
    return _PREFIX + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def is_signed(body: bytes, headers: Sequence[str], secrets: Sequence[str]) -> bool:
    """Tells whether the body carries a signature of one of the secrets.

    Args:
        body: The bytes exactly as they came over the wire.
        headers: All values of the signature header; two of them are as bad as none, because a proxy
            and this
            service could then look at different ones.
        secrets: The app secrets in force; two during a rotation. An empty secret never counts:
            anybody can sign with it.

    Returns:
        True only for one well-formed lower-case SHA-256 signature by a secret in force.
    """
    if len(headers) != 1 or not headers[0].startswith(_PREFIX):
        return False
    given = headers[0][len(_PREFIX) :]
    if len(given) != _SHA256_HEX_LENGTH or not _HEX_DIGITS.issuperset(given):
        return False
    accepted = False
    for secret in secrets:
        if secret:
            expected = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
            # No early exit: the time taken must not tell which secret of a rotation matched.
            accepted |= hmac.compare_digest(expected, given)
    return accepted


def is_verify_token(given: str, tokens: Sequence[str]) -> bool:
    """Compares ``hub.verify_token`` with the configured ones in constant time."""
    accepted = False
    for token in tokens:
        if token:
            accepted |= hmac.compare_digest(given.encode(errors="replace"), token.encode())
    return accepted
