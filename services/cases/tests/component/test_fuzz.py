from __future__ import annotations

import pytest

from atiende_kit.testing.fuzz import fuzz_api

pytestmark = [pytest.mark.component, pytest.mark.timeout(300)]
BASE = "/api/cases/v1"


async def test_generated_requests_find_nothing_undocumented(running):
    case_id = await running.open_case()
    agent = running.tokens.staff_token(["agent", "supervisor"], ["alumbrado"])
    auditor = running.tokens.staff_token(["auditor"])
    tried = await fuzz_api(
        str(running.client.base_url),
        "cases",
        lambda _, path: auditor if path.endswith("/figures/messages") else agent,
        skip={f"GET {BASE}/changes": "never ends; test_flow follows it"},
        max_examples=10,
    )
    assert tried >= 20
    seen = await running.client.get(f"{BASE}/cases/{case_id}", headers=running.as_staff("auditor"))
    assert seen.status_code == 200
