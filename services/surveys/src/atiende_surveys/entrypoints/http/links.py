"""The page of a survey's link. The token comes in a header: it stands in no address and no log."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Annotated, Final, Literal

from fastapi import APIRouter, Depends, Header
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from atiende_city.release import Release
from atiende_city.text import Text
from atiende_kit.errors import Unprocessable
from atiende_kit.http import public
from atiende_surveys.application.answer_on_page import AnswerOnPage
from atiende_surveys.domain.invitation import Invitation

BASE: Final = "/api/surveys/v1/public"
PUBLIC: Final = frozenset({f"GET {BASE}/invitation", f"POST {BASE}/response"})
Token = Annotated[
    str,
    Header(
        alias="X-Survey-Token",
        max_length=200,
        pattern=r"^[A-Za-z0-9._-]*$",
        description="What stands behind the `#` of the link.",
    ),
]


class Words(BaseModel):
    """One text in the languages that the platform speaks."""

    es: str
    en: str

    @classmethod
    def of(cls, text: Text) -> Words:
        """Shows a text of the release."""
        return cls(es=text.to("es"), en=text.to("en"))


class InvitationPage(BaseModel):
    """What the page shows."""

    state: Literal["open", "late", "answered"] = Field(
        description="A late answer still counts; one that was given is not taken again."
    )
    folio: str
    language: str
    unit: Words
    procedure: Words
    question: Words
    comment_question: Words
    minimum: int
    maximum: int
    expire_time: datetime


class LinkAnswer(BaseModel):
    """The answer: a score, or a word on the solution, or both."""

    model_config = ConfigDict(
        extra="forbid",
        strict=True,
        json_schema_extra={"examples": [{"score": 4, "solved": True, "comment": "Rápido."}]},
    )
    score: int | None = Field(default=None, ge=1, le=5)
    solved: bool | None = None
    comment: Annotated[str, StringConstraints(max_length=2_000)] = ""


class Taken(BaseModel):
    """The answer is taken."""

    late: bool = Field(description="It came after the time that the city gave, and counts.")
    needs_recovery: bool = Field(
        description="A bad score, or not solved: the case is taken up again."
    )


def link_router(links: AnswerOnPage, release_of: Callable[[str], Awaitable[Release]]) -> APIRouter:
    """Makes the routes."""
    router = APIRouter(
        prefix=BASE,
        tags=["links"],
        dependencies=[Depends(public("the token of the link proves who was asked"))],
    )

    @router.get(
        "/invitation",
        summary="What the page of a link shows",
        responses={404: {"description": "No survey has this link."}},
    )
    async def get_invitation(token: Token = "") -> InvitationPage:
        invitation = await links.find(token)
        release = await release_of(invitation.tenant)
        return page_of(invitation, release, late=links.is_late(invitation))

    @router.post(
        "/response",
        status_code=201,
        summary="Answer once",
        responses={404: {"description": "No survey has this link."}},
    )
    async def post_response(body: LinkAnswer, token: Token = "") -> Taken:
        return await take(links, lambda: links.find(token), body)

    return router


async def take(
    pages: AnswerOnPage, find: Callable[[], Awaitable[Invitation]], body: LinkAnswer
) -> Taken:
    """Takes in the answer of a page.

    Raises:
        Unprocessable: It says neither how it was nor whether it is solved.
    """
    if body.score is None and body.solved is None:
        raise Unprocessable(
            "ANSWER_EMPTY",
            "Elija una calificación o diga si quedó resuelto.",
            fields={"/score": "falta"},
        )
    answered = await pages(
        find, score=body.score or 0, solved=body.solved, comment=body.comment.strip()
    )
    given = answered.response
    return Taken(
        late=pages.is_late(answered), needs_recovery=given is not None and given.needs_recovery
    )


def page_of(invitation: Invitation, release: Release, *, late: bool) -> InvitationPage:
    """What a page shows of an invitation."""
    survey = release.survey()
    unit = release.units.get(invitation.unit_id)
    procedure = release.procedure(invitation.procedure_code)
    nothing = Words(es="", en="")
    open_state: Literal["open", "late"] = "late" if late else "open"
    return InvitationPage(
        state="answered" if invitation.response is not None else open_state,
        folio=invitation.folio,
        language=invitation.language,
        unit=Words.of(unit.name) if unit else nothing,
        procedure=Words.of(procedure.name) if procedure else nothing,
        question=Words.of(survey.question) if survey else nothing,
        comment_question=Words.of(survey.comment_question) if survey else nothing,
        minimum=survey.minimum if survey else 1,
        maximum=survey.maximum if survey else 5,
        expire_time=invitation.expire_time,
    )
