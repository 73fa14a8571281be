"""Routes of `/api/admin/v1`."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Query

from atiende_admin.application.manage_people import ManagePeople
from atiende_admin.domain.person import Administrator
from atiende_admin.entrypoints.http.models import (
    AuditList,
    AuditView,
    FirstPassword,
    NewPerson,
    PersonEdit,
    PersonList,
    PersonView,
)
from atiende_kit.auth import Principal
from atiende_kit.http import CAN_WAIT, require

BASE = "/api/admin/v1"
PeopleWrite = Annotated[Principal, Depends(require("admin"))]
AuditRead = Annotated[Principal, Depends(require("admin", "auditor"))]
PersonId = Annotated[UUID, Path(description="Id of the person.")]
Words = Annotated[
    str, Query(max_length=100, description="Part of a name, username or address.", examples=["ana"])
]


def router(people: ManagePeople) -> APIRouter:
    """Makes the routes."""
    router = APIRouter(prefix=BASE, tags=["people"])

    @router.get("/people", summary="The staff of the city")
    async def list_people(who: PeopleWrite, words: Words = "") -> PersonList:
        found = await people.listing(who.tenant, words.strip())
        return PersonList(items=[PersonView.of(person) for person in found])

    @router.post("/people", status_code=201, summary="Make an account; its password is told once")
    async def create_person(body: NewPerson, who: PeopleWrite) -> FirstPassword:
        made, password = await people.create(_asker(who), body.username, body.profile())
        return FirstPassword(person=PersonView.of(made), password=password)

    @router.get("/people/{person_id}", summary="One person")
    async def get_person(person_id: PersonId, who: PeopleWrite) -> PersonView:
        return PersonView.of(await people.get(who.tenant, str(person_id)))

    @router.put("/people/{person_id}", summary="Change names, roles, units; disable and enable")
    async def change_person(person_id: PersonId, body: PersonEdit, who: PeopleWrite) -> PersonView:
        changed = await people.change(
            _asker(who), str(person_id), body.profile(), enabled=body.enabled
        )
        return PersonView.of(changed)

    @router.post("/people/{person_id}/password", summary="A new password for one sign-in")
    async def reset_password(person_id: PersonId, who: PeopleWrite) -> FirstPassword:
        password = await people.reset_password(_asker(who), str(person_id))
        person = await people.get(who.tenant, str(person_id))
        return FirstPassword(person=PersonView.of(person), password=password)

    @router.post("/people/{person_id}/sign-out", status_code=204, summary="End all sessions")
    async def sign_out(person_id: PersonId, who: PeopleWrite) -> None:
        await people.sign_out(_asker(who), str(person_id))

    @router.get(
        "/audit",
        summary="What administrators did",
        responses={404: {"description": "Nobody of the city has that id."}},
        openapi_extra=CAN_WAIT,
    )
    async def list_audit(who: AuditRead, person_id: UUID | None = None) -> AuditList:
        found = await people.history(who.tenant, str(person_id) if person_id else None)
        return AuditList(items=[AuditView.of(entry) for entry in found])

    return router


def _asker(who: Principal) -> Administrator:
    return Administrator(who.subject, who.name, who.tenant)
