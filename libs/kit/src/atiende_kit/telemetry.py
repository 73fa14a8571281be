"""Logs, traces and the helpers that carry a trace across the bus.

Logs are JSON lines on stdout whose `event` is a constant and whose values are fields. Fields that
may hold personal data are named `pii_*` and never leave a development machine; the text of an
exception that comes from a driver or provider counts as personal data too, because it often
quotes the document it failed on.
"""

import json
import logging
import os
import socket
import sys
import traceback
from collections.abc import Collection, Iterator, Mapping, MutableMapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, cast

import httpx
import structlog
from opentelemetry import propagate, trace
from opentelemetry.instrumentation.httpx import HTTPXClientInstrumentor, RequestInfo
from opentelemetry.instrumentation.pymongo import PymongoInstrumentor
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SimpleSpanProcessor, SpanExporter
from opentelemetry.sdk.trace.sampling import (
    ALWAYS_OFF,
    ALWAYS_ON,
    ParentBased,
    Sampler,
    SamplingResult,
)
from opentelemetry.trace import Span
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator
from prometheus_client import Counter

from atiende_kit.context import caused_by, correlation_id
from atiende_kit.errors import AtiendeError
from atiende_kit.settings import KitSettings

if TYPE_CHECKING:
    from structlog.typing import EventDict, FilteringBoundLogger, Processor, WrappedLogger

    from atiende_kit.otlp import LogPush, MetricsPush

_tracer = trace.get_tracer("atiende_kit")
_LINES_LOST = Counter("atiende_log_lines_lost_total", "Log lines that could not be written.")
CORRELATION_HEADER = "atiende-correlation-id"
CAUSATION_HEADER = "atiende-causation-id"
_LEVELS = {"debug": 10, "info": 20, "warning": 30, "error": 40}

# W3C trace context only: baggage would forward whatever a stranger puts into a header.
propagate.set_global_textmap(TraceContextTextMapPropagator())


def get_logger(name: str | None = None) -> "FilteringBoundLogger":
    """Return a logger; pass values as fields: `log.info("case opened", case_id=…)`."""
    logger = structlog.get_logger() if name is None else structlog.get_logger(logger_name=name)
    return cast("FilteringBoundLogger", logger)


def drop_pii(_logger: "WrappedLogger", _method: str, event: "EventDict") -> "EventDict":
    """Remove every field named `pii_*` (and inside nested mappings)."""
    return cast("EventDict", _without_pii(event))


_PLAIN = frozenset({str, int, float, bool, type(None)})
"""What nearly every field is: asking whether it is a mapping costs more than all the rest."""


def _without_pii(value: Any) -> Any:
    if type(value) in _PLAIN:
        return value
    if isinstance(value, Mapping):
        return {
            key: _without_pii(inner)
            for key, inner in value.items()
            if not str(key).startswith("pii_")
        }
    if isinstance(value, list | tuple):
        return [_without_pii(inner) for inner in value]
    return value


def describe_exception(error: BaseException) -> dict[str, Any]:
    """Say what failed and where, without the text of foreign exceptions.

    Returns:
        `error_type`, `error_reason` for ours, `error_stack` (innermost last) and
        `pii_error_text`, which only development keeps.
    """
    frames = [
        f"{frame.filename.rsplit('/', 1)[-1]}:{frame.lineno} {frame.name}"
        for frame in traceback.extract_tb(error.__traceback__)
    ]
    cause = error.__cause__ or error.__context__
    fields: dict[str, Any] = {
        "error_type": f"{type(error).__module__}.{type(error).__qualname__}",
        "error_stack": frames[-12:],
        "pii_error_text": str(error),
    }
    if isinstance(error, AtiendeError):
        fields["error_reason"] = error.reason
    if cause is not None:
        fields["error_cause"] = f"{type(cause).__module__}.{type(cause).__qualname__}"
    return fields


def _exceptions(_logger: "WrappedLogger", _method: str, event: "EventDict") -> "EventDict":
    given = event.pop("exc_info", None)
    if given is True:
        given = sys.exc_info()[1]
    elif isinstance(given, tuple):
        given = given[1]
    if isinstance(given, BaseException):
        event.update(describe_exception(given))
    return event


