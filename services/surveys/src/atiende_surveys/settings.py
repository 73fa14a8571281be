"""Settings of surveys."""

from __future__ import annotations

from typing import Any, Self

from pydantic import Field

from atiende_city.citizen_access import CitizenSettings
from atiende_kit.settings import Group, KitSettings


class SurveySettings(Group):
    """Beats of the loops, in real seconds."""

    lapse_seconds: float = Field(default=5.0, gt=0)


class Settings(KitSettings):
    """Everything that the service reads from its environment."""

    citizen: CitizenSettings
    surveys: SurveySettings = SurveySettings()

    @classmethod
    def example(cls, **overrides: Any) -> Self:
        """Settings for tests and the `openapi` command."""
        return super().example(**{"citizen": CitizenSettings.example(), **overrides})
