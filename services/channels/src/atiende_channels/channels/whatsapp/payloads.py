"""What a WhatsApp Cloud API webhook holds, as far as Atiende reads it.

Shapes: Meta's OpenAPI of the Business Messaging API (``WebhookPayload``) and the webhooks
reference. Models ignore
unknown fields: Meta adds some every few weeks, and a new field must never cost a citizen's message.
"""

from typing import Any

from pydantic import BaseModel, ConfigDict, Field, model_validator


class Lenient(BaseModel):
    """Base of all payload models: ignores unknown fields, takes a number for a text."""

    model_config = ConfigDict(extra="ignore", frozen=True, coerce_numbers_to_str=True)

    @model_validator(mode="before")
    @classmethod
    def _null_is_absent(cls, data: Any) -> Any:
        if isinstance(data, dict):
            return {key: value for key, value in data.items() if value is not None}
        return data


class Context(Lenient):
    """What a message refers to."""

    id: str | None = None
    forwarded: bool = False
    frequently_forwarded: bool = False
    referred_product: dict[str, Any] | None = None


class Text(Lenient):
    """Body of a text message."""

    body: str = ""


class Media(Lenient):
    """A file that waits at Meta to be fetched by its id."""

    id: str | None = None
    mime_type: str = ""
    sha256: str = ""
    caption: str = ""
    filename: str = ""
    voice: bool = False
    animated: bool = False


class Location(Lenient):
    """A place on the map."""

    latitude: float
    longitude: float
    name: str = ""
    address: str = ""


class ContactName(Lenient):
    """Name on a contact card."""

    formatted_name: str = ""


class ContactPhone(Lenient):
    """Phone on a contact card."""

    phone: str | None = None
    wa_id: str | None = None


class ContactEmail(Lenient):
    """E-mail on a contact card."""

    email: str | None = None


class ContactCard(Lenient):
    """A contact that the citizen shared."""

    name: ContactName = ContactName()
    phones: list[ContactPhone] = Field(default_factory=list)
    emails: list[ContactEmail] = Field(default_factory=list)


class Button(Lenient):
    """Answer to a template's quick-reply button."""

    text: str = ""
    payload: str = ""


class Choice(Lenient):
    """Chosen button or list row of an interactive message."""

    id: str = ""
    title: str = ""
    description: str = ""


class FlowReply(Lenient):
    """Answer to a flow (a form inside WhatsApp)."""

    response_json: str = "{}"
    body: str = ""
    name: str = ""


class Interactive(Lenient):
    """Answer to an interactive message."""

    type: str = ""
    button_reply: Choice | None = None
    list_reply: Choice | None = None
    nfm_reply: FlowReply | None = None


class Reaction(Lenient):
    """An emoji put on, or taken from, a message."""

    message_id: str = ""
    emoji: str = ""


class OrderItem(Lenient):
    """One line of an order."""

    product_retailer_id: str = ""
    quantity: float = 0
    item_price: float = 0
    currency: str = ""


class Order(Lenient):
    """A shopping cart that was sent."""

    text: str = ""
    product_items: list[OrderItem] = Field(default_factory=list)


class System(Lenient):
    """Something that happened to the person's account."""

    type: str = ""
    body: str = ""


class Unsupported(Lenient):
    """What WhatsApp could not hand over."""

    type: str = ""


class Referral(Lenient):
    """The advertisement or post from which the person came."""

    source_url: str = ""
    headline: str = ""
    body: str = ""


class ProviderError(Lenient):
    """An error as the Graph API and the webhooks spell it."""

    code: int = 0
    title: str = ""
    message: str = ""


class Revoke(Lenient):
    """A message that the person deleted."""

    original_message_id: str = ""


class Message(Lenient):
    """One inbound message of any kind; ``type`` says which of the optional parts is there."""

    id: str
    type: str = ""
    from_: str | None = Field(default=None, alias="from")
    from_user_id: str | None = None
    timestamp: str = ""
    context: Context | None = None
    referral: Referral | None = None
    errors: list[ProviderError] = Field(default_factory=list)
    text: Text | None = None
    image: Media | None = None
    audio: Media | None = None
    video: Media | None = None
    document: Media | None = None
    sticker: Media | None = None
    location: Location | None = None
    contacts: list[ContactCard] | None = None
    button: Button | None = None
    interactive: Interactive | None = None
    reaction: Reaction | None = None
    order: Order | None = None
    system: System | None = None
    unsupported: Unsupported | None = None
    revoke: Revoke | None = None
    edit: "Edit | None" = None


class EditedMessage(Message):
    """The new content of an edited message; it has no id of its own."""

    id: str = ""


class Edit(Lenient):
    """A message that the person changed."""

    original_message_id: str = ""
    message: EditedMessage


class Profile(Lenient):
    """What the person shows to others."""

    name: str = ""


class Contact(Lenient):
    """The person behind a message."""

    profile: Profile = Profile()
    wa_id: str | None = None
    user_id: str | None = None


class Status(Lenient):
    """Fate of an outbound message."""

    id: str
    status: str
    timestamp: str = ""
    recipient_id: str | None = None
    errors: list[ProviderError] = Field(default_factory=list)


Message.model_rebuild()
EditedMessage.model_rebuild()
