"""Settings of administration."""

from __future__ import annotations

from pydantic import Field, SecretStr

from atiende_kit.settings import Group, KitSettings


class KeycloakSettings(Group):
    """Where people are administered: Keycloak's REST interface, which the edge does not show.

    Args:
        url: With the path of the realm's administration: `http://…/auth/admin/realms/atiende`.
        timeout_seconds: Of one request.
    """

    url: str = "http://localhost:8080/auth/admin/realms/atiende"
    timeout_seconds: float = Field(default=10.0, gt=0)


class GraveSettings(Group):
    """The bus's operator, who alone may send dead letters again: for the worker only.

    Args:
        user: At the bus.
        password: Its word.
    """

    user: str = "operator"
    password: SecretStr


class Settings(KitSettings):
    """Everything that the service reads from its environment."""

    keycloak: KeycloakSettings = KeycloakSettings()
    grave: GraveSettings | None = None
