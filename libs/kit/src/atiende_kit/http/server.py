"""The HTTP listener as a component: uvicorn inside the runner's loop, with tighter limits."""

import asyncio
import contextlib
import socket
from collections.abc import Iterator
from typing import Any

import uvicorn
from fastapi import FastAPI
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from atiende_kit import telemetry
from atiende_kit.errors import Unavailable
from atiende_kit.settings import KitSettings

log = telemetry.get_logger()

MAX_HEAD_BYTES = 64 * 1024
MAX_SOCKET_MESSAGE_BYTES = 64 * 1024
DRAIN_SECONDS = 8


class GuardedProtocol(HttpToolsProtocol):
    """Closes connections whose request head is too slow or too large.

    httptools keeps reading a head for ever; a few thousand idle sockets (slowloris) would use up
    the connection limit, one endless header the memory.
    """

    head_seconds = 10.0
    _head_bytes = 0
    _timer: asyncio.TimerHandle | None = None
    _in_head = True

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as in uvicorn
        """Begin to wait for a head."""
        super().connection_made(transport)
        self._timer = self.loop.call_later(self.head_seconds, self._too_slow)

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the timer."""
        self._cancel()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Feed the parser; a head that is still unfinished after 64 kB never will be."""
        if self._in_head:
            self._head_bytes += len(data)
        super().data_received(data)
        if self._in_head and self._head_bytes > MAX_HEAD_BYTES:
            self.transport.close()

    def on_message_begin(self) -> None:
        """A next request on the connection begins."""
        super().on_message_begin()
        self._in_head = True
        if self._timer is None:
            self._head_bytes = 0
            self._timer = self.loop.call_later(self.head_seconds, self._too_slow)

    def on_headers_complete(self) -> None:
        """The head is here."""
        self._in_head = False
        self._head_bytes = 0
        self._cancel()
        super().on_headers_complete()

    def _cancel(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _too_slow(self) -> None:
        self._timer = None
        if not self.transport.is_closing():
            self.transport.close()


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # IPPROTO_TCP by name: asyncio sets TCP_NODELAY only on sockets that say so, and without it
    # every answer on a kept connection waits 40 ms for the client's delayed acknowledgement.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen(2048)
    except OSError:
        listener.close()
        raise
    return listener


class _Server(uvicorn.Server):
    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.ready = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets=sockets)
        self.ready.set()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Signals belong to the runner."""
        yield


class HttpServer:
    """Serves an app.

    Args:
        app: From `create_app`.
        settings: Host, port (0 takes a free one) and limits.
    """

    name = "http"

    def __init__(self, app: FastAPI, settings: KitSettings) -> None:
        self.app = app
        self._http = settings.http
        self._server: _Server | None = None
        self._task: asyncio.Task[None] | None = None
        self.port = settings.http.port

    @property
    def url(self) -> str:
        """Where it listens."""
        host = "127.0.0.1" if self._http.host in {"", "0.0.0.0"} else self._http.host
        return f"http://{host}:{self.port}"

    async def start(self) -> None:
        """Listen.

        Raises:
            OSError: The port is taken.
        """
        # Bound here: uvicorn would end the process when the port is taken.
        listener = _listen(self._http.host, self._http.port)
        self.port = listener.getsockname()[1]
        protocol: type[GuardedProtocol] = type(
            "Protocol", (GuardedProtocol,), {"head_seconds": self._http.header_seconds}
        )
        options: dict[str, Any] = {
            "http": protocol,
            "ws": "websockets-sansio",
            "loop": "none",
            "lifespan": "off",
            "interface": "asgi3",
            "log_config": None,
            "access_log": False,
            "server_header": False,
            "limit_concurrency": self._http.max_connections,
            "timeout_keep_alive": 30,
            "timeout_graceful_shutdown": DRAIN_SECONDS,
            "ws_max_size": MAX_SOCKET_MESSAGE_BYTES,
            "ws_per_message_deflate": False,
            "proxy_headers": bool(self._http.trusted_proxies),
            "forwarded_allow_ips": list(self._http.trusted_proxies) or None,
        }
        self._server = _Server(uvicorn.Config(self.app, **options))
        self._task = asyncio.create_task(self._server.serve(sockets=[listener]), name="http")
        ready = asyncio.create_task(self._server.ready.wait())
        await asyncio.wait({self._task, ready}, return_when=asyncio.FIRST_COMPLETED)
        if self._task.done():
            ready.cancel()
            listener.close()
            await self._task
        log.info("listening", address=self.url)

    async def stop(self) -> None:
        """Say that we are going, finish the requests in hand, close."""
        self.app.state.draining.set()
        if self._server is None or self._task is None:
            return
        self._server.should_exit = True
        await self._task
        self._server = self._task = None

    async def check(self) -> None:
        """Not ready once the listener has ended."""
        if self._task is None or self._task.done():
            raise Unavailable("HTTP_NOT_LISTENING", "El servicio no responde.")
