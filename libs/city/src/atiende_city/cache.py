"""The snapshot that a service works with: kept in memory, refreshed behind its back.

A release changes a few times a year and is read on every message, so it is never fetched on the
hot path. The poll is what keeps a process current: a durable consumer gives `release.published` to
only one of several processes, so the event may hasten a refresh but cannot be relied on.

Every city in use is kept as packed bytes. As objects, which take fifteen times as much, are kept
those that were asked for last; to read another one again costs 4 ms.
"""

from __future__ import annotations

import asyncio
import dataclasses
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import dataclass

from atiende_city.content import compress, decompress
from atiende_city.release import Release
from atiende_kit.errors import AtiendeError, NotFound, Unavailable
from atiende_kit.runtime import Periodic
from atiende_kit.telemetry import get_logger

log = get_logger()

REFRESH_SECONDS = 30.0
_ABSENT_SECONDS = 2.0
"""How long a tenant without release is remembered: its messages must not storm the catalog."""
READ_AT_MOST = 32
"""Cities whose release is kept as objects. The garbage collector looks at all of them at a time: at
a hundred for 0.17 s, in which the process does nothing else (ADR 0044)."""


@dataclass(frozen=True, slots=True)
class Fetched:
    """What the catalog says is in force; ``content`` is None when the caller holds those bytes."""

    version: int
    sha256: str
    content: bytes | None


Fetch = Callable[[str, str], Awaitable[Fetched]]
"""(tenant, hash that the caller holds or "") → what is in force; raises `NotFound` when nothing."""

Outdated = Callable[[Mapping[str, int]], Awaitable[Collection[str]]]
"""Version that the caller holds, by tenant → the tenants whose release in force is another."""


class ReleaseCache:
    """Current releases by tenant.

    Args:
        fetch: Where releases come from; over gRPC `atiende_city.grpc_source.releases_over` makes
            the whole cache.
        outdated: Asked for all tenants at once before the poll fetches any, because a large
            install has a thousand and one of them changes in a day. Without it each is fetched.
        refresh_seconds: Real seconds between two looks at the source.
        tenants: Tenants to load at start; others are loaded when first asked for. A source that is
            not there yet does not keep the service from starting.
        read_at_most: Cities whose release is kept as objects.

    A source that fails leaves the last snapshot in use: an old release serves citizens better than
    none.
    """

    name = "releases"

    def __init__(
        self,
        fetch: Fetch,
        *,
        outdated: Outdated | None = None,
        refresh_seconds: float = REFRESH_SECONDS,
        tenants: tuple[str, ...] = (),
        read_at_most: int = READ_AT_MOST,
    ) -> None:
        self._fetch = fetch
        self._outdated = outdated
        self._wanted = tenants
        self._held: dict[str, tuple[int, bytes]] = {}  # version and packed bytes
        self._read: OrderedDict[str, Release] = OrderedDict()
        self._read_at_most = read_at_most
        self._absent: dict[str, tuple[float, NotFound]] = {}
        self._locks: dict[str, asyncio.Lock] = {}
        self._poll = Periodic("releases", refresh_seconds, self.refresh_all)

    async def start(self) -> None:
        """Begins to poll; the first look happens at once."""
        await self._poll.start()

    async def stop(self) -> None:
        """Ends polling; the snapshots stay usable."""
        await self._poll.stop()

    async def check(self) -> None:
        """Is ready when every tenant named at construction has a snapshot.

        Raises:
            Unavailable: one has none yet.
        """
        if any(tenant not in self._held for tenant in self._wanted):
            raise Unavailable("RELEASE_NOT_LOADED", "La configuración de la ciudad aún no carga.")

    def cached(self, tenant: str) -> Release | None:
        """Returns the snapshot at hand, without asking anybody."""
        release = self._read.get(tenant)
        if release is not None:
            self._read.move_to_end(tenant)
            return release
        held = self._held.get(tenant)
        if held is None:
            return None
        version, packed = held
        return self._keep(tenant, Release.parse(decompress(packed), version=version))

    def _keep(self, tenant: str, release: Release) -> Release:
        self._read[tenant] = release
        self._read.move_to_end(tenant)
        if len(self._read) > self._read_at_most:
            self._read.popitem(last=False)
        return release

    async def get(self, tenant: str) -> Release:
        """Returns the tenant's release; asks the source only when there is none yet.

        Raises:
            NotFound: the tenant has published nothing.
            Unavailable: the source does not answer and there is no snapshot.
        """
        release = self.cached(tenant)
        return release if release is not None else await self._load(tenant, fresh=False)

    async def refresh(self, tenant: str) -> Release:
        """Asks the source now; what a handler of `release.published` calls."""
        return await self._load(tenant, fresh=True)

    async def refresh_all(self) -> None:
        """Looks at the source for every tenant in use; failures leave the old snapshot."""
        for tenant in await self._to_refresh():
            try:
                await self._load(tenant, fresh=True)
            except AtiendeError as error:
                log.warning("release not refreshed", tenant=tenant, reason=error.reason)

    async def _to_refresh(self) -> Collection[str]:
        held = {tenant: version for tenant, (version, _) in self._held.items()}
        missing = set(self._wanted) - held.keys()
        if self._outdated is None:
            return missing | held.keys()
        try:
            return missing.union(await self._outdated(held) if held else ())
        except AtiendeError as error:
            log.warning("releases not compared", reason=error.reason)
            return missing

    async def _load(self, tenant: str, *, fresh: bool) -> Release:
        async with self._locks.setdefault(tenant, asyncio.Lock()):
            known = self.cached(tenant)
            if known is not None and not fresh:
                return known  # another task loaded it while this one waited
            absent = self._absent.get(tenant)
            if absent is not None and not fresh and time.monotonic() < absent[0]:
                raise absent[1]
            try:
                found = await self._fetch(tenant, known.sha256 if known else "")
            except NotFound as error:
                self._absent[tenant] = (time.monotonic() + _ABSENT_SECONDS, error)
                raise
            self._absent.pop(tenant, None)
            release = _apply(known, found)
            if release is not known:
                content = found.content
                packed = self._held[tenant][1] if content is None else compress(content)
                self._held[tenant] = release.version, packed
                self._keep(tenant, release)
                log.info("release in use", tenant=tenant, release_version=release.version)
            return release


def _apply(known: Release | None, found: Fetched) -> Release:
    if known is not None and known.version > found.version:
        return known  # a slow answer must not take the city back
    if found.content is not None:
        release = Release.parse(found.content, version=found.version)
        if release.sha256 != found.sha256:
            raise Unavailable("RELEASE_DAMAGED", "La configuración de la ciudad llegó dañada.")
        return release
    if known is None or known.sha256 != found.sha256:
        raise Unavailable("RELEASE_NOT_SENT", "La configuración de la ciudad no llegó.")
    if known.version == found.version:
        return known
    return dataclasses.replace(known, version=found.version)
