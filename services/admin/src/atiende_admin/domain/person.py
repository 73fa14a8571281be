"""A person of the staff, and the rules of who may change what of whom."""

from __future__ import annotations

import re
import secrets
import string
from collections.abc import Collection
from dataclasses import dataclass

from atiende_kit.errors import FailedPrecondition, PermissionDenied, Unprocessable

STAFF_ROLES = ("agent", "supervisor", "unit_manager", "auditor", "admin")
"""All that can be given here. Whatever else an account holds at the provider is left alone."""
_USERNAME = re.compile(r"[a-z0-9][a-z0-9._-]{2,63}")
_EMAIL = re.compile(r"[^@\s]{1,64}@[^@\s]{1,190}")
_UNIT = re.compile(r"[a-z0-9][a-z0-9_-]{1,62}")
_GROUPS, _LETTERS = 3, string.ascii_lowercase.replace("l", "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """What an administrator says of a person."""

    first_name: str
    last_name: str
    email: str
    roles: tuple[str, ...]
    units: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """A person of a city's staff as the identity provider knows them."""

    id: str
    username: str
    profile: Profile
    enabled: bool
    must_change_password: bool


@dataclass(frozen=True, slots=True)
class Administrator:
    """Who asks: the subject of the token, the name that they have now, and their city."""

    subject: str
    name: str
    tenant: str


class NotYourself(PermissionDenied):
    """Nobody changes their own rights: a stolen session must not, and a slip locks people out."""

    def __init__(self) -> None:
        super().__init__(
            "NOT_YOURSELF",
            "No puede cambiar sus propios permisos ni desactivar su cuenta: pídalo a otra persona"
            " con rol de administración.",
        )


class LastAdministrator(FailedPrecondition):
    """A city without administrators can help itself no more."""

    def __init__(self) -> None:
        super().__init__(
            "LAST_ADMINISTRATOR",
            "Es la última persona con rol de administración: nombre primero a otra.",
        )


def check_profile(profile: Profile) -> None:
    """Refuses what cannot be an account.

    Raises:
        Unprocessable: with what is wrong, field by field.
    """
    wrong: dict[str, str] = {}
    if not profile.first_name.strip():
        wrong["/first_name"] = "Escriba el nombre."
    if not profile.last_name.strip():
        wrong["/last_name"] = "Escriba el apellido."
    if not _EMAIL.fullmatch(profile.email):
        wrong["/email"] = "Escriba un correo, como nombre@ejemplo.com."
    if unknown := sorted(set(profile.roles) - set(STAFF_ROLES)):
        wrong["/roles"] = f"No es un rol que se pueda dar aquí: {', '.join(unknown)}."
    elif not profile.roles:
        wrong["/roles"] = "Elija al menos un rol."
    if any(not _UNIT.fullmatch(unit) for unit in profile.units):
        wrong["/units"] = "Una de las dependencias no tiene la forma esperada."
    if wrong:
        raise Unprocessable("PERSON_INVALID", "Revise los datos de la persona.", fields=wrong)


def check_username(username: str) -> None:
    """Refuses a name that nobody can sign in with.

    Raises:
        Unprocessable: it is none.
    """
    if not _USERNAME.fullmatch(username):
        what = "Use de 3 a 64 minúsculas, números, puntos o guiones, como ana.perez."
        raise Unprocessable("PERSON_INVALID", what, fields={"/username": what})


def check_change(
    asker: Administrator, before: Person, *, roles: Collection[str], enabled: bool
) -> None:
    """Refuses a change of one's own rights; names and units of one's own are fine.

    Raises:
        NotYourself: it is one.
    """
    same = set(roles) == set(before.profile.roles) and enabled == before.enabled
    if asker.subject == before.id and not same:
        raise NotYourself


def loses_administration(before: Person, *, roles: Collection[str], enabled: bool) -> bool:
    """Whether somebody who administers now would no more."""
    administers = before.enabled and "admin" in before.profile.roles
    return administers and not (enabled and "admin" in roles)


def first_password() -> str:
    """Makes a password that a person can type once; the provider then demands another one."""
    groups = ["".join(secrets.choice(_LETTERS) for _ in range(4)) for _ in range(_GROUPS)]
    groups[0] = groups[0].capitalize()
    return "-".join([*groups, f"{secrets.randbelow(90) + 10}"])
