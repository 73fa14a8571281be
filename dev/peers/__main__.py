"""`make bench-peers`: case creation and a page of cases, ours and what else a city might install.

The same client asks each in turn on this machine: the peers' APIs create a case and list cases;
ours takes a WhatsApp message, acknowledging it when it is durable, and lists its inbox. What ours
does until the case is routed is `python -m dev.bench.flow`. The stack must be up; its workers go on
working meanwhile.
"""

from __future__ import annotations

import asyncio
import contextlib
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from dev.bench.cpu import proportional_bytes
from dev.bench.intake import whatsapp_requests
from dev.bench.load import Outcome, http_load
from dev.demo.play import ADMIN
from dev.peers.helpdesk import helpdesk
from dev.peers.peer import Peer
from dev.peers.postgres import postgres
from dev.peers.roundup import roundup
from dev.stack.login import staff_login
from dev.stack.services import http_port
from dev.stack.stack import Stack

CLIENTS = (1, 8, 32)
_MB = 1_000_000
console = Console(width=110)


def main(
    seconds: Annotated[float, typer.Option(min=1, help="Of each measurement.")] = 8.0,
) -> None:
    """Installs what is missing, measures and prints."""
    stack = Stack()
    if not stack.is_running:
        raise SystemExit("no stack runs; `make up` starts one")
    table = Table("system", "what", *(f"{n} clients /s" for n in CLIENTS), "p50 at 8", "memory")
    for peer in _peers(stack.layout.cache):
        for what, make in (("creates a case", peer.create), ("a page of 50", peer.page)):
            found = asyncio.run(_load(peer.port, make, seconds))
            memory = f"{proportional_bytes(peer.pid) / _MB:.0f} MB and PostgreSQL"
            _row(table, peer.name, what, found, memory)
    context = stack.context()
    # Each message is worked off meanwhile, by services that share the machine.
    channels = next(one for one in context.services if one.name == "channels")
    requests = whatsapp_requests(stack)
    port = http_port(context, channels, "api")
    found = asyncio.run(_load(port, lambda: requests()[1], seconds))
    _row(table, "Atiende", "acknowledges a message, durable", found, "see dev.bench.memory")
    cases = next(one for one in context.services if one.name == "cases")
    page = _inbox_page(stack)
    found = asyncio.run(_load(http_port(context, cases, "api"), lambda: page, seconds))
    _row(table, "Atiende", "a page of 50", found, "see dev.bench.memory")
    console.print(table)


def _inbox_page(stack: Stack) -> bytes:
    """The inbox as the desk shows it to an administrator: open cases of the city, by due time."""
    token = staff_login(stack, ADMIN).access_token
    return (
        "GET /api/cases/v1/cases?limit=50 HTTP/1.1\r\nHost: 127.0.0.1\r\n"
        f"Authorization: Bearer {token}\r\nAccept: application/json\r\n\r\n"
    ).encode()


def _peers(cache: Path) -> Iterator[Peer]:
    """Each peer with a database server of its own, one after the other."""
    for start in (helpdesk, roundup):
        with (
            tempfile.TemporaryDirectory() as folder,
            postgres(Path(folder)) as database,
            start(cache, Path(folder) / "served", database) as peer,
        ):
            console.print(f"{peer.name} is up")
            yield peer


async def _load(port: int, make: Callable[[], bytes], seconds: float) -> list[Outcome]:
    with contextlib.suppress(asyncio.IncompleteReadError):
        await http_load(port, 1, 1.0, make)  # what is only slow the first time
    return [await http_load(port, clients, seconds, make) for clients in CLIENTS]


def _row(table: Table, name: str, what: str, found: list[Outcome], memory: str) -> None:
    rates = (f"{one.rate:.0f}" + (f" ({one.refused} refused)" * bool(one.refused)) for one in found)
    table.add_row(name, what, *rates, f"{found[1].median:.0f} ms", memory)


if __name__ == "__main__":
    typer.run(main)
