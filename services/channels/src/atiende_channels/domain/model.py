"""What passes through a channel, in the words of this service.

Everything here is a value: frozen, comparable, free of I/O. Bytes of attachments travel inside
`Attachment` only between a parser and the blob store; events carry references.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class Channel(StrEnum):
    """Kinds of channel; the values stand in URLs, documents and metrics labels."""

    WEBCHAT = "webchat"
    EMAIL = "email"
    WHATSAPP = "whatsapp"
    OPEN311 = "open311"
    PORTAL = "portal"
    KIOSK = "kiosk"
    COUNTER = "counter"


class Quality(StrEnum):
    """Whether a message could be read."""

    READABLE = "readable"
    UNREADABLE = "unreadable"
    PARTIAL = "partial"


class Purpose(StrEnum):
    """Whose message an outbound message is."""

    REPLY = "reply"
    NOTIFICATION = "notification"


@dataclass(frozen=True, slots=True)
class Account:
    """One address of a city on one channel.

    Attributes:
        secrets: Values that never appear in a representation, a log or an answer.
        options: Plain settings of the channel, e.g. `from_name`.
    """

    tenant: str
    channel: Channel
    account_id: str
    display_name: str = ""
    can_send: bool = True
    secrets: Mapping[str, str] = field(default_factory=dict, repr=False)
    options: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RawIntake:
    """Exactly one item of a provider, as it came.

    A webhook that carries several items is split by its entry point into several of these, one
    for each message or status, so that a redelivery in another grouping is still recognised.

    Attributes:
        provider_id: The provider's key of the item; unique per tenant, channel and account.
            A status uses a key that contains the state, e.g. `wamid.X|delivered`.
        body: The bytes; kept for ever as evidence until retention says otherwise.
        headers: The few headers that parsing needs, lower-case names.
        receive_time: When this service took it (domain clock).
        is_report: Whether it only says what became of something that the city sent; nobody waits
            for that, so people's messages go first.
    """

    tenant: str
    channel: Channel
    account_id: str
    provider_id: str
    body: bytes = field(repr=False)
    headers: Mapping[str, str] = field(default_factory=dict)
    receive_time: datetime = field(kw_only=True)
    is_report: bool = False


@dataclass(frozen=True, slots=True)
class Contact:
    """An address of a person on a channel.

    Attributes:
        address: Canonical: lower-case e-mail, E.164 without "+" for WhatsApp, session id for chat.
        display_name: As the channel gave it; never trusted.
        verified: True when the channel proved the address.
    """

    channel: Channel
    address: str
    display_name: str = ""
    verified: bool = False


@dataclass(frozen=True, slots=True)
class Place:
    """Where the matter is; a position counts only when both coordinates are given."""

    latitude: float | None = None
    longitude: float | None = None
    address: str = ""


@dataclass(frozen=True, slots=True)
class Attachment:
    """Bytes that came with a message."""

    filename: str
    claimed_type: str
    data: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class RemoteMedia:
    """A file that still lies at the provider and is fetched before the message is published."""

    media_id: str
    filename: str
    claimed_type: str
    sha256: str = ""


@dataclass(frozen=True, slots=True)
class StoredAttachment:
    """An attachment in the blob store, typed by content.

    Attributes:
        flags: Why a person should be careful, e.g. `EXECUTABLE`, `TYPE_MISMATCH`; empty is plain.
    """

    attachment_id: str
    filename: str
    content_type: str
    size_bytes: int
    sha256: str
    flags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ParsedMessage:
    """A message of a person, as an adapter read it.

    Attributes:
        thread_key: Key of the thread on its channel, unique per account.
        reply_to_keys: Keys of the messages this one answers, newest first.
        text: What the person wrote, without quotes and signature.
        folded_text: Quotes and signature.
        proved_case_id: Case that a session of the portal proved to be the sender's.
        proved_citizen_id: Citizen that a session of the portal proved the sender to be.
        submitted_by: Subject of who wrote it down for the person at the counter.
        contact_only: It says nothing but where to go on: at the given contact points.
    """

    provider_message_id: str
    sender: Contact
    thread_key: str
    text: str
    reply_to_keys: tuple[str, ...] = ()
    provider_time: datetime | None = None
    subject: str = ""
    folded_text: str = ""
    attachments: tuple[Attachment | RemoteMedia, ...] = ()
    place: Place | None = None
    procedure_code: str = ""
    form_values: Mapping[str, str] = field(default_factory=dict)
    quality: Quality = Quality.READABLE
    given_contact_points: tuple[Contact, ...] = ()
    language: str = ""
    proved_case_id: str = ""
    proved_citizen_id: str = ""
    submitted_by: str = ""
    contact_only: bool = False


@dataclass(frozen=True, slots=True)
class ParsedStatus:
    """A provider's word about one of our outbound messages.

    Attributes:
        state: Value of `domain.delivery.DeliveryState`.
        error_code: Code of the closed list of channel errors, empty when none.
    """

    provider_message_id: str
    state: str
    error_code: str = ""
    update_time: datetime | None = None


@dataclass(frozen=True, slots=True)
class Refusal:
    """An item that opens nothing, with the reason a supervisor sees in the intake list.

    Attributes:
        reason: UPPER_SNAKE, e.g. `AUTO_REPLY`, `BOUNCE`, `MAILING_LIST`, `REACTION`.
        detail: One line for people; no personal data.
    """

    reason: str
    detail: str = ""


ParsedItem = ParsedMessage | ParsedStatus | Refusal


@dataclass(frozen=True, slots=True)
class OutboundFile:
    """A file to send; `data` is there when the adapter gets it, unless it sends by reference."""

    attachment_id: str
    filename: str
    content_type: str
    size_bytes: int
    data: bytes = field(default=b"", repr=False)


@dataclass(frozen=True, slots=True)
class OutboundMessage:
    """One message to hand to a provider; `text` already fits the channel's limit.

    Attributes:
        part: Number of the part when a long text was split, from 0.
        idempotency_key: Stable per message and part, for providers that take one.
    """

    message_id: str
    conversation_id: str
    recipient: Contact
    text: str
    thread_key: str = ""
    reply_to_keys: tuple[str, ...] = ()
    subject: str = ""
    template_name: str = ""
    template_language: str = ""
    template_values: tuple[str, ...] = ()
    purpose: Purpose = Purpose.REPLY
    purpose_id: str = ""
    at_most_once: bool = False
    last_inbound_time: datetime | None = None
    part: int = 0
    idempotency_key: str = ""
    send_time: datetime | None = None
    files: tuple[OutboundFile, ...] = ()


@dataclass(frozen=True, slots=True)
class SendResult:
    """The provider took the message.

    Attributes:
        provider_message_id: Key that later statuses will name.
        delivered: True when the provider already vouches for delivery.
    """

    provider_message_id: str
    delivered: bool = False
