"""Settings of the catalog."""

from __future__ import annotations

from pydantic import Field

from atiende_kit.settings import KitSettings


class Settings(KitSettings):
    """Everything that the service reads from its environment.

    Args:
        hosts: Host name of a portal (without port) to its tenant, for the public pages.
        default_tenant: Tenant of every other host; empty refuses them. One install for one city
            needs only this.
    """

    hosts: dict[str, str] = Field(default_factory=dict)
    default_tenant: str = ""