def _where(_logger: "WrappedLogger", _method: str, event: "EventDict") -> "EventDict":
    context = trace.get_current_span().get_span_context()
    if context.is_valid:
        event["trace_id"] = trace.format_trace_id(context.trace_id)
        event["span_id"] = trace.format_span_id(context.span_id)
    current = correlation_id.get()
    if current:
        event.setdefault("correlation_id", current)
    return event


def _push(_logger: "WrappedLogger", _method: str, event: "EventDict") -> "EventDict":
    """Send the line to the Collector too; personal fields stay here, on any machine."""
    if _State.logs is not None:
        _State.logs.send(_without_pii(event))
    return event


_encode = json.JSONEncoder(default=str, ensure_ascii=False).encode
"""Made once: `json.dumps` with options of its own makes an encoder for each line."""


def _render(_logger: "WrappedLogger", _method: str, event: "EventDict") -> str:
    return _encode(event)


class _Lines(structlog.WriteLogger):
    """Writes lines; what cannot be written is counted and forgotten.

    A full disk under the logs must never stop a citizen's message (reliability plan, R6).
    """

    def msg(self, message: str) -> None:
        try:
            super().msg(message)
        except OSError:
            _LINES_LOST.inc()

    log = debug = info = warn = warning = msg
    fatal = failure = err = error = critical = exception = msg


class _LibraryLogs(logging.Handler):
    """Turns the standard library's records into ours.

    A formatted message of a library is somebody else's text with values in it, so it is `pii_`;
    the template (when the values came apart from it) is constant and stays.
    """

    def emit(self, record: logging.LogRecord) -> None:
        fields: dict[str, Any] = {"logger": record.name, "pii_message": record.getMessage()}
        if record.args:
            fields["template"] = str(record.msg)
        if record.exc_info and record.exc_info[1] is not None:
            fields["exc_info"] = record.exc_info[1]
        get_logger().log(record.levelno, "library log", **fields)


def configure_logging(settings: KitSettings, service: str) -> None:
    """Set up structlog and route the standard library's logging through it."""
    level = _LEVELS[settings.telemetry.log_level]
    development = settings.environment == "development"

    def named(_logger: "WrappedLogger", _method: str, event: "EventDict") -> "EventDict":
        event["service"] = service
        return event

    processors: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        named,
        _where,
        _exceptions,
    ]
    if not development:
        processors.append(drop_pii)
    processors.append(_push)
    if development and sys.stdout.isatty():
        processors.append(structlog.dev.ConsoleRenderer())
    else:
        processors.append(_render)
    structlog.configure(
        processors=processors,
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=lambda *_: _Lines(),
        # Tests configure anew and look at what comes out.
        cache_logger_on_first_use=settings.environment != "test",
    )
    root = logging.getLogger()
    root.handlers[:] = [_LibraryLogs()]
    root.setLevel(max(level, logging.WARNING))


def _configure_safe_default() -> None:
    # structlog's own default prints the local variables of a failing function.
    if not structlog.is_configured():
        structlog.configure(
            processors=[
                structlog.contextvars.merge_contextvars,
                structlog.processors.add_log_level,
                _exceptions,
                drop_pii,
                _render,
            ]
        )


_configure_safe_default()


class _Sampling(Sampler):
    """Records spans only when something receives them.

    A tracer keeps the sampler it was made with, so the decision sits behind this one object.
    """

    def __init__(self) -> None:
        self.recording = False
        self._on = ParentBased(ALWAYS_ON)

    def should_sample(self, *args: Any, **kwargs: Any) -> SamplingResult:
        """Decide for one span."""
        return (self._on if self.recording else ALWAYS_OFF).should_sample(*args, **kwargs)

    def get_description(self) -> str:
        """Name of the sampler."""
        return "WhenReceived"


_ADDRESSES = frozenset({"http.url", "url.full", "http.target", "url.path", "url.query"})


class _State:
    """What there is once in a process: OpenTelemetry accepts one provider."""

    provider: TracerProvider | None = None
    logs: "LogPush | None" = None
    metrics: "MetricsPush | None" = None
    sampling = _Sampling()


