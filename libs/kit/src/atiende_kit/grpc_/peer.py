"""Calls to another service over gRPC."""

import asyncio
import random
import time
from typing import Any, Protocol

import grpc
from google.protobuf.message import Message
from opentelemetry.instrumentation.grpc import aio_client_interceptors
from prometheus_client import Histogram

from atiende_kit.context import correlation_id
from atiende_kit.errors import AtiendeError, DeadlineExceeded, Unavailable
from atiende_kit.grpc_.caller import ON_BEHALF_OF, TENANT, remaining_seconds
from atiende_kit.grpc_.server import OPTIONS
from atiende_kit.grpc_.status import from_rpc_error
from atiende_kit.settings import KitSettings
from atiende_kit.telemetry import CORRELATION_HEADER

DEFAULT_SECONDS = 2.0
# Of what is left of the inbound call: the rest is for our own answer.
SHARE = 0.9
RETRY_BUDGET = 10.0
RETRY_COST_SHARE = 0.1

SECONDS = Histogram(
    "atiende_grpc_client_seconds", "Time of a call to a peer, retries included.", ["peer", "method"]
)


class Tokens(Protocol):
    """Where our token comes from: `atiende_kit.auth.ServiceTokens`."""

    async def get(self) -> str:
        """Return a valid token."""
        ...

    def forget(self, token: str) -> None:
        """Not hand out this token again."""
        ...


class GrpcPeer:
    """A client of one service. Starting does not need the peer: the channel connects lazily.

    Args:
        settings: `peers` has the address.
        peer: The service's name, `cases`.
        tokens: Ours.
        needed_for_readiness: Whether /readyz fails while the peer cannot be reached. Off by
            default: services that wait for each other never start.
    """

    def __init__(
        self,
        settings: KitSettings,
        peer: str,
        tokens: Tokens,
        *,
        needed_for_readiness: bool = False,
    ) -> None:
        self.name = f"peer-{peer}"
        self._peer = peer
        self._address = settings.peers.get(peer)
        self._tokens = tokens
        self._needed = needed_for_readiness
        self._channel: grpc.aio.Channel | None = None
        self._stubs: dict[Any, Any] = {}
        self._retry_budget = RETRY_BUDGET

    async def start(self) -> None:
        """Make the channel.

        Raises:
            ValueError: No address is set for the peer.
        """
        if not self._address:
            raise ValueError(f"ATIENDE_PEERS__{self._peer.upper()} is not set")
        self._channel = grpc.aio.insecure_channel(
            self._address,
            # Calls go round among all addresses that a name stands for (a headless Service).
            options=[*OPTIONS, ("grpc.lb_policy_name", "round_robin")],
            interceptors=aio_client_interceptors(),  # type: ignore[no-untyped-call]  # untyped library
        )

    async def stop(self) -> None:
        """Close the channel; calls in hand get a moment."""
        self._stubs.clear()
        if self._channel is not None:
            await self._channel.close(grace=1.0)
            self._channel = None

    async def check(self) -> None:
        """Say whether the peer can be reached, where readiness needs it."""
        if not self._needed or self._channel is None:
            return
        state = self._channel.get_state(try_to_connect=True)
        if state in {grpc.ChannelConnectivity.TRANSIENT_FAILURE, grpc.ChannelConnectivity.SHUTDOWN}:
            raise Unavailable("PEER_UNAVAILABLE", "Un servicio interno no responde.")

    async def unary(
        self,
        stub: Any,
        method: str,
        request: Message,
        *,
        tenant: str,
        timeout: float = DEFAULT_SECONDS,  # noqa: ASYNC109 -- gRPC carries the deadline to the server
        on_behalf_of: str | None = None,
        retries: int = 2,
    ) -> Any:
        """Call a method.

        Args:
            stub: The generated stub class.
            method: `GetCase`.
            request: Its request.
            tenant: The city it is about.
            timeout: Seconds for everything, retries included; never more than what is left of
                the inbound call.
            on_behalf_of: Subject id of the member of staff behind the call.
            retries: How often UNAVAILABLE is tried again; 0 where repeating would harm.

        Raises:
            AtiendeError: The kind the peer raised, or Unavailable / DeadlineExceeded.
            PeerFailure: The peer failed in a way nobody foresaw.
        """
        left = remaining_seconds()
        seconds = timeout if left is None else min(timeout, left * SHARE)
        if seconds <= 0:
            raise DeadlineExceeded("NO_TIME_LEFT", "No queda tiempo para responder.")
        began = time.monotonic()
        metadata = [(TENANT, tenant), (CORRELATION_HEADER, correlation_id.get())]
        if on_behalf_of is not None:
            metadata.append((ON_BEHALF_OF, on_behalf_of))
        try:
            async with asyncio.timeout(seconds):
                return await self._attempts(
                    self._method(stub, method), request, metadata, began + seconds, retries
                )
        except TimeoutError:
            raise DeadlineExceeded("PEER_TOO_SLOW", "Un servicio interno no responde.") from None
        finally:
            SECONDS.labels(self._peer, method).observe(time.monotonic() - began)

    async def _attempts(
        self,
        call: Any,
        request: Message,
        metadata: list[tuple[str, str]],
        deadline: float,
        retries: int,
    ) -> Any:
        self._retry_budget = min(RETRY_BUDGET, self._retry_budget + RETRY_COST_SHARE)
        attempt = 0
        renewed = False
        while True:
            token = await self._tokens.get()
            sent = (*metadata, ("authorization", f"Bearer {token}"))
            try:
                return await call(request, timeout=deadline - time.monotonic(), metadata=sent)
            except grpc.aio.AioRpcError as error:
                refused = error.code() is grpc.StatusCode.UNAUTHENTICATED
                if refused and not renewed:
                    # The realm's keys changed under the token: one fresh one, once.
                    renewed = True
                    self._tokens.forget(token)
                    continue
                mapped = from_rpc_error(error, self._peer)
                if (
                    error.code() is not grpc.StatusCode.UNAVAILABLE
                    or attempt >= retries
                    or self._retry_budget < 1
                ):
                    # Without the cause's text where it is ours: it may carry the peer's address.
                    raise mapped from (None if isinstance(mapped, AtiendeError) else error)
            self._retry_budget -= 1
            attempt += 1
            await asyncio.sleep(0.05 * 2**attempt * random.uniform(0.5, 1.0))  # noqa: S311 -- jitter

    def _method(self, stub: Any, method: str) -> Any:
        if self._channel is None:
            raise Unavailable("PEER_NOT_STARTED", "Un servicio interno no responde.")
        if stub not in self._stubs:
            self._stubs[stub] = stub(self._channel)
        return getattr(self._stubs[stub], method)
