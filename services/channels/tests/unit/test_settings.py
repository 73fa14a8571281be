"""Accounts come from the environment, and those of many cities from a file."""

from __future__ import annotations

import json

import pytest
from pydantic import ValidationError

from atiende_channels.settings import Settings

pytestmark = pytest.mark.unit


def entry(number: int) -> dict[str, object]:
    return {
        "tenant": f"ciudad-{number:04d}",
        "channel": "whatsapp",
        "account_id": f"7{number:014d}",
        "secrets": {"app_secret": "s" * 32, "verify_token": "v" * 32, "access_token": "a" * 64},
    }


def test_a_thousand_cities_fit_a_file(tmp_path):
    file = tmp_path / "accounts.json"
    file.write_text(json.dumps([entry(number) for number in range(1000)]), encoding="utf-8")
    assert file.stat().st_size > 131_072, "more than one variable holds"
    [named] = [Settings.example(accounts=[entry(7)]).accounts[0]]
    settings = Settings.example(accounts=[named], accounts_file=file)
    accounts = settings.all_accounts()
    assert len(accounts) == 1001
    assert accounts[-1].tenant == "ciudad-0999"
    assert accounts[-1].secrets["app_secret"] == "s" * 32
    assert "ssss" not in repr(settings)


@pytest.mark.parametrize(
    "text", ["", "{}", '[{"tenant": "x"}]', '[{"tenant": "NO", "channel": 1}]']
)
def test_a_file_that_is_none_is_refused_at_the_start(tmp_path, text):
    file = tmp_path / "accounts.json"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(ValidationError, match="ATIENDE_ACCOUNTS_FILE"):
        Settings.example(accounts_file=file)


def test_what_is_wrong_is_said_without_what_stands_there(tmp_path):
    file = tmp_path / "accounts.json"
    file.write_text(json.dumps([entry(1) | {"secrets": "geheim-canario"}]), encoding="utf-8")
    with pytest.raises(ValidationError, match="0/secrets") as caught:
        Settings.example(accounts_file=file)
    assert "canario" not in str(caught.value)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(ValidationError, match="ATIENDE_ACCOUNTS_FILE"):
        Settings.example(accounts_file=tmp_path / "no.json")