def init(settings: KitSettings, service: str, *, exporter: SpanExporter | None = None) -> None:
    """Start logging and tracing for the process; a second call only re-does the logging.

    Spans, metrics and log lines leave the process by OTLP only when an endpoint is set. Without one
    (and without an exporter given by a test) spans are not recorded, yet trace ids are still made
    and passed on.

    Args:
        settings: Of the service.
        service: Its name, `cases`.
        exporter: Receives spans at once; for tests.
    """
    configure_logging(settings, service)
    if _State.provider is not None:
        if exporter is not None:
            _State.sampling.recording = True
            _State.provider.add_span_processor(SimpleSpanProcessor(exporter))
        return
    resource = Resource.create(
        {
            "service.name": f"atiende-{service}",
            "service.instance.id": f"{socket.gethostname()}-{os.getpid()}",
            "deployment.environment.name": settings.environment,
        }
    )
    endpoint = (settings.telemetry.otlp_endpoint or "").rstrip("/")
    signals = settings.telemetry.otlp_signals if endpoint else frozenset()
    _State.sampling.recording = exporter is not None or "traces" in signals
    provider = TracerProvider(sampler=_State.sampling, resource=resource)
    if exporter is not None:
        provider.add_span_processor(SimpleSpanProcessor(exporter))
    if signals:
        _begin_to_send(endpoint, signals, resource, provider)
    trace.set_tracer_provider(provider)
    _State.provider = provider
    # The driver's listeners cover clients made after this line.
    PymongoInstrumentor().instrument(tracer_provider=provider)
    HTTPXClientInstrumentor().instrument(
        tracer_provider=provider, request_hook=_say_origin, async_request_hook=_say_origin_later
    )


def _begin_to_send(
    endpoint: str, signals: Collection[str], resource: Resource, provider: TracerProvider
) -> None:
    # Only a process that sends pays for the senders.
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter

    from atiende_kit.otlp import LogPush, MetricsPush

    if "traces" in signals:
        exporter = OTLPSpanExporter(endpoint=f"{endpoint}/v1/traces")
        provider.add_span_processor(BatchSpanProcessor(exporter))
    if "metrics" in signals:
        _State.metrics = MetricsPush(endpoint, resource)
    if "logs" in signals:
        _State.logs = LogPush(endpoint, resource)


def _say_origin(span: Span, request: RequestInfo) -> None:
    """Leave only the origin of an address that is called: paths and queries name people."""
    if span.is_recording():
        url = httpx.URL(str(request.url))
        origin = f"{url.scheme}://{url.netloc.decode('ascii', 'replace')}"
        for name in _ADDRESSES & (getattr(span, "attributes", None) or {}).keys():
            span.set_attribute(name, origin)


async def _say_origin_later(span: Span, request: RequestInfo) -> None:
    _say_origin(span, request)


def shutdown() -> None:
    """Send what is left; called once, at the end of the process."""
    if _State.provider is not None:
        _State.provider.force_flush(5000)
    if _State.metrics is not None:
        _State.metrics.stop()
    if _State.logs is not None:
        _State.logs.stop()


def current_trace_id() -> str | None:
    """Return the 32 hex digits of the present trace, if there is one."""
    context = trace.get_current_span().get_span_context()
    return trace.format_trace_id(context.trace_id) if context.is_valid else None


def inject(headers: MutableMapping[str, str]) -> None:
    """Write the present trace context and correlation id into the headers of a message."""
    propagate.inject(headers)
    current = correlation_id.get()
    if current:
        headers.setdefault(CORRELATION_HEADER, current)


@contextmanager
def extract_and_span(
    name: str, headers: Mapping[str, str] | None, **attributes: str | int
) -> Iterator[Span]:
    """Continue the trace that a message carries, in a consumer span.

    Args:
        name: Low-cardinality span name, e.g. `cases-on-message-received process`.
        headers: Of the message; foreign or missing ones start a new trace.
        attributes: Bounded values only; never content.
    """
    carried = dict(headers or {})
    with (
        caused_by(
            correlation=carried.get(CORRELATION_HEADER, ""),
            causation=carried.get("ce-id", ""),
        ),
        _tracer.start_as_current_span(
            name,
            context=propagate.extract(carried),
            kind=trace.SpanKind.CONSUMER,
            attributes=attributes,
            record_exception=False,
            set_status_on_exception=False,
        ) as span,
    ):
        try:
            yield span
        except BaseException as error:
            # The type only: the text of an exception may quote a document.
            span.set_status(trace.StatusCode.ERROR, type(error).__name__)
            raise
