"""Forged, stripped and mistaken tokens at every HTTP and gRPC entry (S3, S24)."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import grpc
import httpx
import pytest

from atiende_kit.grpc_.policy import policies
from atiende_kit.http.security import Require
from dev.contracts.catalogue import contracts
from dev.stack.login import staff_login
from dev.stack.services import grpc_port
from dev.stack.stack import Stack
from e2e.city import City
from e2e.security.actors import service_token
from e2e.security.doors import doors
from e2e.security.forged import forged

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(240, func_only=True)]
AT_ONCE = 8
DEADLINE_SECONDS = 5.0
TENANT = ("atiende-tenant", "sanaurelio")
REFUSED = {401, 503}
"""503: the realm was asked for its keys too recently to know that there is no such key."""
UNKNOWN = {grpc.StatusCode.UNAUTHENTICATED, grpc.StatusCode.UNAVAILABLE}
TOO_LARGE = {400, 401, 413, 431}
"""What may be said of a token of a megabyte: the header's limit comes before anybody reads it."""


class Trap:
    """A server of the forger; whoever comes is noted."""

    def __init__(self) -> None:
        self.came: list[str] = []
        came = self.came

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                came.append(self.path)
                self.send_error(404)

            def log_message(self, *_: Any) -> None:
                """Says nothing."""

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"


@pytest.fixture(scope="module")
def trap() -> Iterator[Trap]:
    trap = Trap()
    thread = threading.Thread(target=trap.server.serve_forever, daemon=True)
    thread.start()
    yield trap
    trap.server.shutdown()
    trap.server.server_close()
    thread.join()


@pytest.fixture(scope="module")
def forgeries(stack: Stack, trap: Trap) -> dict[str, str]:
    """Made from an administrator's tokens."""
    certs = f"{stack.endpoints().issuer}/protocol/openid-connect/certs"
    keys = httpx.get(certs, timeout=20).json()
    return forged(staff_login(stack, "nestor.acuna"), keys, trap.url)


async def test_no_forgery_opens_an_entry(city: City, forgeries: dict[str, str], trap: Trap) -> None:
    limit = asyncio.Semaphore(AT_ONCE)
    wrong: list[str] = []
    entries = [one for one in doors() if isinstance(one.policy, Require)]

    async def ask(name: str, token: str, method: str, path: str) -> None:
        async with limit:
            headers = {"Authorization": f"Bearer {token}"}
            answer = await city.http.request(method, f"{city.url}{path}", headers=headers)
        allowed = TOO_LARGE if name == "a megabyte" else REFUSED
        if answer.status_code not in allowed:
            wrong.append(f"{name}: {method} {path}: {answer.status_code}")

    await asyncio.gather(
        *(
            ask(name, token, door.method, door.path())
            for door in entries
            for name, token in forgeries.items()
        )
    )
    assert wrong == []
    assert len(forgeries) >= 30
    assert len(entries) >= 100
    assert trap.came == []


async def test_no_forgery_calls_a_service(stack: Stack, forgeries: dict[str, str]) -> None:
    """RPCs: forged tokens, real tokens of whoever is not named, and no token (S24)."""
    # A megabyte is more than metadata may hold; gRPC's own limit ends that call.
    tokens = {name: token for name, token in forgeries.items() if name != "a megabyte"}
    tokens["a person's token"] = staff_login(stack, "nestor.acuna").access_token
    services = {name: service_token(stack, f"svc-{name}") for name in contracts()}
    wrong: list[str] = []
    tried = 0
    for name, contract in contracts().items():
        address = f"127.0.0.1:{_port(stack, name)}"
        async with grpc.aio.insecure_channel(address) as channel:
            for method, callers in policies(contract.rpc_services).items():
                strangers = {f"svc-{one}": services[one] for one in services if one not in callers}
                for who, token in {"nobody": "", **tokens, **strangers}.items():
                    code = await _call(channel, method, token)
                    tried += 1
                    is_known = who.startswith(("svc-", "a person"))
                    expected = {grpc.StatusCode.PERMISSION_DENIED} if is_known else UNKNOWN
                    if code not in expected:
                        wrong.append(f"{who}: {method}: {code}")
    assert wrong == []
    assert tried >= 300, tried


async def test_a_call_without_a_deadline_and_reflection_are_refused(stack: Stack) -> None:
    for name, contract in contracts().items():
        async with grpc.aio.insecure_channel(f"127.0.0.1:{_port(stack, name)}") as channel:
            for method in list(policies(contract.rpc_services))[:1]:
                code = await _call(channel, method, "x", seconds=None)
                assert code is grpc.StatusCode.INVALID_ARGUMENT, f"{method}: {code}"


async def _call(
    channel: grpc.aio.Channel, method: str, token: str, *, seconds: float | None = DEADLINE_SECONDS
) -> grpc.StatusCode:
    metadata: list[tuple[str, str]] = [TENANT]
    if token:
        metadata.append(("authorization", f"Bearer {token}"))
    try:
        await channel.unary_unary(method)(b"", timeout=seconds, metadata=metadata)
    except grpc.aio.AioRpcError as error:
        return error.code()
    return grpc.StatusCode.OK


def _port(stack: Stack, name: str) -> int:
    context = stack.context()
    return grpc_port(context, next(one for one in context.services if one.name == name))
