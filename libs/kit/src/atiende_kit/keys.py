"""The realm's public keys: fetched, checked for use, cached."""

import asyncio
import time
from collections.abc import Callable
from typing import Any

import httpx
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, RSAKey

from atiende_kit import telemetry
from atiende_kit.errors import Unavailable

log = telemetry.get_logger()

MAX_KEY_SET_BYTES = 256 * 1024
KEYS_MAX_AGE_SECONDS = 300.0
KEYS_STALE_SECONDS = 600.0
KEYS_COOLDOWN_SECONDS = 10.0
# NIST SP 800-131A: nothing shorter than 2048 bits, which are 342 characters of base64url.
MIN_MODULUS_CHARACTERS = 342

Key = RSAKey | ECKey


def http_client() -> httpx.AsyncClient:
    """A client for the identity provider: short time-outs, no redirects, no proxy surprises."""
    return httpx.AsyncClient(
        timeout=httpx.Timeout(3.0), follow_redirects=False, limits=httpx.Limits(max_connections=4)
    )


class KeySet:
    """The realm's public keys, cached.

    Not older than 5 minutes, so that a removed key stops verifying; up to 10 minutes while the
    provider does not answer; one request at a time and never more than one in 10 seconds, so that
    a flood of unknown key ids costs the provider nothing.
    """

    def __init__(
        self, url: str, client: httpx.AsyncClient, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._url = url
        self._client = client
        self._monotonic = monotonic
        self._keys: dict[str, Key] = {}
        self.generation = 0
        self._fetched_at = float("-inf")
        self._tried_at = float("-inf")
        self._lock = asyncio.Lock()

    def is_fresh(self, generation: int) -> bool:
        """Whether this generation of the keys is the present one and not too old."""
        young = self._monotonic() - self._fetched_at < KEYS_MAX_AGE_SECONDS
        return young and generation == self.generation

    async def get(self, kid: str) -> Key | None:
        """Return the key with this id; None when the realm, asked just now, has none.

        Raises:
            Unavailable: There is no key set that may still be used, or the realm was asked too
                recently to know: right after a rotation nobody is signed out for that.
        """
        asked_at = self._monotonic()
        if kid in self._keys and asked_at - self._fetched_at < KEYS_MAX_AGE_SECONDS:
            return self._keys[kid]
        await self._refresh(kid)
        now = self._monotonic()
        is_unusable = now - self._fetched_at >= KEYS_STALE_SECONDS
        if is_unusable or (kid not in self._keys and self._fetched_at < asked_at):
            raise Unavailable(
                "KEYS_UNAVAILABLE",
                "No se puede comprobar la identidad en este momento.",
                retry_after=max(1.0, self._tried_at + KEYS_COOLDOWN_SECONDS - now),
            )
        return self._keys.get(kid)

    async def _refresh(self, kid: str) -> None:
        async with self._lock:
            now = self._monotonic()
            fresh = now - self._fetched_at < KEYS_MAX_AGE_SECONDS
            if (fresh and kid in self._keys) or now - self._tried_at < KEYS_COOLDOWN_SECONDS:
                return
            self._tried_at = now
            try:
                response = await self._client.get(self._url, follow_redirects=False)
                response.raise_for_status()
                keys = _usable_keys(response)
            except (httpx.HTTPError, ValueError, TypeError, RecursionError) as error:
                log.warning("key set not fetched", error_type=type(error).__name__)
                return
            self._keys = keys
            self.generation += 1
            self._fetched_at = self._monotonic()


def _usable_keys(response: httpx.Response) -> dict[str, Key]:
    if len(response.content) > MAX_KEY_SET_BYTES:
        raise ValueError("key set too large")
    document: Any = response.json()
    if not isinstance(document, dict) or not isinstance(document.get("keys"), list):
        raise TypeError("not a key set")
    listed: list[Any] = document["keys"]
    keys: dict[str, Key] = {}
    for item in listed:
        if not isinstance(item, dict) or item.get("use", "sig") != "sig":
            continue
        kid = item.get("kid")
        if not isinstance(kid, str):
            continue
        try:
            if item.get("kty") == "RSA" and len(str(item.get("n"))) >= MIN_MODULUS_CHARACTERS:
                keys[kid] = RSAKey.import_key(item)
            elif item.get("kty") == "EC" and item.get("crv") == "P-256":
                keys[kid] = ECKey.import_key(item)
        except (JoseError, ValueError, TypeError):
            log.warning("key of the key set not usable", key_type=str(item.get("kty"))[:8])
    return keys
