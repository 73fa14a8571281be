"""Tokens that must open nothing, made from a real one (RFC 8725, section 2)."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from typing import Any

from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from joserfc import jws
from joserfc.jwk import RSAKey

from dev.stack.login import Tokens


def _b64(data: bytes | dict[str, Any]) -> str:
    raw = data if isinstance(data, bytes) else json.dumps(data).encode()
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _part(token: str, at: int) -> dict[str, Any]:
    raw = token.split(".")[at]
    told = json.loads(base64.urlsafe_b64decode(raw + "=" * (-len(raw) % 4)))
    assert isinstance(told, dict)
    return told


def forged(tokens: Tokens, keys: dict[str, Any], trap: str) -> dict[str, str]:
    """Every forgery by its name.

    Args:
        tokens: of somebody who may do much.
        keys: the realm's key set, as everybody can read it.
        trap: an address where keys of the forger could be fetched; nobody may call it.
    """
    real = tokens.access_token
    head, body, signature = real.split(".")
    header, claims = _part(real, 0), _part(real, 1)
    more = _b64({**claims, "realm_access": {"roles": ["admin", "auditor", "supervisor"]}})
    own = RSAKey.generate_key(2048, {"kid": header["kid"], "use": "sig", "alg": "RS256"})
    public = own.as_dict(private=False)

    def signed(**changed: Any) -> str:
        fields = {**header, **changed}
        payload = f"{_b64(fields)}.{_b64(claims)}"
        made = jws.serialize_compact({"alg": "RS256"}, payload.encode(), own, algorithms=["RS256"])
        return f"{payload}.{made.split('.')[2]}"

    def by_mac(secret: bytes, algorithm: str = "HS256") -> str:
        payload = f"{_b64({**header, 'alg': algorithm})}.{body}"
        return f"{payload}.{_b64(hmac.new(secret, payload.encode(), hashlib.sha256).digest())}"

    realm_key = next(one for one in keys["keys"] if one["kid"] == header["kid"])
    known = RSAKey.import_key(realm_key).public_key
    names = ("none", "None", "NONE", "nOnE", "")
    return {
        **{f"alg {name!r}": f"{_b64({**header, 'alg': name})}.{body}." for name in names},
        "alg none, signature kept": f"{_b64({**header, 'alg': 'none'})}.{body}.{signature}",
        "HS256 with the public key as PEM": by_mac(
            known.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
        ),
        "HS256 with the public key as DER": by_mac(
            known.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        ),
        "HS256 with the JWK": by_mac(json.dumps(realm_key).encode()),
        "HS256 with nothing": by_mac(b""),
        "RS256 written, a MAC signed": by_mac(b"", "RS256"),
        "own key, the realm's kid": signed(),
        "own key in jwk": signed(jwk=public),
        "own key at jku": signed(jku=f"{trap}/jwks"),
        "own certificate at x5u": signed(x5u=f"{trap}/cert"),
        "own certificate in x5c": signed(x5c=["AAAA"]),
        "own key, kid a path": signed(kid="../../../../dev/null"),
        "own key, kid an address": signed(kid=f"{trap}/key"),
        "own key, kid SQL": signed(kid="x' OR '1'='1"),
        "own key, no kid": signed(kid=""),
        "critical header": signed(crit=["b64"], b64=False),
        "more roles, old signature": f"{head}.{more}.{signature}",
        "no signature": f"{head}.{body}",
        "empty signature": f"{head}.{body}.",
        "no claims": f"{head}..{signature}",
        "signature cut": f"{head}.{body}.{signature[:-6]}",
        "signature padded": f"{real}==",
        "four parts": f"{real}.{signature}",
        "nested encryption": ".".join([_b64({"alg": "RSA-OAEP", "enc": "A256GCM"}), *"abcd"]),
        "a megabyte": f"{head}.{'A' * 1_000_000}.{signature}",
        "ID token": tokens.id_token,
        "refresh token": tokens.refresh_token,
        "not a token": "x",
        "dots": "...",
    }
