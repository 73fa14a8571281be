"""Settings of surveys."""

from __future__ import annotations

from pydantic import Field

from atiende_kit.settings import Group, KitSettings


class SurveySettings(Group):
    """Beats of the loops, in real seconds."""

    lapse_seconds: float = Field(default=5.0, gt=0)


class Settings(KitSettings):
    """Everything that the service reads from its environment."""

    surveys: SurveySettings = SurveySettings()
