"""The listener against clients that do not play by the rules (reliability S22)."""

import asyncio

import httpx
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from atiende_kit.http import HttpServer
from atiende_kit.settings import HttpSettings, KitSettings
from atiende_kit.testing.fuzz import fuzz_api

pytestmark = pytest.mark.component


async def talk(server: HttpServer, *pieces: bytes, wait: float = 20.0) -> bytes:
    """Send bytes as they are and return everything that comes until the server closes."""
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    try:
        for piece in pieces:
            writer.write(piece)
            await writer.drain()
        async with asyncio.timeout(wait):
            return await reader.read()
    finally:
        writer.close()


async def is_served(server: HttpServer) -> bool:
    async with httpx.AsyncClient(base_url=server.url) as client:
        return (await client.get("/livez")).status_code == 200


async def test_others_are_served_beside_slow_heads(make_server) -> None:
    server = await make_server(header_seconds=60)
    head = b"GET /livez HTTP/1.1\r\nhost: x\r\nx-a: "
    sleepers = [asyncio.create_task(talk(server, head, wait=60)) for _ in range(100)]
    assert await is_served(server)
    assert not any(sleeper.done() for sleeper in sleepers)
    for sleeper in sleepers:
        sleeper.cancel()
    await asyncio.gather(*sleepers, return_exceptions=True)


async def test_slow_head_is_closed(demo_server) -> None:
    head = b"GET /livez HTTP/1.1\r\nhost: x\r\nx-a: "
    assert set(await asyncio.gather(*[talk(demo_server, head) for _ in range(100)])) == {b""}


async def test_silent_connection_is_closed(demo_server) -> None:
    assert await talk(demo_server) == b""


async def test_endless_header_is_closed_by_its_size(make_server) -> None:
    server = await make_server(header_seconds=60)
    head = b"GET /livez HTTP/1.1\r\nhost: x\r\nx-a: "
    try:
        answer = await talk(server, head, *[b"a" * 65536] * 200)
    except ConnectionError:
        answer = b""
    assert answer == b""


async def test_body_that_never_ends_is_a_408(demo_server) -> None:
    head = b"POST /api/demo/v1/things HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\n{"
    answer = await talk(demo_server, head)
    assert answer.startswith(b"HTTP/1.1 408")
    assert b"BODY_TOO_SLOW" in answer


@pytest.mark.parametrize(
    "head",
    [
        b"POST /api/demo/v1/things HTTP/1.1\r\nhost: x\r\ncontent-length: -5\r\n\r\n",
        b"POST /api/demo/v1/things HTTP/1.1\r\nhost: x\r\ncontent-length: 5, 6\r\n\r\n",
        b"POST /api/demo/v1/things HTTP/1.1\r\nhost: x\r\ncontent-length: 5\r\ncontent-length: 6\r\n\r\n",
        b"POST /a HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\ncontent-length: 4\r\n\r\n0\r\n\r\nGET /livez HTTP/1.1\r\nhost: x\r\n\r\n",
        b"POST /a HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\nZZ\r\n",
        b"GET / HTTP/1.1\r\nhost: x\r\nbad header: 1\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        b"\x16\x03\x01\x00\xa5\x01\x00\x00",
        b"GET /\x00 HTTP/1.1\r\nhost: x\r\n\r\n",
    ],
)
async def test_smuggling_and_noise_are_a_400(demo_server, head) -> None:
    answer = await talk(demo_server, head)
    assert answer.startswith(b"HTTP/1.1 400") or answer == b""
    assert answer.count(b"HTTP/1.1 200") == 0
    assert await is_served(demo_server)


async def test_connections_are_capped(make_server) -> None:
    server = await make_server(max_connections=5)
    held = [await asyncio.open_connection("127.0.0.1", server.port) for _ in range(5)]
    answer = await talk(server, b"GET /livez HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 503")
    for _reader, writer in held:
        writer.close()


async def test_answers_on_a_kept_connection_do_not_wait_for_acknowledgements(demo_server) -> None:
    async with httpx.AsyncClient(base_url=demo_server.url) as client:
        await client.get("/livez")
        times = []
        for _ in range(20):
            began = asyncio.get_running_loop().time()
            await client.get("/livez")
            times.append(asyncio.get_running_loop().time() - began)
        # A delayed acknowledgement costs each of them 40 ms; a busy machine costs only some.
        assert min(times) < 0.035


async def test_stop_finishes_the_request_in_hand(make_server) -> None:
    server = await make_server()
    async with httpx.AsyncClient(base_url=server.url) as client:
        pending = asyncio.create_task(client.get("/api/demo/v1/slow"))
        await server.app.state.entered.wait()
        await server.stop()
        assert (await pending).json()["text"] == "done"


async def test_taken_port_is_an_error_not_an_exit(demo_server) -> None:
    settings = KitSettings.example(http=HttpSettings(port=demo_server.port))
    with pytest.raises(OSError, match="ddress already in use"):
        await HttpServer(demo_server.app, settings).start()


async def test_socket_needs_a_token_too(demo_server, tokens) -> None:
    address = f"ws://127.0.0.1:{demo_server.port}/api/demo/v1/socket"
    for headers in ({}, {"authorization": "Bearer x.y.z"}):
        with pytest.raises(InvalidStatus) as caught:
            async with connect(address, additional_headers=headers):
                pass
        assert caught.value.response.status_code == 403
    headers = {"authorization": f"Bearer {tokens.staff_token(['agent'])}"}
    async with connect(address, additional_headers=headers, proxy=None) as ws:
        assert await ws.recv() == "staff-1"


async def test_generated_requests_find_nothing_undocumented(demo_server, tokens) -> None:
    staff, citizen = tokens.staff_token(["agent", "admin"]), tokens.citizen_token()

    def token(_method: str, path: str) -> str:
        return citizen if path.endswith("/mine") else staff

    assert await fuzz_api(demo_server.url, "demo", token) == 6
