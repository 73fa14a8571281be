"""WhatsApp Cloud API as a channel of Atiende."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar

from pydantic import ValidationError

from atiende_channels.channels.base import Capability, ChannelAdapter, Unreadable
from atiende_channels.channels.whatsapp.content import content_of
from atiende_channels.channels.whatsapp.graph import GraphApi
from atiende_channels.channels.whatsapp.payloads import Contact as Person
from atiende_channels.channels.whatsapp.payloads import Message, Status
from atiende_channels.channels.whatsapp.phone import canonical_address, is_business_scoped
from atiende_channels.channels.whatsapp.signature import is_signed
from atiende_channels.channels.whatsapp.splitting import NotAWebhook, load, split
from atiende_channels.channels.whatsapp.statuses import (
    UnknownStatus,
    error_at_run_time,
    failed_state,
    state_of,
)
from atiende_channels.domain.delivery import DeliveryState
from atiende_channels.domain.errors import ContentUnsupported, RecipientInvalid, RecipientOptedOut
from atiende_channels.domain.model import (
    Account,
    Attachment,
    Channel,
    Contact,
    OutboundFile,
    OutboundMessage,
    ParsedItem,
    ParsedMessage,
    ParsedStatus,
    RawIntake,
    Refusal,
    RemoteMedia,
    SendResult,
)
from atiende_channels.domain.text import clean_line

WINDOW = timedelta(hours=24)
SIGNATURE_HEADER = "x-hub-signature-256"
MAX_BODY_BYTES = 3 * 1024 * 1024
"""Meta promises that no webhook is larger."""

_MEDIA = {
    "image": (frozenset({"image/jpeg", "image/png"}), 5 * 2**20),
    "audio": (frozenset({"audio/ogg", "audio/mpeg", "audio/mp4"}), 16 * 2**20),
}
"""What Meta shows or plays by itself, and up to which size; everything else is a document."""

_WHITE_SPACE = re.compile(r"\s+")
_EPOCH_DIGITS = 11
_LATEST_EPOCH_SECONDS = 32_503_680_000  # the year 3000: what is later is no time but a mistake

REFUSED_FIELDS = {
    "account_alerts": "ACCOUNT_ALERT",
    "account_review_update": "ACCOUNT_REVIEW",
    "account_settings_update": "ACCOUNT_SETTINGS",
    "account_update": "ACCOUNT_UPDATE",
    "business_capability_update": "BUSINESS_CAPABILITY",
    "calls": "CALL",
    "history": "HISTORY",
    "message_template_components_update": "TEMPLATE_COMPONENTS",
    "message_template_quality_update": "TEMPLATE_QUALITY",
    "message_template_status_update": "TEMPLATE_STATUS",
    "phone_number_name_update": "PHONE_NUMBER_NAME",
    "phone_number_quality_update": "PHONE_NUMBER_QUALITY",
    "security": "SECURITY",
    "smb_app_state_sync": "CONTACT_SYNC",
    "smb_message_echoes": "MESSAGE_ECHO",
    "template_category_update": "TEMPLATE_CATEGORY",
    "user_preferences": "USER_PREFERENCES",
}
"""Webhook fields that hold no message of a person; shown under these names in the intake list."""


class WhatsAppAdapter(ChannelAdapter):
    """Translates between the Cloud API and Atiende.

    Args:
        graph: Client of the Graph API.
    """

    channel: ClassVar[Channel] = Channel.WHATSAPP
    capabilities: ClassVar[frozenset[Capability]] = frozenset(Capability)
    max_text_characters: ClassVar[int] = 4096
    max_body_bytes: ClassVar[int] = MAX_BODY_BYTES

    def __init__(self, graph: GraphApi) -> None:
        self._graph = graph

    def is_authentic(self, body: bytes, headers: Mapping[str, str], account: Account) -> bool:
        """Checks `X-Hub-Signature-256`; two app secrets are in force during a rotation."""
        given = [headers[SIGNATURE_HEADER]] if SIGNATURE_HEADER in headers else []
        return is_signed(body, given, app_secrets(account))

    def parse(self, raw: RawIntake) -> Sequence[ParsedItem]:
        """Reads one piece of a webhook, as `splitting` cut it; a whole webhook is cut here."""
        try:
            document = load(raw.body)
        except NotAWebhook:
            return [Refusal("NOT_A_WEBHOOK", "no JSON object")]
        if "field" not in document:
            pieces = split(raw.body)
            if [piece.data for piece in pieces] == [raw.body]:
                return [Refusal("NOT_A_WEBHOOK", "no webhook of a WhatsApp account")]
            return [self._item(load(piece.data), raw) for piece in pieces]
        return [self._item(document, raw)]

    def _item(self, part: dict[str, Any], raw: RawIntake) -> ParsedItem:
        field = str(part.get("field", ""))
        if part.get("account", "") not in {"", raw.account_id}:
            return Refusal("OTHER_ACCOUNT", "webhook of another number")
        if field != "messages":
            return Refusal(REFUSED_FIELDS.get(field, "FIELD_UNKNOWN"), _shown(field))
        if "message" in part:
            return _message(part)
        if "status" in part:
            return _status(part["status"])
        return Refusal("NO_MESSAGE", "neither message nor status")

    def parts_of(self, message: OutboundMessage) -> list[OutboundMessage]:
        """Texts first, then each file as a message of its own.

        Raises:
            RecipientOptedOut: WINDOW_CLOSED: a template carries no files.
        """
        if message.files and not window_is_open(message):
            raise RecipientOptedOut("WINDOW_CLOSED: no files outside the 24 hours")
        texts = super().parts_of(replace(message, files=()))
        files = [
            replace(message, text="", files=(file,), part=len(texts) + number)
            for number, file in enumerate(message.files)
        ]
        return [*texts, *files]

    async def send(self, message: OutboundMessage, account: Account) -> SendResult:
        """Sends a text or a file inside the 24-hour window, a template outside it."""
        if message.files:
            [file] = message.files
            media_id = await self._graph.upload(account, file)
            return SendResult(await self._graph.send(account, file_payload(message, media_id)))
        return SendResult(await self._graph.send(account, payload_of(message)))

    async def fetch(self, media: RemoteMedia, account: Account) -> Attachment:
        """Fetches a file that a person sent."""
        fetched = await self._graph.fetch(account, media.media_id)
        return Attachment(media.filename, media.claimed_type, fetched.body)


def app_secrets(account: Account) -> tuple[str, ...]:
    """The app secrets in force."""
    names = ("app_secret", "app_secret_previous")
    return tuple(secret for name in names if (secret := account.secrets.get(name)))


def payload_of(message: OutboundMessage) -> dict[str, Any]:
    """Writes the body of `POST /messages`.

    Raises:
        RecipientInvalid: No number of WhatsApp.
        RecipientOptedOut: WINDOW_CLOSED: 24 hours have passed and no template is named.
        ContentUnsupported: Nothing to say.
    """
    payload = _envelope(message)
    if window_is_open(message) and message.text.strip():
        if message.part == 0 and message.reply_to_keys[:1] and _is_wamid(message.reply_to_keys[0]):
            payload["context"] = {"message_id": message.reply_to_keys[0]}
        payload["type"] = "text"
        payload["text"] = {"preview_url": False, "body": message.text}
        return payload
    if not message.template_name:
        if message.text.strip():
            raise RecipientOptedOut("WINDOW_CLOSED: more than 24 hours and no template")
        raise ContentUnsupported("empty message")
    payload["type"] = "template"
    payload["template"] = _template(message)
    return payload


def file_payload(message: OutboundMessage, media_id: str) -> dict[str, Any]:
    """Writes the body of `POST /messages` for a file that was uploaded.

    Raises:
        RecipientInvalid: No number of WhatsApp.
    """
    [file] = message.files
    kind = next((k for k, (types, most) in _MEDIA.items() if _fits(file, types, most)), "document")
    content = {"id": media_id}
    if kind == "document":
        content["filename"] = file.filename
    return {**_envelope(message), "type": kind, kind: content}


def _fits(file: OutboundFile, types: frozenset[str], most: int) -> bool:
    return file.content_type in types and file.size_bytes <= most


def _envelope(message: OutboundMessage) -> dict[str, Any]:
    address = canonical_address(message.recipient.address)
    if address is None:
        raise RecipientInvalid("not a number of WhatsApp")
    payload: dict[str, Any] = {"messaging_product": "whatsapp", "recipient_type": "individual"}
    payload["recipient" if is_business_scoped(address) else "to"] = address
    if message.idempotency_key:
        payload["biz_opaque_callback_data"] = message.idempotency_key[:512]
    return payload


def window_is_open(message: OutboundMessage) -> bool:
    """Tells whether free text is allowed: 24 hours from the person's last message."""
    if message.last_inbound_time is None:
        return False
    return (message.send_time or datetime.now(UTC)) - message.last_inbound_time < WINDOW


