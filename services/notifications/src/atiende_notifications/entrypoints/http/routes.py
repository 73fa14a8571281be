"""The work list of notifications, for staff."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request

from atiende_kit.auth import Principal
from atiende_kit.errors import InvalidInput, NotFound
from atiende_kit.http import (
    CAN_WAIT,
    CursorParam,
    LimitParam,
    Page,
    decode_cursor,
    encode_cursor,
    require,
)
from atiende_notifications.application import ports
from atiende_notifications.application.retry import Retry
from atiende_notifications.entrypoints.http.models import (
    FigureRow,
    Figures,
    NotificationOut,
    StateName,
)

Read = Annotated[
    Principal, Depends(require("agent", "supervisor", "unit_manager", "admin", "auditor"))
]
Oversee = Annotated[Principal, Depends(require("supervisor", "unit_manager", "admin"))]
Figure = Annotated[Principal, Depends(require("supervisor", "unit_manager", "admin", "auditor"))]

SEE_ALL = frozenset({"admin", "auditor"})

router = APIRouter(prefix="/api/notifications/v1", tags=["notifications"])


def _store(request: Request) -> ports.Notifications:
    store: ports.Notifications = request.app.state.notifications
    return store


def _retry(request: Request) -> Retry:
    retry: Retry = request.app.state.retry
    return retry


Store = Annotated[ports.Notifications, Depends(_store)]
Again = Annotated[Retry, Depends(_retry)]


@router.get("/notifications", operation_id="listNotifications")
async def list_notifications(
    principal: Read,
    store: Store,
    state: StateName | None = None,
    case_id: Annotated[str | None, Query(max_length=64)] = None,
    cursor: CursorParam = None,
    limit: LimitParam = 50,
) -> Page[NotificationOut]:
    """Notifications of the caller's units, newest first; `state=failed` is the work list."""
    query = ports.Query(
        state=state, case_id=case_id, units=_units(principal), after=_after(cursor), limit=limit + 1
    )
    found = await store.page(principal.tenant, query)
    shown = found[:limit]
    more = len(found) > limit
    return Page[NotificationOut](
        items=[NotificationOut.of(n) for n in shown],
        next_cursor=encode_cursor(
            {"t": shown[-1].create_time.isoformat(), "i": shown[-1].notification_id}
        )
        if more
        else None,
    )


@router.get("/notifications/{notification_id}", operation_id="getNotification")
async def get_notification(principal: Read, store: Store, notification_id: str) -> NotificationOut:
    """One notification with its attempts."""
    found = await store.get(principal.tenant, [notification_id])
    units = _units(principal)
    if not found or (units is not None and found[0].unit_id not in units):
        raise NotFound("NOTIFICATION_NOT_FOUND", "No existe esa notificación.")
    return NotificationOut.of(found[0])


@router.post("/notifications/{notification_id}/retry", operation_id="retryNotification")
async def retry_notification(
    principal: Oversee, retry: Again, notification_id: str
) -> NotificationOut:
    """Sends a failed or expired notification again, on every channel that is open."""
    again = await retry(principal.tenant, notification_id, _units(principal))
    return NotificationOut.of(again)


@router.get("/figures", operation_id="notificationFigures", openapi_extra=CAN_WAIT)
async def figures(principal: Figure, store: Store) -> Figures:
    """Counts by state, channel and template over the whole city."""
    rows = await store.figures(principal.tenant)
    return Figures(rows=[FigureRow.model_validate(row) for row in rows])


def _units(principal: Principal) -> frozenset[str] | None:
    """Units whose notifications the caller may see; None is all."""
    return None if principal.roles & SEE_ALL else principal.units


def _after(cursor: str | None) -> tuple[datetime, str] | None:
    if cursor is None:
        return None
    told = decode_cursor(cursor)
    try:
        return datetime.fromisoformat(told["t"]), str(told["i"])
    except (KeyError, TypeError, ValueError) as error:
        raise InvalidInput("CURSOR_INVALID", "El cursor no es válido.") from error
