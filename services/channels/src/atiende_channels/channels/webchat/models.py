"""Bodies of the chat's requests and answers."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from atiende_channels.application.uploads import UPLOAD_ID
from atiende_channels.channels.webchat.adapter import MAX_TEXT_CHARACTERS
from atiende_channels.domain.files import MAX_UPLOADS

ClientMessageId = Annotated[str, Field(pattern=r"^[A-Za-z0-9._-]{8,64}$")]
UploadIds = Annotated[
    list[Annotated[str, StringConstraints(pattern=UPLOAD_ID)]], Field(max_length=MAX_UPLOADS)
]


class _Request(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class NewSession(_Request):
    """Asks for a chat session."""

    account_id: str = Field(default="portal", min_length=1, max_length=100, examples=["portal"])


class SessionAnswer(BaseModel):
    """A chat session; keep the token as a secret of the visitor."""

    session_id: str
    token: str
    expire_time: datetime


class NewMessage(_Request):
    """What a visitor says: a text, files, or both. Repeating it with its id changes nothing."""

    client_message_id: ClientMessageId = Field(examples=["c-0001-a1b2c3"])
    text: str = Field(
        default="",
        max_length=MAX_TEXT_CHARACTERS,
        examples=["El poste de la esquina no enciende desde el lunes."],
    )
    attachment_ids: UploadIds = []
    display_name: str = Field(default="", max_length=100, examples=["Rosa"])
    language: str = Field(default="", max_length=20, examples=["es"])

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if not self.text.strip() and not self.attachment_ids:
            raise ValueError("a text or a file is needed")
        return self


class MessageAnswer(BaseModel):
    """The message is durable."""

    message_id: str
    client_message_id: str
    receive_time: datetime
    duplicate: bool


class NewContact(_Request):
    """Where the visitor wants to go on; leaving it is the consent to be written to there."""

    channel: Literal["email", "whatsapp"] = Field(examples=["email"])
    address: str = Field(min_length=1, max_length=254, examples=["rosa@example.org"])


class ContactAnswer(BaseModel):
    """The contact is durable; answers of the same case go there from now on."""

    message_id: str
    channel: Literal["email", "whatsapp"]
    address: str
    receive_time: datetime


class ChatCase(BaseModel):
    """The case of the chat. Keep `secret` with the visitor: it opens the case in the portal.

    `receiving` means that it is being opened: the folio comes in a moment, `case_id` and `secret`
    are valid already. `next_opening` is when somebody will see what came out of hours.
    """

    case_id: str
    secret: str = Field(examples=["K7QM-2XHD-9ZRT"])
    state: Literal["receiving", "open", "waiting_citizen", "resolved", "closed"]
    folio: str | None
    status_text: str
    out_of_hours: bool | None
    receive_time: datetime
    legal_time: datetime | None
    next_opening: datetime | None


class ChatFile(BaseModel):
    """A file of a line; its bytes are at `…/attachments/{attachment_id}`."""

    attachment_id: str
    filename: str
    content_type: str


class ChatEntry(BaseModel):
    """One line of the chat.

    `sequence` is the cursor; `message_id` is the client message id of what the visitor wrote.
    """

    sequence: int
    message_id: str
    direction: Literal["in", "out"]
    kind: Literal["message", "contact", "reply", "notification"]
    text: str
    files: list[ChatFile]
    time: datetime

    @classmethod
    def of(cls, entry: dict[str, Any]) -> ChatEntry:
        """An entry of the store."""
        return cls(
            sequence=entry["sequence"],
            message_id=entry["key"],
            direction="in" if entry["is_inbound"] else "out",
            kind=entry["kind"],
            text=entry["text"],
            files=[ChatFile(**file) for file in entry.get("files") or ()],
            time=entry["time"],
        )


class ChatPage(BaseModel):
    """Lines of the chat after a cursor, in order; ask again with `cursor`."""

    entries: list[ChatEntry]
    cursor: int
