"""What the HTTP API takes and gives."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field

from atiende_admin.application.ports import Action, AuditEntry
from atiende_admin.domain.person import Person, Profile

Role = Literal["agent", "supervisor", "unit_manager", "auditor", "admin"]
Name = Annotated[str, Field(max_length=100, examples=["Ana"])]


class ProfileBody(BaseModel):
    """What is said of a person."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    first_name: Name
    last_name: Name
    email: Annotated[str, Field(max_length=254, examples=["ana.perez@sanaurelio.example"])]
    roles: Annotated[list[Role], Field(max_length=5, examples=[["agent"]])]
    units: Annotated[list[str], Field(max_length=100, examples=[["alumbrado"]])]

    def profile(self) -> Profile:
        """Returns it as the domain knows it."""
        return Profile(
            first_name=self.first_name.strip(),
            last_name=self.last_name.strip(),
            email=self.email.strip(),
            roles=tuple(self.roles),
            units=tuple(dict.fromkeys(self.units)),
        )


class NewPerson(ProfileBody):
    """A new account."""

    username: Annotated[str, Field(max_length=64, examples=["ana.perez"])]


class PersonEdit(ProfileBody):
    """What a person becomes."""

    enabled: bool


class PersonView(BaseModel):
    """A person of the staff."""

    id: str
    username: str
    first_name: str
    last_name: str
    email: str
    roles: list[Role]
    units: list[str]
    enabled: bool
    must_change_password: bool = Field(description="Has not signed in since the password was set.")

    @classmethod
    def of(cls, person: Person) -> Self:
        """Makes the view."""
        profile = person.profile
        return cls.model_validate(
            {
                "id": person.id,
                "username": person.username,
                "first_name": profile.first_name,
                "last_name": profile.last_name,
                "email": profile.email,
                "roles": list(profile.roles),
                "units": list(profile.units),
                "enabled": person.enabled,
                "must_change_password": person.must_change_password,
            }
        )


class PersonList(BaseModel):
    """The staff, by username."""

    items: list[PersonView]


class FirstPassword(BaseModel):
    """A password for one sign-in; it is told once and kept nowhere."""

    person: PersonView
    password: str


class AuditView(BaseModel):
    """Who did what to whom."""

    time: datetime
    action: Action
    actor_name: str
    username: str
    detail: str

    @classmethod
    def of(cls, entry: AuditEntry) -> Self:
        """Makes the view."""
        return cls.model_validate(entry, from_attributes=True)


class AuditList(BaseModel):
    """What administrators did, newest first."""

    items: list[AuditView]
