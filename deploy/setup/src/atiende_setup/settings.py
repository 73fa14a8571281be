"""What the commands read from their environment, under `ATIENDE_SETUP_`."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from atiende_setup.contracts import SERVICES


class _Setup(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="ATIENDE_SETUP_", frozen=True, extra="ignore")


class StreamSettings(_Setup):
    """The bus, as its operator.

    Args:
        nats_url: servers, comma separated.
        nats_user: who may administer streams.
        nats_password: their word.
        replicas: copies of every stream; 3 in production.
    """

    nats_url: str
    nats_user: str = "operator"
    nats_password: SecretStr
    replicas: int = Field(default=1, ge=1, le=5)


class MongoSettings(_Setup):
    """The database, as its administrator.

    Args:
        mongo_url: of the administrator, with user and password, where somebody else keeps the
            database.
        mongo_member: `host:port` by which the only member of a new replica set is known; empty
            where the set exists already.
        mongo_admin_password: of the administrator who is made with a new set.
        mongo_passwords: by service, as JSON.
    """

    mongo_url: SecretStr = SecretStr("")
    mongo_member: str = ""
    mongo_admin_password: SecretStr = SecretStr("")
    mongo_passwords: dict[str, SecretStr]


class BackupSettings(_Setup):
    """Database and bus, as those who may read and write all of them.

    Args:
        mongo_url: of the administrator, with user and password.
        nats_url: servers, comma separated.
        nats_user: who may administer streams.
        nats_password: their word.
    """

    mongo_url: SecretStr
    nats_url: str
    nats_user: str = "operator"
    nats_password: SecretStr


class RealmSettingsOfEnvironment(_Setup):
    """Keycloak, as an administrator of its master realm.

    Args:
        keycloak_url: with its path, reached without the edge: `http://keycloak:8080/auth`.
        keycloak_admin: who may make realms.
        keycloak_password: their word.
        public_url: where people reach the platform.
        ssl_required: `external` lets private addresses in over plain HTTP; `all` in production.
        client_secrets: by service, as JSON.
        smtp: Keycloak's `smtpServer`, as JSON; without it nobody can be sent a link.
        example_people: also the staff and citizens of the example city.
        person_password: of each of them, when they are created.
        first_admin: `name:tenant:e-mail` of the first administrator of a city; they get
            `person_password`, to be changed at the first sign-in.
    """

    keycloak_url: str
    keycloak_admin: str = "admin"
    keycloak_password: SecretStr
    public_url: str
    ssl_required: Literal["all", "external"] = "all"
    client_secrets: dict[str, SecretStr]
    smtp: dict[str, str] = {}
    example_people: bool = False
    person_password: SecretStr = SecretStr("")
    first_admin: str = ""


def missing(given: dict[str, SecretStr]) -> list[str]:
    """Returns the services for which a word is missing."""
    return [name for name in SERVICES if name not in given]
