"""Use cases: figures, the ledger of messages, attachments."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from typing import Any, Final

from atiende_cases.application.desk.access import Desk, Staff
from atiende_cases.application.ports import AttachmentReader
from atiende_cases.domain.message import Message
from atiende_cases.domain.values import Attachment
from atiende_kit.errors import NotFound

CHUNK_BYTES: Final = 256 * 1024


async def figures(desk: Desk, staff: Staff) -> Mapping[str, Any]:
    """Counts of cases within the person's units, and of messages for those who see the city."""
    if staff.units is not None:
        return {**await desk.cases.figures(staff.tenant, staff.scope), "messages": []}
    cases, messages = await asyncio.gather(
        desk.cases.figures(staff.tenant, None), desk.messages.counts_by_channel(staff.tenant)
    )
    return {**cases, "messages": messages}


async def ledger(desk: Desk, staff: Staff, *, after: str, limit: int) -> tuple[list[Message], bool]:
    """Inbound messages by id, so that what was sent can be compared with what arrived."""
    found = await desk.messages.ledger(staff.tenant, after=after, limit=limit + 1)
    return found[:limit], len(found) > limit


async def open_attachment(
    desk: Desk, reader: AttachmentReader, staff: Staff, attachment_id: str
) -> tuple[Attachment, AsyncIterator[bytes]]:
    """The bytes of an attachment of a case that the person may see, part by part.

    Raises:
        NotFound: there is none, or its case is not theirs.
    """
    missing = NotFound("ATTACHMENT_NOT_FOUND", "No existe ese archivo.")
    message_id = attachment_id.removeprefix("raw:")
    if message_id != attachment_id:
        message = await desk.messages.get(staff.tenant, message_id)
    else:
        message = await desk.messages.with_attachment(staff.tenant, attachment_id)
    if message is None:
        raise missing
    case = await desk.cases.get(staff.tenant, message.case_id)
    if case is None or not staff.may_see(case):
        raise missing
    # The first part is read before the answer begins, so that its failure is a clean error.
    attachment, first, is_last = await reader.read(
        staff.tenant, attachment_id, offset=0, limit=CHUNK_BYTES
    )

    async def parts() -> AsyncIterator[bytes]:
        data, done, offset = first, is_last, 0
        while True:
            yield data
            offset += len(data)
            if done or not data:
                return
            _, data, done = await reader.read(
                staff.tenant, attachment_id, offset=offset, limit=CHUNK_BYTES
            )

    return attachment, parts()
