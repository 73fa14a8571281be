"""Who knocks: one of every kind of caller, with a token that is really theirs."""

from __future__ import annotations

from dataclasses import dataclass

import httpx

from dev.stack.login import code_flow, staff_login
from dev.stack.stack import Stack


@dataclass(frozen=True)
class Actor:
    """A caller.

    Attributes:
        kind: as a route's policy names it; empty for nobody.
        roles: of the realm.
        token: empty for nobody.
    """

    name: str
    kind: str
    roles: frozenset[str] = frozenset()
    tenant: str = "sanaurelio"
    token: str = ""

    @property
    def headers(self) -> dict[str, str]:
        """What they send."""
        return {"Authorization": f"Bearer {self.token}"} if self.token else {}


STAFF = {
    "agent of the unit": ("rosa.bermudez", {"agent"}, "sanaurelio"),
    "agent of another unit": ("jorge.benavides", {"agent"}, "sanaurelio"),
    "supervisor": ("beatriz.londono", {"agent", "supervisor"}, "sanaurelio"),
    "unit manager": ("gloria.ibanez", {"unit_manager"}, "sanaurelio"),
    "administrator": ("nestor.acuna", {"admin"}, "sanaurelio"),
    "auditor": ("elena.trujillo", {"auditor"}, "sanaurelio"),
    "administrator of another city": ("oscar.medina", {"admin"}, "otraciudad"),
}


def actors(stack: Stack) -> dict[str, Actor]:
    """All of them, signed in."""
    made = [Actor("nobody", "")]
    for name, (username, roles, tenant) in STAFF.items():
        token = staff_login(stack, username).access_token
        made.append(Actor(name, "staff", frozenset(roles), tenant, token))
    made.append(Actor("citizen", "citizen", tenant="", token=_citizen(stack)))
    made.append(Actor("service", "service", tenant="", token=service_token(stack, "svc-routing")))
    return {one.name: one for one in made}


def service_token(stack: Stack, client_id: str) -> str:
    """A token by client credentials, as services get theirs."""
    secret = stack.context().credentials.secret(f"keycloak/{client_id}")
    told = httpx.post(
        f"{stack.endpoints().issuer}/protocol/openid-connect/token",
        data={"grant_type": "client_credentials"},
        auth=(client_id, secret),
        timeout=20,
    )
    told.raise_for_status()
    return str(told.json()["access_token"])


def _citizen(stack: Stack) -> str:
    endpoints = stack.endpoints()
    with httpx.Client(timeout=20) as http:
        return code_flow(
            http,
            issuer=endpoints.issuer,
            client_id="portal",
            redirect_uri=f"{endpoints.public_url}/callback",
            username="rosa.diaz",
            password=stack.context().credentials.secret("account/rosa.diaz"),
        ).access_token
