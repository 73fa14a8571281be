"""Under load what can wait gives way first, then what staff reads, and never a citizen (R11)."""

from __future__ import annotations

import asyncio

import httpx
import pytest
import pytest_asyncio
from fastapi import APIRouter, Depends
from starlette.responses import StreamingResponse

from atiende_kit.contract import ServiceContract
from atiende_kit.http import create_app, public, require
from atiende_kit.http.shedding import CAN_WAIT, can_wait_with
from atiende_kit.settings import HttpSettings, KitSettings

pytestmark = pytest.mark.component
STAFF = [Depends(require("agent"))]
OPEN = [Depends(public("everybody asks"))]
API = "/api/demo/v1"
FIRST, SECOND = 2, 4


class Office:
    """A service whose requests are answered when `open` is set."""

    def __init__(self, tokens):
        self.open = asyncio.Event()
        self.waiting = 0
        router = APIRouter(prefix=API)

        @router.get("/forms", dependencies=OPEN)
        @router.post("/forms", dependencies=OPEN)
        async def forms() -> dict[str, str]:
            return await self.answer()

        @router.get("/inbox", dependencies=STAFF, openapi_extra=can_wait_with("q"))
        @router.post("/inbox", dependencies=STAFF)
        async def inbox() -> dict[str, str]:
            return await self.answer()

        @router.get("/report", dependencies=OPEN, openapi_extra=CAN_WAIT)
        async def report() -> dict[str, str]:
            return await self.answer()

        @router.get("/changes", dependencies=OPEN)
        async def changes() -> StreamingResponse:
            async def lines():
                yield "first\n"
                await self.open.wait()

            return StreamingResponse(lines())

        http = HttpSettings(shed_can_wait=FIRST, shed_staff=SECOND)
        self.app = create_app(
            KitSettings.example(http=http),
            ServiceContract("demo"),
            [router],
            verifier=tokens.verifier(),
            title="Demo",
            description="",
        )
        self.headers = {"Authorization": f"Bearer {tokens.staff_token(['agent'], ['vias'])}"}

    async def answer(self) -> dict[str, str]:
        self.waiting += 1
        await self.open.wait()
        return {"text": "done"}


@pytest.fixture
def office(tokens):
    return Office(tokens)


@pytest_asyncio.fixture
async def client(office):
    transport = httpx.ASGITransport(office.app)
    async with httpx.AsyncClient(transport=transport, base_url="http://office") as client:
        yield client
    office.open.set()


async def busy(office, client, count):
    """So many citizens wait for an answer."""
    crowd = [asyncio.create_task(client.get(f"{API}/forms")) for _ in range(count)]
    async with asyncio.timeout(10):
        while office.waiting < count:
            await asyncio.sleep(0)
    return crowd


async def refused(client, path, **more) -> bool:
    """Whether a request is refused at once; one that is let in waits like all others."""
    task = asyncio.create_task(client.request(more.pop("method", "GET"), f"{API}{path}", **more))
    done, _ = await asyncio.wait([task], timeout=0.5)
    if not done:
        task.cancel()
        return False
    answer = task.result()
    assert answer.status_code == 503, answer.text
    assert answer.json()["reason"] == "OVERLOADED"
    assert 1 <= int(answer.headers["retry-after"]) <= 5
    return True


async def test_what_can_wait_gives_way_first(office, client):
    crowd = await busy(office, client, FIRST)
    assert await refused(client, "/report")
    assert await refused(client, "/inbox?q=luz", headers=office.headers)
    assert not await refused(client, "/inbox?unit=vias", headers=office.headers)
    assert not await refused(client, "/forms")
    office.open.set()
    assert {one.status_code for one in await asyncio.gather(*crowd)} == {200}


async def test_then_what_staff_reads_and_never_what_they_write_or_a_citizen(office, client):
    await busy(office, client, SECOND)
    assert await refused(client, "/report")
    assert await refused(client, "/inbox", headers=office.headers)
    assert not await refused(client, "/inbox", method="POST", headers=office.headers)
    assert not await refused(client, "/forms")
    assert not await refused(client, "/forms", method="POST")


async def test_it_ends_with_the_load(office, client):
    crowd = await busy(office, client, SECOND)
    assert await refused(client, "/report")
    office.open.set()
    await asyncio.gather(*crowd)
    assert (await client.get(f"{API}/report")).status_code == 200


async def test_an_open_stream_is_no_load(office, client):
    # The application itself is asked: the client would collect a whole answer.
    begun = asyncio.Semaphore(0)

    async def listen():
        async def send(message):
            if message["type"] == "http.response.start":
                begun.release()

        scope = {
            "type": "http", "method": "GET", "path": f"{API}/changes", "raw_path": b"",
            "query_string": b"", "headers": [], "client": None, "server": ("office", 80),
            "scheme": "http", "http_version": "1.1", "root_path": "",
        }  # fmt: skip
        await office.app(scope, asyncio.Event().wait, send)

    streams = [asyncio.create_task(listen()) for _ in range(SECOND + 1)]
    for _ in streams:
        await begun.acquire()
    assert not await refused(client, "/report")
    for one in streams:
        one.cancel()
    await asyncio.gather(*streams, return_exceptions=True)
