"""Tokens for tests: a realm in miniature, with real keys and the shape of Keycloak's claims."""

import asyncio
import base64
import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
from joserfc import jws
from joserfc.jwk import ECKey, RSAKey
from pydantic import SecretStr

from atiende_kit.auth import ServiceTokens, TokenVerifier
from atiende_kit.settings import AuthSettings

ISSUER = "http://id.test/auth/realms/atiende"
SERVICES = ("channels", "cases", "routing", "notifications", "surveys", "catalog")


class TokenFactory:
    """Signs tokens the verifier accepts, and serves its key set without a network.

    Args:
        issuer: Of the tokens.
        audience: Of the tokens.
    """

    def __init__(self, issuer: str = ISSUER, audience: str = "atiende-api") -> None:
        self.issuer = issuer
        self.audience = audience
        self.key = RSAKey.generate_key(2048, {"kid": "test-rsa", "use": "sig", "alg": "RS256"})
        self.ec_key = ECKey.generate_key("P-256", {"kid": "test-ec", "use": "sig", "alg": "ES256"})
        self.published: list[RSAKey | ECKey] = [self.key, self.ec_key]
        self.requests: list[str] = []
        self.down = False
        self.base = issuer

    def jwks(self) -> dict[str, Any]:
        """The public key set as the realm publishes it."""
        return {"keys": [key.as_dict(private=False) for key in self.published]}

    def settings(self, client: str = "svc-test") -> AuthSettings:
        """Auth settings that trust this factory."""
        return AuthSettings(
            issuer=self.issuer,
            jwks_url=f"{self.base}/protocol/openid-connect/certs",
            audience=self.audience,
            client_id=client,
            client_secret=SecretStr("test-secret"),
            token_url=f"{self.base}/protocol/openid-connect/token",
            allowed_azp=("desk", "portal", "svc-test", *(f"svc-{name}" for name in SERVICES)),
        )

    def client(self) -> httpx.AsyncClient:
        """An HTTP client whose every request this factory answers; no socket is opened."""
        return httpx.AsyncClient(transport=httpx.MockTransport(self._answer))

    def verifier(self, **options: Any) -> TokenVerifier:
        """A verifier over this factory's keys."""
        return TokenVerifier(self.settings(), self.client(), **options)

    def service_tokens(self, name: str, **options: Any) -> ServiceTokens:
        """What service `name` uses for its outbound calls."""
        return ServiceTokens(self.settings(f"svc-{name}"), self.client(), **options)

    def staff_token(
        self,
        roles: tuple[str, ...] | list[str] = ("agent",),
        units: tuple[str, ...] | list[str] = (),
        tenant: str = "sanaurelio",
        *,
        subject: str = "staff-1",
        name: str = "Ana Pérez",
        **claims: Any,
    ) -> str:
        """An access token of a member of staff signed in at the desk."""
        return self.sign(
            self.claims(
                azp="desk",
                sub=subject,
                tenant=tenant,
                name=name,
                units=list(units),
                realm_access={"roles": list(roles)},
                **claims,
            )
        )

    def citizen_token(
        self, tenant: str | None = "sanaurelio", *, subject: str = "citizen-1", **claims: Any
    ) -> str:
        """An access token of a citizen signed in at the portal."""
        return self.sign(self.claims(azp="portal", sub=subject, tenant=tenant, **claims))

    def service_token(self, name: str, **claims: Any) -> str:
        """An access token of a service's own account."""
        return self.sign(
            self.claims(azp=f"svc-{name}", sub=f"service-account-svc-{name}", **claims)
        )

    def claims(self, **changes: Any) -> dict[str, Any]:
        """Valid claims with changes; a value of None removes the claim."""
        now = int(time.time())
        values: dict[str, Any] = {
            "iss": self.issuer,
            "aud": self.audience,
            "azp": "desk",
            "sub": "staff-1",
            "typ": "Bearer",
            "iat": now,
            "exp": now + 300,
            "tenant": "sanaurelio",
            **changes,
        }
        return {name: value for name, value in values.items() if value is not None}

    def sign(
        self,
        claims: dict[str, Any],
        *,
        key: RSAKey | ECKey | None = None,
        algorithm: str = "RS256",
        **header: Any,
    ) -> str:
        """Sign claims; header fields given replace or (None) remove the usual ones."""
        chosen = key or self.key
        fields = {"alg": algorithm, "typ": "JWT", "kid": chosen.kid, **header}
        protected = {name: value for name, value in fields.items() if value is not None}
        return jws.serialize_compact(
            protected,
            json.dumps(claims).encode(),
            chosen,
            algorithms=[algorithm],
            registry=jws.JWSRegistry(algorithms=[algorithm], strict_check_header=False),
        )

    def rotate(self) -> RSAKey:
        """Replace the signing key; the old one is no longer published."""
        self.published.remove(self.key)
        self.key = RSAKey.generate_key(
            2048, {"kid": f"test-rsa-{len(self.requests)}-next", "use": "sig", "alg": "RS256"}
        )
        self.published.append(self.key)
        return self.key

    def _answer(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request.url.path)
        status, document = self._document(
            request.url.path, request.headers.get("authorization", ""), request.content
        )
        return httpx.Response(status, json=document)

    def _document(self, path: str, authorization: str, body: bytes) -> tuple[int, dict[str, Any]]:
        if self.down:
            return 503, {}
        if path.endswith("/certs"):
            return 200, self.jwks()
        if path.endswith("/token") and body == b"grant_type=client_credentials":
            client = _basic_user(authorization)
            if client.startswith("svc-"):
                token = self.service_token(client.removeprefix("svc-"))
                return 200, {"access_token": token, "expires_in": 300, "token_type": "Bearer"}
            return 401, {"error": "invalid_client"}
        return 404, {}

    @asynccontextmanager
    async def serve(self) -> AsyncIterator[str]:
        """Serve keys and tokens on a real local port; yields the base URL.

        For tests whose service runs as another process. `settings()` points here meanwhile.
        """

        async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            lines = head.split("\r\n")
            headers = {
                name.lower(): value.strip()
                for name, _, value in (line.partition(":") for line in lines[1:])
            }
            body = await reader.readexactly(int(headers.get("content-length", "0")))
            path = lines[0].split(" ")[1]
            self.requests.append(path)
            status, document = self._document(path, headers.get("authorization", ""), body)
            content = json.dumps(document).encode()
            writer.write(
                f"HTTP/1.1 {status} X\r\ncontent-type: application/json\r\n"
                f"content-length: {len(content)}\r\nconnection: close\r\n\r\n".encode()
                + content
            )
            await writer.drain()
            writer.close()

        server = await asyncio.start_server(answer, "127.0.0.1", 0)
        self.base = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        try:
            async with server:
                yield self.base
        finally:
            self.base = self.issuer


def _basic_user(authorization: str) -> str:
    scheme, _, encoded = authorization.partition(" ")
    if scheme != "Basic":
        return ""
    return base64.b64decode(encoded).decode().partition(":")[0]
