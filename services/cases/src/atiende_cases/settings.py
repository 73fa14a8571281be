"""Settings of cases."""

from __future__ import annotations

from pydantic import Field

from atiende_kit.settings import Group, KitSettings


class CasesSettings(Group):
    """Beats of the loops, in real seconds."""

    sweep_seconds: float = Field(default=1.0, gt=0)
    checkpoint_seconds: float = Field(default=30.0, gt=0)


class Settings(KitSettings):
    """Everything that the service reads from its environment."""

    cases: CasesSettings = CasesSettings()
