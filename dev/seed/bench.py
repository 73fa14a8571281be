"""`python -m dev.seed.bench 100000`: how fast the inbox is over HTTP on a real MongoDB.

The figures hold for the machine that made them; no test looks at them. What a test holds is how
many index entries and documents a query examines (`services/cases/tests/integration`).
"""

from __future__ import annotations

import asyncio
import logging
import random
import statistics
import tempfile
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import httpx
import structlog
import typer
from pydantic import SecretStr
from rich.console import Console
from rich.table import Table

from atiende_cases.adapters.mongo.store import Store
from atiende_cases.bootstrap import Outside, assemble
from atiende_cases.contract import CONTRACT
from atiende_cases.settings import Settings
from atiende_city.cache import Fetched, ReleaseCache
from atiende_city.content import sha256_hex
from atiende_city.testing import example_bytes, example_release
from atiende_kit.clock import SystemClock
from atiende_kit.http import HttpServer
from atiende_kit.runtime import Runner
from atiende_kit.settings import MongoSettings
from atiende_kit.store import Database
from atiende_kit.testing.fake_bus import FakeBus
from atiende_kit.testing.servers import MongoServer
from atiende_kit.testing.tokens import TokenFactory
from dev.seed.fill import fill
from dev.seed.past import History

TENANT = "sanaurelio"
BASE = "/api/cases/v1"


@dataclass(frozen=True)
class Asked:
    """One kind of request: who asks for what."""

    name: str
    who: str
    path: str
    params: Callable[[random.Random], dict[str, Any]]


WORDS = ("luz", "poste", "hueco árbol", "calle 45", "predial", "María", "carrera 7 semáforo")

REQUESTS = (
    Asked("first page", "agent", "/cases", lambda _: {}),
    Asked("first page of the whole city", "admin", "/cases", lambda _: {}),
    Asked("newest", "supervisor", "/cases", lambda _: {"sort": "newest"}),
    Asked("last changed", "supervisor", "/cases", lambda _: {"sort": "updated"}),
    Asked("mine", "agent", "/cases", lambda _: {"assignee": "me"}),
    Asked("unassigned", "supervisor", "/cases", lambda _: {"assignee": "none"}),
    Asked("overdue", "agent", "/cases", lambda _: {"overdue": True}),
    Asked(
        "needs answer, by e-mail",
        "agent",
        "/cases",
        lambda _: {"needs_answer": True, "channel": "email"},
    ),
    Asked(
        "undelivered and overdue, newest",
        "admin",
        "/cases",
        lambda _: {"undelivered": True, "overdue": True, "sort": "newest"},
    ),
    Asked(
        "procedure and priority",
        "admin",
        "/cases",
        lambda chance: {
            "procedure": chance.choice(("huecos-vias", "ruido-convivencia")),
            "priority": 3,
        },
    ),
    Asked("resolved", "supervisor", "/cases", lambda _: {"status": "resolved"}),
    Asked("search, own units", "agent", "/cases", lambda chance: {"q": chance.choice(WORDS)}),
    Asked("search, whole city", "admin", "/cases", lambda chance: {"q": chance.choice(WORDS)}),
    Asked("counts", "agent", "/cases/counts", lambda _: {}),
    Asked("counts of the whole city", "admin", "/cases/counts", lambda _: {}),
)


