"""Bodies of the chat's requests and answers."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from atiende_channels.channels.webchat.adapter import MAX_TEXT_CHARACTERS


def _not_blank(text: str) -> str:
    if not text.strip():
        raise ValueError("must not be blank")
    return text


ClientMessageId = Annotated[str, Field(pattern=r"^[A-Za-z0-9._-]{8,64}$")]
Text = Annotated[
    str, Field(min_length=1, max_length=MAX_TEXT_CHARACTERS), AfterValidator(_not_blank)
]


class _Request(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class NewSession(_Request):
    """Asks for a chat session."""

    account_id: str = Field("portal", min_length=1, max_length=100, examples=["portal"])


class SessionAnswer(BaseModel):
    """A chat session; keep the token as a secret of the visitor."""

    session_id: str
    token: str
    expire_time: datetime


class NewMessage(_Request):
    """What a visitor says. Repeating it with the same id changes nothing."""

    client_message_id: ClientMessageId = Field(examples=["c-0001-a1b2c3"])
    text: Text = Field(examples=["El poste de la esquina no enciende desde el lunes."])
    display_name: str = Field("", max_length=100, examples=["Rosa"])
    language: str = Field("", max_length=20, examples=["es"])


class MessageAnswer(BaseModel):
    """The message is durable."""

    message_id: str
    client_message_id: str
    receive_time: datetime
    duplicate: bool


class ChatEntry(BaseModel):
    """One line of the chat.

    `sequence` is the cursor; `message_id` is the client message id of what the visitor wrote.
    """

    sequence: int
    message_id: str
    direction: Literal["in", "out"]
    kind: Literal["message", "reply", "notification"]
    text: str
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
            time=entry["time"],
        )


class ChatPage(BaseModel):
    """Lines of the chat after a cursor, in order; ask again with `cursor`."""

    entries: list[ChatEntry]
    cursor: int