def _template(message: OutboundMessage) -> dict[str, Any]:
    template: dict[str, Any] = {
        "name": message.template_name,
        "language": {"policy": "deterministic", "code": message.template_language or "es"},
    }
    if message.template_values:
        # Meta refuses line breaks, tabs and runs of blanks in a value (132012), and empty values
        # (131008).
        values = (_WHITE_SPACE.sub(" ", value).strip() or "-" for value in message.template_values)
        parameters = [{"type": "text", "text": value} for value in values]
        template["components"] = [{"type": "body", "parameters": parameters}]
    return template


def _message(part: Mapping[str, Any]) -> ParsedMessage | Refusal:
    given = part["message"]
    person = _person(part.get("contact"))
    address = _sender(given, person)
    wamid = clean_line(str(given.get("id") or ""), 512) if isinstance(given, dict) else ""
    if address is None:
        return Refusal("SENDER_UNKNOWN", "no number and no user id")
    try:
        message = Message.model_validate(given)
    except (ValidationError, RecursionError) as error:
        raise Unreadable(
            "MESSAGE_MALFORMED", provider_message_id=wamid, sender_address=address
        ) from error
    content = content_of(message)
    if isinstance(content, Refusal):
        return content
    return ParsedMessage(
        provider_message_id=wamid,
        sender=Contact(
            Channel.WHATSAPP, address, clean_line(person.profile.name, 200), verified=True
        ),
        thread_key=address,
        text=content.text,
        reply_to_keys=(content.reply_to,) if content.reply_to else (),
        provider_time=_time(message.timestamp),
        folded_text=content.folded_text,
        attachments=content.media,
        place=content.place,
        form_values=content.form_values,
        quality=content.quality,
    )


