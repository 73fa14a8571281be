"""The span of a request: what of it may be told, and nothing that could be personal.

Names follow OpenTelemetry's conventions for HTTP servers. Of the address only the route is told:
a path may be a link that opens somebody's survey, and what people search for is their own
business; so is the text of an exception.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from opentelemetry import propagate, trace
from opentelemetry.context import Context
from opentelemetry.trace import Span, SpanKind, StatusCode
from starlette.types import Scope

_tracer = trace.get_tracer("atiende_kit")
_UNTRACED = frozenset({"/livez", "/readyz", "/metrics"})
_SERVER_ERROR = 500


@contextmanager
def request_span(scope: Scope, method: str) -> Iterator[Span]:
    """Open the span of a connection; it continues the caller's trace when there is one."""
    if scope["path"] in _UNTRACED:
        yield trace.INVALID_SPAN
        return
    span = _tracer.start_span(
        method,
        context=_parent(scope),
        kind=SpanKind.SERVER,
        attributes={
            "http.request.method": method,
            "url.scheme": scope.get("scheme", "http"),
        },
    )
    with trace.use_span(
        span, end_on_exit=True, record_exception=False, set_status_on_exception=False
    ):
        yield span


def name_span(span: Span, scope: Scope, method: str, route_of: Callable[[Scope], str]) -> None:
    """Give the span its name, once the route is known."""
    if span.is_recording():
        route = route_of(scope)
        span.update_name(f"{method} {route}")
        span.set_attribute("http.route", route)


def close_span(span: Span, status: int) -> None:
    """Write down how the request was answered."""
    if span.is_recording():
        span.set_attribute("http.response.status_code", status)
        if status >= _SERVER_ERROR:
            span.set_attribute("error.type", str(status))
            span.set_status(StatusCode.ERROR)


def _parent(scope: Scope) -> Context | None:
    carried = {
        name.decode("latin-1"): value.decode("latin-1")
        for name, value in scope["headers"]
        if name in {b"traceparent", b"tracestate"}
    }
    return propagate.extract(carried) if carried else None
