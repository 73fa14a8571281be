"""Reads stored forms and messages of the portal; the routes have checked them before."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from atiende_channels.application.uploads import Uploads
from atiende_channels.channels.base import Capability, ChannelAdapter, Unreadable
from atiende_channels.channels.portal.document import (
    CASE_HEADER,
    CITIZEN_HEADER,
    MESSAGE,
    STAFF_HEADER,
    SUBMISSION,
)
from atiende_channels.domain.errors import ChannelConfigInvalid
from atiende_channels.domain.model import (
    Account,
    Attachment,
    Channel,
    Contact,
    ParsedItem,
    ParsedMessage,
    Place,
    RawIntake,
    RemoteMedia,
)
from atiende_channels.domain.text import clean_line


class PortalAdapter(ChannelAdapter):
    """The form of the portal, and messages about a case.

    Nothing is sent: what the city answers stands in the portal, and cases shows it there.

    Args:
        uploads: Where the files of a message wait for it.
    """

    channel: ClassVar[Channel] = Channel.PORTAL
    capabilities: ClassVar[frozenset[Capability]] = frozenset(
        {Capability.RECEIVE_TEXT, Capability.RECEIVE_ATTACHMENTS, Capability.RECEIVE_PLACE}
    )
    max_body_bytes: ClassVar[int] = 2 * 1024 * 1024

    def __init__(self, uploads: Uploads | None = None) -> None:
        self._uploads = uploads

    def parse(self, raw: RawIntake) -> Sequence[ParsedItem]:
        """Reads one form or message."""
        try:
            document = json.loads(raw.body)
            read = {SUBMISSION: self._submission, MESSAGE: self._message}[document["kind"]]
            return [read(raw, document, document["request"])]
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            raise Unreadable("NOT_A_FORM", provider_message_id=raw.provider_id) from None

    def _submission(
        self, raw: RawIntake, document: Mapping[str, Any], request: Mapping[str, Any]
    ) -> ParsedMessage:
        name = str(request["contact"]["name"])
        return ParsedMessage(
            provider_message_id=raw.provider_id,
            # Whoever fills in a form is nobody known; a session may prove more.
            sender=Contact(self.channel, raw.provider_id, name),
            # Every form is a matter of its own.
            thread_key=raw.provider_id,
            subject=str(document["subject"]),
            text=str(document["text"]),
            attachments=_files(request),
            place=_place(request["place"]),
            procedure_code=str(request["procedure_code"]),
            form_values={str(k): str(v) for k, v in document["form_values"].items()},
            given_contact_points=tuple(
                Contact(Channel(kind), str(address), name) for kind, address in document["contacts"]
            ),
            language=str(request["language"]),
            proved_citizen_id=raw.headers.get(CITIZEN_HEADER, ""),
            submitted_by=raw.headers.get(STAFF_HEADER, ""),
        )

    def _message(
        self, raw: RawIntake, document: Mapping[str, Any], request: Mapping[str, Any]
    ) -> ParsedMessage:
        del document
        case_id = raw.headers[CASE_HEADER]
        return ParsedMessage(
            provider_message_id=raw.provider_id,
            sender=Contact(self.channel, case_id, verified=True),
            thread_key=case_id,
            text=str(request["text"]),
            attachments=_files(request),
            proved_case_id=case_id,
            proved_citizen_id=raw.headers.get(CITIZEN_HEADER, ""),
        )

    async def fetch(self, media: RemoteMedia, account: Account) -> Attachment:
        """A file that was put up before."""
        if self._uploads is None:
            raise ChannelConfigInvalid("the portal has no uploads")
        return await self._uploads.read(account.tenant, media.media_id)


class KioskAdapter(PortalAdapter):
    """The form at a kiosk."""

    channel: ClassVar[Channel] = Channel.KIOSK


class CounterAdapter(PortalAdapter):
    """The form that staff fills in for the person at the counter."""

    channel: ClassVar[Channel] = Channel.COUNTER


def _files(request: Mapping[str, Any]) -> tuple[RemoteMedia, ...]:
    return tuple(RemoteMedia(str(one), "", "") for one in request["attachment_ids"])


def _place(place: Mapping[str, Any] | None) -> Place | None:
    if not place:
        return None
    latitude, longitude = place["latitude"], place["longitude"]
    address = clean_line(str(place["address"]), 500)
    if latitude is None or longitude is None:
        return Place(address=address) if address else None
    return Place(float(latitude), float(longitude), address)
