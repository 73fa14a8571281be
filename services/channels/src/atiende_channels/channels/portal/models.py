"""Bodies of the portal's requests and answers."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from atiende_channels.application.uploads import UPLOAD_ID
from atiende_channels.domain.files import MAX_UPLOADS

MAX_TEXT_CHARACTERS: Final = 8_000
_UUID: Final = r"^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$"
_EXAMPLE_FORM: Final[dict[str, Any]] = {
    "procedure_code": "alumbrado-publico",
    "values": {"direccion": "Calle 12 # 4-30", "tipo_dano": "apagada"},
    "contact": {"name": "Rosa Pérez", "email": "rosa@example.org", "preferred_channel": "email"},
    "consents": {"data_processing": True},
    "place": {"latitude": 4.60971, "longitude": -74.08175, "address": "Calle 12 # 4-30"},
    "attachment_ids": [],
    "language": "es",
}

UploadIds = Annotated[
    list[Annotated[str, StringConstraints(pattern=UPLOAD_ID)]], Field(max_length=MAX_UPLOADS)
]


class _Request(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class ContactBody(_Request):
    """How the person may be reached about this matter; all of it may be left out."""

    name: str = Field(default="", max_length=200)
    email: str | None = Field(default=None, max_length=254)
    whatsapp: str | None = Field(default=None, max_length=40)
    preferred_channel: Literal["email", "whatsapp"] | None = None


class ConsentsBody(_Request):
    """What the person agreed to."""

    data_processing: bool = Field(
        description="Personal data may be processed for this matter (Ley 1581 de 2012, art. 9); "
        "without it nothing is taken."
    )


class PlaceBody(_Request):
    """Where the matter is: a position, an address, or both."""

    latitude: float | None = Field(None, ge=-90, le=90)
    longitude: float | None = Field(None, ge=-180, le=180)
    address: str = Field("", max_length=500)


class FormBody(_Request):
    """A filled-in form of a procedure."""

    model_config = ConfigDict(json_schema_extra={"examples": [_EXAMPLE_FORM]})

    procedure_code: Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_-]{0,62}$")]
    values: dict[str, Any] = Field(
        max_length=200, description="By the procedure's JSON Schema, as the catalogue gives it."
    )
    contact: ContactBody = ContactBody()
    consents: ConsentsBody
    place: PlaceBody | None = None
    attachment_ids: UploadIds = []
    language: Literal["es", "en"] = "es"


class SubmissionBody(FormBody):
    """A form filled in by the person."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{**_EXAMPLE_FORM, "origin": "portal"}]}
    )

    origin: Literal["portal", "kiosk"] = "portal"


class Receipt(BaseModel):
    """The form is durable. Keep `secret` with the person: with it the case can be followed.

    `receive_time` is when the city has it, `legal_time` the instant from which the law counts;
    out of hours they differ, and `next_opening` is when somebody will see it.
    """

    submission_id: str
    case_id: str
    secret: str = Field(examples=["K7QM-2XHD-9ZRT"])
    receive_time: datetime
    legal_time: datetime
    out_of_hours: bool
    next_opening: datetime | None
    due_time: datetime | None = Field(description="Null when the calendar does not cover the year.")


class MessageBody(_Request):
    """Something more about a case: an answer, a file. Repeating it changes nothing."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "case_id": "0197f9a2-6a52-7c3e-9d0a-1f2e3d4c5b6a",
                    "text": "Va la foto del poste.",
                    "attachment_ids": [],
                    "client_message_id": "c-0001-a1b2c3",
                }
            ]
        }
    )

    case_id: Annotated[str, StringConstraints(pattern=_UUID)]
    text: str = Field("", max_length=MAX_TEXT_CHARACTERS)
    attachment_ids: UploadIds = []
    client_message_id: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._-]{8,64}$")]


class MessageAnswer(BaseModel):
    """The message is durable."""

    message_id: str
    case_id: str
    client_message_id: str
    receive_time: datetime
    duplicate: bool
