"""Which city a page without a token speaks for: by the host name under which it was asked."""

from __future__ import annotations

from starlette.requests import HTTPConnection

from atiende_kit.errors import NotFound
from atiende_kit.settings import KitSettings


class PublicCity:
    """Finds the tenant of a public request.

    Args:
        settings: Its `hosts` and `default_tenant`.
    """

    def __init__(self, settings: KitSettings) -> None:
        self._hosts = {host.lower(): tenant for host, tenant in settings.hosts.items()}
        self._default = settings.default_tenant

    def __call__(self, connection: HTTPConnection) -> str:
        """Return the tenant.

        Raises:
            NotFound: No city is served under that name.
        """
        host = (connection.url.hostname or "").lower()
        tenant = self._hosts.get(host) or self._default
        if not tenant:
            raise NotFound("CITY_UNKNOWN", "Ninguna ciudad atiende en esta dirección.")
        return tenant
