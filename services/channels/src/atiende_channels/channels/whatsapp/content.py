"""From one message of the Cloud API to what Atiende keeps of it."""

import base64
import binascii
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from atiende_channels.channels.whatsapp import texts
from atiende_channels.channels.whatsapp.payloads import Media, Message
from atiende_channels.domain.files import media_type
from atiende_channels.domain.model import Place, Quality, Refusal, RemoteMedia
from atiende_channels.domain.text import clean_filename, clean_line, clean_text

_MAX_FORM_FIELDS = 100
_SHA256_BYTES = 32
_MAX_LATITUDE, _MAX_LONGITUDE = 90, 180


@dataclass(frozen=True)
class Content:
    """What a message says, whatever its kind."""

    text: str = ""
    folded_text: str = ""
    place: Place | None = None
    media: tuple[RemoteMedia, ...] = ()
    reply_to: str = ""
    form_values: Mapping[str, str] = field(default_factory=dict)
    quality: Quality = Quality.READABLE


UNREADABLE = Content(text=texts.UNREADABLE, quality=Quality.UNREADABLE)


def content_of(message: Message) -> Content | Refusal:
    """Reads a message of any kind.

    Returns:
        Its content, or the named reason why it is no entry of a conversation. A kind that is not
        known becomes an
        unreadable entry: a person wrote something, so a person must look.
    """
    read = _READERS.get(message.type)
    content = read(message) if read else _unknown(message)
    return content if isinstance(content, Refusal) else _finished(content, message)


def _finished(content: Content, message: Message) -> Content:
    """Adds what any kind may carry, and keeps everything within limits."""
    folded = [content.folded_text] if content.folded_text else []
    reply_to = content.reply_to
    if message.context:
        reply_to = reply_to or message.context.id or ""
        if message.context.forwarded or message.context.frequently_forwarded:
            folded.append(texts.FORWARDED)
        if message.context.referred_product:
            product = message.context.referred_product.get("product_retailer_id", "")
            folded.append(f"{texts.PRODUCT} {product}".strip())
    if message.referral:
        parts = (message.referral.headline, message.referral.body, message.referral.source_url)
        folded.append(" ".join([texts.REFERRAL, *filter(None, parts)]))
    text, cut = clean_text(content.text)
    folded_text, folded_cut = clean_text("\n".join(folded))
    quality = content.quality
    if (cut or folded_cut) and quality is Quality.READABLE:
        quality = Quality.PARTIAL
    return replace(
        content,
        text=text,
        folded_text=folded_text,
        reply_to=clean_line(reply_to, 512),
        quality=quality,
    )


def _text(message: Message) -> Content:
    if message.text is None or not message.text.body.strip():
        return UNREADABLE
    return Content(text=message.text.body)


def _media(message: Message) -> Content:
    media: Media | None = getattr(message, message.type)
    if media is None:
        return UNREADABLE
    label = texts.MEDIA_LABELS["voice" if media.voice else message.type]
    if not media.id:
        return Content(text=media.caption or label, quality=Quality.PARTIAL)
    remote = RemoteMedia(
        media_id=clean_line(media.id),
        filename=clean_filename(media.filename or _default_name(message.type, media.mime_type)),
        claimed_type=media_type(media.mime_type),
        sha256=_hex_digest(media.sha256),
    )
    return Content(text=media.caption or label, media=(remote,))


def _location(message: Message) -> Content:
    location = message.location
    if location is None:
        return UNREADABLE
    address = clean_line(", ".join(filter(None, (location.name, location.address))))
    inside = abs(location.latitude) <= _MAX_LATITUDE and abs(location.longitude) <= _MAX_LONGITUDE
    if not inside:
        return Content(
            text=f"{texts.PLACE} {address}".strip(),
            place=Place(address=address) if address else None,
            quality=Quality.PARTIAL,
        )
    position = f"{location.latitude:.6f}, {location.longitude:.6f}"
    return Content(
        text=f"{texts.PLACE} {address or position}",
        place=Place(latitude=location.latitude, longitude=location.longitude, address=address),
    )


def _contacts(message: Message) -> Content:
    lines: list[str] = []
    for card in message.contacts or []:
        phones = (phone.phone or phone.wa_id or "" for phone in card.phones)
        mails = (mail.email or "" for mail in card.emails)
        parts = (card.name.formatted_name, *phones, *mails)
        lines.append(f"{texts.CONTACT} " + ", ".join(filter(None, parts)))
    return Content(text="\n".join(lines)) if lines else UNREADABLE


def _button(message: Message) -> Content:
    if message.button is None or not (message.button.text or message.button.payload):
        return UNREADABLE
    return Content(text=message.button.text or message.button.payload)


