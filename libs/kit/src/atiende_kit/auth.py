"""Who is calling: verification of access tokens offline, and our own tokens for other services.

The rules follow RFC 8725 (JWT best current practice) and ASVS 9: nothing in a token decides how
the token is verified. Algorithms are pinned, keys come only from the realm's own key set, headers
that name keys (`jku`, `jwk`, `x5u`, `x5c`) or extensions (`crit`) are refused unread.
"""

import asyncio
import base64
import binascii
import hashlib
import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, TypeGuard

import httpx
from joserfc import jws
from joserfc.errors import JoseError
from pydantic import SecretStr

from atiende_kit import telemetry
from atiende_kit.errors import InvalidInput, Unauthenticated, Unavailable
from atiende_kit.ids import check_tenant
from atiende_kit.keys import KeySet, http_client
from atiende_kit.settings import AuthSettings

log = telemetry.get_logger()

ALGORITHMS = {"RS256": "RSA", "PS256": "RSA", "ES256": "EC"}
LEEWAY_SECONDS = 30
MAX_TOKEN_BYTES = 16 * 1024
MAX_REMEMBERED = 4096
# A token that lives longer than this was not made by a realm of ours (5 minutes there).
MAX_LIFETIME_SECONDS = 12 * 3600
SERVICE_PREFIX = "svc-"
FORBIDDEN_HEADERS = frozenset({"jku", "jwk", "x5u", "x5c", "crit", "b64", "zip", "enc", "cty"})
# Roles whose bearers see every unit of their city.
ALL_UNITS_ROLES = frozenset({"admin", "auditor"})


@dataclass(frozen=True, slots=True)
class Principal:
    """Somebody or something whose token was verified.

    Args:
        subject: The identity provider's id of the person or client.
        kind: `staff`, `citizen` or `service`.
        tenant: City of a person; empty for services, whose calls name it, and for citizens whose
            account belongs to no city: the page that they stand on names it.
        roles: Realm roles.
        units: Ids of the units a member of staff belongs to.
        name: For screens; personal data, never logged.
        azp: The client that asked for the token.
        expires: Epoch seconds; long-lived connections end with it.
        verified_email: Address that the identity provider has verified, else empty; personal data.
    """

    subject: str
    kind: Literal["staff", "citizen", "service"]
    tenant: str
    roles: frozenset[str]
    units: frozenset[str]
    name: str
    azp: str
    expires: int = 0
    verified_email: str = ""

    @property
    def service(self) -> str:
        """The service's name when the caller is one, else empty."""
        return self.azp.removeprefix(SERVICE_PREFIX) if self.kind == "service" else ""

    def may_see_unit(self, unit_id: str) -> bool:
        """Whether the matters of a unit are visible: all for admin and auditor, else their own."""
        return bool(self.roles & ALL_UNITS_ROLES) or unit_id in self.units


def _refuse(reason: str) -> Unauthenticated:
    # One text for all: what exactly is wrong helps only somebody who forges.
    return Unauthenticated(reason, "La sesión no es válida o ha terminado. Inicie sesión de nuevo.")


