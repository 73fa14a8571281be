"""The realm's rules (reliability S28): ours keeps them, and every way of weakening it is refused."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest

from atiende_setup.realm import ROLES, RealmSettings, check_realm, example_staff, render_realm
from atiende_setup.realm_apply import differences

pytestmark = pytest.mark.unit

Realm = dict[str, Any]
PRODUCTION = RealmSettings("https://sanaurelio.example", ("svc-cases", "svc-channels"))
LOCAL = RealmSettings("http://localhost:8080", ("svc-cases",), ssl_required="external")


def part(items: list[Realm], key: str, name: str) -> Realm:
    return next(item for item in items if item[key] == name)


def client(realm: Realm, name: str) -> Realm:
    return part(realm["clients"], "clientId", name)


def scope(realm: Realm, name: str) -> Realm:
    return part(realm["clientScopes"], "name", name)


def profile(realm: Realm, name: str) -> Realm:
    return part(realm["userProfile"]["attributes"], "name", name)


def without(items: list[Any], name: str) -> None:
    items[:] = [item for item in items if item != name]


# One line per way to weaken the realm; `check_realm` must name each.
MUTATIONS: dict[str, Callable[[Realm], Any]] = {
    "plain http allowed": lambda r: r.update(sslRequired="none"),
    "plain http for private addresses in production": lambda r: r.update(sslRequired="external"),
    "brute force off": lambda r: r.update(bruteForceProtected=False),
    "brute force very patient": lambda r: r.update(failureFactor=1000),
    "events off": lambda r: r.update(eventsEnabled=False),
    "admin events off": lambda r: r.update(adminEventsEnabled=False),
    "events without retention": lambda r: r.update(eventsExpiration=0),
    "long access tokens": lambda r: r.update(accessTokenLifespan=3600),
    "long access tokens of one client": lambda r: client(r, "desk")["attributes"].update(
        {"access.token.lifespan": "86400"}
    ),
    "symmetric signatures": lambda r: r.update(defaultSignatureAlgorithm="HS256"),
    "refresh tokens that can be used again": lambda r: r.update(revokeRefreshToken=False),
    "anybody claims any address": lambda r: r.update(verifyEmail=False),
    "two accounts of one address": lambda r: r.update(duplicateEmailsAllowed=True),
    "passwords by e-mail": lambda r: r.update(resetPasswordAllowed=True),
    "whoever registers is staff": lambda r: r["roles"]["realm"].append(
        {"name": "default-roles-atiende", "composites": {"realm": ["agent"]}}
    ),
    "whoever registers joins a group": lambda r: r.update(defaultGroups=["/operadores"]),
    "remember me": lambda r: r.update(rememberMe=True),
    "short passwords": lambda r: r.update(passwordPolicy="length(6)"),
    "no password policy": lambda r: r.update(passwordPolicy=None),
    "English sign-in": lambda r: r.update(defaultLocale="en"),
    "wildcard redirect": lambda r: client(r, "desk")["redirectUris"].append(
        "https://sanaurelio.example/*"
    ),
    "redirect anywhere": lambda r: client(r, "portal").update(redirectUris=["*"]),
    "http redirect": lambda r: client(r, "desk")["redirectUris"].append("http://evil.example/cb"),
    "localhost redirect in production": lambda r: client(r, "desk")["redirectUris"].append(
        "http://localhost:3000/"
    ),
    "custom scheme redirect": lambda r: client(r, "desk")["redirectUris"].append("app:/cb"),
    "no redirect": lambda r: client(r, "desk").update(redirectUris=[]),
    "wildcard after logout": lambda r: client(r, "desk")["attributes"].update(
        {"post.logout.redirect.uris": "https://sanaurelio.example/##+"}
    ),
    "any web origin": lambda r: client(r, "portal").update(webOrigins=["*"]),
    "PKCE missing": lambda r: client(r, "desk")["attributes"].pop("pkce.code.challenge.method"),
    "PKCE plain": lambda r: client(r, "portal")["attributes"].update(
        {"pkce.code.challenge.method": "plain"}
    ),
    "password grant on": lambda r: client(r, "desk").update(directAccessGrantsEnabled=True),
    "password grant unsaid": lambda r: client(r, "portal").pop("directAccessGrantsEnabled"),
    "password grant of a service": lambda r: client(r, "svc-cases").update(
        directAccessGrantsEnabled=True
    ),
    "implicit flow on": lambda r: client(r, "desk").update(implicitFlowEnabled=True),
    "device grant on": lambda r: client(r, "desk")["attributes"].update(
        {"oauth2.device.authorization.grant.enabled": "true"}
    ),
    "admin-cli on": lambda r: client(r, "admin-cli").update(
        enabled=True, directAccessGrantsEnabled=True
    ),
    "admin-cli forgotten": lambda r: r["clients"].remove(client(r, "admin-cli")),
    "public client with a service account": lambda r: client(r, "portal").update(
        serviceAccountsEnabled=True
    ),
    "public service client": lambda r: client(r, "svc-cases").update(publicClient=True),
    "people sign in as a service": lambda r: client(r, "svc-cases").update(
        standardFlowEnabled=True
    ),
    "service without an account": lambda r: client(r, "svc-cases").update(
        serviceAccountsEnabled=False
    ),
    "full scope": lambda r: client(r, "portal").update(fullScopeAllowed=True),
    "full scope of a service": lambda r: client(r, "svc-channels").update(fullScopeAllowed=True),
    "audience mapper missing": lambda r: scope(r, "atiende-api").update(protocolMappers=[]),
    "audience of another": lambda r: scope(r, "atiende-api")["protocolMappers"][0]["config"].update(
        {"included.custom.audience": "account"}
    ),
    "audience not in access tokens": lambda r: scope(r, "atiende-api")["protocolMappers"][0][
        "config"
    ].update({"access.token.claim": "false"}),
    "service without audience": lambda r: without(
        client(r, "svc-cases")["defaultClientScopes"], "atiende-api"
    ),
    "tenant missing": lambda r: without(client(r, "desk")["defaultClientScopes"], "atiende-tenant"),
    "units missing": lambda r: without(client(r, "desk")["defaultClientScopes"], "atiende-staff"),
    "units not a list": lambda r: scope(r, "atiende-staff")["protocolMappers"][0]["config"].update(
        multivalued="false"
    ),
    "portal with staff roles": lambda r: client(r, "portal")["defaultClientScopes"].append(
        "atiende-staff"
    ),
    "tenant undeclared": lambda r: r["userProfile"]["attributes"].remove(profile(r, "tenant")),
    "people choose their city": lambda r: profile(r, "tenant")["permissions"].update(
        edit=["admin", "user"]
    ),
    "people choose their units": lambda r: profile(r, "units")["permissions"].update(edit=["user"]),
    "any attribute": lambda r: r["userProfile"].update(unmanagedAttributePolicy="ENABLED"),
    "role missing": lambda r: r["roles"]["realm"].pop(),
    "desk missing": lambda r: r["clients"].remove(client(r, "desk")),
    "password in the file": lambda r: r.update(
        users=[{"username": "lucia.mora", "credentials": [{"type": "password", "value": "x"}]}]
    ),
    "another service has rights": lambda r: r.update(serviceRights={"svc-cases": ["manage-users"]}),
    "administration has more rights": lambda r: r.update(
        serviceRights={"svc-admin": ["realm-admin"]}
    ),
    "service administers users": lambda r: r.update(
        users=[
            {
                "username": "service-account-svc-cases",
                "serviceAccountClientId": "svc-cases",
                "clientRoles": {"realm-management": ["manage-users"]},
            }
        ]
    ),
}


@pytest.mark.parametrize(
    ("settings", "production"), [(PRODUCTION, True), (LOCAL, False)], ids=["production", "local"]
)
def test_our_realm_keeps_every_rule(settings: RealmSettings, production: bool) -> None:
    assert check_realm(render_realm(settings), production=production) == []


@pytest.mark.parametrize("mutation", MUTATIONS)
def test_weakened_realm_is_refused(mutation: str) -> None:
    realm = copy.deepcopy(render_realm(PRODUCTION))
    MUTATIONS[mutation](realm)
    assert len(check_realm(realm)) >= 1


def test_local_realm_is_refused_in_production() -> None:
    assert check_realm(render_realm(LOCAL), production=True)


def test_realm_file_holds_no_secret_and_no_unfilled_place() -> None:
    realm = render_realm(PRODUCTION)
    assert all("secret" not in entry for entry in realm["clients"])
    assert "users" not in realm
    assert "${public_url}" not in str(realm)
    assert "${ssl_required}" not in str(realm)


def test_example_staff_covers_every_role_unit_and_both_cities() -> None:
    staff = example_staff()
    assert {role for person in staff for role in person.roles} == ROLES
    agents = [person for person in staff if person.roles == ("agent",)]
    assert len(agents) >= 8
    units = {unit for person in agents for unit in person.units}
    assert units == {
        *("alumbrado", "aseo", "vias", "parques", "movilidad"),
        *("hacienda", "atencion", "catastro", "salud"),
    }
    assert sum("supervisor" in person.roles for person in staff) == 2
    assert [p.roles for p in staff if p.tenant == "otraciudad"] == [("admin",)]
    assert len({person.username for person in staff}) == len(staff)


def test_difference_is_found_wherever_it_is() -> None:
    wanted = {"a": 1, "b": {"c": ["x", "y"]}, "d": [{"e": 1}]}
    assert differences(wanted, {"a": 1, "b": {"c": ["y", "x"], "z": 0}, "d": [{"e": 1}]}) == []
    assert differences(wanted, {"a": 2, "b": {"c": ["x"]}, "d": []}) == ["a", "b.c", "d"]
    assert differences(wanted, {}) == ["a", "b", "d"]
