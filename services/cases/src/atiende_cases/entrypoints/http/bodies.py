"""Bodies of requests: strict, and nothing that they do not declare."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    model_validator,
)

from atiende_cases.application.desk.write import MAX_FILES
from atiende_cases.domain.text import safe_text
from atiende_cases.domain.values import Channel
from atiende_kit.http import JSON_INTEGER


def clean(text: str) -> str:
    """A text without what cannot be shown; one that says nothing is refused."""
    cleaned = safe_text(text).strip()
    if not cleaned:
        raise ValueError("no dice nada")
    return cleaned


def _prose(limit: int) -> StringConstraints:
    return StringConstraints(min_length=1, max_length=limit, pattern=r"\S")


Prose = Annotated[str, _prose(10_000), AfterValidator(clean)]
Reason = Annotated[str, _prose(2_000), AfterValidator(clean)]
Code = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_-]{0,62}$")]
ReplyChannel = Literal["webchat", "email", "whatsapp", "portal"]


class Body(BaseModel):
    """Base of requests: nothing unknown, nothing converted."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class ReplyBody(Body):
    """An answer to the citizen: a text, or a template where free text may not go."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"text": "Mañana pasa la cuadrilla.", "channel": "email"},
                {"template": "reply_waiting", "channel": "whatsapp"},
            ]
        }
    )
    text: Prose | None = None
    template: Code | None = Field(
        default=None, description="Key of a template of `/reply-options`, in place of a text."
    )
    channel: ReplyChannel | None = Field(default=None, description="Another channel than the last.")
    attachment_ids: list[Annotated[str, StringConstraints(pattern=r"^u[0-9a-f]{36}$")]] = Field(
        default=[],
        max_length=MAX_FILES,
        description="Files put up by `POST /api/channels/v1/attachments`; 15 MB together.",
    )

    @model_validator(mode="after")
    def _says_one_thing(self) -> Self:
        if (self.text is None) == (self.template is None):
            raise ValueError("dice un texto o una plantilla")
        return self


Subject = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._:@-]{1,255}$")]


class NoteBody(Body):
    """A note that only staff sees."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"text": "Hablé con la cuadrilla.", "mentions": []}]}
    )
    text: Prose
    mentions: Annotated[list[Subject], Field(max_length=20)] = Field(
        default=[], description="Subjects of the colleagues whom it calls; see `/people`."
    )


class ReadBody(Body):
    """Notes that somebody has looked at."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"message_ids": ["0197f9a2-6a52-7c3e-9d0a-1f2e3d4c5b6a"]}]}
    )
    message_ids: Annotated[
        list[Annotated[str, StringConstraints(pattern=r"^[0-9a-f-]{1,64}$")]],
        Field(min_length=1, max_length=200),
    ]


class TickBody(Body):
    """Whether a requirement is there."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"done": True}]})
    done: bool


class TransferBody(Body):
    """An offer to another unit."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"unit_id": "vias", "reason": "Es un hueco en la vía."}]}
    )
    unit_id: Code
    reason: Reason


class ReasonBody(Body):
    """Why."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"reason": "No es competencia."}]})
    reason: Reason


class TransitionBody(Body):
    """A move of the procedure's machine."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"transition": "ask_citizen"}]})
    transition: Code


class ResolveBody(Body):
    """The outcome, and what the citizen is told."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"outcome": "atendido", "text": "El poste ya funciona."}]}
    )
    outcome: Code
    text: Prose | None = None


class ReclassifyBody(Body):
    """The right procedure."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"procedure": "huecos-vias"}]})
    procedure: Code


class ContactPointBody(Body):
    """An address that the citizen told to a clerk."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"channel": "email", "address": "rosa@example.org"}]}
    )
    channel: Literal["email", "whatsapp"]
    address: Annotated[str, StringConstraints(min_length=3, max_length=254)]


class Consents(Body):
    """By channel: may the city write there?"""

    webchat: bool | None = None
    email: bool | None = None
    whatsapp: bool | None = None

    def given(self) -> dict[Channel, bool]:
        """Those that were said."""
        return {Channel(name): agreed for name, agreed in self if agreed is not None}


class PreferencesBody(Body):
    """How the citizen wants to be reached."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"preferred_channel": "email", "consents": {"whatsapp": False}}]
        }
    )
    preferred_channel: Literal["webchat", "email", "whatsapp"] | None
    consents: Consents = Consents()
    language: Literal["es", "en"] | None = None


class SavedView(Body):
    """A list that somebody keeps by name: the query of its link."""

    name: Annotated[str, _prose(60), AfterValidator(clean)]
    query: Annotated[
        str,
        StringConstraints(pattern=r"^[A-Za-z0-9%&=_.:+@~*-]{0,1000}$"),
        Field(examples=["assignee=me&sort=newest"]),
    ]


class ViewsBody(Body):
    """All of somebody's views, in their order."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"version": 0, "views": [{"name": "Mis vencidos", "query": "overdue=true"}]}
            ]
        }
    )
    version: Annotated[int, Field(strict=True, ge=0), JSON_INTEGER] = Field(
        description="The one that was read; 0 when there was none."
    )
    views: Annotated[list[SavedView], Field(max_length=30)]
