"""Open311 GeoReport v2 server."""

from atiende_channels.channels.open311.adapter import Open311Adapter
from atiende_channels.channels.open311.routes import routers
from atiende_channels.settings import Settings


def adapter(settings: Settings) -> Open311Adapter:
    """Makes the adapter."""
    del settings
    return Open311Adapter()


__all__ = ["adapter", "routers"]
