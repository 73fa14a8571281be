"""Who may change what of whom."""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime

import pytest

from atiende_admin.application.manage_people import ManagePeople
from atiende_admin.domain.person import (
    Administrator,
    LastAdministrator,
    NotYourself,
    Profile,
    first_password,
)
from atiende_kit.clock import FixedClock
from atiende_kit.errors import NotFound, Unprocessable

pytestmark = pytest.mark.unit
NESTOR = Administrator("nestor", "Néstor Acuña", "sanaurelio")
ANA = Profile(
    first_name="Ana",
    last_name="Pérez",
    email="ana@sanaurelio.example",
    roles=("agent",),
    units=("vias",),
)


class MemoryAudit:
    def __init__(self) -> None:
        self.entries = []

    async def add(self, tenant, entry):
        self.entries.append(entry)

    async def listing(self, tenant, username, limit):
        return [one for one in self.entries if username in {None, one.username}]


@pytest.fixture
def world(people):
    audit = MemoryAudit()
    manage = ManagePeople(people, audit, FixedClock(datetime(2026, 3, 2, tzinfo=UTC)))
    return manage, people, audit


def as_admin(name: str) -> Profile:
    return dataclasses.replace(ANA, first_name=name, roles=("admin",))


async def test_an_account_is_made_and_written_down_without_its_password(world):
    manage, _, audit = world
    person, password = await manage.create(NESTOR, "ana.perez", ANA)
    assert person.must_change_password
    assert [(one.action, one.actor, one.username) for one in audit.entries] == [
        ("created", "nestor", "ana.perez")
    ]
    assert password not in repr(audit.entries)
    await manage.create(NESTOR, "luis.gil", ANA)
    assert [one.action for one in await manage.history("sanaurelio", person.id)] == ["created"]
    assert len(await manage.history("sanaurelio", None)) == 2


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"roles": ("manage-users",)}, "/roles"),
        ({"roles": ()}, "/roles"),
        ({"email": "ana"}, "/email"),
        ({"first_name": " "}, "/first_name"),
        ({"units": ("../otra",)}, "/units"),
    ],
)
async def test_what_is_no_account_is_refused_field_by_field(world, change, field):
    manage, people, audit = world
    with pytest.raises(Unprocessable) as refused:
        await manage.create(NESTOR, "ana.perez", dataclasses.replace(ANA, **change))
    assert field in (refused.value.fields or {})
    assert (people.people, audit.entries) == ({}, [])


async def test_another_citys_people_do_not_exist(world):
    manage, _, _ = world
    await manage.create(Administrator("x", "X", "otraciudad"), "ana.perez", ANA)
    for act in (
        manage.change(NESTOR, "ana.perez", ANA, enabled=False),
        manage.sign_out(NESTOR, "ana.perez"),
        manage.reset_password(NESTOR, "ana.perez"),
    ):
        with pytest.raises(NotFound):
            await act


async def test_nobody_changes_their_own_rights_but_their_own_name(world):
    manage, people, _ = world
    await manage.create(NESTOR, "nestor", as_admin("Néstor"))
    await manage.create(NESTOR, "carolina", as_admin("Carolina"))
    more = dataclasses.replace(as_admin("Néstor"), roles=("admin", "supervisor"))
    with pytest.raises(NotYourself):
        await manage.change(NESTOR, "nestor", more, enabled=True)
    with pytest.raises(NotYourself):
        await manage.change(NESTOR, "nestor", as_admin("Néstor"), enabled=False)
    with pytest.raises(NotYourself):
        await manage.reset_password(NESTOR, "nestor")
    await manage.change(NESTOR, "nestor", as_admin("Néstor José"), enabled=True)
    assert people.people["sanaurelio", "nestor"].profile.first_name == "Néstor José"


async def test_the_last_administrator_stays(world):
    manage, _, _ = world
    await manage.create(NESTOR, "carolina", as_admin("Carolina"))
    with pytest.raises(LastAdministrator):
        await manage.change(NESTOR, "carolina", ANA, enabled=True)
    await manage.create(NESTOR, "beatriz", as_admin("Beatriz"))
    await manage.change(NESTOR, "carolina", ANA, enabled=True)


async def test_who_loses_a_role_or_the_account_is_signed_out(world):
    manage, people, audit = world
    await manage.create(NESTOR, "ana.perez", dataclasses.replace(ANA, roles=("agent", "auditor")))
    await manage.change(NESTOR, "ana.perez", ANA, enabled=True)
    await manage.change(NESTOR, "ana.perez", ANA, enabled=False)
    await manage.change(NESTOR, "ana.perez", ANA, enabled=True)
    assert people.signed_out == ["ana.perez", "ana.perez"]
    assert [one.action for one in audit.entries] == ["created", "changed", "disabled", "enabled"]
    assert audit.entries[1].detail == "agent, auditor @ vias → agent @ vias"


def test_a_first_password_is_long_and_another_one_each_time():
    made = {first_password() for _ in range(200)}
    assert len(made) == 200
    assert all(len(one) == 17 and one[0].isupper() for one in made)
