"""Settings of the service: those of the kit and nothing more."""

from __future__ import annotations

from atiende_kit.settings import KitSettings


class Settings(KitSettings):
    """All that the service reads from its environment."""
