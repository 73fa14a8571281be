"""Brings a real Keycloak in line with the realm document, and says what it had to change.

Every step reads what there is, compares only what the document names, and writes only at a
difference: applied
twice, the second time changes nothing, which a test holds on a real server.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from keycloak import KeycloakAdmin
from keycloak.exceptions import KeycloakGetError

from atiende_setup.realm import Person, Realm

# Parts that have endpoints of their own; the rest is the realm's own settings.
_PARTS = ("roles", "clientScopes", "clients", "userProfile", "users", "serviceRights")


def connect(server_url: str, username: str, password: str, realm: str) -> KeycloakAdmin:
    """Returns an administration client that signs in at the master realm and works on `realm`."""
    return KeycloakAdmin(
        # Without the slash the library would resolve its paths beside "auth", not below it.
        server_url=f"{server_url}/",
        username=username,
        password=password,
        realm_name=realm,
        user_realm_name="master",
    )


def apply_realm(
    admin: KeycloakAdmin,
    realm: Realm,
    *,
    secrets: Mapping[str, str],
    people: list[Person],
    passwords: Mapping[str, str],
    temporary: bool = False,
) -> list[str]:
    """Applies the document and returns one line per change; none means it was in place already.

    Args:
        admin: from `connect`.
        realm: the document, checked before.
        secrets: client id -> secret, for the services.
        people: staff and citizens to create or correct.
        passwords: by username; set when a person is created, since Keycloak tells nobody what
            it has.
        temporary: whether people must choose another password at their first sign-in.
    """
    changes: list[str] = []
    _apply_settings(admin, realm, changes)
    _apply_profile(admin, realm["userProfile"], changes)
    _apply_roles(admin, realm["roles"]["realm"], changes)
    for scope in realm["clientScopes"]:
        _apply_scope(admin, scope, changes)
    scope_ids = {scope["name"]: scope["id"] for scope in admin.get_client_scopes()}
    present = {client["clientId"]: client for client in admin.get_clients()}
    for client in realm["clients"]:
        wanted = dict(client)
        if client["clientId"] in secrets:
            wanted["secret"] = secrets[client["clientId"]]
        _apply_client(admin, wanted, present.get(client["clientId"]), scope_ids, changes)
    for client_id, rights in realm["serviceRights"].items():
        _apply_rights(admin, client_id, rights, changes)
    for person in people:
        login = {
            "type": "password",
            "value": passwords[person.username],
            "temporary": temporary,
        }
        _apply_person(admin, person, login, changes)
    return changes


def differences(wanted: Any, found: Any, path: str = "") -> list[str]:
    """Returns the paths at which `found` lacks what `wanted` names; lists of texts are sets."""
    if isinstance(wanted, Mapping):
        if not isinstance(found, Mapping):
            return [path]
        return [
            line
            for key, value in wanted.items()
            for line in differences(value, found.get(key), f"{path}.{key}" if path else str(key))
        ]
    if isinstance(wanted, list) and isinstance(found, list):
        plain = all(isinstance(item, str) for item in [*wanted, *found])
        if plain:
            return [] if sorted(wanted) == sorted(found) else [path]
        if len(wanted) != len(found):
            return [path]
        return [
            line
            for place, (one, other) in enumerate(zip(wanted, found, strict=True))
            for line in differences(one, other, f"{path}[{place}]")
        ]
    return [] if wanted == found else [path]


def _apply_settings(admin: KeycloakAdmin, realm: Realm, changes: list[str]) -> None:
    name = realm["realm"]
    wanted = {key: value for key, value in realm.items() if key not in _PARTS}
    try:
        found = admin.get_realm(name)
    except KeycloakGetError as error:
        if error.response_code != 404:  # noqa: PLR2004 -- HTTP's "not found"
            raise
        admin.create_realm(wanted)
        # A new realm grants its maker rights that only a token asked for afterwards carries.
        admin.connection.get_token()
        changes.append(f"realm {name} created")
        return
    if paths := differences(wanted, found):
        admin.update_realm(name, wanted)
        changes.append(f"realm {name}: {', '.join(paths)}")


def _apply_profile(admin: KeycloakAdmin, profile: Realm, changes: list[str]) -> None:
    found = admin.get_realm_users_profile()
    if paths := differences(profile, found):
        admin.update_realm_users_profile({**found, **profile})
        changes.append(f"user profile: {', '.join(paths)}")


def _apply_roles(admin: KeycloakAdmin, roles: list[Realm], changes: list[str]) -> None:
    present = {role["name"]: role for role in admin.get_realm_roles(brief_representation=False)}
    for role in roles:
        found = present.get(role["name"])
        if found is None:
            admin.create_realm_role(dict(role))
            changes.append(f"role {role['name']} created")
        elif paths := differences(role, found):
            admin.update_realm_role(role["name"], {**found, **role})
            changes.append(f"role {role['name']}: {', '.join(paths)}")


def _apply_scope(admin: KeycloakAdmin, scope: Realm, changes: list[str]) -> None:
    name = scope["name"]
    own = {
        key: value
        for key, value in scope.items()
        if key not in {"protocolMappers", "scopeMappings"}
    }
    found = admin.get_client_scope_by_name(name)
    if found is None:
        admin.create_client_scope(own)
        changes.append(f"client scope {name} created")
        found = admin.get_client_scope_by_name(name)
        if found is None:
            raise RuntimeError(f"client scope {name} was created and is not there")
    elif paths := differences(own, found):
        admin.update_client_scope(found["id"], {**found, **own})
        changes.append(f"client scope {name}: {', '.join(paths)}")
    mappers = {mapper["name"]: mapper for mapper in found.get("protocolMappers") or []}
    for mapper in scope.get("protocolMappers", []):
        there = mappers.get(mapper["name"])
        if there is None:
            admin.add_mapper_to_client_scope(found["id"], dict(mapper))
            changes.append(f"mapper {name}/{mapper['name']} created")
        elif paths := differences(mapper, there):
            admin.update_mapper_in_client_scope(found["id"], there["id"], {**there, **mapper})
            changes.append(f"mapper {name}/{mapper['name']}: {', '.join(paths)}")
    for extra in mappers.keys() - {mapper["name"] for mapper in scope.get("protocolMappers", [])}:
        admin.delete_mapper_from_client_scope(found["id"], mappers[extra]["id"])
        changes.append(f"mapper {name}/{extra} removed")
    if wanted := scope.get("scopeMappings"):
        _apply_scope_roles(admin, name, found["id"], wanted, changes)


def _apply_scope_roles(
    admin: KeycloakAdmin, name: str, scope_id: str, wanted: list[str], changes: list[str]
) -> None:
    """Lets a client scope carry realm roles; python-keycloak covers this for clients only."""
    path = (
        f"admin/realms/{admin.connection.realm_name}/client-scopes/{scope_id}/scope-mappings/realm"
    )
    answer = admin.connection.raw_get(path)
    answer.raise_for_status()
    given = {role["name"] for role in answer.json()}
    missing = [admin.get_realm_role(role) for role in wanted if role not in given]
    if missing:
        admin.connection.raw_post(path, data=json.dumps(missing)).raise_for_status()
        changes.append(f"client scope {name}: roles {', '.join(role['name'] for role in missing)}")


def _apply_client(
    admin: KeycloakAdmin,
    client: dict[str, Any],
    found: Mapping[str, Any] | None,
    scope_ids: Mapping[str, str],
    changes: list[str],
) -> None:
    name = client["clientId"]
    scopes = {kind: client.pop(f"{kind}ClientScopes", None) for kind in ("default", "optional")}
    if found is None:
        admin.create_client({"protocol": "openid-connect", **client})
        changes.append(f"client {name} created")
        client_id = admin.get_client_id(name)
        if client_id is None:
            raise RuntimeError(f"client {name} was created and is not there")
    else:
        client_id = found["id"]
        if paths := differences(client, found):
            admin.update_client(
                client_id,
                {
                    **found,
                    **client,
                    "attributes": {**found.get("attributes", {}), **client.get("attributes", {})},
                },
            )
            changes.append(f"client {name}: {', '.join(paths)}")
    reads = {
        "default": admin.get_client_default_client_scopes,
        "optional": admin.get_client_optional_client_scopes,
    }
    adds = {
        "default": admin.add_client_default_client_scope,
        "optional": admin.add_client_optional_client_scope,
    }
    removes = {
        "default": admin.delete_client_default_client_scope,
        "optional": admin.delete_client_optional_client_scope,
    }
    for kind, wanted in scopes.items():
        if wanted is None:
            continue
        given = {scope["name"] for scope in reads[kind](client_id)}
        for extra in given - set(wanted):
            removes[kind](client_id, scope_ids[extra])
        for missing in set(wanted) - given:
            adds[kind](client_id, scope_ids[missing], {})
        if given != set(wanted) and found is not None:
            changes.append(f"client {name}: {kind} scopes")


def _apply_rights(admin: KeycloakAdmin, name: str, wanted: list[str], changes: list[str]) -> None:
    """Gives a service rights at Keycloak itself that its tokens carry; takes others away."""
    client_id, owner = admin.get_client_id(name), admin.get_client_id("realm-management")
    if client_id is None or owner is None:
        raise RuntimeError(f"client {name} or realm-management is not there")
    account = admin.get_client_service_account_user(client_id)["id"]
    held = {role["name"]: role for role in admin.get_client_roles_of_user(account, owner)}
    carried = {r["name"] for r in admin.get_client_roles_of_client_scope(client_id, owner)}
    roles = [admin.get_client_role(owner, right) for right in wanted]
    if missing := [role for role in roles if role["name"] not in held]:
        admin.assign_client_role(account, owner, missing)
        changes.append(f"client {name}: may {', '.join(role['name'] for role in missing)}")
    if extra := [role for right, role in held.items() if right not in wanted]:
        admin.delete_client_roles_of_user(account, owner, extra)
        changes.append(f"client {name}: may no more {', '.join(role['name'] for role in extra)}")
    if missing := [role for role in roles if role["name"] not in carried]:
        admin.assign_client_roles_to_client_scope(client_id, owner, missing)
        changes.append(f"client {name}: tokens carry its rights")


def _apply_person(
    admin: KeycloakAdmin, person: Person, login: Mapping[str, object], changes: list[str]
) -> None:
    attributes = {
        **({"tenant": [person.tenant]} if person.tenant else {}),
        **({"units": list(person.units)} if person.units else {}),
    }
    wanted = {
        "username": person.username,
        "enabled": True,
        "email": person.email,
        "emailVerified": True,
        "firstName": person.first_name,
        "lastName": person.last_name,
        # Keycloak tells nothing of none.
        **({"attributes": attributes} if attributes else {}),
    }
    user_id = admin.get_user_id(person.username)
    if user_id is None:
        user_id = admin.create_user({**wanted, "credentials": [dict(login)]})
        changes.append(f"user {person.username} created")
    else:
        found = admin.get_user(user_id)
        if paths := differences(wanted, found):
            admin.update_user(user_id, {**found, **wanted})
            changes.append(f"user {person.username}: {', '.join(paths)}")
    given = {role["name"] for role in admin.get_realm_roles_of_user(user_id)}
    missing = [admin.get_realm_role(role) for role in person.roles if role not in given]
    if missing:
        admin.assign_realm_roles(user_id, missing)
        changes.append(f"user {person.username}: roles")
