"""Commands of this service besides its roles."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Annotated

import typer

from atiende_cases.adapters.mongo.store import Store
from atiende_cases.application.verify import verify_audit, verify_folios
from atiende_cases.contract import CONTRACT
from atiende_cases.settings import Settings
from atiende_kit.settings import SettingsError
from atiende_kit.store import Database

commands = typer.Typer()
_TenantOption = Annotated[
    str | None, typer.Option("--tenant", help="One city; all of them when absent.")
]


async def _over_tenants(tenant: str | None, check: Callable[[Store, str], Awaitable[bool]]) -> bool:
    try:
        settings = Settings.load()
    except SettingsError as error:
        typer.echo(f"cases cannot start:\n{error}", err=True)
        raise typer.Exit(2) from None
    database = Database.connect(settings.mongo, CONTRACT)
    await database.start()
    try:
        store = Store(database)
        tenants = [tenant] if tenant else await store.audit.tenants()
        return all([await check(store, one) for one in tenants])
    finally:
        await database.stop()


@commands.command("verify-audit", help="Recompute the audit chain; name the first broken entry.")
def audit(tenant: _TenantOption = None) -> None:
    """Ends with 1 when a chain is broken."""

    async def check(store: Store, one: str) -> bool:
        report = await verify_audit(store.audit, one)
        if report.broken is None:
            typer.echo(f"{one}: {report.entries} entries, the chain holds")
            return True
        typer.echo(f"{one}: broken at entry {report.broken.seq}: {report.broken.why}", err=True)
        return False

    if not asyncio.run(_over_tenants(tenant, check)):
        raise typer.Exit(1)


@commands.command("verify-folios", help="Check that folios have no gap and none stands twice.")
def folios(tenant: _TenantOption = None) -> None:
    """Ends with 1 when something is wrong."""

    async def check(store: Store, one: str) -> bool:
        report = await verify_folios(store.folios, store.cases, one)
        typer.echo(
            f"{one}: {report.numbers} folios, {len(report.wrong)} wrong, "
            f"{len(report.pending)} whose case is on its way"
        )
        for line in report.wrong[:20]:
            typer.echo(f"  {line}", err=True)
        return not report.wrong

    if not asyncio.run(_over_tenants(tenant, check)):
        raise typer.Exit(1)
