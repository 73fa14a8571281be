"""Use cases: figures, the ledger of messages, attachments."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from typing import Any

from atiende_cases.application.attachments import attachment_not_found, read_attachment
from atiende_cases.application.desk.access import Desk, Staff
from atiende_cases.application.ports import AttachmentReader
from atiende_cases.domain.message import Message
from atiende_cases.domain.values import Attachment


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
    message_id = attachment_id.removeprefix("raw:")
    if message_id != attachment_id:
        raw = await desk.messages.get(staff.tenant, message_id)
        carriers = [] if raw is None else [raw]
    else:
        carriers = await desk.messages.with_attachment(staff.tenant, attachment_id)
    cases = await desk.cases.get_many(staff.tenant, (one.case_id for one in carriers))
    if not any([await desk.in_sight(staff, case) for case in cases]):
        raise attachment_not_found()
    return await read_attachment(reader, staff.tenant, attachment_id)
