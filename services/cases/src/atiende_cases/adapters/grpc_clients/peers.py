"""Routing and channels over gRPC."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, Protocol

from atiende.channels.v1 import channels_service_pb2, channels_service_pb2_grpc
from atiende.routing.v1 import routing_service_pb2, routing_service_pb2_grpc
from atiende_cases.domain.values import Attachment

_ATTACHMENT_SECONDS: Final = 5.0


class Peer(Protocol):
    """What is used of the kit's `GrpcPeer`."""

    async def unary(
        self,
        stub: Any,
        method: str,
        request: Any,
        *,
        tenant: str,
        timeout: float = ...,  # noqa: ASYNC109 - the deadline that travels with the call
        on_behalf_of: str | None = ...,
    ) -> Any:
        """Calls one method with a deadline in seconds."""
        ...


class GrpcRouting:
    """The port `Routing` over the routing service."""

    def __init__(self, peer: Peer) -> None:
        self._peer = peer

    async def claim(self, tenant: str, *, case_id: str, agent_id: str) -> tuple[str, int]:
        """Claims the work of a case for an agent: work item id and version."""
        answer = await self._peer.unary(
            routing_service_pb2_grpc.RoutingServiceStub,
            "ClaimWork",
            routing_service_pb2.ClaimWorkRequest(case_id=case_id, agent_id=agent_id),
            tenant=tenant,
            on_behalf_of=agent_id,
        )
        return str(answer.item.work_item_id), int(answer.item.version)


class GrpcAttachments:
    """The port `AttachmentReader` over the channels service."""

    def __init__(self, peer: Peer) -> None:
        self._peer = peer

    async def read(
        self, tenant: str, attachment_id: str, *, offset: int, limit: int
    ) -> tuple[Attachment, bytes, bool]:
        """A part of the bytes and whether it is the last one."""
        answer = await self._peer.unary(
            channels_service_pb2_grpc.ChannelsServiceStub,
            "ReadAttachment",
            channels_service_pb2.ReadAttachmentRequest(
                attachment_id=attachment_id, offset_bytes=offset, limit_bytes=limit
            ),
            tenant=tenant,
            timeout=_ATTACHMENT_SECONDS,
        )
        ref = answer.attachment
        attachment = Attachment(
            attachment_id, ref.filename, ref.content_type, ref.size_bytes, ref.sha256
        )
        return attachment, bytes(answer.data), bool(answer.is_last)

    async def keep(self, tenant: str, attachment_ids: Sequence[str]) -> tuple[Attachment, ...]:
        """Keeps files that staff put up for an answer, and says what they are."""
        answer = await self._peer.unary(
            channels_service_pb2_grpc.ChannelsServiceStub,
            "KeepAttachments",
            channels_service_pb2.KeepAttachmentsRequest(attachment_ids=attachment_ids),
            tenant=tenant,
        )
        return tuple(
            Attachment(
                ref.attachment_id, ref.filename, ref.content_type, ref.size_bytes, ref.sha256
            )
            for ref in answer.attachments
        )
