"""Tokens and limits of the chat, and its settings."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from atiende_channels.channels.webchat.models import NewMessage
from atiende_channels.channels.webchat.sockets import allowed_origins
from atiende_channels.channels.webchat.tokens import SessionTokens
from atiende_channels.settings import Settings, WebchatSettings
from atiende_kit.errors import Unauthenticated
from atiende_kit.settings import HttpSettings

pytestmark = pytest.mark.unit

NOW = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)
TOKENS = SessionTokens(b"secreto", timedelta(days=30))


def test_session_lasts_a_day_and_longer_and_then_ends() -> None:
    session, token = TOKENS.issue("sanaurelio", "portal", NOW)
    assert TOKENS.verify(token, NOW + timedelta(days=1)) == session
    assert len(session.session_id) >= 22
    with pytest.raises(Unauthenticated):
        TOKENS.verify(token, NOW + timedelta(days=31))


def test_ids_do_not_repeat() -> None:
    assert len({TOKENS.issue("t", "p", NOW)[0].session_id for _ in range(1000)}) == 1000


def test_token_of_another_secret_is_refused() -> None:
    _, token = SessionTokens(b"otro", timedelta(days=1)).issue("sanaurelio", "portal", NOW)
    with pytest.raises(Unauthenticated):
        TOKENS.verify(token, NOW)


@given(st.text(max_size=60), st.integers(min_value=0, max_value=200))
def test_no_changed_token_passes(noise: str, at: int) -> None:
    _, token = TOKENS.issue("sanaurelio", "portal", NOW)
    changed = token[:at] + noise + token[at + 1 :]
    if changed != token:
        with pytest.raises(Unauthenticated):
            TOKENS.verify(changed, NOW)


@pytest.mark.parametrize("token", ["", ".", "\ud800.\ud800", "ñ.ñ", "\x00.\x00", "a.b.c"])
def test_strange_tokens_are_refused(token: str) -> None:
    with pytest.raises(Unauthenticated):
        TOKENS.verify(token, NOW)


@pytest.mark.parametrize(
    "body",
    [
        {"client_message_id": "c-0000001", "text": "  "},
        {"client_message_id": "x", "text": "hola"},
        {"client_message_id": "c-0000001", "text": "x" * 8001},
        {"client_message_id": "c-0000001", "text": "hola", "tenant": "otraciudad"},
        {"client_message_id": "c-0000001", "text": 5},
    ],
)
def test_bad_messages_are_refused(body: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        NewMessage.model_validate(body)


def test_chat_may_be_opened_by_our_own_pages_only() -> None:
    own = Settings.example(http=HttpSettings(public_url="https://ciudad.example/portal"))
    assert allowed_origins(own) == {"https://ciudad.example"}
    named = Settings.example(webchat=WebchatSettings(origins=("https://x.example",)))
    assert allowed_origins(named) == {"https://x.example"}


def test_example_city_and_missing_chat_secret_do_not_go_to_production() -> None:
    for wrong in ({"example_city": True}, {}):
        with pytest.raises(ValidationError):
            Settings.example(environment="production", **wrong)


def test_configured_accounts_win_over_the_example_city() -> None:
    settings = Settings.example(
        example_city=True,
        accounts=(
            {
                "tenant": "sanaurelio",
                "channel": "whatsapp",
                "account_id": "100200300400500",
                "secrets": {"app_secret": "s"},
            },
        ),
    )
    found = [a for a in settings.all_accounts() if a.account_id == "100200300400500"]
    assert [dict(a.secrets) for a in found] == [{"app_secret": "s"}]
    assert "'s'" not in repr(settings)
