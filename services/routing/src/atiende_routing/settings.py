"""Settings of routing."""

from __future__ import annotations

from pydantic import Field

from atiende_kit.settings import Group, KitSettings


class RoutingSettings(Group):
    """Beats of the loops, and what pages without a token may cost.

    Args:
        dispatch_seconds: Between two beats of the dispatcher, real time, as all of these.
        reconcile_seconds: Between two beats of the reconciler.
        figures_seconds: How old the figures of queues and the board may be.
        public_reads_per_minute: Of one visitor: waits, boards and tickets looked at.
        tickets_per_minute: Of one visitor; a hall's kiosks share an address.
    """

    dispatch_seconds: float = Field(default=0.5, gt=0)
    reconcile_seconds: float = Field(default=5.0, gt=0)
    figures_seconds: float = Field(default=2.0, ge=0)
    public_reads_per_minute: int = Field(default=240, ge=1)
    tickets_per_minute: int = Field(default=30, ge=1)


class Settings(KitSettings):
    """Everything that the service reads from its environment."""

    routing: RoutingSettings = RoutingSettings()
