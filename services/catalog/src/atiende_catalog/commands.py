"""Commands of the city's configuration: publish the example, check a folder, export."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from atiende_catalog.adapters.mongo.drafts import MongoDrafts
from atiende_catalog.adapters.mongo.publications import MongoPublications
from atiende_catalog.application.contents import ContentInvalid
from atiende_catalog.application.publish_release import PublishRelease
from atiende_catalog.contract import CONTRACT
from atiende_catalog.domain.crisis import Person
from atiende_catalog.domain.problem import Problem
from atiende_catalog.domain.validation import validate
from atiende_catalog.settings import Settings
from atiende_city.content import canonical_bytes, load_folder, sha256_hex
from atiende_kit.clock import domain_clock
from atiende_kit.store import Database

PUBLISHER = Person("cli", "")
EXAMPLE = Path(__file__).resolve().parent / "example_city"
commands = typer.Typer(help="The city's configuration.")

TenantOption = Annotated[str, typer.Option(help="Id of the city.")]
FolderOption = Annotated[Path, typer.Option(help="Folder with city.yaml and the rest.")]


def _load(folder: Path) -> bytes:
    try:
        return canonical_bytes(load_folder(folder))
    except (ValueError, OSError) as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from None


def _show(problems: list[Problem]) -> None:
    for problem in problems:
        typer.echo(f"{problem.path or '/'}: {problem.what} {problem.fix}", err=True)
    typer.echo(f"{len(problems)} problemas", err=True)


@commands.command(name="publish-example")
def publish_example(
    tenant: TenantOption = "sanaurelio",
    folder: FolderOption = EXAMPLE,
    force: Annotated[bool, typer.Option(help="Also over what somebody published.")] = False,
) -> None:
    """Publish the example city (or another folder) unless it is in force already.

    What an administrator has published since stays in force: a restart of the local stack must
    not undo a person's work, and least of all end a crisis.
    """
    content = _load(folder)
    settings = Settings.load()
    clock = domain_clock(settings.clock.file)

    async def publish() -> tuple[int, str, bool]:
        # Without a relay here: the event is in the document and the service's sweeper sends it.
        database = Database.connect(settings.mongo, CONTRACT, clock=clock)
        publications = MongoPublications(database)
        use_case = PublishRelease(publications, MongoDrafts(database), clock)
        await database.start()
        try:
            await database.ensure_indexes()
            head = await publications.head(tenant)
            if head is not None and head.publisher != PUBLISHER.subject and not force:
                return head.version, head.sha256, False
            made, new = await use_case.publish_content(
                tenant, content, publisher=PUBLISHER, note=f"publish-example {folder.name}"
            )
        finally:
            await database.stop()
        return made.version, made.sha256, new

    try:
        version, sha256, new = asyncio.run(publish())
    except ContentInvalid as error:
        _show(error.problems)
        raise typer.Exit(1) from None
    said = "published" if new else "already in force"
    typer.echo(f"{tenant}: version {version} {said}, sha256 {sha256}")


@commands.command(name="validate")
def validate_folder(folder: Annotated[Path, typer.Argument(help="Folder to check.")]) -> None:
    """Say everything that is wrong with a folder of YAML files."""
    try:
        content = load_folder(folder)
    except (ValueError, OSError) as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from None
    problems = validate(content, today=datetime.now(UTC).date())
    if problems:
        _show(problems)
        raise typer.Exit(1)
    data = canonical_bytes(content)
    typer.echo(f"valid: {len(data)} bytes, sha256 {sha256_hex(data)}")


@commands.command(name="export")
def export_release(
    tenant: TenantOption = "sanaurelio",
    version: Annotated[int, typer.Option(help="Number; 0 is the one in force.")] = 0,
    output: Annotated[Path | None, typer.Option(help="File; standard output if absent.")] = None,
) -> None:
    """Write the canonical bytes of a release."""
    settings = Settings.load()

    async def read() -> bytes | None:
        database = Database.connect(settings.mongo, CONTRACT)
        publications = MongoPublications(database)
        await database.start()
        try:
            head = await publications.head(tenant)
            wanted = version or (head.version if head else 0)
            found = await publications.get(tenant, wanted) if wanted else None
        finally:
            await database.stop()
        return found.content if found else None

    content = asyncio.run(read())
    if content is None:
        typer.echo(f"{tenant}: no such release", err=True)
        raise typer.Exit(1)
    if output is None:
        typer.echo(content, nl=False)
    else:
        output.write_bytes(content)
