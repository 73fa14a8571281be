"""The staff at Keycloak, over its REST interface with the service's own account."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

import httpx

from atiende_admin.domain.person import STAFF_ROLES, Person, Profile
from atiende_kit.auth import ServiceTokens
from atiende_kit.errors import AlreadyExists, Unavailable

_PAGE = 200
_AT_ONCE = 8
_CHANGE_PASSWORD = "UPDATE_PASSWORD"  # noqa: S105 -- the name of an action


class KeycloakPeople:
    """`atiende_admin.application.ports.People`; only accounts of the asked city are ever touched.

    Args:
        client: with the address of the realm's administration.
        tokens: of the service's own account.
    """

    name = "keycloak"

    def __init__(self, client: httpx.AsyncClient, tokens: ServiceTokens) -> None:
        self._client = client
        self._tokens = tokens
        self._free = asyncio.Semaphore(_AT_ONCE)

    async def start(self) -> None:
        """Nothing to wait for; the first call connects."""

    async def stop(self) -> None:
        """Closes the connections."""
        await self._client.aclose()

    async def check(self) -> None:
        """Ready without Keycloak; calls say themselves when it is away."""

    async def listing(self, tenant: str, words: str) -> Sequence[Person]:
        """See the port."""
        found = await asyncio.gather(*(self._holders(role) for role in STAFF_ROLES))
        users: dict[str, dict[str, Any]] = {}
        roles: dict[str, list[str]] = {}
        for role, holders in zip(STAFF_ROLES, found, strict=True):
            for user in holders:
                users[user["id"]] = user
                roles.setdefault(user["id"], []).append(role)
        people = [
            _person(user, tuple(roles[key]))
            for key, user in users.items()
            if _tenant_of(user) == tenant
        ]
        fitting = [person for person in people if words.casefold() in _words_of(person)]
        return sorted(fitting, key=lambda person: person.username)

    async def get(self, tenant: str, person_id: str) -> Person | None:
        """See the port."""
        user = await self._user(person_id)
        if user is None or _tenant_of(user) != tenant:
            return None
        roles = await self._roles(person_id)
        # Without a role of the staff it is a citizen's account, which is nobody's business here.
        return _person(user, roles) if roles else None

    async def add(self, tenant: str, username: str, profile: Profile, password: str) -> Person:
        """See the port."""
        login = {"type": "password", "value": password, "temporary": True}
        answer = await self._send(
            "POST",
            "/users",
            json={
                "username": username,
                "enabled": True,
                "emailVerified": True,
                **_fields(tenant, profile),
                "requiredActions": [_CHANGE_PASSWORD],
                "credentials": [login],
            },
        )
        person_id = answer.headers["location"].rsplit("/", 1)[-1]
        await self._set_roles(person_id, set(), set(profile.roles))
        return Person(
            id=person_id,
            username=username,
            profile=profile,
            enabled=True,
            must_change_password=True,
        )

    async def change(self, tenant: str, before: Person, profile: Profile, *, enabled: bool) -> None:
        """See the port."""
        user = await self._user(before.id) or {}
        attributes = {**user.get("attributes", {}), **_fields(tenant, profile)["attributes"]}
        body = {
            **user,
            **_fields(tenant, profile),
            "attributes": attributes,
            "enabled": enabled,
        }
        await self._send("PUT", f"/users/{before.id}", json=body)
        await self._set_roles(before.id, set(before.profile.roles), set(profile.roles))

    async def set_password(self, person_id: str, password: str) -> None:
        """See the port."""
        body = {"type": "password", "value": password, "temporary": True}
        await self._send("PUT", f"/users/{person_id}/reset-password", json=body)

    async def sign_out(self, person_id: str) -> None:
        """See the port."""
        await self._send("POST", f"/users/{person_id}/logout")

    async def _holders(self, role: str) -> list[dict[str, Any]]:
        """Reads who holds a role: citizens, who are many, hold none."""
        users: list[dict[str, Any]] = []
        while True:
            asked = {"first": len(users), "max": _PAGE, "briefRepresentation": "false"}
            page = (await self._send("GET", f"/roles/{role}/users", params=asked)).json()
            users += page
            if len(page) < _PAGE:
                return users

    async def _user(self, person_id: str) -> dict[str, Any] | None:
        answer = await self._send("GET", f"/users/{person_id}", missing=True)
        if answer.status_code == httpx.codes.NOT_FOUND:
            return None
        user: dict[str, Any] = answer.json()
        return user

    async def _roles(self, person_id: str) -> tuple[str, ...]:
        answer = await self._send("GET", f"/users/{person_id}/role-mappings/realm")
        given = {role["name"] for role in answer.json()}
        return tuple(role for role in STAFF_ROLES if role in given)

    async def _set_roles(self, person_id: str, before: set[str], after: set[str]) -> None:
        path = f"/users/{person_id}/role-mappings/realm"
        if gone := before - after:
            held = (await self._send("GET", path)).json()
            body = [role for role in held if role["name"] in gone]
            await self._send("DELETE", path, json=body)
        if new := after - before:
            free = (await self._send("GET", f"{path}/available")).json()
            await self._send("POST", path, json=[role for role in free if role["name"] in new])

    async def _send(
        self, method: str, path: str, *, missing: bool = False, **given: Any
    ) -> httpx.Response:
        async with self._free:
            headers = {"Authorization": f"Bearer {await self._tokens.get()}"}
            try:
                answer = await self._client.request(method, path, headers=headers, **given)
            except httpx.HTTPError as error:
                raise _away() from error
        if answer.status_code == httpx.codes.CONFLICT:
            raise AlreadyExists("PERSON_EXISTS", "Ese usuario o ese correo ya tiene una cuenta.")
        if missing and answer.status_code == httpx.codes.NOT_FOUND:
            return answer
        if answer.is_error:
            raise _away()
        return answer


def _away() -> Unavailable:
    return Unavailable("IDENTITY_UNAVAILABLE", "El servicio de identidad no responde.")


def _tenant_of(user: dict[str, Any]) -> str:
    values = user.get("attributes", {}).get("tenant") or [""]
    return str(values[0])


def _words_of(person: Person) -> str:
    profile = person.profile
    names = f"{profile.first_name} {profile.last_name}"
    return f"{names} {person.username} {profile.email}".casefold()


def _fields(tenant: str, profile: Profile) -> dict[str, Any]:
    return {
        "firstName": profile.first_name,
        "lastName": profile.last_name,
        "email": profile.email,
        "attributes": {"tenant": [tenant], "units": list(profile.units)},
    }


def _person(user: dict[str, Any], roles: tuple[str, ...]) -> Person:
    return Person(
        id=user["id"],
        username=user["username"],
        profile=Profile(
            first_name=user.get("firstName", ""),
            last_name=user.get("lastName", ""),
            email=user.get("email", ""),
            roles=roles,
            units=tuple(user.get("attributes", {}).get("units") or ()),
        ),
        enabled=bool(user.get("enabled")),
        must_change_password=_CHANGE_PASSWORD in user.get("requiredActions", []),
    )
