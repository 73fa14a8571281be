"""The counter's side of turns."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from atiende_kit.auth import Principal
from atiende_routing.application.take_turns import own
from atiende_routing.domain.errors import TurnNotFound, UnitNotFound
from atiende_routing.domain.turn import Turn, TurnState, attend, finish, miss
from atiende_routing.entrypoints.http.deps import MANAGERS, Desk, WorkRead, WorkTake
from atiende_routing.entrypoints.http.public_routes import TurnId, Unit
from atiende_routing.entrypoints.http.turn_models import (
    FinishBody,
    NextBody,
    RecallBody,
    StaffTurnView,
    TurnList,
    TurnStatus,
)

BASE = "/api/routing/v1/turns"


def turn_router(desk: Desk) -> APIRouter:
    """Makes the staff's routes of turns."""
    router = APIRouter(prefix=BASE, tags=["turns"])

    async def mine(who: Principal, turn_id: str) -> Turn:
        turn = await desk.turns.turns.get(who.tenant, turn_id)
        if turn is None or not who.may_see_unit(turn.unit_id):
            raise TurnNotFound
        return turn

    @router.get(
        "",
        summary="Today's turns of a unit",
        responses={404: {"description": "No such unit, or not yours."}},
    )
    async def list_turns(
        who: WorkRead,
        unit: Unit,
        status: Annotated[list[TurnStatus] | None, Query(max_length=6)] = None,
    ) -> TurnList:
        if not who.may_see_unit(unit):
            raise UnitNotFound
        today = await desk.turns.today(who.tenant, unit)
        shown = [turn for turn in today if status is None or turn.state.value in status]
        return TurnList(
            items=[StaffTurnView.of(turn) for turn in shown],
            waiting=sum(turn.state is TurnState.WAITING for turn in today),
        )

    @router.post("/next", summary="Call who is next to my desk; exclusive under any race")
    async def call_next(body: NextBody, who: WorkTake) -> StaffTurnView:
        if not who.may_see_unit(body.unit_id):
            raise UnitNotFound
        called = await desk.turns.call_next(who.tenant, body.unit_id, who.subject, body.desk)
        return StaffTurnView.of(called)

    @router.post("/{turn_id}/recall", summary="Call again, also who was absent")
    async def call_again(turn_id: TurnId, body: RecallBody, who: WorkTake) -> StaffTurnView:
        turn = await mine(who, turn_id)
        called = await desk.turns.call_again(who.tenant, turn, who.subject, body.desk or "")
        return StaffTurnView.of(called)

    @router.post("/{turn_id}/attend", summary="The person is here")
    async def attend_turn(turn_id: TurnId, who: WorkTake) -> StaffTurnView:
        own(await mine(who, turn_id), who.subject, manages=bool(who.roles & MANAGERS))
        return StaffTurnView.of(await desk.turns.change(who.tenant, turn_id, attend))

    @router.post("/{turn_id}/absent", summary="Nobody came")
    async def miss_turn(turn_id: TurnId, who: WorkTake) -> StaffTurnView:
        own(await mine(who, turn_id), who.subject, manages=bool(who.roles & MANAGERS))
        return StaffTurnView.of(await desk.turns.change(who.tenant, turn_id, miss))

    @router.post("/{turn_id}/finish", summary="Done, with the case that was opened")
    async def finish_turn(turn_id: TurnId, body: FinishBody, who: WorkTake) -> StaffTurnView:
        own(await mine(who, turn_id), who.subject, manages=bool(who.roles & MANAGERS))
        case_id = str(body.case_id) if body.case_id else None
        finished = await desk.turns.change(
            who.tenant, turn_id, lambda turn, now: finish(turn, case_id, now)
        )
        return StaffTurnView.of(finished)

    return router
