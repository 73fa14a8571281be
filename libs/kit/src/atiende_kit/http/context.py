"""The outermost layer of a request: its id, its log line, its metrics, headers that protect.

Pure ASGI: Starlette's BaseHTTPMiddleware runs the app in another task, which breaks context
variables and costs as much as the rest of a request.
"""

import functools
import re
import secrets
import time
from collections.abc import Callable

import structlog
from opentelemetry.trace import Span
from prometheus_client import Counter, Gauge, Histogram
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from atiende_kit import telemetry
from atiende_kit.context import answering, caused_by
from atiende_kit.http.problems import problem_response
from atiende_kit.http.spans import close_span, name_span, request_span

log = telemetry.get_logger()

_REQUEST_ID = re.compile(rb"[A-Za-z0-9._-]{8,64}")
_PROBES = frozenset({"/livez", "/readyz", "/metrics"})

REQUESTS = Counter("atiende_http_requests_total", "HTTP requests.", ["method", "route", "status"])
SECONDS = Histogram(
    "atiende_http_request_seconds",
    "Time to answer.",
    ["method", "route"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 0.8, 1, 2.5, 5, 10),
)
IN_FLIGHT = Gauge("atiende_http_requests_in_flight", "HTTP requests being answered.")
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "WS"})


class RequestContext:
    """Gives every request an id and a log line, and turns the unexpected into a clean 500.

    Args:
        app: What comes next.
        route_of: Gives the route template of a scope, for labels of bounded number.
        https: Whether the public address is https, so that browsers may be told to stay there.
        relaxed: Path prefixes whose pages load scripts of ours (the API documentation).
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        route_of: Callable[[Scope], str],
        https: bool,
        relaxed: tuple[str, ...] = (),
    ) -> None:
        self.app = app
        self.route_of = route_of
        self.relaxed = relaxed
        common = [
            (b"x-content-type-options", b"nosniff"),
            (b"referrer-policy", b"no-referrer"),
            (b"x-frame-options", b"DENY"),
            (b"cross-origin-resource-policy", b"same-origin"),
            (b"cache-control", b"no-store"),
        ]
        if https:
            common.append((b"strict-transport-security", b"max-age=31536000; includeSubDomains"))
        policy = b"default-src 'none'; frame-ancestors 'none'"
        self._headers = [*common, (b"content-security-policy", policy)]
        pages = (
            b"default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; "
            b"img-src 'self' data:; connect-src 'self'; frame-ancestors 'none'"
        )
        self._page_headers = [*common, (b"content-security-policy", pages)]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one connection."""
        if scope["type"] not in {"http", "websocket"}:
            await self.app(scope, receive, send)
            return
        request_id = _request_id(scope)
        with (
            request_span(scope, _method(scope)) as span,
            answering(),
            caused_by(correlation=request_id),
            structlog.contextvars.bound_contextvars(request_id=request_id),
        ):
            if scope["type"] == "websocket":
                await self.app(scope, receive, send)
                name_span(span, scope, _method(scope), self.route_of)
            else:
                await self._http(scope, receive, send, request_id, span)

    async def _http(
        self, scope: Scope, receive: Receive, send: Send, request_id: str, span: Span
    ) -> None:
        began = time.perf_counter()
        status = 0
        protecting = (
            self._page_headers if scope["path"].startswith(self.relaxed or "\0") else self._headers
        )

        async def sending(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = list(message.get("headers", ()))
                present = {name.lower() for name, _ in headers}
                headers += [pair for pair in protecting if pair[0] not in present]
                headers.append((b"x-request-id", request_id.encode()))
                message["headers"] = headers
            await send(message)

        IN_FLIGHT.inc()
        try:
            await self.app(scope, receive, sending)
        except Exception as error:
            log.error("request failed", exc_info=error)  # noqa: TRY400 -- our own rendering, without foreign text
            if status:
                # Half an answer is out; only a broken connection tells the client.
                raise
            response = problem_response(
                500, "INTERNAL", "Algo falló de nuestro lado. Intente de nuevo en un momento."
            )
            await response(scope, receive, sending)
        finally:
            IN_FLIGHT.dec()
            # What is sent is over for the client; the rest is ours.
            self._account(scope, span, status or 499, time.perf_counter() - began)

    def _account(self, scope: Scope, span: Span, status: int, seconds: float) -> None:
        if scope["path"] in _PROBES:
            return
        method, route = _method(scope), self.route_of(scope)
        name_span(span, scope, method, self.route_of)
        close_span(span, status)
        requests, times = _children(method, route, status)
        requests.inc()
        times.observe(seconds)
        log.info(
            "http request",
            method=method,
            route=route,
            status=status,
            milliseconds=round(seconds * 1000, 1),
        )


@functools.cache
def _children(method: str, route: str, status: int) -> tuple[Counter, Histogram]:
    """Both metrics of a kind of request; their number is that of routes and statuses."""
    return REQUESTS.labels(method, route, str(status)), SECONDS.labels(method, route)


def _method(scope: Scope) -> str:
    # A name that somebody made up must not become a label.
    method: str = scope.get("method", "WS")
    return method if method in _METHODS else "OTHER"


def _request_id(scope: Scope) -> str:
    for name, value in scope["headers"]:
        if name == b"x-request-id" and _REQUEST_ID.fullmatch(value):
            given: bytes = value
            return given.decode("ascii")
    return secrets.token_hex(16)
