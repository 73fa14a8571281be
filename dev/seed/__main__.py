"""`python -m dev.seed 10000`: fills the running stack, or any database, with a past."""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime
from typing import Annotated

import typer
from pydantic import SecretStr

from atiende_cases.adapters.mongo.store import Store
from atiende_cases.contract import CONTRACT
from atiende_city.testing import example_release
from atiende_kit.settings import MongoSettings
from atiende_kit.store import Database
from dev.seed.fill import fill
from dev.seed.past import Agent, History


def main(
    count: Annotated[int, typer.Argument(min=1, help="How many cases.")] = 1_000,
    *,
    url: Annotated[str, typer.Option(help="Of MongoDB; the running stack's when absent.")] = "",
    database: Annotated[str, typer.Option(help="Name of the database.")] = "",
    tenant: str = "sanaurelio",
    active: Annotated[float, typer.Option(min=0, max=1, help="Part that is still open.")] = 0.6,
    days: Annotated[float, typer.Option(min=0.1, help="Length of the past.")] = 45,
    agent: Annotated[
        list[str] | None, typer.Option(help="subject:name:unit of somebody who works on them.")
    ] = None,
    seed: Annotated[int, typer.Option(help="Makes the same past again.")] = 1,
) -> None:
    """Writes cases with people, conversations, messages and folios; no event goes out."""
    settings = _settings(url, database)
    agents = [Agent(*text.split(":", 2)) for text in agent or ()]
    release = example_release()
    history = History(
        tenant,
        release,
        now=datetime.now(UTC),
        days=days,
        active=active,
        agents=agents,
        seed=seed,
    )

    async def run() -> None:
        store_of = Database.connect(settings, CONTRACT)
        await store_of.start()
        store = Store(store_of)
        await store_of.ensure_indexes()
        began, written = time.monotonic(), 0
        async for cases in fill(store, tenant, release, history.people(count)):
            written += len(cases)
            rate = written / (time.monotonic() - began)
            print(f"\r{written} cases, {rate:.0f} a second", end="", flush=True)
        print()
        await store_of.stop()

    asyncio.run(run())


def _settings(url: str, database: str) -> MongoSettings:
    if url:
        return MongoSettings(url=SecretStr(url), database=database or "cases")
    from dev.stack.servers import mongo
    from dev.stack.stack import Stack

    context = Stack().context()
    [service] = [one for one in context.services if one.name == "cases"]
    return MongoSettings(
        url=SecretStr(mongo.service_url(context, service)), database=database or service.database
    )


if __name__ == "__main__":
    typer.run(main)
