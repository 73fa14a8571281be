"""Attacks on the session of staff: the code flow, its parameters, and its end (S4, S17)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from dev.stack.login import Grant, authorize, redeem, refresh, staff_login
from dev.stack.stack import Stack

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(180, func_only=True)]
WHO = "carolina.duarte"
CHALLENGE = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
SHORT_SECONDS = 300
"""The longest that an access token may outlive the session."""
READ_BY_ITS_PAGE = "KC_AUTH_SESSION_HASH="
"""Keycloak's own page compares this hash to notice another tab's sign-in; it opens nothing."""
STRANGERS = (
    "https://malo.example/",
    "https://malo.example/desk/callback",
    "//malo.example/desk/callback",
    "{city}.malo.example/desk/callback",
    "{city}@malo.example/desk/callback",
    "{city}/desk/callback/../../malo",
    "{city}/desk/callback%0d%0aLocation:%20https://malo.example",
    "{city}/desk/callback\\@malo.example",
    "{city}/desk/callback?next=https://malo.example",
    "{city}/otra",
    "javascript:alert(1)",
    "data:text/html,hola",
)


class Door:
    """Keycloak as a stranger meets it."""

    def __init__(self, stack: Stack, http: httpx.Client) -> None:
        endpoints = stack.endpoints()
        self.http = http
        self.city = endpoints.public_url
        self.issuer = endpoints.issuer
        self.back = f"{self.city}/desk/callback"
        self._password = stack.context().credentials.staff()[WHO]

    def ask(self, **changed: str | None) -> httpx.Response:
        """An authorization request; None leaves a parameter out."""
        asked: dict[str, str | None] = {
            "client_id": "desk",
            "redirect_uri": self.back,
            "response_type": "code",
            "scope": "openid",
            "state": "s",
            "code_challenge": CHALLENGE,
            "code_challenge_method": "S256",
            **changed,
        }
        given = {name: value for name, value in asked.items() if value is not None}
        return self.http.get(f"{self.issuer}/protocol/openid-connect/auth", params=given)

    def grant(self) -> Grant:
        """A code for somebody who signed in."""
        return authorize(
            self.http,
            issuer=self.issuer,
            client_id="desk",
            redirect_uri=self.back,
            username=WHO,
            password=self._password,
        )

    def redeem(self, grant: Grant) -> httpx.Response:
        """What the token endpoint says to it."""
        return redeem(self.http, self.issuer, "desk", self.back, grant)

    def token(self, **data: str) -> httpx.Response:
        """A token request of any kind."""
        return self.http.post(f"{self.issuer}/protocol/openid-connect/token", data=data)

    def password(self) -> httpx.Response:
        """The grant that hands passwords to applications (RFC 9700 2.4)."""
        return self.token(
            grant_type="password", client_id="desk", username=WHO, password=self._password
        )


@pytest.fixture(scope="module")
def door(stack: Stack) -> Iterator[Door]:
    """A fresh client for each module; cookies of one sign-in are not those of another."""
    with httpx.Client(timeout=20, follow_redirects=False) as http:
        yield Door(stack, http)


@pytest.mark.parametrize(
    "changed",
    [
        {"code_challenge": None, "code_challenge_method": None},
        {"code_challenge_method": "plain"},
        {"code_challenge_method": None},
        {"response_type": "token"},
        {"response_type": "id_token", "nonce": "n"},
        {"response_type": "code token", "nonce": "n"},
        {"client_id": "nobody"},
    ],
)
def test_only_the_code_flow_with_pkce_begins(door: Door, changed: dict[str, Any]) -> None:
    answer = door.ask(**changed)
    assert 'id="kc-form-login"' not in answer.text
    location = answer.headers.get("location", "")
    assert answer.status_code >= httpx.codes.BAD_REQUEST or "error=" in location, location
    assert "access_token" not in location


def test_unchanged_request_begins(door: Door) -> None:
    """Negative control of the one above."""
    answer = door.ask()
    assert answer.status_code == httpx.codes.OK
    assert 'id="kc-form-login"' in answer.text


@pytest.mark.parametrize("stranger", STRANGERS)
def test_nobody_is_sent_to_strangers(door: Door, stranger: str) -> None:
    address = stranger.format(city=door.city)
    answer = door.ask(redirect_uri=address)
    assert answer.status_code == httpx.codes.BAD_REQUEST, answer.headers.get("location")
    out = door.http.get(
        f"{door.issuer}/protocol/openid-connect/logout",
        params={"client_id": "desk", "post_logout_redirect_uri": address},
    )
    ours = urlsplit(door.city).netloc
    assert urlsplit(out.headers.get("location", door.city)).netloc == ours
    assert out.status_code == httpx.codes.BAD_REQUEST


def test_code_is_worth_nothing_without_its_verifier(door: Door) -> None:
    for wrong in ("", "a" * 64):
        assert door.redeem(replace(door.grant(), verifier=wrong)).status_code == 400


def test_code_is_worth_nothing_twice_and_its_tokens_fall(door: Door) -> None:
    grant = door.grant()
    tokens = door.redeem(grant).json()
    assert door.redeem(grant).status_code == 400
    # RFC 6749 4.1.2: a code that comes back was stolen, so what it gave is withdrawn.
    again = door.token(
        grant_type="refresh_token", client_id="desk", refresh_token=tokens["refresh_token"]
    )
    assert again.status_code == 400


def test_applications_never_see_a_password(door: Door) -> None:
    assert door.password().status_code in {400, 401}


def test_stolen_refresh_token_ends_both(door: Door, stack: Stack) -> None:
    first = staff_login(stack, WHO)
    refresh(door.http, door.issuer, "desk", first)
    spent = door.token(
        grant_type="refresh_token", client_id="desk", refresh_token=first.refresh_token
    )
    assert spent.status_code == 400


def test_leaving_ends_access(door: Door, stack: Stack) -> None:
    tokens = staff_login(stack, WHO)
    assert tokens.expires_in <= SHORT_SECONDS
    left = door.http.post(
        f"{door.issuer}/protocol/openid-connect/logout",
        data={"client_id": "desk", "refresh_token": tokens.refresh_token},
    )
    assert left.is_success
    after = door.token(
        grant_type="refresh_token", client_id="desk", refresh_token=tokens.refresh_token
    )
    assert after.status_code == 400


def test_session_cookies_are_closed(door: Door) -> None:
    cookies = door.ask().headers.get_list("set-cookie")
    assert cookies
    for cookie in cookies:
        flags = {flag.strip().lower() for flag in cookie.split(";")[1:]}
        assert "secure" in flags, cookie.split("=")[0]
        assert any(flag.startswith("samesite=") for flag in flags), cookie.split("=")[0]
        assert "httponly" in flags or cookie.startswith(READ_BY_ITS_PAGE), cookie.split("=")[0]
