"""`python -m dev.bench.intake`: acknowledged durable messages a second, beside a bare route.

Over the running stack, whose workers stand still meanwhile: intake is what is measured, the bare
route has nobody behind it either. Both write to the same database with the same group commit.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import hmac
import itertools
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from typing import Annotated
from urllib.parse import urlencode

import httpx
import typer
from rich.console import Console
from rich.table import Table

from atiende_kit.testing.servers import free_port
from dev.bench.load import Outcome, http_load
from dev.demo.clock import DemoClock
from dev.demo.ledger import Ledger
from dev.demo.lines.whatsapp import WhatsappLine
from dev.demo.play import addresses
from dev.demo.script import Citizen
from dev.demo.world import JURISDICTION, WHATSAPP_ACCOUNT, World
from dev.stack.services import environment, http_port
from dev.stack.stack import Stack
from dev.wire import post

CLIENTS = (1, 8, 32, 128)
TEXT = "Hay un poste de alumbrado público sin luz frente al parque, hace ya tres noches."
_COUNT = itertools.count(1)


def main(
    seconds: Annotated[float, typer.Option(min=1, help="Of each measurement.")] = 6.0,
    rounds: Annotated[int, typer.Option(min=1, help="Of each; the best counts.")] = 2,
) -> None:
    """Measures and prints; the stack must be up."""
    asyncio.run(_run(seconds, rounds))


async def _run(seconds: float, rounds: int) -> None:
    stack = Stack()
    context = stack.context()
    service = next(one for one in context.services if one.name == "channels")
    channels = http_port(context, service, "api")
    table = Table(
        *("clients", "route", "acknowledged/s", "of bare", "p50 ms", "p99 ms", "refused"),
        title="intake, durable (one journaled majority write before the answer)",
    )
    ours = {"WhatsApp": _whatsapp(stack), "Open311": _open311(stack)}
    for make in ours.values():
        # The city's release is fetched once, from a service that then stands still.
        await http_load(channels, 1, 0.2, make)
    with _bare(environment(context, service, "api")) as bare, _still(stack):
        doors: dict[str, tuple[int, Callable[[], bytes]]] = {
            "bare FastAPI": (bare, _bare_request),
            **{name: (channels, make) for name, make in ours.items()},
        }
        for clients in CLIENTS:
            best: dict[str, Outcome] = {}
            # One after the other in turn, so that a slow moment of the machine meets all of them.
            for _ in range(rounds):
                for name, (port, make) in doors.items():
                    outcome = await http_load(port, clients, seconds, make)
                    if name not in best or outcome.rate > best[name].rate:
                        best[name] = outcome
            for name, outcome in best.items():
                table.add_row(
                    str(clients),
                    name,
                    f"{outcome.rate:.0f}",
                    f"{outcome.rate / best['bare FastAPI'].rate:.0%}",
                    f"{outcome.median:.1f}",
                    f"{outcome.percentile(0.99):.1f}",
                    str(outcome.refused),
                )
    Console(width=100).print(table)


@contextlib.contextmanager
def _bare(env: dict[str, str]) -> Iterator[int]:
    """The bare route as a process of its own; gives its port."""
    port = free_port()
    process = subprocess.Popen(
        (sys.executable, "-m", "dev.bench.bare"),
        env={
            **env,
            "BENCH_MONGO": env["ATIENDE_MONGO__URL"],
            "BENCH_DATABASE": env["ATIENDE_MONGO__DATABASE"],
            "BENCH_PORT": str(port),
        },
    )
    try:
        _wait(port)
        yield port
    finally:
        process.terminate()
        process.wait()


def _wait(port: int) -> None:
    for _ in range(200):
        with contextlib.suppress(httpx.HTTPError):
            httpx.get(f"http://127.0.0.1:{port}/")
            return
        time.sleep(0.05)
    raise SystemExit("the bare route does not start")


@contextlib.contextmanager
def _still(stack: Stack) -> Iterator[None]:
    """All workers, and all services but channels, stopped where they stand."""
    state = stack.state()
    if state is None:
        raise SystemExit("no stack runs; `make up` starts one")
    groups = [
        os.getpgid(one.pid)
        for one in state.items
        if one.pid and one.name.endswith(("-api", "-worker")) and one.name != "channels-api"
    ]
    for group in groups:
        os.killpg(group, signal.SIGSTOP)
    try:
        yield
    finally:
        for group in groups:
            os.killpg(group, signal.SIGCONT)


def _bare_request() -> bytes:
    body = f'{{"text": "{TEXT}", "id": {next(_COUNT)}}}'.encode()
    return post("/take", "localhost", body, kind="application/json")


def _whatsapp(stack: Stack) -> Callable[[], bytes]:
    requests = whatsapp_requests(stack)
    return lambda: requests()[1]


def whatsapp_requests(
    stack: Stack, account_of: Callable[[], str] = lambda: WHATSAPP_ACCOUNT
) -> Callable[[], tuple[str, bytes]]:
    """Makes signed webhooks, each with a first message of somebody new; gives its key with it."""
    clock = DemoClock(stack.layout.run / "clock.json")
    where = addresses(stack)
    world = World(where, clock, Ledger(), httpx.AsyncClient(), run="bench")
    line = WhatsappLine(world)
    run = int(time.time())
    host = where.public_url.split("//")[1]

    def make() -> tuple[str, bytes]:
        number = next(_COUNT)
        phone = f"57{run % 1_000_000:06d}{number:06d}"
        who = Citizen(number, "Rosa Pérez", f"b{number}@correo.example", phone)
        key = f"wamid.bench.{run}.{number}"
        account = account_of()
        body = line.webhook(who, TEXT, key).replace(WHATSAPP_ACCOUNT.encode(), account.encode())
        signature = hmac.new(where.whatsapp_secret.encode(), body, hashlib.sha256).hexdigest()
        path = f"/webhooks/whatsapp/{account}"
        signed = {"X_Hub_Signature_256": f"sha256={signature}"}
        return key, post(path, host, body, kind="application/json", **signed)

    return make


def _open311(stack: Stack) -> Callable[[], bytes]:
    where = addresses(stack)
    host = where.public_url.split("//")[1]
    run = int(time.time())

    def make() -> bytes:
        number = next(_COUNT)
        form = {
            "jurisdiction_id": JURISDICTION,
            "service_code": "alumbrado-publico",
            "description": TEXT,
            "address_string": "Carrera 7 # 3-12",
            "email": f"b{number}@correo.example",
            "api_key": where.open311_key,
            "attribute[tipo_dano]": "apagada",
        }
        kind = "application/x-www-form-urlencoded"
        path, key = "/open311/v2/requests.json", f"bench-{run}-{number}"
        return post(path, host, urlencode(form).encode(), kind=kind, Idempotency_Key=key)

    return make


if __name__ == "__main__":
    typer.run(main)
