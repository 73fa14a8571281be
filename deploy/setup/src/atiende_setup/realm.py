"""The realm as a document: read, filled in, and checked against the rules. No network here.

The shape is Keycloak's own RealmRepresentation, so that `check_realm` judges our file and an
exported realm alike.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

import yaml

DATA = Path(__file__).with_name("data")
ROLES = frozenset({"agent", "supervisor", "unit_manager", "admin", "auditor"})
AUDIENCE = "atiende-api"
SERVICE_RIGHTS = {"svc-admin": frozenset({"manage-users", "view-realm"})}
"""The most that services may do at Keycloak itself."""
_ALGORITHMS = frozenset({"RS256", "PS256", "ES256"})
_ACCESS_SECONDS = 300
_PASSWORD_LENGTH = 12
_FAILURES = 10
_LOCAL_HOSTS = frozenset({"localhost", "127.0.0.1"})
_LOCAL_DOMAIN = ".localhost"  # always this machine (RFC 6761, section 6.3)

Realm = Mapping[str, Any]


@dataclass(frozen=True)
class RealmSettings:
    """What differs between environments.

    Args:
        public_url: where people reach the platform; redirect URIs are made from it.
        ssl_required: `all` in production.
        service_clients: client ids of the services.
        smtp: by what Keycloak sends its mail, as its `smtpServer` takes it; no password.
    """

    public_url: str
    service_clients: tuple[str, ...]
    ssl_required: Literal["all", "external"] = "all"
    smtp: Mapping[str, str] | None = None


@dataclass(frozen=True)
class Person:
    """Who signs in: staff at the desk; a citizen, of no city and without roles, in the portal."""

    username: str
    first_name: str
    last_name: str
    email: str
    tenant: str
    roles: tuple[str, ...]
    units: tuple[str, ...]


def render_realm(settings: RealmSettings) -> dict[str, Any]:
    """Returns the realm document for an environment; secrets are not part of it."""
    text = (DATA / "realm.yaml").read_text(encoding="utf-8")
    # Only these two: `${username}` and the like are Keycloak's own message keys.
    text = text.replace("${public_url}", settings.public_url.rstrip("/"))
    text = text.replace("${ssl_required}", settings.ssl_required)
    realm: dict[str, Any] = yaml.safe_load(text)
    template = realm.pop("serviceClient")
    rights = {
        name: given
        for name, given in realm["serviceRights"].items()
        if name in settings.service_clients
    }
    realm["serviceRights"] = rights
    realm["clients"] += [
        {"clientId": client_id, "name": client_id, **template}
        for client_id in settings.service_clients
    ]
    for client in realm["clients"]:
        if client["clientId"] in rights:
            # Rights at Keycloak are roles of one of its clients, which this scope puts in.
            client["defaultClientScopes"] = [*client["defaultClientScopes"], "roles"]
    if settings.smtp:
        realm["smtpServer"] = dict(settings.smtp)
    return realm


def example_citizens() -> list[Person]:
    """Returns the citizens who have an account from the beginning."""
    rows = yaml.safe_load((DATA / "citizens.yaml").read_text(encoding="utf-8"))
    return [
        Person(
            username=row["username"],
            first_name=row["name"][0],
            last_name=row["name"][1],
            email=row["email"],
            tenant="",
            roles=(),
            units=(),
        )
        for row in rows
    ]


def example_staff() -> list[Person]:
    """Returns the staff of the example cities."""
    rows = yaml.safe_load((DATA / "staff.yaml").read_text(encoding="utf-8"))
    return [
        Person(
            username=row["username"],
            first_name=row["name"][0],
            last_name=row["name"][1],
            email=f"{row['username']}@{row.get('tenant', 'sanaurelio')}.example",
            tenant=row.get("tenant", "sanaurelio"),
            roles=tuple(row["roles"]),
            units=tuple(row["units"]),
        )
        for row in rows
    ]


def check_realm(realm: Realm, *, production: bool = True) -> list[str]:
    """Returns every rule that the realm breaks; empty means it may be applied.

    Args:
        realm: a RealmRepresentation, ours or an exported one.
        production: demand https everywhere; otherwise plain HTTP is let through on this machine.
    """
    problems = [*_check_settings(realm, production), *_check_profile(realm)]
    own_scopes = {scope["name"]: scope for scope in realm.get("clientScopes", [])}
    clients = realm.get("clients", [])
    for client in clients:
        if client.get("enabled", True) and not client.get("bearerOnly"):
            found = [*_check_client(client, production), *_check_scopes(client, own_scopes)]
            problems += [f"client {client['clientId']}: {text}" for text in found]
    names = {client["clientId"] for client in clients}
    problems += [f"client {name} is missing" for name in ("desk", "portal") if name not in names]
    # Left out, Keycloak makes it with the password grant on.
    if "admin-cli" not in names:
        problems.append("client admin-cli is not switched off")
    roles = {role["name"] for role in realm.get("roles", {}).get("realm", [])}
    problems += [f"role {name} is missing" for name in sorted(ROLES - roles)]
    problems += _check_newcomers(realm)
    for name, given in realm.get("serviceRights", {}).items():
        problems += _check_rights(name, given)
    return problems + _check_users(realm.get("users", []))


def _check_newcomers(realm: Realm) -> Iterator[str]:
    """Whoever registers has one proved address, and nothing of staff's."""
    if realm.get("registrationAllowed") is True and realm.get("verifyEmail") is not True:
        yield "people register with addresses that are not theirs"
    if realm.get("duplicateEmailsAllowed") is not False:
        yield "an address may have two accounts"
    for role in realm.get("roles", {}).get("realm", []):
        given = set(role.get("composites", {}).get("realm", []))
        if role["name"].startswith("default-roles-") and given & ROLES:
            yield f"who registers is {', '.join(sorted(given & ROLES))}"
    if realm.get("defaultGroups"):
        yield "who registers belongs to groups"


