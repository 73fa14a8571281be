"""Use case: publishing the city's figures, page and file from one reading."""

from __future__ import annotations

import asyncio
import gzip
import io
import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Final, Protocol

from atiende_cases.application.ports import Releases
from atiende_cases.domain.public_figures import (
    PERIODS,
    Figure,
    Gathered,
    Times,
    csv_of,
    figures_of,
)
from atiende_kit.clock import Clock

_BATCH: Final = 5_000
_REST: Final = 100
"""How many times as long as computing a period took it is left as it is: 1 % of a core at most."""


@dataclass(frozen=True, slots=True)
class Publication:
    """What is published of a period.

    Attributes:
        publish_time: domain time; the period ends then.
        real_time: when it was computed.
    """

    days: int
    publish_time: datetime
    real_time: datetime
    figures: tuple[Figure, ...]


class Publications(Protocol):
    """Cases to publish, and what was published."""

    async def times(
        self, tenant: str, since: datetime, *, after: tuple[datetime, str] | None, limit: int
    ) -> tuple[list[Times], tuple[datetime, str] | None]:
        """A part of the cases that were opened since an instant, and where the next begins."""
        ...

    async def get(self, tenant: str, days: int) -> Publication | None:
        """What is published of a period, or None."""
        ...

    async def file(self, tenant: str, days: int) -> bytes | None:
        """The file of a period, compressed, or None."""
        ...

    async def put(self, tenant: str, publication: Publication, file: bytes) -> None:
        """Publishes a period and its compressed file in place of what was published before."""
        ...


@dataclass(frozen=True, slots=True)
class PublishFigures:
    """Computes what is older than it may be; readers never wait for it.

    A period that takes long to compute is computed less often, so that the figures of a city with
    a million cases leave the worker to its cases.
    """

    publications: Publications
    releases: Releases
    clock: Clock
    every: timedelta
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    _took: dict[tuple[str, int], timedelta] = field(default_factory=dict, init=False)

    async def __call__(self, tenant: str) -> None:
        """Publishes every period of a city that is due."""
        for days in PERIODS:
            known = await self.publications.get(tenant, days)
            pause = max(self.every, _REST * self._took.get((tenant, days), timedelta()))
            if known is None or known.real_time + pause <= self.now():
                began = self.now()
                await self._publish(tenant, days)
                self._took[tenant, days] = self.now() - began

    async def _publish(self, tenant: str, days: int) -> None:
        release = await self.releases.get(tenant)
        at = self.clock.now()
        gathered = Gathered(release.city.timezone)
        after: tuple[datetime, str] | None = None
        while True:
            part, after = await self.publications.times(
                tenant, at - timedelta(days=days), after=after, limit=_BATCH
            )
            gathered.add(part)
            if after is None:
                break
        # A million rows take seconds of computing, in which the worker goes on with the rest.
        figures, file = await asyncio.to_thread(_computed, gathered)
        publication = Publication(days, at, self.now(), figures)
        await self.publications.put(tenant, publication, file)


def _computed(gathered: Gathered) -> tuple[tuple[Figure, ...], bytes]:
    rows = gathered.publish(lambda: secrets.randbits(64))
    return tuple(figures_of(rows)), _compressed(csv_of(rows))


def _compressed(lines: Iterable[str]) -> bytes:
    file = io.BytesIO()
    with gzip.GzipFile(fileobj=file, mode="wb", compresslevel=6) as packed:
        packed.writelines(line.encode() for line in lines)
    return file.getvalue()
