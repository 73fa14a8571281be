"""Settings of cases."""

from __future__ import annotations

from typing import Any, Self

from pydantic import Field

from atiende_city.citizen_access import CitizenSettings
from atiende_kit.settings import Group, KitSettings


class CasesSettings(Group):
    """Beats of the loops, in real seconds."""

    sweep_seconds: float = Field(default=1.0, gt=0)
    checkpoint_seconds: float = Field(default=30.0, gt=0)
    forget_after_days: float = Field(default=15.0, ge=2)
    figures_seconds: float = Field(default=900.0, gt=0)


class LimitSettings(Group):
    """How often strangers may try something in the portal.

    Args:
        visitor_proofs: wrong secrets and codes of one visitor in a quarter of an hour.
        case_proofs: wrong secrets for one folio in an hour, of all visitors.
        visitor_codes: one-time codes that a visitor asks for in an hour.
        city_codes: one-time codes that a city sends in an hour; each costs it money.
    """

    visitor_proofs: int = Field(default=20, ge=1, le=1000)
    case_proofs: int = Field(default=50, ge=1, le=1000)
    visitor_codes: int = Field(default=10, ge=1, le=1000)
    city_codes: int = Field(default=500, ge=1, le=5000)


class Settings(KitSettings):
    """Everything that the service reads from its environment."""

    citizen: CitizenSettings
    cases: CasesSettings = CasesSettings()
    limits: LimitSettings = LimitSettings()

    @classmethod
    def example(cls, **overrides: Any) -> Self:
        """Settings for tests and the `openapi` command."""
        return super().example(**{"citizen": CitizenSettings.example(), **overrides})
