"""gRPC of channels: accounts and attachments for the other services."""

from __future__ import annotations

from typing import Any

from atiende.channels.v1 import channels_service_pb2 as pb
from atiende.channels.v1 import channels_service_pb2_grpc
from atiende_channels.application.mapping import CHANNEL_KINDS, attachment_ref
from atiende_channels.application.ports import Accounts
from atiende_channels.application.read_attachment import ReadAttachment
from atiende_channels.application.uploads import Uploads
from atiende_channels.channels.base import Capability, ChannelAdapter
from atiende_channels.domain.files import MAX_UPLOADS
from atiende_channels.domain.model import Channel
from atiende_kit.errors import InvalidInput
from atiende_kit.grpc_ import caller

MAX_PART_BYTES = 512 * 1024


class ChannelsServicer(channels_service_pb2_grpc.ChannelsServiceServicer):
    """Implements `ChannelsService`."""

    def __init__(
        self,
        accounts: Accounts,
        adapters: dict[Channel, ChannelAdapter],
        uploads: Uploads,
        read_attachment: ReadAttachment,
    ) -> None:
        self._accounts = accounts
        self._adapters = adapters
        self._uploads = uploads
        self._read_attachment = read_attachment

    async def ListAccounts(  # noqa: N802 - the method's name on the wire
        self, request: pb.ListAccountsRequest, context: Any
    ) -> pb.ListAccountsResponse:
        """The tenant's accounts without secrets."""
        del request
        accounts = await self._accounts.of_tenant(caller(context).tenant)
        return pb.ListAccountsResponse(
            accounts=[
                pb.ChannelAccount(
                    account_id=account.account_id,
                    channel=CHANNEL_KINDS[account.channel],
                    display_name=account.display_name,
                    can_send=account.can_send and self._sends(account.channel),
                    max_text_characters=self._limit(account.channel),
                )
                for account in accounts
            ]
        )

    def _sends(self, channel: Channel) -> bool:
        adapter = self._adapters.get(channel)
        return adapter is not None and Capability.SEND_TEXT in adapter.capabilities

    def _limit(self, channel: Channel) -> int:
        adapter = self._adapters.get(channel)
        return adapter.max_text_characters if adapter else 0

    async def ReadAttachment(  # noqa: N802 - the method's name on the wire
        self, request: pb.ReadAttachmentRequest, context: Any
    ) -> pb.ReadAttachmentResponse:
        """A part of an attachment, or of a raw message."""
        if not request.attachment_id or request.offset_bytes < 0 or request.limit_bytes < 0:
            raise InvalidInput("RANGE_INVALID", "El rango pedido no es válido.")
        limit = min(request.limit_bytes or MAX_PART_BYTES, MAX_PART_BYTES)
        file, data = await self._read_attachment(
            caller(context).tenant, request.attachment_id, request.offset_bytes, limit
        )
        return pb.ReadAttachmentResponse(
            attachment=attachment_ref(file),
            data=data,
            is_last=request.offset_bytes + len(data) >= file.size_bytes,
        )

    async def KeepAttachments(  # noqa: N802 - the method's name on the wire
        self, request: pb.KeepAttachmentsRequest, context: Any
    ) -> pb.KeepAttachmentsResponse:
        """Keeps files that staff put up for an answer."""
        if len(request.attachment_ids) > MAX_UPLOADS:
            raise InvalidInput("TOO_MANY_FILES", f"Un mensaje lleva máximo {MAX_UPLOADS} archivos.")
        files = await self._uploads.keep(caller(context).tenant, request.attachment_ids)
        return pb.KeepAttachmentsResponse(attachments=map(attachment_ref, files))
