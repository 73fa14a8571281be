"""Settings of the catalog."""

from __future__ import annotations

from pydantic import Field

from atiende_kit.settings import Group, KitSettings


class CatalogSettings(Group):
    """What pages without a token may cost, and the beat of the sweeper.

    Args:
        searches_per_minute: Of one visitor.
        crisis_seconds: Between two looks for confirmed switches that a crash left unpublished.
    """

    searches_per_minute: int = Field(default=240, ge=1)
    crisis_seconds: float = Field(default=10.0, gt=0)


class Settings(KitSettings):
    """Everything that the service reads from its environment."""

    catalog: CatalogSettings = CatalogSettings()
