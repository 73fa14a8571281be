"""Routes of `/api/surveys/v1`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Query
from pydantic import AwareDatetime, BeforeValidator

from atiende_kit.auth import Principal
from atiende_kit.clock import Clock
from atiende_kit.errors import InvalidInput, PermissionDenied
from atiende_kit.http import (
    CAN_WAIT,
    CursorParam,
    LimitParam,
    Page,
    decode_cursor,
    encode_cursor,
    require,
)
from atiende_surveys.application.ports import Dimension, Invitations, ResponseFilter
from atiende_surveys.application.tend_surveys import SettleTask
from atiende_surveys.domain.errors import TaskNotFound
from atiende_surveys.domain.invitation import Disposition, Invitation
from atiende_surveys.entrypoints.http.models import (
    DispositionBody,
    ResponseView,
    ScoreList,
    ScoreView,
    TaskCounts,
)

BASE = "/api/surveys/v1"
ScoreRead = Annotated[
    Principal, Depends(require("agent", "supervisor", "unit_manager", "admin", "auditor"))
]
ResponseRead = Annotated[
    Principal, Depends(require("supervisor", "unit_manager", "admin", "auditor"))
]
TaskWrite = Annotated[Principal, Depends(require("supervisor", "unit_manager", "admin"))]
UnitParam = Annotated[
    str | None, Query(pattern=r"^[a-z0-9][a-z0-9-]{0,62}$", description="Id of a unit.")
]
InvitationId = Annotated[UUID, Path(description="Id of the invitation.")]

_DATE_TIME = re.compile(r"\d{4}-\d{2}-\d{2}[Tt ]", re.ASCII)


def _written_out(value: object) -> object:
    # Otherwise a bare number would be taken for seconds since 1970.
    if isinstance(value, str) and not _DATE_TIME.match(value):
        raise ValueError("must be a date and time with its zone")
    return value


Instant = Annotated[AwareDatetime, BeforeValidator(_written_out)]
SinceParam = Annotated[Instant | None, Query(description="Issued at or after.")]
UntilParam = Annotated[Instant | None, Query(description="Issued before.")]


@dataclass(frozen=True, slots=True)
class Surveys:
    """What the routes stand on."""

    invitations: Invitations
    settle: SettleTask
    clock: Clock


def router(surveys: Surveys) -> APIRouter:
    """Makes the router."""
    routes = APIRouter(prefix=BASE)

    @routes.get(
        "/scores",
        tags=["scores"],
        summary="Satisfaction by unit, channel or agent",
        openapi_extra=CAN_WAIT,
    )
    async def get_scores(
        who: ScoreRead,
        by: Dimension = "unit",
        since: SinceParam = None,
        until: UntilParam = None,
    ) -> ScoreList:
        if by == "agent" and who.roles.isdisjoint(OVERSEERS):
            raise PermissionDenied("ROLE_MISSING", "Su cuenta no tiene permiso para esto.")
        scores = await surveys.invitations.scores(
            who.tenant, by, units=visible_units(who), since=_utc(since), until=_utc(until)
        )
        return ScoreList(by=by, items=[ScoreView.of(one) for one in scores])

    @routes.get("/responses", tags=["responses"], summary="List answers, newest first")
    async def list_responses(
        who: ResponseRead,
        unit: UnitParam = None,
        needs_recovery: bool | None = None,
        cursor: CursorParam = None,
        limit: LimitParam = 50,
    ) -> Page[ResponseView]:
        return await page(
            who,
            ResponseFilter(
                units=_within(who, unit),
                needs_recovery=needs_recovery,
                after=_position(cursor),
                limit=limit + 1,
            ),
        )

    @routes.get("/recovery-tasks", tags=["recovery"], summary="List answers that wait for somebody")
    async def list_recovery_tasks(
        who: ResponseRead,
        status: Literal["open", "settled"] | None = None,
        unit: UnitParam = None,
        overdue: Annotated[bool, Query(description="Only what waits for too long.")] = False,
        cursor: CursorParam = None,
        limit: LimitParam = 50,
    ) -> Page[ResponseView]:
        return await page(
            who,
            ResponseFilter(
                units=_within(who, unit),
                has_task=True,
                task_open=None if status is None else status == "open",
                overdue_at=surveys.clock.now() if overdue else None,
                after=_position(cursor),
                limit=limit + 1,
            ),
        )

    @routes.get(
        "/recovery-tasks/counts", tags=["recovery"], summary="Count what waits and what is overdue"
    )
    async def count_recovery_tasks(who: ResponseRead) -> TaskCounts:
        units = visible_units(who)
        waiting = await surveys.invitations.count_tasks(who.tenant, units, None)
        overdue = await surveys.invitations.count_tasks(who.tenant, units, surveys.clock.now())
        return TaskCounts(open=waiting, overdue=overdue)

    @routes.post(
        "/recovery-tasks/{invitation_id}/disposition",
        tags=["recovery"],
        summary="Say what was done about an answer",
    )
    async def settle_recovery_task(
        invitation_id: InvitationId, body: DispositionBody, who: TaskWrite
    ) -> ResponseView:
        found = await surveys.invitations.get(who.tenant, str(invitation_id))
        if found is None or not who.may_see_unit(found.unit_id):
            raise TaskNotFound
        done = await surveys.settle(found, Disposition(body.disposition), body.note, who.subject)
        [view] = _views([done], surveys.clock.now())
        return view

    async def page(who: Principal, wanted: ResponseFilter) -> Page[ResponseView]:
        found = await surveys.invitations.find(who.tenant, wanted)
        shown = found[: wanted.limit - 1]
        following = None
        if len(found) >= wanted.limit and (last := shown[-1]).response is not None:
            milliseconds = int(last.response.receive_time.timestamp() * 1000)
            following = encode_cursor({"t": milliseconds, "id": last.invitation_id})
        return Page(items=_views(shown, surveys.clock.now()), next_cursor=following)

    return routes


OVERSEERS = frozenset({"supervisor", "unit_manager", "admin", "auditor"})


def visible_units(who: Principal) -> frozenset[str] | None:
    """Returns the caller's units, None for all."""
    return None if who.roles & {"admin", "auditor"} else who.units


def _within(who: Principal, unit: str | None) -> frozenset[str] | None:
    units = visible_units(who)
    if unit is None:
        return units
    return frozenset({unit}) if units is None else units & {unit}


def _views(invitations: list[Invitation], now: datetime) -> list[ResponseView]:
    return [
        ResponseView.of(one, one.response, now) for one in invitations if one.response is not None
    ]


def _utc(instant: datetime | None) -> datetime | None:
    return None if instant is None else instant.astimezone(UTC)


def _position(cursor: str | None) -> tuple[datetime, str] | None:
    if cursor is None:
        return None
    position = decode_cursor(cursor)
    milliseconds, invitation_id = position.get("t"), position.get("id")
    if type(milliseconds) is not int or not isinstance(invitation_id, str):
        raise InvalidInput("CURSOR_INVALID", "La página pedida no existe.")
    try:
        return datetime.fromtimestamp(milliseconds / 1000, UTC), invitation_id
    except (ValueError, OverflowError, OSError):
        raise InvalidInput("CURSOR_INVALID", "La página pedida no existe.") from None
