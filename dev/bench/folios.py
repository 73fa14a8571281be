"""`python -m dev.bench.folios`: numbers without a gap, and what they cost.

Writers of their own memory claim numbers at the same time, as that many replicas would, beside the
same number of writers that only insert a document as durably. Starts a MongoDB of its own.
"""

from __future__ import annotations

import asyncio
import logging
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Annotated

import structlog
import typer
from pydantic import SecretStr
from rich.console import Console
from rich.table import Table

from atiende_cases.adapters.mongo.folios import MongoFolios
from atiende_kit.errors import Unavailable
from atiende_kit.ids import new_id
from atiende_kit.settings import MongoSettings
from atiende_kit.store import Collection, Database, Insert
from atiende_kit.store.mongo import MongoBackend
from atiende_kit.testing.servers import MongoServer

TENANT, YEAR = "sanaurelio", 2026
Claim = Callable[[list[str]], Awaitable[object]]


def main(
    writers: Annotated[list[int] | None, typer.Option(help="How many at a time.")] = None,
    cases: Annotated[int, typer.Option(min=1, help="Numbers in each run.")] = 2_000,
    batch: Annotated[int, typer.Option(min=1, help="Cases in a claim.")] = 1,
) -> None:
    """Measures 1, 8 and 64 writers."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    with tempfile.TemporaryDirectory() as folder:
        server = MongoServer(Path(folder))
        server.start()
        try:
            asyncio.run(_run(server.url, writers or [1, 8, 64], cases, batch))
        finally:
            server.kill()


async def _run(url: str, writers: list[int], cases: int, batch: int) -> None:
    table = Table("writers", "numbers/s", "p50 / p99 ms", "bare inserts/s", "ratio", "tried again",
                  title=f"{cases} folios, {batch} in a claim")  # fmt: skip
    for count in writers:
        settings = MongoSettings(url=SecretStr(url), database=f"folios{count}")
        backend = MongoBackend(settings)
        store = Database(backend)
        bare = store.collection("bare")
        # Each writer is a process of its own, as far as the database can tell.
        stores = [Database(backend) for _ in range(count)]
        claimers = [MongoFolios(one) for one in stores]
        for one in (store, stores[0]):
            await one.ensure_indexes()
        ids = [[new_id() for _ in range(batch)] for _ in range(cases // batch)]
        plain, _, _ = await _race([_bare(bare) for _ in range(count)], ids)
        numbers, times, again = await _race([_claim(one) for one in claimers], ids)
        _check(await claimers[0].claims(TENANT), [one for some in ids for one in some])
        p99 = times[int(len(times) * 0.99)] * 1000
        table.add_row(
            str(count),
            f"{numbers:.0f}",
            f"{statistics.median(times) * 1000:.1f} / {p99:.1f}",
            f"{plain:.0f}",
            f"{numbers / plain:.0%}",
            str(again),
        )
        await backend.close()
    Console(width=100).print(table)
    Console(width=100).print("every run: no gap, no number twice, each case one number")


def _check(claims: list[tuple[int, int, str]], cases: list[str]) -> None:
    numbers = sorted(number for _, number, _ in claims)
    if numbers != list(range(1, len(cases) + 1)):
        raise SystemExit("a number is missing or there twice")
    if sorted(case for *_, case in claims) != sorted(cases):
        raise SystemExit("a case has no number, or two")


def _claim(folios: MongoFolios) -> Claim:
    return lambda ids: folios.claim(TENANT, prefix="SA", year=YEAR, case_ids=ids)


def _bare(collection: Collection) -> Claim:
    return lambda ids: collection.write(
        [Insert(TENANT, {"_id": one, "case_ids": [one]}) for one in ids]
    )


async def _race(claims: list[Claim], ids: list[list[str]]) -> tuple[float, list[float], int]:
    """Numbers a second, the time of each claim in order, and how often one was tried again."""
    work = list(ids)
    times: list[float] = []
    again = 0

    async def writer(claim: Claim) -> None:
        nonlocal again
        while work:
            some = work.pop()
            began = time.perf_counter()
            while True:
                try:
                    await claim(some)
                    break
                except Unavailable:
                    again += 1
            times.append(time.perf_counter() - began)

    began = time.perf_counter()
    await asyncio.gather(*(writer(claim) for claim in claims))
    return sum(map(len, ids)) / (time.perf_counter() - began), sorted(times), again


if __name__ == "__main__":
    typer.run(main)
