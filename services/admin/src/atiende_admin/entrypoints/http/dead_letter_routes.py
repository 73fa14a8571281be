"""Routes of `/api/admin/v1/dead-letters`."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal, Self

from fastapi import APIRouter, Depends, Path, Query
from pydantic import BaseModel, ConfigDict, Field

from atiende_admin.application.mend_dead_letters import MendDeadLetters
from atiende_admin.domain.dead_letter import DeadLetter
from atiende_admin.domain.person import Administrator
from atiende_kit.auth import Principal
from atiende_kit.errors import InvalidInput
from atiende_kit.http import CursorParam, LimitParam, Page, decode_cursor, encode_cursor, require

Seer = Annotated[Principal, Depends(require("supervisor", "unit_manager", "admin", "auditor"))]
Replayer = Annotated[Principal, Depends(require("supervisor", "admin"))]
Remover = Annotated[Principal, Depends(require("admin"))]
Number = Annotated[int, Path(ge=1, le=2**53, description="Number of the dead letter.")]
NONE: dict[int | str, dict[str, Any]] = {404: {"description": "The city has none of that number."}}


class DiscardBody(BaseModel):
    """Why it is let go."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    note: Annotated[str, Field(min_length=5, max_length=500, examples=["El caso se abrió a mano."])]


class DeadLetterView(BaseModel):
    """A message that could not be processed; its content stays on the bus."""

    number: int
    time: datetime = Field(description="When it was given up.")
    service: str = Field(examples=["cases"])
    consumer: str = Field(examples=["cases-on-message-received"])
    type: str = Field(examples=["atiende.channels.v1.MessageReceived"])
    event_id: str
    reason: str = Field(examples=["MAX_DELIVERIES"])
    attempts: int
    state: Literal["waiting", "replay_asked", "discard_asked", "replayed", "discarded", "gone"]
    actor_name: str = Field(description="Who decided; empty before.")
    note: str
    decide_time: datetime | None

    @classmethod
    def of(cls, letter: DeadLetter) -> Self:
        """Makes the view."""
        fact = letter.fact
        return cls(
            number=fact.number,
            time=fact.time,
            service=fact.service,
            consumer=fact.consumer,
            type=fact.type,
            event_id=fact.event_id,
            reason=fact.reason,
            attempts=fact.attempts,
            state=letter.state.value,
            actor_name=letter.actor_name,
            note=letter.note,
            decide_time=letter.decide_time,
        )


class DeadLetterCount(BaseModel):
    """How many wait for a decision."""

    waiting: int


def dead_letter_routes(letters: MendDeadLetters, base: str) -> APIRouter:
    """Makes the routes."""
    router = APIRouter(prefix=f"{base}/dead-letters", tags=["dead letters"])

    @router.get("", summary="Messages that no service could process, newest first")
    async def list_dead_letters(
        who: Seer,
        is_open: Annotated[
            bool, Query(alias="open", description="Those that wait; else those that are over.")
        ] = True,
        cursor: CursorParam = None,
        limit: LimitParam = 50,
    ) -> Page[DeadLetterView]:
        found = await letters.listing(
            who.tenant, is_open=is_open, before=_before(cursor), limit=limit + 1
        )
        items = [DeadLetterView.of(one) for one in found[:limit]]
        more = encode_cursor({"number": items[-1].number}) if len(found) > limit else None
        return Page(items=items, next_cursor=more)

    @router.get("/counts", summary="How many wait for a decision")
    async def count_dead_letters(who: Seer) -> DeadLetterCount:
        return DeadLetterCount(waiting=await letters.count(who.tenant))

    @router.post(
        "/{number}/replay",
        status_code=202,
        summary="Ask for one to be processed again, once its cause is mended",
        responses=NONE,
    )
    async def replay_dead_letter(number: Number, who: Replayer) -> DeadLetterView:
        return DeadLetterView.of(await letters.replay(_asker(who), number))

    @router.post(
        "/{number}/discard",
        status_code=202,
        summary="Ask for one to be removed for good, with the reason",
        responses=NONE,
    )
    async def discard_dead_letter(
        number: Number, body: DiscardBody, who: Remover
    ) -> DeadLetterView:
        return DeadLetterView.of(await letters.discard(_asker(who), number, body.note.strip()))

    return router


def _before(cursor: str | None) -> int | None:
    if cursor is None:
        return None
    number = decode_cursor(cursor).get("number")
    if not isinstance(number, int) or isinstance(number, bool) or not 0 < number <= 2**53:
        raise InvalidInput("CURSOR_INVALID", "La página pedida no existe.")
    return number


def _asker(who: Principal) -> Administrator:
    return Administrator(who.subject, who.name, who.tenant)
