"""The gRPC listener as a component, with the rules every RPC obeys."""

import time
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import grpc
import structlog
from google.protobuf.message import Message
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_health.v1.health import aio as health  # type: ignore[attr-defined]  # missing in the stubs
from grpc_reflection.v1alpha import reflection
from opentelemetry.instrumentation.grpc import aio_server_interceptor
from prometheus_client import Histogram

from atiende_kit import telemetry
from atiende_kit.auth import TokenVerifier
from atiende_kit.context import answering, caused_by
from atiende_kit.contract import ServiceContract
from atiende_kit.errors import (
    AtiendeError,
    DeadlineExceeded,
    InvalidInput,
    PermissionDenied,
    Unauthenticated,
    Unavailable,
)
from atiende_kit.grpc_.caller import ON_BEHALF_OF, TENANT, Caller, as_caller, time_limit
from atiende_kit.grpc_.policy import policies, unprotected_methods
from atiende_kit.grpc_.status import CALLER_REFUSED, DETAILS_KEY, code_of, to_status
from atiende_kit.ids import check_tenant
from atiende_kit.settings import KitSettings

log = telemetry.get_logger()

MAX_MESSAGE_BYTES = 1024 * 1024
MAX_CONCURRENT = 500
GRACE_SECONDS = 8.0
_OPEN_SERVICES = ("/grpc.health.v1.Health/", "/grpc.reflection.")
_MAX_SUBJECT = 255

OPTIONS: list[tuple[str, int]] = [
    ("grpc.max_send_message_length", MAX_MESSAGE_BYTES),
    ("grpc.max_receive_message_length", MAX_MESSAGE_BYTES),
    # A silent partition is seen in at most 40 s.
    ("grpc.keepalive_time_ms", 30_000),
    ("grpc.keepalive_timeout_ms", 10_000),
    ("grpc.keepalive_permit_without_calls", 1),
    # Connections end now and then, so that callers look up who is there: processes that were added
    # get their share. A call in hand is not cut off.
    ("grpc.max_connection_age_ms", 300_000),
    ("grpc.max_connection_age_grace_ms", 30_000),
]

SECONDS = Histogram("atiende_grpc_server_seconds", "Time to answer an RPC.", ["method", "code"])

Servicer = tuple[Callable[[Any, Any], None], object]
Unary = Callable[[Message, Any], Awaitable[Message]]


class _Rules(grpc.aio.ServerInterceptor):  # type: ignore[type-arg]  # generic in the stubs only
    """Deadline, token, policy, tenant, then the servicer; every error becomes a status."""

    def __init__(self, callers: dict[str, frozenset[str]], verifier: TokenVerifier) -> None:
        self._callers = callers
        self._verifier = verifier

    async def intercept_service(
        self,
        continuation: Callable[[grpc.HandlerCallDetails], Awaitable[Any]],
        handler_call_details: grpc.HandlerCallDetails,
    ) -> Any:
        method: str = handler_call_details.method
        handler = await continuation(handler_call_details)
        if handler is None or method.startswith(_OPEN_SERVICES):
            return handler
        if handler.unary_unary is None:
            # Streams have no place here: live data goes over the bus and SSE.
            return grpc.unary_unary_rpc_method_handler(_refuse_stream)
        inner: Unary = handler.unary_unary

        async def serve(request: Message, context: Any) -> Message:
            return await self._serve(method, inner, request, context)

        return grpc.unary_unary_rpc_method_handler(
            serve,
            request_deserializer=handler.request_deserializer,
            response_serializer=handler.response_serializer,
        )

    async def _serve(self, method: str, inner: Unary, request: Message, context: Any) -> Message:
        began = time.perf_counter()
        code = grpc.StatusCode.CANCELLED
        try:
            remaining = _remaining(context)
            who, correlation = await self._identify(method, context)
            with (
                as_caller(who),
                time_limit(remaining),
                answering(),
                caused_by(correlation=correlation),
                structlog.contextvars.bound_contextvars(tenant=who.tenant),
            ):
                answer = await inner(request, context)
        except AtiendeError as error:
            code = code_of(error)
            log.info("rpc refused", method=method, code=code.name, reason=error.reason)
            return await _abort(context, error)
        except grpc.aio.AbortError:
            code = grpc.StatusCode.UNKNOWN
            raise
        except Exception as error:
            code = grpc.StatusCode.INTERNAL
            log.error("rpc failed", method=method, exc_info=error)  # noqa: TRY400 -- our own rendering, without foreign text
            await context.abort(code, "INTERNAL")
            raise
        else:
            code = grpc.StatusCode.OK
            return answer
        finally:
            SECONDS.labels(method, code.name).observe(time.perf_counter() - began)

    async def _identify(self, method: str, context: Any) -> tuple[Caller, str]:
        metadata = _single_values(context.invocation_metadata())
        scheme, _, token = metadata.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not token:
            raise Unauthenticated("TOKEN_MISSING", "Falta la identidad del servicio.")
        principal = await self._verifier.verify(token)
        if principal.kind != "service" or principal.service not in self._callers.get(method, ()):
            raise PermissionDenied(CALLER_REFUSED, "Ese servicio no puede hacer esta llamada.")
        tenant = check_tenant(metadata.get(TENANT, ""))
        staff = metadata.get(ON_BEHALF_OF) or None
        if staff is not None and (len(staff) > _MAX_SUBJECT or not staff.isprintable()):
            raise InvalidInput("ON_BEHALF_OF_INVALID", "La identidad de origen no es válida.")
        correlation = metadata.get(telemetry.CORRELATION_HEADER, "")[:_MAX_SUBJECT]
        return Caller(principal.service, tenant, staff), correlation


