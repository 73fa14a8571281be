"""Recorded letters of many kinds, and what each of them must become."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from atiende_channels.channels.email.parser import Rules, parse
from atiende_channels.domain.model import (
    Attachment,
    ParsedItem,
    ParsedMessage,
    ParsedStatus,
    Quality,
    Refusal,
)

pytestmark = pytest.mark.unit

HERE = Path(__file__).parent
EXPECTED: dict[str, dict[str, Any]] = json.loads((HERE / "expected.json").read_text())
RULES = Rules(account_id="atencion@sanaurelio.example", message_id_domain="mail.sanaurelio.example")


def read(name: str) -> list[ParsedItem]:
    return parse((HERE / "fixtures" / f"{name}.eml").read_bytes(), RULES)


def test_every_fixture_has_an_expectation() -> None:
    assert {path.stem for path in (HERE / "fixtures").glob("*.eml")} == set(EXPECTED)


@pytest.mark.parametrize("name", sorted(n for n, e in EXPECTED.items() if "reason" not in e))
def test_letter_of_a_person_is_read(name: str) -> None:
    expected = EXPECTED[name]
    [message] = read(name)
    assert isinstance(message, ParsedMessage)
    assert message.text == expected["text"]
    assert message.sender.address == expected.get("sender", message.sender.address)
    assert message.sender.display_name == expected.get("name", message.sender.display_name)
    assert message.subject == expected.get("subject", message.subject)
    assert expected.get("folded", "") in message.folded_text
    assert message.thread_key == expected.get("thread", message.thread_key)
    assert list(message.reply_to_keys) == expected.get("replies", list(message.reply_to_keys))
    files = [f.filename for f in message.attachments if isinstance(f, Attachment)]
    assert files == expected.get("files", [])
    assert message.quality == Quality(expected.get("quality", "readable"))
    if expected.get("derived_id"):
        assert message.provider_message_id.startswith("sha256-")
    assert not message.sender.verified


@pytest.mark.parametrize("name", sorted(n for n, e in EXPECTED.items() if "reason" in e))
def test_automatic_mail_is_refused_with_its_reason(name: str) -> None:
    expected = EXPECTED[name]
    *statuses, refusal = read(name)
    assert isinstance(refusal, Refusal)
    assert refusal.reason == expected["reason"]
    if "status" in expected:
        [status] = statuses
        assert isinstance(status, ParsedStatus)
        assert [status.state, status.error_code] == expected["status"]
        assert status.provider_message_id.endswith(".0@mail.sanaurelio.example")
    else:
        assert not statuses
