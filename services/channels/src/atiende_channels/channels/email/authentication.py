"""Whether the mail server that we trust has proved the sender's domain (RFC 8601)."""

from __future__ import annotations

from email.message import Message
from typing import Any

import authres


def is_verified(message: Message[Any, Any], from_address: str, trusted_authserv_id: str) -> bool:
    """True when DMARC passed, or DKIM passed for the domain of the From address.

    Only the first Authentication-Results field counts, and only with our own server's name: a
    sender can write any field, and a correct server adds its own on top.
    """
    if not trusted_authserv_id:
        return False
    domain = from_address.rpartition("@")[2]
    for value in message.get_all("Authentication-Results", [])[:10]:
        try:
            header = authres.AuthenticationResultsHeader.parse(
                "Authentication-Results: " + str(value).replace("\r", "").replace("\n", " ")[:4000]
            )
        except (authres.core.AuthResError, ValueError, AttributeError, IndexError):
            return False
        if (header.authserv_id or "").lower() != trusted_authserv_id.lower():
            return False
        return any(_proves(result, domain) for result in header.results or [])
    return False


def _proves(result: Any, domain: str) -> bool:
    if result.result != "pass":
        return False
    if result.method == "dmarc":
        named = _property(result, "header", "from")
        return not named or _aligned(named.rpartition("@")[2] or named, domain)
    if result.method == "dkim":
        signer = _property(result, "header", "d") or _property(result, "header", "i")
        return bool(signer) and _aligned(signer.rpartition("@")[2] or signer, domain)
    return False


def _property(result: Any, kind: str, name: str) -> str:
    for item in result.properties or []:
        if item.type == kind and item.name == name:
            return str(item.value or "").lower()
    return ""


def _aligned(signer: str, domain: str) -> bool:
    """Relaxed alignment without a public suffix list: equal, or the signer is a parent."""
    signer, domain = signer.lower().rstrip("."), domain.lower().rstrip(".")
    return signer == domain or ("." in signer and domain.endswith("." + signer))
