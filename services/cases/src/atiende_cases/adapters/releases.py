"""Releases of cities, for a service that must not refuse a citizen."""

from __future__ import annotations

from atiende_city.cache import ReleaseCache
from atiende_city.release import Release
from atiende_kit.errors import NotFound, Unavailable


class PatientReleases:
    """The port `Releases` over the cache.

    A city that has published nothing yet is "not now" and not "never": as `NotFound` a citizen's
    message would end in the dead letters, when all it has to do is wait for the first release.
    """

    def __init__(self, cache: ReleaseCache) -> None:
        self._cache = cache

    async def get(self, tenant: str) -> Release:
        """The release in force.

        Raises:
            Unavailable: there is none yet, or nobody can say.
        """
        try:
            return await self._cache.get(tenant)
        except NotFound as error:
            raise _not_yet() from error

    async def refresh(self, tenant: str) -> Release:
        """Asks the catalog now."""
        try:
            return await self._cache.refresh(tenant)
        except NotFound as error:
            raise _not_yet() from error


def _not_yet() -> Unavailable:
    return Unavailable("RELEASE_NOT_PUBLISHED", "La ciudad aún no ha publicado su configuración.")