def _check_settings(realm: Realm, production: bool) -> Iterator[str]:
    ssl = realm.get("sslRequired")
    if ssl != "all" and (production or ssl != "external"):
        yield f"sslRequired is {ssl}"
    for name in (
        "bruteForceProtected",
        "eventsEnabled",
        "adminEventsEnabled",
        "revokeRefreshToken",
    ):
        if realm.get(name) is not True:
            yield f"{name} is off"
    for name in ("resetPasswordAllowed", "rememberMe", "editUsernameAllowed"):
        if realm.get(name) is not False:
            yield f"{name} is on"
    if not 0 < realm.get("failureFactor", 0) <= _FAILURES:
        yield "failureFactor lets too many passwords be tried"
    if realm.get("eventsExpiration", 0) <= 0:
        yield "eventsExpiration sets no retention"
    if not 0 < realm.get("accessTokenLifespan", 0) <= _ACCESS_SECONDS:
        yield "accessTokenLifespan is longer than 5 minutes"
    if realm.get("defaultSignatureAlgorithm") not in _ALGORITHMS:
        yield "defaultSignatureAlgorithm is not one that services accept"
    length = re.search(r"length\((\d+)\)", realm.get("passwordPolicy") or "")
    if not length or int(length.group(1)) < _PASSWORD_LENGTH:
        yield "passwordPolicy allows short passwords"
    if realm.get("defaultLocale") != "es" or not realm.get("internationalizationEnabled"):
        yield "the sign-in page is not in Spanish"


def _check_profile(realm: Realm) -> Iterator[str]:
    profile = realm.get("userProfile")
    if profile is None:
        return
    if profile.get("unmanagedAttributePolicy") == "ENABLED":
        yield "user profile: undeclared attributes can be set by users"
    declared = {attribute["name"]: attribute for attribute in profile.get("attributes", [])}
    for name in ("tenant", "units"):
        if name not in declared:
            yield f"user profile: {name} is not declared"
        elif "user" in declared[name].get("permissions", {}).get("edit", []):
            yield f"user profile: people can change their own {name}"


