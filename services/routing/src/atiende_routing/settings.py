"""Settings of routing."""

from __future__ import annotations

from pydantic import Field

from atiende_kit.settings import Group, KitSettings


class RoutingSettings(Group):
    """Beats of the loops, in real seconds."""

    dispatch_seconds: float = Field(default=0.5, gt=0)
    reconcile_seconds: float = Field(default=5.0, gt=0)


class Settings(KitSettings):
    """Everything that the service reads from its environment."""

    routing: RoutingSettings = RoutingSettings()
