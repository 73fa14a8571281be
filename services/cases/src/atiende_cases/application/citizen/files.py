"""Use case: a citizen reads a file of their case."""

from __future__ import annotations

from collections.abc import AsyncIterator

from atiende_cases.application.attachments import attachment_not_found, read_attachment
from atiende_cases.application.citizen.access import CitizenDesk
from atiende_cases.application.ports import AttachmentReader
from atiende_cases.domain.values import Attachment, Direction
from atiende_city.citizen_access import CitizenSession


async def open_own_attachment(
    desk: CitizenDesk,
    reader: AttachmentReader,
    session: CitizenSession,
    case_id: str,
    attachment_id: str,
) -> tuple[Attachment, AsyncIterator[bytes]]:
    """The bytes of a file that stands in the citizen's own timeline.

    Raises:
        NotFound: There is none, it is of another case, or it hangs on a note of the desk.
    """
    case = await desk.see(session, case_id)
    if case is None:
        raise attachment_not_found()
    carriers = await desk.messages.with_attachment(session.tenant, attachment_id)
    if not any(
        one.conversation_id == case.conversation_id and one.direction is not Direction.NOTE
        for one in carriers
    ):
        raise attachment_not_found()
    return await read_attachment(reader, session.tenant, attachment_id)
