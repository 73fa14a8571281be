from __future__ import annotations

import pytest

from atiende_cases.testing import TENANT
from atiende_city.citizen_access import COOKIE
from atiende_kit.testing.fuzz import fuzz_api

pytestmark = [pytest.mark.component, pytest.mark.timeout(300)]
BASE = "/api/cases/v1"


async def test_generated_requests_find_nothing_undocumented(running):
    case_id = await running.open_case()
    case = await running.store.cases.get(TENANT, case_id)
    agent = running.tokens.staff_token(["agent", "supervisor"], ["alumbrado"])
    auditor = running.tokens.staff_token(["auditor"])
    session = running.access.begin(TENANT, "contact", citizen_id=case.citizen_id)
    tried = await fuzz_api(
        str(running.client.base_url),
        "cases",
        lambda _, path: auditor if path.endswith("/figures/messages") else agent,
        cookies={COOKIE: running.access.token(session)},
        skip={
            f"GET {BASE}/changes": "never ends; test_flow follows it",
            f"DELETE {BASE}/citizen/session": "ends the session that the others are tried with",
        },
        max_examples=10,
    )
    assert tried >= 25
    seen = await running.client.get(f"{BASE}/cases/{case_id}", headers=running.as_staff("auditor"))
    assert seen.status_code == 200
    own = {"cookie": f"{COOKIE}={running.access.token(session)}"}
    assert (await running.client.get(f"{BASE}/citizen/cases", headers=own)).status_code == 200
