"""Generated requests over the six APIs of the running platform, with real tokens."""

from __future__ import annotations

from typing import Any

import pytest

from atiende_kit.testing.fuzz import fuzz_api
from dev.stack.login import staff_login
from dev.stack.stack import Stack
from e2e.city import City

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(240, func_only=True)]
EXAMPLES = 8
SUPERVISOR, ADMIN, AUDITOR = "beatriz.londono", "nestor.acuna", "elena.trujillo"
ENDLESS = {"GET /api/cases/v1/changes": "a stream that never ends; its service's tests follow it"}
SIGNED = {"POST /webhooks/whatsapp/{account_id}": "the body is signed; test_hostile_input sends it"}


def _who(service: str, path: str) -> str:
    """Somebody whose role may call the operation."""
    if path.endswith("/figures/messages"):
        return AUDITOR
    return ADMIN if service == "catalog" else SUPERVISOR


@pytest.mark.parametrize(
    "service", ["channels", "cases", "routing", "notifications", "surveys", "catalog"]
)
async def test_generated_requests_find_nothing_undocumented(
    city: City, stack: Stack, service: str
) -> None:
    city.open_hours()
    tokens = {name: staff_login(stack, name).access_token for name in (SUPERVISOR, ADMIN, AUDITOR)}
    document: dict[str, Any] = (
        await city.http.get(f"{city.url}/api/{service}/openapi.json")
    ).json()
    operations = sum(len(methods) for methods in document["paths"].values())
    skipped = {**ENDLESS, **SIGNED}
    tried = await fuzz_api(
        city.url,
        service,
        lambda _, path: tokens[_who(service, path)],
        skip=skipped,
        max_examples=EXAMPLES,
    )
    left_out = sum(operation.split()[1] in document["paths"] for operation in skipped)
    assert tried == operations - left_out