def main(
    cases: Annotated[int, typer.Argument(min=1)] = 100_000,
    *,
    rounds: Annotated[int, typer.Option(min=1, help="Requests of each kind.")] = 200,
    clients: Annotated[int, typer.Option(min=1, help="Requests at a time.")] = 1,
    active: Annotated[float, typer.Option(min=0, max=1)] = 1.0,
    url: Annotated[str, typer.Option(help="Of a filled MongoDB; a new one when absent.")] = "",
) -> None:
    """Fills a database, starts the service over it and measures."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    with tempfile.TemporaryDirectory() as folder:
        server = None
        if not url:
            server = MongoServer(Path(folder))
            server.start()
        try:
            asyncio.run(_run(url or server.url, cases, rounds, clients, active))  # type: ignore[union-attr]
        finally:
            if server is not None:
                server.kill()


async def _run(url: str, cases: int, rounds: int, clients: int, active: float) -> None:
    console = Console()
    settings = MongoSettings(url=SecretStr(url), database="cases")
    await _fill(settings, cases, active, console)
    table = Table(
        "request", "p50 ms", "p95 ms", "max ms", "rows", title=f"{cases} cases, {clients} at a time"
    )
    async with _serving(settings) as (client, headers):
        for asked in REQUESTS:
            times, rows = await _measure(client, headers[asked.who], asked, rounds, clients)
            times.sort()
            p95 = times[min(len(times) - 1, -(-95 * len(times) // 100) - 1)]
            table.add_row(
                asked.name,
                f"{statistics.median(times):.1f}",
                f"{p95:.1f}",
                f"{times[-1]:.1f}",
                str(rows),
            )
        await _pages(client, headers["supervisor"], table)
    console.print(table)


async def _fill(settings: MongoSettings, cases: int, active: float, console: Console) -> None:
    database = Database.connect(settings, CONTRACT)
    await database.start()
    store = Store(database)
    have = await store.cases.collection.count(TENANT, {})
    if have:
        await database.ensure_indexes()
    if have < cases:
        began, written = time.monotonic(), 0
        history = History(TENANT, example_release(), now=datetime.now(UTC), active=active)
        async for batch in fill(store, TENANT, example_release(), history.people(cases)):
            written += len(batch)
            print(f"\r{written} of {cases} cases", end="", flush=True)
        seconds = time.monotonic() - began
        print()
        console.print(f"{written} cases in {seconds:.0f} s, {written / seconds:.0f} a second")
        # Of a new database they are made at the end, from all that is there at once.
        began = time.monotonic()
        await database.ensure_indexes()
        console.print(f"their indexes in {time.monotonic() - began:.0f} s")
    await database.stop()


@asynccontextmanager
async def _serving(
    mongo: MongoSettings,
) -> AsyncIterator[tuple[httpx.AsyncClient, dict[str, dict[str, str]]]]:
    tokens = TokenFactory()
    clock = SystemClock()
    database = Database.connect(mongo, CONTRACT, clock=clock)
    await database.start()

    async def fetch(_: str, known: str) -> Fetched:
        content = example_bytes()
        return Fetched(1, sha256_hex(content), None if known else content)

    example = Settings.example()
    settings = example.model_copy(
        update={
            "auth": tokens.settings("svc-cases"),
            "grpc": example.grpc.model_copy(update={"port": 0}),
            "http": example.http.model_copy(update={"port": 0}),
        }
    )
    parts = assemble(
        settings,
        "api",
        Outside(
            database=database,
            bus=FakeBus(CONTRACT),
            verifier=tokens.verifier(),
            releases=ReleaseCache(fetch),
            clock=clock,
            routing=None,  # type: ignore[arg-type]  # nothing is claimed
            attachments=None,  # type: ignore[arg-type]  # nothing is downloaded
        ),
    )
    [server] = [part for part in parts if isinstance(part, HttpServer)]
    runner = Runner(parts)
    await runner.start()
    people = {
        "agent": tokens.staff_token(["agent"], ["vias"], TENANT, subject="agente-vias-1"),
        "supervisor": tokens.staff_token(
            ["supervisor"], ["vias", "alumbrado", "parques", "aseo"], TENANT, subject="jefa"
        ),
        "admin": tokens.staff_token(["admin"], [], TENANT, subject="admin"),
    }
    headers = {who: {"Authorization": f"Bearer {token}"} for who, token in people.items()}
    async with httpx.AsyncClient(base_url=server.url, timeout=60) as client:
        yield client, headers
    await runner.unwind()
    await database.stop()


async def _measure(
    client: httpx.AsyncClient, headers: dict[str, str], asked: Asked, rounds: int, clients: int
) -> tuple[list[float], int]:
    chance = random.Random(3)  # noqa: S311 - a measurement
    times: list[float] = []
    rows = 0

    async def once() -> None:
        nonlocal rows
        params = asked.params(chance)
        began = time.perf_counter()
        answer = await client.get(f"{BASE}{asked.path}", params=params, headers=headers)
        times.append((time.perf_counter() - began) * 1000)
        answer.raise_for_status()
        body = answer.json()
        rows = max(rows, len(body.get("items", body.get("counts", ()))))

    await once()  # plans and pages warm up
    times.clear()
    for start in range(0, rounds, clients):
        await asyncio.gather(*(once() for _ in range(min(clients, rounds - start))))
    return times, rows


async def _pages(client: httpx.AsyncClient, headers: dict[str, str], table: Table) -> None:
    """Follows a list for a hundred pages: the last is as fast as the first."""
    cursor: str | None = None
    times: list[float] = []
    rows = 0
    for _ in range(100):
        params = {"limit": "100"} | ({"cursor": cursor} if cursor else {})
        began = time.perf_counter()
        answer = await client.get(f"{BASE}/cases", params=params, headers=headers)
        times.append((time.perf_counter() - began) * 1000)
        body = answer.raise_for_status().json()
        rows += len(body["items"])
        cursor = body["next_cursor"]
        if cursor is None:
            break
    times.sort()
    p95 = times[min(len(times) - 1, -(-95 * len(times) // 100) - 1)]
    table.add_row(
        "a hundred pages of 100 on",
        f"{statistics.median(times):.1f}",
        f"{p95:.1f}",
        f"{times[-1]:.1f}",
        str(rows),
    )


if __name__ == "__main__":
    typer.run(main)