def _decode_part(part: str) -> bytes:
    try:
        raw = base64.b64decode(part + "=" * (-len(part) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        raise _refuse("TOKEN_MALFORMED") from None
    # Several spellings decode to the same bytes; only the canonical one is a token.
    if base64.urlsafe_b64encode(raw).rstrip(b"=").decode() != part:
        raise _refuse("TOKEN_MALFORMED")
    return raw


def _object_without_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result = dict(pairs)
    if len(result) != len(pairs):
        raise ValueError("duplicate member")
    return result


def _refuse_constant(name: str) -> Any:
    raise ValueError(name)


def _parse_json(raw: bytes) -> dict[str, Any]:
    try:
        value = json.loads(
            raw.decode("utf-8"),
            object_pairs_hook=_object_without_duplicates,
            parse_constant=_refuse_constant,
        )
    except (ValueError, RecursionError):
        raise _refuse("TOKEN_MALFORMED") from None
    if not isinstance(value, dict):
        raise _refuse("TOKEN_MALFORMED")
    return value


def _is_instant(value: Any) -> TypeGuard[int]:
    # Keycloak writes whole seconds; a float, a text or true is somebody else's work.
    return type(value) is int and value >= 0


def _strings(value: Any) -> frozenset[str]:
    if not isinstance(value, list):
        return frozenset()
    return frozenset(item for item in value if isinstance(item, str))


class TokenVerifier:
    """Verifies access tokens against the realm's keys. A component: it owns an HTTP client.

    Args:
        settings: What to accept.
        client: Used for the key set; its own when absent (tests give a transport of theirs).
        now: Epoch seconds. Tokens are judged by real time, never by the domain clock.
        monotonic: For the ages of cached keys.
        citizen_clients: Clients whose users are citizens.
    """

    name = "identity"

    def __init__(
        self,
        settings: AuthSettings,
        client: httpx.AsyncClient | None = None,
        *,
        now: Callable[[], float] = time.time,
        monotonic: Callable[[], float] = time.monotonic,
        citizen_clients: frozenset[str] = frozenset({"portal"}),
    ) -> None:
        self._settings = settings
        self._client = client or http_client()
        self._owns_client = client is None
        self._now = now
        self._citizen_clients = citizen_clients
        self._verified: dict[bytes, tuple[Principal, int]] = {}
        self.keys = KeySet(settings.jwks_url, self._client, monotonic)

    async def start(self) -> None:
        """Nothing to wait for: keys come with the first token, the provider may start later."""

    async def stop(self) -> None:
        """Close the connections to the provider."""
        if self._owns_client:
            await self._client.aclose()

    async def check(self) -> None:
        """Ready even when the provider is down: anonymous channels do not need it."""

    async def verify(self, token: str) -> Principal:
        """Return who the token belongs to.

        Args:
            token: The compact form, as it came after `Bearer`.

        Raises:
            Unauthenticated: It does not hold, whatever the cause.
            Unavailable: No keys to judge it with.
        """
        if len(token) > MAX_TOKEN_BYTES or not token.isascii():
            raise _refuse("TOKEN_MALFORMED")
        # Checking a signature is half of the time of a small request, and the desk sends the same
        # token a hundred times. What was verified holds until it ends or the key set ages.
        digest = hashlib.sha256(token.encode()).digest()
        known = self._verified.get(digest)
        if known is not None and self.keys.is_fresh(known[1]):
            if self._now() > known[0].expires + LEEWAY_SECONDS:
                raise _refuse("TOKEN_EXPIRED")
            return known[0]
        principal = await self._verify(token)
        if len(self._verified) >= MAX_REMEMBERED:
            self._verified.clear()
        self._verified[digest] = (principal, self.keys.generation)
        return principal

    async def _verify(self, token: str) -> Principal:
        parts = token.split(".")
        if len(parts) != 3 or not all(parts):  # noqa: PLR2004 -- header, payload, signature
            raise _refuse("TOKEN_MALFORMED")
        header = _parse_json(_decode_part(parts[0]))
        claims = _parse_json(_decode_part(parts[1]))
        _decode_part(parts[2])
        algorithm, kid = self._check_header(header)
        # Before the key set is asked: a flood of worthless tokens must not reach the provider.
        self._check_claims(claims)
        key = await self.keys.get(kid)
        if key is None:
            raise _refuse("TOKEN_KEY_UNKNOWN")
        if key.key_type != ALGORITHMS[algorithm]:
            raise _refuse("TOKEN_ALGORITHM_REFUSED")
        stated = key.as_dict().get("alg")
        if stated is not None and stated != algorithm:
            raise _refuse("TOKEN_ALGORITHM_REFUSED")
        try:
            jws.deserialize_compact(token, key, algorithms=[algorithm])
        except (JoseError, ValueError, TypeError):
            raise _refuse("TOKEN_SIGNATURE_INVALID") from None
        return self._principal(claims)

    @staticmethod
    def _check_header(header: dict[str, Any]) -> tuple[str, str]:
        algorithm, kid = header.get("alg"), header.get("kid")
        if not isinstance(algorithm, str) or algorithm not in ALGORITHMS:
            raise _refuse("TOKEN_ALGORITHM_REFUSED")
        if FORBIDDEN_HEADERS & header.keys():
            raise _refuse("TOKEN_HEADER_REFUSED")
        kind = header.get("typ", "JWT")
        if not isinstance(kind, str) or kind.lower() not in {"jwt", "at+jwt"}:
            raise _refuse("TOKEN_HEADER_REFUSED")
        if not isinstance(kid, str) or not 0 < len(kid) <= 200:  # noqa: PLR2004 -- Keycloak's have 43
            raise _refuse("TOKEN_KEY_UNKNOWN")
        return algorithm, kid

    def _check_claims(self, claims: dict[str, Any]) -> None:
        now = self._now()
        expires, not_before, issued = claims.get("exp"), claims.get("nbf", 0), claims.get("iat", 0)
        if not (_is_instant(expires) and _is_instant(not_before) and _is_instant(issued)):
            raise _refuse("TOKEN_MALFORMED")
        if now > expires + LEEWAY_SECONDS:
            raise _refuse("TOKEN_EXPIRED")
        if expires > now + MAX_LIFETIME_SECONDS:
            raise _refuse("TOKEN_LIFETIME_REFUSED")
        if max(not_before, issued) > now + LEEWAY_SECONDS:
            raise _refuse("TOKEN_NOT_YET_VALID")
        if claims.get("iss") != self._settings.issuer:
            raise _refuse("TOKEN_ISSUER_REFUSED")
        audience = claims.get("aud")
        audiences = [audience] if isinstance(audience, str) else audience
        if not isinstance(audiences, list) or self._settings.audience not in audiences:
            raise _refuse("TOKEN_AUDIENCE_REFUSED")
        # Keycloak's ID and refresh tokens carry the same signature; only `typ` tells them apart.
        if claims.get("typ") != "Bearer":
            raise _refuse("TOKEN_TYPE_REFUSED")
        azp = claims.get("azp")
        if not isinstance(azp, str) or azp not in self._settings.allowed_azp:
            raise _refuse("TOKEN_CLIENT_REFUSED")
        subject = claims.get("sub")
        if not isinstance(subject, str) or not 0 < len(subject) <= 255:  # noqa: PLR2004 -- OIDC Core 2
            raise _refuse("TOKEN_MALFORMED")

    def _principal(self, claims: dict[str, Any]) -> Principal:
        azp: str = claims["azp"]
        kind: Literal["staff", "citizen", "service"] = "staff"
        if azp.startswith(SERVICE_PREFIX):
            kind = "service"
        elif azp in self._citizen_clients:
            kind = "citizen"
        tenant = claims.get("tenant", "")
        if kind == "service" or (kind == "citizen" and "tenant" not in claims):
            tenant = ""
        else:
            try:
                check_tenant(tenant)
            except InvalidInput:
                raise _refuse("TOKEN_TENANT_MISSING") from None
        access = claims.get("realm_access")
        listed = access.get("roles") if isinstance(access, dict) else claims.get("roles")
        name = claims.get("name")
        # Whoever registers may claim any address; only a verified one says who somebody is.
        email = claims.get("email") if claims.get("email_verified") is True else None
        return Principal(
            subject=claims["sub"],
            kind=kind,
            tenant=tenant,
            roles=_strings(listed),
            units=_strings(claims.get("units")),
            name=name if isinstance(name, str) else "",
            azp=azp,
            expires=claims["exp"],
            verified_email=email if isinstance(email, str) else "",
        )


class ServiceTokens:
    """This service's own token for calling others: client credentials (RFC 6749 section 4.4).

    Renewed when a fifth of its life is left; callers that arrive together share one request.

    Args:
        settings: Token endpoint, client id and secret.
        client: As in `TokenVerifier`.
        monotonic: For ages.
    """

    name = "service-tokens"

    def __init__(
        self,
        settings: AuthSettings,
        client: httpx.AsyncClient | None = None,
        *,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._settings = settings
        self._client = client or http_client()
        self._owns_client = client is None
        self._monotonic = monotonic
        self._token: SecretStr | None = None
        self._renew_at = self._ends_at = float("-inf")
        self._retry_at = float("-inf")
        self._lock = asyncio.Lock()

    async def start(self) -> None:
        """Nothing to wait for; the first call fetches."""

    async def stop(self) -> None:
        """Close the connections to the provider."""
        if self._owns_client:
            await self._client.aclose()

    async def check(self) -> None:
        """Ready without a token; calls say themselves when there is none."""

    async def get(self) -> str:
        """Return a token that is good for a while yet.

        Raises:
            Unavailable: The provider gives none and the last one has ended.
        """
        if self._token is not None and self._monotonic() < self._renew_at:
            return self._token.get_secret_value()
        async with self._lock:
            if self._monotonic() >= max(self._renew_at, self._retry_at):
                await self._fetch()
            if self._token is not None and self._monotonic() < self._ends_at:
                return self._token.get_secret_value()
        raise Unavailable(
            "SERVICE_TOKEN_UNAVAILABLE",
            "El servicio de identidad no responde.",
            retry_after=1.0,
        )

    def forget(self, token: str) -> None:
        """Not hand out this token again: a peer refused it."""
        if self._token is not None and self._token.get_secret_value() == token:
            self._renew_at = self._ends_at = float("-inf")

    async def _fetch(self) -> None:
        try:
            response = await self._client.post(
                self._settings.token_url,
                data={"grant_type": "client_credentials"},
                auth=(self._settings.client_id, self._settings.client_secret.get_secret_value()),
            )
            response.raise_for_status()
            document = response.json()
            token = SecretStr(document["access_token"])
            lifetime = float(document.get("expires_in", 60))
        except (httpx.HTTPError, ValueError, KeyError, TypeError) as error:
            log.warning("service token not fetched", error_type=type(error).__name__)
            self._retry_at = self._monotonic() + 1.0
            return
        now = self._monotonic()
        self._token = token
        self._renew_at = now + lifetime * 0.8
        self._ends_at = now + lifetime - min(5.0, lifetime * 0.1)