def _interactive(message: Message) -> Content | Refusal:
    interactive = message.interactive
    if interactive is None:
        return UNREADABLE
    if interactive.type == "call_permission_reply":
        return Refusal("CALL_PERMISSION", "answer to a request to call")
    choice = interactive.button_reply or interactive.list_reply
    if choice:
        text = "\n".join(filter(None, (choice.title or choice.id, choice.description)))
        return Content(text=text) if text else UNREADABLE
    if interactive.nfm_reply:
        return _form(interactive.nfm_reply.response_json)
    return UNREADABLE


def _form(response_json: str) -> Content:
    try:
        answers = json.loads(response_json)
    except (ValueError, RecursionError):
        return UNREADABLE
    if not isinstance(answers, dict):
        return UNREADABLE
    values = {
        clean_line(str(name), 100): clean_text(_shown(value))[0]
        for name, value in list(answers.items())[:_MAX_FORM_FIELDS]
        if name != "flow_token"
    }
    lines = [texts.FORM, *(f"{name}: {value}" for name, value in values.items())]
    cut = len(answers) > _MAX_FORM_FIELDS
    quality = Quality.PARTIAL if cut else Quality.READABLE
    return Content(text="\n".join(lines), form_values=values, quality=quality)


def _shown(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _order(message: Message) -> Content:
    if message.order is None:
        return UNREADABLE
    lines = [f"{texts.ORDER} {message.order.text}".strip()]
    lines += [
        f"{item.quantity:g} × {item.product_retailer_id} ({item.item_price:g} {item.currency})"
        for item in message.order.product_items
    ]
    return Content(text="\n".join(lines))


def _edit(message: Message) -> Content | Refusal:
    if message.edit is None:
        return UNREADABLE
    content = content_of(message.edit.message)
    if isinstance(content, Refusal):
        return content
    return replace(
        content,
        text=f"{texts.EDITED} {content.text}",
        reply_to=message.edit.original_message_id,
    )


def _revoke(message: Message) -> Content:
    original = message.revoke.original_message_id if message.revoke else ""
    return Content(text=texts.DELETED, reply_to=original)


def _reaction(message: Message) -> Refusal:
    # An emoji on an old message is no matter of its own: as an entry it would reopen or open a
    # case.
    given = message.reaction and message.reaction.emoji
    return Refusal("REACTION" if given else "REACTION_REMOVED", "emoji on a message")


def _system(message: Message) -> Refusal:
    if message.system and message.system.type == "user_changed_number":
        return Refusal("SYSTEM_NUMBER_CHANGED", "the person has a new number")
    if message.system and message.system.type == "customer_identity_changed":
        return Refusal("SYSTEM_IDENTITY_CHANGED", "the person's security code changed")
    return Refusal("SYSTEM_MESSAGE", "note of WhatsApp itself")


def _request_welcome(message: Message) -> Refusal:
    del message
    return Refusal("CHAT_OPENED", "the person opened the chat and wrote nothing yet")


def _unknown(message: Message) -> Content:
    kind = message.unsupported.type if message.unsupported else message.type
    details = ", ".join(filter(None, (kind, *(error.title for error in message.errors))))
    return replace(UNREADABLE, folded_text=details)


_READERS: dict[str, Callable[[Message], Content | Refusal]] = {
    "text": _text,
    "image": _media,
    "audio": _media,
    "video": _media,
    "document": _media,
    "sticker": _media,
    "location": _location,
    "contacts": _contacts,
    "button": _button,
    "interactive": _interactive,
    "order": _order,
    "edit": _edit,
    "revoke": _revoke,
    "reaction": _reaction,
    "system": _system,
    "request_welcome": _request_welcome,
}


_EXTENSIONS = {
    "image/jpeg": "jpg",
    "image/png": "png",
    "image/webp": "webp",
    "audio/ogg": "ogg",
    "audio/mpeg": "mp3",
    "audio/mp4": "m4a",
    "audio/aac": "aac",
    "audio/amr": "amr",
    "video/mp4": "mp4",
    "video/3gpp": "3gp",
    "application/pdf": "pdf",
}


def _default_name(kind: str, mime_type: str) -> str:
    extension = _EXTENSIONS.get(mime_type.partition(";")[0].strip().lower())
    return f"{kind}.{extension}" if extension else kind


def _hex_digest(given: str) -> str:
    """Meta sends Base64; kept as hex, or empty when it is not a SHA-256."""
    try:
        digest = base64.b64decode(given, validate=True)
    except (binascii.Error, ValueError):
        return ""
    return digest.hex() if len(digest) == _SHA256_BYTES else ""
