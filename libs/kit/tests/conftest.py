"""A small service made of the kit only, over which the kit's promises are tested."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Annotated, Any

import httpx
import pytest
import pytest_asyncio
from fastapi import APIRouter, Depends, FastAPI, Path, Request, Response, WebSocket
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from pydantic import BaseModel, ConfigDict, Field

from atiende_kit import telemetry
from atiende_kit.auth import Principal
from atiende_kit.contract import ServiceContract
from atiende_kit.errors import Conflict, NotFound, RateLimited, Unavailable
from atiende_kit.http import (
    Answer,
    CursorParam,
    HttpServer,
    IdempotencyKey,
    IdempotencyKeys,
    LimitParam,
    Page,
    body_fingerprint,
    create_app,
    decode_cursor,
    encode_cursor,
    public,
    require,
)
from atiende_kit.settings import HttpSettings, KitSettings
from atiende_kit.store import MemoryDatabase
from atiende_kit.testing.tokens import TokenFactory

ThingRead = Annotated[Principal, Depends(require("agent", "supervisor"))]
ThingAdmin = Annotated[Principal, Depends(require("admin"))]
Own = Annotated[Principal, Depends(require(kinds=("citizen",)))]
ThingId = Annotated[str, Path(min_length=1, max_length=36, pattern=r"^[a-z0-9-]+$")]


class NewThing(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    text: str = Field(min_length=1, max_length=200)
    count: int = Field(default=1, ge=0, le=1000)


class Thing(BaseModel):
    id: str
    text: str


def demo_router(keys: IdempotencyKeys) -> APIRouter:
    router = APIRouter(prefix="/api/demo/v1", tags=["things"])
    runs = 0

    @router.get("/things")
    async def list_things(
        _who: ThingRead, cursor: CursorParam = None, limit: LimitParam = 50
    ) -> Page[Thing]:
        start = decode_cursor(cursor).get("after", 0) if cursor else 0
        begin = start if isinstance(start, int) and 0 <= start < 1000 else 0
        things = [Thing(id=str(n), text="x") for n in range(begin, min(begin + limit, 100))]
        after = begin + len(things)
        following = encode_cursor({"after": after}) if after < 100 else None
        return Page(items=things, next_cursor=following)

    @router.get("/things/{thing_id}")
    async def get_thing(thing_id: ThingId, who: ThingRead) -> Thing:
        if thing_id == "missing":
            raise NotFound("THING_NOT_FOUND", "No existe.")
        return Thing(id=thing_id, text=who.tenant)

    @router.post("/things", status_code=201, response_model=Thing)
    async def make_thing(body: NewThing, who: ThingRead, key: IdempotencyKey = None) -> Response:
        async def work() -> Answer:
            nonlocal runs
            runs += 1
            if body.text == "busy":
                raise RateLimited("BUSY", "Espere.", retry_after=2)
            return Answer(201, {"id": str(runs), "text": body.text})

        answer = await keys.idempotent(
            who.tenant, who.subject, "POST /things", key, body_fingerprint(body.model_dump()), work
        )
        return answer.response()

    @router.put("/things/{thing_id}")
    async def change_thing(thing_id: ThingId, body: NewThing, _who: ThingAdmin) -> Thing:
        if thing_id == "taken":
            raise Conflict("THING_TAKEN", "Ya existe.")
        return Thing(id=thing_id, text=body.text)

    @router.get("/mine")
    async def mine(who: Own) -> Thing:
        return Thing(id=who.subject, text=who.kind)

    @router.get("/open", dependencies=[Depends(public("shows that the service lives"))])
    async def open_to_all(q: str = "") -> Thing:
        return Thing(id="open", text=q)

    @router.get("/down", dependencies=[Depends(public("a test"))], include_in_schema=False)
    async def down() -> Thing:
        raise Unavailable("DB_DOWN", "No responde.", retry_after=5)

    @router.get("/boom", dependencies=[Depends(public("a test"))], include_in_schema=False)
    async def boom() -> Thing:
        raise RuntimeError("hunter2")

    @router.post("/webhooks/raw", dependencies=[Depends(public("signed"))], include_in_schema=False)
    async def raw() -> Thing:
        return Thing(id="raw", text="kept")

    @router.get("/slow", dependencies=[Depends(public("a test"))], include_in_schema=False)
    async def slow(request: Request) -> Thing:
        request.app.state.entered.set()
        # Ends when the server says that it is going.
        await request.app.state.draining.wait()
        return Thing(id="slow", text="done")

    @router.websocket("/socket")
    async def socket(socket: WebSocket, who: ThingRead) -> None:
        await socket.accept()
        await socket.send_text(who.subject)
        await socket.close()

    return router


class Flag:
    """A component whose readiness a test decides."""

    name = "flag"

    def __init__(self) -> None:
        self.error: Exception | None = None

    async def start(self) -> None:
        return

    async def stop(self) -> None:
        return

    async def check(self) -> None:
        if self.error is not None:
            raise self.error


def make_demo(tokens: TokenFactory, **http: Any) -> tuple[FastAPI, KitSettings]:
    settings = KitSettings.example(
        http=HttpSettings.model_validate(
            {
                "port": 0,
                "max_body_bytes": 4096,
                "header_seconds": 0.5,
                "body_seconds": 0.5,
                **http,
            }
        )
    )
    flag = Flag()
    app = create_app(
        settings,
        ServiceContract("demo"),
        [demo_router(IdempotencyKeys(MemoryDatabase()))],
        verifier=tokens.verifier(),
        title="Demo",
        description="A service of the tests.",
        readiness=[flag],
        unchecked_json=["/api/demo/v1/webhooks/"],
        body_limits={"/api/demo/v1/webhooks/": 16384},
    )
    app.state.flag = flag
    app.state.entered = asyncio.Event()
    return app, settings


@pytest.fixture(scope="session")
def tokens() -> TokenFactory:
    return TokenFactory()


@pytest_asyncio.fixture(loop_scope="session")
async def demo_server(tokens: TokenFactory) -> AsyncIterator[HttpServer]:
    app, settings = make_demo(tokens)
    server = HttpServer(app, settings)
    await server.start()
    yield server
    await server.stop()


@pytest_asyncio.fixture(loop_scope="session")
async def make_server(
    tokens: TokenFactory,
) -> AsyncIterator[Callable[..., Awaitable[HttpServer]]]:
    """Start a demo server with HTTP settings of the test's own."""
    made: list[HttpServer] = []

    async def make(**http: Any) -> HttpServer:
        app, settings = make_demo(tokens, **http)
        server = HttpServer(app, settings)
        await server.start()
        made.append(server)
        return server

    yield make
    for server in made:
        await server.stop()


@pytest.fixture(scope="session", autouse=True)
def traces() -> InMemorySpanExporter:
    """Every span that ends, for the whole run."""
    exporter = InMemorySpanExporter()
    telemetry.init(KitSettings.example(), "demo", exporter=exporter)
    return exporter


@pytest_asyncio.fixture(
    loop_scope="session", scope="session", params=["in process", "over a socket"]
)
async def demo_clients(
    request: pytest.FixtureRequest, tokens: TokenFactory
) -> AsyncIterator[httpx.AsyncClient]:
    app, settings = make_demo(tokens)
    if request.param == "in process":
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://demo") as client:
            client.app = app  # type: ignore[attr-defined]  # tests reach for the app's state
            yield client
        return
    server = HttpServer(app, settings)
    await server.start()
    async with httpx.AsyncClient(base_url=server.url) as client:
        client.app = app  # type: ignore[attr-defined]  # as above
        yield client
    await server.stop()


@pytest.fixture
def demo(demo_clients: httpx.AsyncClient) -> httpx.AsyncClient:
    """The demo service twice: the suite must not be able to tell the difference."""
    demo_clients.app.state.flag.error = None  # type: ignore[attr-defined]  # as above
    return demo_clients
