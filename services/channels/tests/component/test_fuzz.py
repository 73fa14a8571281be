"""Generated requests over the whole HTTP API."""

from __future__ import annotations

from typing import Any

import pytest

from atiende_kit.testing.fuzz import fuzz_api

pytestmark = [pytest.mark.component, pytest.mark.timeout(300)]


async def test_generated_requests_find_nothing_undocumented(channels: Any) -> None:
    tried = await fuzz_api(
        channels.url,
        "channels",
        channels.tokens.staff_token(["supervisor"]),
        max_examples=12,
        skip={
            "POST /webhooks/whatsapp/{account_id}": "any JSON fits its schema; signed or refused"
        },
    )
    assert tried >= 10
