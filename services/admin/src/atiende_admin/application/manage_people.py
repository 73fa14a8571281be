"""Administering the staff of a city."""

from __future__ import annotations

from collections.abc import Sequence

from atiende_admin.application.ports import Action, Audit, AuditEntry, People
from atiende_admin.domain.person import (
    Administrator,
    LastAdministrator,
    NotYourself,
    Person,
    Profile,
    check_change,
    check_profile,
    check_username,
    first_password,
    loses_administration,
)
from atiende_kit.clock import Clock
from atiende_kit.errors import NotFound
from atiende_kit.ids import new_id

MAX_AUDIT = 100


class ManagePeople:
    """Use cases; each is written down before it is done.

    Args:
        people: at the identity provider.
        audit: where it is written down.
        clock: Domain time.
    """

    def __init__(self, people: People, audit: Audit, clock: Clock) -> None:
        self._people = people
        self._audit = audit
        self._clock = clock

    async def listing(self, tenant: str, words: str) -> Sequence[Person]:
        """Returns the staff of a city."""
        return await self._people.listing(tenant, words)

    async def get(self, tenant: str, person_id: str) -> Person:
        """Returns one person.

        Raises:
            NotFound: the city has nobody of that id.
        """
        person = await self._people.get(tenant, person_id)
        if person is None:
            raise NotFound("PERSON_NOT_FOUND", "La ciudad no tiene a esa persona.")
        return person

    async def history(self, tenant: str, person_id: str | None) -> Sequence[AuditEntry]:
        """Returns what administrators did, newest first, with one person or with all.

        Raises:
            NotFound: the city has nobody of that id.
        """
        username = (await self.get(tenant, person_id)).username if person_id else None
        return await self._audit.listing(tenant, username, MAX_AUDIT)

    async def create(
        self, asker: Administrator, username: str, profile: Profile
    ) -> tuple[Person, str]:
        """Makes an account; returns it with the password of its first sign-in.

        Raises:
            Unprocessable: the data are no account's.
            AlreadyExists: the username or the address is taken.
        """
        check_username(username)
        check_profile(profile)
        password = first_password()
        await self._note(asker, "created", "", username, _rights(profile))
        return await self._people.add(asker.tenant, username, profile, password), password

    async def change(
        self, asker: Administrator, person_id: str, profile: Profile, *, enabled: bool
    ) -> Person:
        """Changes a person; whoever is disabled or loses a role is signed out.

        Raises:
            NotFound: the city has nobody of that id.
            NotYourself: they would change their own rights.
            LastAdministrator: nobody would administer the city.
            Unprocessable: the data are no account's.
        """
        before = await self.get(asker.tenant, person_id)
        check_profile(profile)
        check_change(asker, before, roles=profile.roles, enabled=enabled)
        if loses_administration(before, roles=profile.roles, enabled=enabled):
            await self._keep_an_administrator(asker.tenant, before)
        action: Action = "changed"
        if enabled is not before.enabled:
            action = "enabled" if enabled else "disabled"
        detail = f"{_rights(before.profile)} → {_rights(profile)}"
        await self._note(asker, action, before.id, before.username, detail)
        await self._people.change(asker.tenant, before, profile, enabled=enabled)
        if not enabled or set(before.profile.roles) - set(profile.roles):
            # A token lives five minutes yet; a new one is not given.
            await self._people.sign_out(before.id)
        return await self.get(asker.tenant, person_id)

    async def reset_password(self, asker: Administrator, person_id: str) -> str:
        """Returns a new password of one sign-in, and ends all sessions.

        Raises:
            NotFound: the city has nobody of that id.
            NotYourself: one's own is changed at the sign-in page.
        """
        person = await self.get(asker.tenant, person_id)
        if person.id == asker.subject:
            raise NotYourself
        password = first_password()
        await self._note(asker, "password_reset", person.id, person.username, "")
        await self._people.set_password(person.id, password)
        await self._people.sign_out(person.id)
        return password

    async def sign_out(self, asker: Administrator, person_id: str) -> None:
        """Ends all sessions of a person.

        Raises:
            NotFound: the city has nobody of that id.
        """
        person = await self.get(asker.tenant, person_id)
        await self._note(asker, "signed_out", person.id, person.username, "")
        await self._people.sign_out(person.id)

    async def _keep_an_administrator(self, tenant: str, leaving: Person) -> None:
        others = await self._people.listing(tenant, "")
        if not any(
            other.enabled and "admin" in other.profile.roles and other.id != leaving.id
            for other in others
        ):
            raise LastAdministrator

    async def _note(
        self, asker: Administrator, action: Action, person_id: str, username: str, detail: str
    ) -> None:
        entry = AuditEntry(
            id=new_id(),
            time=self._clock.now(),
            action=action,
            actor=asker.subject,
            actor_name=asker.name,
            person_id=person_id,
            username=username,
            detail=detail,
        )
        await self._audit.add(asker.tenant, entry)


def _rights(profile: Profile) -> str:
    return f"{', '.join(sorted(profile.roles))} @ {', '.join(sorted(profile.units)) or '–'}"
