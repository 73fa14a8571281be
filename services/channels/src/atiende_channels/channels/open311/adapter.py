"""Open311 as a channel of Atiende: reports come in; answers go by the contact given."""

from collections.abc import Sequence
from typing import ClassVar

from atiende_channels.channels.base import Capability, ChannelAdapter, Unreadable
from atiende_channels.channels.open311.form import MAX_BODY_BYTES, Form, FormError
from atiende_channels.channels.open311.reports import (
    contacts_of,
    name_of,
    place_of,
    values_of,
)
from atiende_channels.domain.model import (
    Attachment,
    Channel,
    Contact,
    ParsedItem,
    ParsedMessage,
    Quality,
    RawIntake,
)
from atiende_channels.domain.text import clean_filename, clean_line, clean_text

NO_DESCRIPTION = "[Reporte sin descripción]"
REGION_HEADER = "x-region"
CLIENT_HEADER = "x-client"


class Open311Adapter(ChannelAdapter):
    """Reads stored reports; the routes have checked them against the definition before."""

    channel: ClassVar[Channel] = Channel.OPEN311
    capabilities: ClassVar[frozenset[Capability]] = frozenset(
        {Capability.RECEIVE_TEXT, Capability.RECEIVE_ATTACHMENTS, Capability.RECEIVE_PLACE}
    )
    # Base64 makes a third more of the files than came over the wire.
    max_body_bytes: ClassVar[int] = MAX_BODY_BYTES * 3 // 2

    def parse(self, raw: RawIntake) -> Sequence[ParsedItem]:
        """Reads one report."""
        try:
            form = Form.from_bytes(raw.body)
        except FormError as error:
            raise Unreadable("NOT_A_REPORT", provider_message_id=raw.provider_id) from error
        text, cut = clean_text(form.get("description"))
        files = tuple(
            Attachment(clean_filename(file.filename), file.content_type, file.data)
            for file in form.files
        )
        message = ParsedMessage(
            provider_message_id=raw.provider_id,
            sender=sender_of(form, raw),
            # Every report is a matter of its own: two reports of one person are two cases.
            thread_key=raw.provider_id,
            text=text or NO_DESCRIPTION,
            attachments=files,
            place=place_of(form),
            procedure_code=clean_line(form.get("service_code"), 100),
            form_values=values_of(form),
            quality=Quality.PARTIAL if cut else Quality.READABLE,
            given_contact_points=contacts_of(form, raw.headers.get(REGION_HEADER, "")),
        )
        return [message]


def sender_of(form: Form, raw: RawIntake) -> Contact:
    """Who reports, as far as the app says; an app speaks for its own users only, hence its name."""
    client = raw.headers.get(CLIENT_HEADER, "default")
    for name in ("account_id", "device_id"):
        if given := clean_line(form.get(name), 200):
            address = f"{client}/{name.removesuffix('_id')}/{given}"
            return Contact(Channel.OPEN311, address, name_of(form))
    return Contact(Channel.OPEN311, raw.provider_id, name_of(form))