def _status(given: object) -> ParsedStatus | Refusal:
    try:
        status = Status.model_validate(given)
        state = state_of(status.status)
    except ValidationError:
        return Refusal("STATUS_MALFORMED", "status without id or state")
    except UnknownStatus:
        return Refusal("STATUS_UNKNOWN", "state that is not in the table")
    error_code = ""
    if state is DeliveryState.PERMANENT_FAILURE:
        error = error_at_run_time(status.errors[0].code if status.errors else -1)
        state, error_code = failed_state(error), error.code
    return ParsedStatus(clean_line(status.id, 512), state, error_code, _time(status.timestamp))


def _person(given: object) -> Person:
    try:
        return Person.model_validate(given or {})
    except ValidationError:
        return Person()


def _sender(given: object, person: Person) -> str | None:
    names = (given.get("from"), given.get("from_user_id")) if isinstance(given, dict) else ()
    for name in (*names, person.wa_id, person.user_id):
        address = canonical_address(name) if isinstance(name, str) else None
        if address:
            return address
    return None


def _time(seconds: str) -> datetime | None:
    if not (seconds.isascii() and seconds.isdecimal()) or len(seconds) > _EPOCH_DIGITS:
        return None
    number = int(seconds)
    return datetime.fromtimestamp(number, UTC) if 0 < number < _LATEST_EPOCH_SECONDS else None


def _is_wamid(key: str) -> bool:
    return key.startswith("wamid.")


def _shown(field: str) -> str:
    return field if re.fullmatch(r"[a-z_]{1,60}", field) else "unreadable field name"
