"""Signing in as a person would: code flow with PKCE and the real form, without a browser."""

from __future__ import annotations

import base64
import hashlib
import html
import re
import secrets
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx

from dev.stack.stack import Stack

_FORM = re.compile(r'<form[^>]*id="kc-form-login"[^>]*action="([^"]+)"', re.DOTALL)


class LoginError(Exception):
    """The sign-in did not end with tokens; the text says at which step."""


@dataclass(frozen=True)
class Grant:
    """A code, and the verifier without which it is worth nothing."""

    code: str
    verifier: str


@dataclass(frozen=True)
class Tokens:
    """What the token endpoint gave."""

    access_token: str
    refresh_token: str
    id_token: str
    expires_in: int

    @property
    def header(self) -> dict[str, str]:
        """The Authorization header for calls to the APIs."""
        return {"Authorization": f"Bearer {self.access_token}"}


def staff_login(
    stack: Stack, username: str, *, client_id: str = "desk", redirect_path: str = "/desk/callback"
) -> Tokens:
    """Signs a member of the example staff in, with the password of var/credentials.json."""
    endpoints = stack.endpoints()
    password = stack.context().credentials.staff()[username]
    with httpx.Client(timeout=20) as http:
        return code_flow(
            http,
            issuer=endpoints.issuer,
            client_id=client_id,
            redirect_uri=f"{endpoints.public_url}{redirect_path}",
            username=username,
            password=password,
        )


def code_flow(
    http: httpx.Client,
    *,
    issuer: str,
    client_id: str,
    redirect_uri: str,
    username: str,
    password: str,
) -> Tokens:
    """Goes through authorization, form and token request (RFC 6749 4.1, RFC 7636).

    Raises:
        LoginError: refused credentials, an unexpected page, or a state that is not ours.
    """
    grant = authorize(
        http,
        issuer=issuer,
        client_id=client_id,
        redirect_uri=redirect_uri,
        username=username,
        password=password,
    )
    return _tokens(redeem(http, issuer, client_id, redirect_uri, grant))


def authorize(
    http: httpx.Client,
    *,
    issuer: str,
    client_id: str,
    redirect_uri: str,
    username: str,
    password: str,
) -> Grant:
    """Goes as far as the code.

    Raises:
        LoginError: as `code_flow`.
    """
    verifier, state = secrets.token_urlsafe(48), secrets.token_urlsafe(16)
    digest = hashlib.sha256(verifier.encode()).digest()
    page = http.get(
        f"{issuer}/protocol/openid-connect/auth",
        params={
            "client_id": client_id,
            "redirect_uri": redirect_uri,
            "response_type": "code",
            "scope": "openid",
            "state": state,
            "code_challenge": base64.urlsafe_b64encode(digest).rstrip(b"=").decode(),
            "code_challenge_method": "S256",
        },
        follow_redirects=False,
    )
    form = _FORM.search(page.text)
    if page.status_code != httpx.codes.OK or not form:
        raise LoginError(f"no sign-in form: {page.status_code} {page.headers.get('location', '')}")
    answer = http.post(
        html.unescape(form.group(1)),
        data={"username": username, "password": password, "credentialId": ""},
        headers={"Cookie": cookies(page)},
        follow_redirects=False,
    )
    return Grant(_code(answer, redirect_uri, state), verifier)


def cookies(page: httpx.Response) -> str:
    """Returns the page's cookies as a header.

    They are marked Secure, which browsers allow on http://localhost and httpx's cookie jar does
    not.
    """
    pairs = (line.split(";", 1)[0] for line in page.headers.get_list("set-cookie"))
    return "; ".join(pairs)


def _code(answer: httpx.Response, redirect_uri: str, state: str) -> str:
    location: str = answer.headers.get("location", "")
    if not location.startswith(f"{redirect_uri}?"):
        raise LoginError(f"the sign-in was refused ({answer.status_code})")
    values = parse_qs(urlsplit(location).query)
    if values.get("state") != [state]:
        raise LoginError("the answer carries another state")
    if "code" not in values:
        raise LoginError(f"no code: {values.get('error', ['?'])[0]}")
    return values["code"][0]


def redeem(
    http: httpx.Client, issuer: str, client_id: str, redirect_uri: str, grant: Grant
) -> httpx.Response:
    """Asks for the tokens of a code; the answer is as the server gave it."""
    return http.post(
        f"{issuer}/protocol/openid-connect/token",
        data={
            "grant_type": "authorization_code",
            "client_id": client_id,
            "redirect_uri": redirect_uri,
            "code": grant.code,
            "code_verifier": grant.verifier,
        },
    )


def refresh(http: httpx.Client, issuer: str, client_id: str, tokens: Tokens) -> Tokens:
    """Returns new tokens for a session; access tokens last five minutes."""
    answer = http.post(
        f"{issuer}/protocol/openid-connect/token",
        data={
            "grant_type": "refresh_token",
            "client_id": client_id,
            "refresh_token": tokens.refresh_token,
        },
    )
    return _tokens(answer)


def _tokens(answer: httpx.Response) -> Tokens:
    body: dict[str, Any] = answer.json()
    if answer.status_code != httpx.codes.OK:
        raise LoginError(f"no tokens: {body.get('error')} {body.get('error_description', '')}")
    return Tokens(
        body["access_token"], body["refresh_token"], body.get("id_token", ""), body["expires_in"]
    )
