"""What a channel's own HTTP routes may use; built once by `bootstrap`."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Protocol

from atiende_channels.application.ports import Accounts, Inbox, Intake
from atiende_channels.channels.base import ChannelAdapter
from atiende_channels.domain.model import Channel
from atiende_channels.settings import Settings


class Peer(Protocol):
    """Another service over gRPC; `atiende_kit.grpc_.GrpcPeer` is the real one."""

    async def unary(
        self,
        stub: Any,
        method: str,
        request: Any,
        *,
        tenant: str,
        timeout: float = 2.0,  # noqa: ASYNC109 - gRPC carries the deadline to the server
    ) -> Any:
        """Calls one method; raises kinds of `atiende_kit.errors`."""


@dataclass(frozen=True, slots=True)
class ChannelContext:
    """The service as a channel's routes see it.

    Attributes:
        adapters: Every channel's adapter, for the signature check of webhooks.
        cases: The cases service.
        release: The current release of a tenant (`atiende_city.ReleaseCache.get`).
        extra: Parts that one channel alone needs, by name (web chat: `chat`).
    """

    settings: Settings
    clock: Any
    intake: Intake
    inbox: Inbox
    accounts: Accounts
    adapters: dict[Channel, ChannelAdapter]
    cases: Peer
    release: Callable[[str], Awaitable[Any]]
    extra: dict[str, Any]
