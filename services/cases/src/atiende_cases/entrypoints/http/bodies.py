"""Bodies of requests: strict, and nothing that they do not declare."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from atiende_cases.domain.text import safe_text
from atiende_cases.domain.values import Channel


def _clean(text: str) -> str:
    cleaned = safe_text(text).strip()
    if not cleaned:
        raise ValueError("no dice nada")
    return cleaned


def _prose(limit: int) -> StringConstraints:
    return StringConstraints(min_length=1, max_length=limit, pattern=r"\S")


Prose = Annotated[str, _prose(10_000), AfterValidator(_clean)]
Reason = Annotated[str, _prose(2_000), AfterValidator(_clean)]
Code = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_-]{0,62}$")]
ReplyChannel = Literal["webchat", "email", "whatsapp"]


class Body(BaseModel):
    """Base of requests: nothing unknown, nothing converted."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class ReplyBody(Body):
    """An answer to the citizen."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"text": "Mañana pasa la cuadrilla.", "channel": "email"}]}
    )
    text: Prose
    channel: ReplyChannel | None = Field(default=None, description="Another channel than the last.")


class NoteBody(Body):
    """A note that only staff sees."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"text": "Hablé con la cuadrilla."}]})
    text: Prose


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
    preferred_channel: ReplyChannel | None
    consents: Consents = Consents()
    language: Literal["es", "en"] | None = None
