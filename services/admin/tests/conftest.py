"""People at hand instead of Keycloak; `e2e/browser/test_desk_people.py` is against the real one."""

from __future__ import annotations

import dataclasses

import pytest

from atiende_admin.domain.person import Person


class MemoryPeople:
    def __init__(self) -> None:
        self.people: dict[tuple[str, str], Person] = {}
        self.signed_out: list[str] = []

    async def listing(self, tenant, words):
        return [person for (city, _), person in self.people.items() if city == tenant]

    async def get(self, tenant, person_id):
        return self.people.get((tenant, person_id))

    async def add(self, tenant, username, profile, password):
        person = Person(
            id=username,
            username=username,
            profile=profile,
            enabled=True,
            must_change_password=True,
        )
        self.people[tenant, person.id] = person
        return person

    async def change(self, tenant, before, profile, *, enabled):
        changed = dataclasses.replace(before, profile=profile, enabled=enabled)
        self.people[tenant, before.id] = changed

    async def set_password(self, person_id, password):
        pass

    async def sign_out(self, person_id):
        self.signed_out.append(person_id)


@pytest.fixture
def people() -> MemoryPeople:
    return MemoryPeople()