def _check_client(client: Realm, production: bool) -> Iterator[str]:
    attributes = client.get("attributes", {})
    # Keycloak's default for the first is on, so silence is not enough.
    if client.get("directAccessGrantsEnabled") is not False:
        yield "password grant is on"
    if client.get("implicitFlowEnabled", False):
        yield "implicit flow is on"
    if attributes.get("oauth2.device.authorization.grant.enabled") == "true":
        yield "device grant is on"
    lifespan = attributes.get("access.token.lifespan")
    if lifespan and int(lifespan) > _ACCESS_SECONDS:
        yield "its access tokens live longer than 5 minutes"
    addresses = [
        *client.get("redirectUris", []),
        *attributes.get("post.logout.redirect.uris", "").split("##"),
    ]
    yield from _check_addresses(addresses, production)
    if any(origin in {"*", "+"} or "*" in origin for origin in client.get("webOrigins", [])):
        yield "web origins have a wildcard"
    if client.get("standardFlowEnabled", True):
        if attributes.get("pkce.code.challenge.method") != "S256":
            yield "PKCE S256 is not required"
        if not client.get("redirectUris"):
            yield "code flow without redirect URIs"
    if client.get("publicClient") and client.get("serviceAccountsEnabled"):
        yield "a public client has a service account"
    if client["clientId"].startswith("svc-"):
        yield from _check_service_client(client)


def _check_service_client(client: Realm) -> Iterator[str]:
    if client.get("publicClient") is not False:
        yield "a service's client is public"
    if client.get("serviceAccountsEnabled") is not True:
        yield "a service's client has no service account"
    if client.get("standardFlowEnabled") is not False:
        yield "a service's client allows sign-in by people"


def _check_addresses(addresses: Iterable[str], production: bool) -> Iterator[str]:
    for address in filter(None, addresses):
        if "*" in address or address in {"+", "-"}:
            yield f"address {address} has a wildcard"
            continue
        parts = urlsplit(address)
        local = _is_local(parts.hostname or "") and not production
        if parts.scheme != "https" and not (parts.scheme == "http" and local):
            yield f"address {address} is not https"
        if parts.fragment or ".." in parts.path:
            yield f"address {address} is not exact"


def _is_local(host: str) -> bool:
    return host in _LOCAL_HOSTS or host.endswith(_LOCAL_DOMAIN)


def _check_scopes(client: Realm, scopes: Mapping[str, Realm]) -> Iterator[str]:
    ours = client["clientId"] in {"desk", "portal"} or client["clientId"].startswith("svc-")
    if not ours:
        return
    if client.get("fullScopeAllowed", True):
        yield "every role of the user goes into its tokens (full scope)"
    given = [scopes[name] for name in client.get("defaultClientScopes", []) if name in scopes]
    mappers = [
        mapper
        for holder in [*given, client]
        for mapper in holder.get("protocolMappers") or []
        if mapper.get("config", {}).get("access.token.claim") == "true"
    ]
    audiences = {
        mapper["config"].get("included.custom.audience")
        for mapper in mappers
        if mapper.get("protocolMapper") == "oidc-audience-mapper"
    }
    if AUDIENCE not in audiences:
        yield f"its tokens lack the audience {AUDIENCE}"
    claims = {mapper["config"].get("claim.name"): mapper["config"] for mapper in mappers}
    if client["clientId"] in {"desk", "portal"} and "tenant" not in claims:
        yield "its tokens lack the tenant"
    if client["clientId"] == "desk":
        if claims.get("units", {}).get("multivalued") != "true":
            yield "its tokens lack the list of units"
    elif any(scope.get("name") == "atiende-staff" for scope in given):
        yield "its tokens carry the roles of staff"


def _check_rights(client_id: str, given: Iterable[str]) -> list[str]:
    too_many = sorted(set(given) - SERVICE_RIGHTS.get(client_id, frozenset()))
    return [f"client {client_id}: may {right} at Keycloak itself" for right in too_many]


def _check_users(users: Iterable[Realm]) -> list[str]:
    problems = []
    for user in users:
        if user.get("credentials"):
            problems.append(f"user {user.get('username')}: a password stands in the file")
        if service := user.get("serviceAccountClientId"):
            given = user.get("clientRoles", {}).get("realm-management") or []
            problems += _check_rights(service, given)
    return problems
