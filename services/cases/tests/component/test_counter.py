"""The folio of what a clerk wrote down for somebody at the counter, over HTTP."""

from __future__ import annotations

import pytest

from atiende.common.v1 import common_pb2
from atiende_cases.testing import OTHER_TENANT

pytestmark = pytest.mark.component
BASE = "/api/cases/v1/counter/cases"


async def test_clerk_learns_the_folio_of_another_units_case_and_nobody_else_does(running):
    case_id = await running.open_case(
        channel=common_pb2.CHANNEL_KIND_COUNTER, submitted_by="camilo", address="v1"
    )
    clerk = running.as_staff("agent", units=["atencion"], subject="camilo")
    answer = await running.client.get(f"{BASE}/{case_id}", headers=clerk)
    assert answer.status_code == 200, answer.text
    told = answer.json()
    assert told["folio"].startswith("SA-2026-")
    assert told["in_sight"] is False
    assert told["unit_name"]
    # The clerk still does not see the case itself, nor by its folio.
    for name in (case_id, told["folio"]):
        there = await running.client.get(f"/api/cases/v1/cases/{name}", headers=clerk)
        assert there.status_code == 404
    for other in (
        running.as_staff("agent", units=["atencion"], subject="diana"),
        running.as_staff("agent", units=["alumbrado"], subject="otra"),
        running.as_staff("agent", units=["atencion"], subject="camilo", tenant=OTHER_TENANT),
    ):
        assert (await running.client.get(f"{BASE}/{case_id}", headers=other)).status_code == 404
    auditor = running.as_staff("auditor", subject="camilo")
    assert (await running.client.get(f"{BASE}/{case_id}", headers=auditor)).status_code == 403
    own = running.as_staff("agent", units=["alumbrado"], subject="camilo")
    assert (await running.client.get(f"{BASE}/{case_id}", headers=own)).json()["in_sight"] is True


async def test_case_that_a_citizen_opened_or_that_is_not_there_yet_is_nobodys(running):
    case_id = await running.open_case()
    clerk = running.as_staff("agent", units=["alumbrado"], subject="")
    named = running.as_staff("agent", units=["alumbrado"])
    assert (await running.client.get(f"{BASE}/{case_id}", headers=named)).status_code == 404
    assert (await running.client.get(f"{BASE}/{case_id}", headers=clerk)).status_code in {401, 404}
    nowhere = "019cd843-0000-7000-8000-000000000000"
    assert (await running.client.get(f"{BASE}/{nowhere}", headers=named)).status_code == 404
