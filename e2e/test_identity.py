"""The identity provider gone for a while, and its keys changed, under people at work (R14)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import pytest

from atiende_setup.realm_apply import connect
from dev.contracts.catalogue import services
from dev.nemesis.processes import items, stopped
from dev.stack.login import Tokens, staff_login
from dev.stack.servers import keycloak
from dev.stack.stack import Stack
from e2e.city import City

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(180, func_only=True)]
WHO = "nestor.acuna"
LISTS = {
    "cases": "/api/cases/v1/cases",
    "routing": "/api/routing/v1/queues",
    "catalog": "/api/catalog/v1/releases",
    "channels": "/api/channels/v1/figures",
    "notifications": "/api/notifications/v1/figures",
    "surveys": "/api/surveys/v1/scores",
    "admin": "/api/admin/v1/audit",
}
"""One closed address of every service, none of which is a question to the provider itself."""
KNOWN_WITHIN_SECONDS = 15
KEYS = "org.keycloak.keys.KeyProvider"


async def test_a_new_key_signs_nobody_out(city: City, stack: Stack) -> None:
    assert set(LISTS) == set(services())
    before = staff_login(stack, WHO)
    restarts = _restarts(stack)
    assert set((await _ask(city, before)).values()) == {200}
    with _another_key(stack):
        after = staff_login(stack, WHO)
        assert _kid(after) != _kid(before)
        seen: list[int] = []

        async def known() -> bool:
            answers = await _ask(city, after)
            seen.extend(answers.values())
            return set(answers.values()) == {200}

        await city.eventually("the new key is known", known, KNOWN_WITHIN_SECONDS)
        # "Not now" is no "no": a desk that hears 401 signs its operator out.
        assert set(seen) <= {200, 503}
        assert set((await _ask(city, before)).values()) == {200}, "the old key still counts"
    assert _restarts(stack) == restarts


async def test_work_goes_on_while_the_identity_provider_is_silent(city: City, stack: Stack) -> None:
    tokens = staff_login(stack, WHO)
    # Keycloak accepts connections and says nothing: the hardest kind of outage.
    with stopped(stack, "keycloak"):
        assert set((await _ask(city, tokens)).values()) == {200}
        # Citizens need no identity provider.
        who = city.person()
        key = f"wamid.{city.run}.{who.number}"
        sent = city.whatsapp.webhook(who, "Se fue la luz en toda la cuadra del parque", key)
        assert await city.whatsapp.deliver(sent) == 200
        with pytest.raises(httpx.TimeoutException):
            await city.http.get(
                f"{stack.endpoints().issuer}/protocol/openid-connect/certs", timeout=2
            )
    assert (await city.arrival(key))["case_id"]
    assert set((await _ask(city, staff_login(stack, WHO))).values()) == {200}


async def _ask(city: City, tokens: Tokens) -> dict[str, int]:
    return {
        name: (await city.http.get(f"{city.url}{path}", headers=tokens.header)).status_code
        for name, path in LISTS.items()
    }


@contextmanager
def _another_key(stack: Stack) -> Iterator[None]:
    """A signing key that comes before the others, until the end."""
    context = stack.context()
    name, password = keycloak.admin_login(context)
    admin = connect(stack.endpoints().keycloak_url, name, password, "atiende")
    realm = admin.get_realm("atiende")
    component = {
        "name": "rotated",
        "providerId": "rsa-generated",
        "providerType": KEYS,
        "parentId": realm["id"],
        "config": {"priority": ["900"], "enabled": ["true"], "active": ["true"]},
    }
    made = admin.create_component(component)
    try:
        yield
    finally:
        admin.delete_component(made)


def _kid(tokens: Tokens) -> str:
    from joserfc.jws import extract_compact

    return str(extract_compact(tokens.access_token.encode()).headers()["kid"])


def _restarts(stack: Stack) -> dict[str, int]:
    return {one.name: one.restarts for one in items(stack)}