async def _refuse_stream(_request: Any, context: Any) -> None:
    await context.abort(grpc.StatusCode.UNIMPLEMENTED, "streams are not served")


def _remaining(context: Any) -> float:
    remaining: float | None = context.time_remaining()
    if remaining is None:
        raise InvalidInput("DEADLINE_REQUIRED", "La llamada no dice cuánto puede esperar.")
    if remaining <= 0:
        # The caller has gone; work for nobody only delays the others.
        raise DeadlineExceeded("DEADLINE_OVER", "El tiempo de la llamada ya terminó.")
    return remaining


def _single_values(metadata: Any) -> dict[str, str]:
    """Metadata as a mapping; a name of ours that comes twice is refused, not chosen from."""
    values: dict[str, str] = {}
    for name, value in metadata or ():
        if name in values and (name == "authorization" or name.startswith("atiende-")):
            raise InvalidInput("METADATA_AMBIGUOUS", "La llamada trae datos repetidos.")
        if isinstance(value, str):
            values[name] = value
    return values


async def _abort(context: Any, error: AtiendeError) -> Message:
    details = to_status(error).SerializeToString()
    await context.abort(code_of(error), error.message, ((DETAILS_KEY, details),))
    raise AssertionError("abort returns never")


class _Registrar:
    """Stands before the server while servicers are added, to learn which services came."""

    def __init__(self, server: Any) -> None:
        self._server = server
        self.services: set[str] = set()

    def add_generic_rpc_handlers(self, handlers: Sequence[Any]) -> None:
        self.services |= {str(handler.service_name()) for handler in handlers}
        self._server.add_generic_rpc_handlers(handlers)

    def add_registered_method_handlers(self, name: str, handlers: Any) -> None:
        self._server.add_registered_method_handlers(name, handlers)


class GrpcServer:
    """Serves the contract's gRPC services.

    Args:
        settings: Host, port (0 takes a free one), environment.
        contract: What must be served, no more and no less.
        verifier: Of service tokens.
        servicers: Pairs of the generated `add_…Servicer_to_server` and a servicer.

    Raises:
        ValueError: A method names no caller in its policy.
    """

    name = "grpc"

    def __init__(
        self,
        settings: KitSettings,
        contract: ServiceContract,
        verifier: TokenVerifier,
        servicers: Sequence[Servicer],
    ) -> None:
        missing = unprotected_methods(*contract.rpc_services)
        if missing:
            raise ValueError(f"RPCs without a policy: {missing}")
        self._settings = settings
        self._contract = contract
        self._rules = _Rules(policies(contract.rpc_services), verifier)
        self._servicers = list(servicers)
        self._server: grpc.aio.Server | None = None
        self._health: Any = None
        self.port = settings.grpc.port

    @property
    def address(self) -> str:
        """Where it listens, `host:port`."""
        return f"{self._settings.grpc.host}:{self.port}"

    async def start(self) -> None:
        """Listen.

        Raises:
            ValueError: The servicers are not those of the contract.
            RuntimeError: The port is taken.
        """
        server = grpc.aio.server(
            interceptors=[aio_server_interceptor(), self._rules],  # type: ignore[no-untyped-call]  # untyped library
            options=[
                *OPTIONS,
                # Two processes on one port would share the calls without anybody noticing.
                ("grpc.so_reuseport", 0),
                ("grpc.http2.min_recv_ping_interval_without_data_ms", 10_000),
            ],
            maximum_concurrent_rpcs=MAX_CONCURRENT,
        )
        registrar = _Registrar(server)
        for add, servicer in self._servicers:
            add(servicer, registrar)
        declared = {service.full_name for service in self._contract.rpc_services}
        if registrar.services != declared:
            raise ValueError(f"serving {registrar.services}, the contract says {declared}")
        self._health = health.HealthServicer()
        health_pb2_grpc.add_HealthServicer_to_server(self._health, server)
        if self._settings.environment == "development":
            reflection.enable_server_reflection([*declared, reflection.SERVICE_NAME], server)
        self.port = server.add_insecure_port(f"{self._settings.grpc.host}:{self.port}")
        await server.start()
        self._server = server
        for name in ("", *declared):
            await self._health.set(name, health_pb2.HealthCheckResponse.SERVING)
        log.info("listening", address=self.address)

    async def stop(self) -> None:
        """Turn new calls away, finish those in hand."""
        if self._server is None:
            return
        await self._health.enter_graceful_shutdown()
        await self._server.stop(GRACE_SECONDS)
        self._server = None

    async def check(self) -> None:
        """Not ready while not listening."""
        if self._server is None:
            raise Unavailable("GRPC_NOT_LISTENING", "El servicio no responde.")
