"""Staff's view of what came in and what became of it."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query, Response
from pydantic import BaseModel

from atiende_channels.application.deliveries import Deliveries
from atiende_channels.application.inbox import CONFLICT, STATES, InboxStore
from atiende_channels.domain.delivery import DeliveryState
from atiende_channels.domain.model import Channel
from atiende_kit.auth import Principal
from atiende_kit.errors import InvalidInput, NotFound
from atiende_kit.http import (
    CAN_WAIT,
    CursorParam,
    LimitParam,
    Page,
    Problem,
    decode_cursor,
    encode_cursor,
    require,
)

PREFIX = "/api/channels/v1"
IntakeRead = Annotated[Principal, Depends(require("admin", "auditor", "supervisor"))]

_ERRORS: dict[int | str, dict[str, Any]] = {
    400: {"model": Problem, "description": "Malformed request."},
    401: {"model": Problem, "description": "No token, or one that does not hold."},
    403: {"model": Problem, "description": "The role does not allow it."},
    422: {"model": Problem, "description": "A value is not acceptable."},
    503: {"model": Problem, "description": "The database does not answer."},
}
_MISSING: dict[int | str, dict[str, Any]] = {
    404: {"model": Problem, "description": "No such item in this city."}
}


class IntakeItem(BaseModel):
    """One raw item; `reason` says why it was refused, is unreadable or waits."""

    id: str
    channel: Channel
    account_id: str
    provider_id: str
    state: str
    reason: str
    detail: str
    quality: str
    receive_time: datetime
    size_bytes: int
    message_id: str
    case_id_if_new: str
    conflicts_with: str
    attachments: list[dict[str, Any]]


class DeliveryItem(BaseModel):
    """One outbound message and its state."""

    message_id: str
    channel: Channel
    conversation_id: str
    purpose: str
    purpose_id: str
    state: DeliveryState
    error_code: str
    detail: str
    tries: int
    provider_ids: list[str]
    history: list[dict[str, Any]]


class Count(BaseModel):
    """How many items of a channel are in a state."""

    channel: Channel
    state: str
    count: int


class Figures(BaseModel):
    """Counts by channel and state; `unreadable` are published and need a person."""

    intake: list[Count]
    deliveries: list[Count]
    pending: int
    unreadable: int


def intake_router(inbox: InboxStore, deliveries: Deliveries) -> APIRouter:
    """Makes the routes."""
    router = APIRouter(prefix=PREFIX, tags=["intake"], responses=_ERRORS)

    @router.get("/intake", summary="What came in, newest first")
    async def list_intake(
        who: IntakeRead,
        channel: Annotated[Channel | None, Query()] = None,
        state: Annotated[
            str | None, Query(pattern=f"^({'|'.join(STATES)}|unreadable)$", examples=["refused"])
        ] = None,
        cursor: CursorParam = None,
        limit: LimitParam = 50,
    ) -> Page[IntakeItem]:
        """Lists raw items of all channels; `state=unreadable` lists what a person must look at."""
        query: dict[str, Any] = {
            "channel": {"$in": [channel.value] if channel else [c.value for c in Channel]}
        }
        if state == "unreadable":
            query |= {"state": "published", "quality": "unreadable"}
        else:
            query["state"] = {"$in": [state] if state else list(STATES)}
        rows = await inbox.rows.find(
            who.tenant,
            {**query, **_after(cursor)},
            sort=[("receive_time", -1), ("_id", -1)],
            limit=limit + 1,
            projection=dict.fromkeys(("body", "headers", "outbox", "writes"), 0),
        )
        return Page(items=[_item(row) for row in rows[:limit]], next_cursor=_next(rows, limit))

    @router.get(
        "/intake/{inbox_id}/raw",
        summary="The raw bytes of an item",
        response_class=Response,
        responses={
            **_MISSING,
            200: {
                "description": "The bytes as they came.",
                "content": {
                    "application/octet-stream": {"schema": {"type": "string", "format": "binary"}}
                },
            },
        },
    )
    async def download_raw(
        inbox_id: Annotated[str, Path(pattern=r"^[0-9a-f]{40}(~[0-9a-f]{16})?$")], who: IntakeRead
    ) -> Response:
        """Gives the raw bytes as a download; a browser never shows them by itself."""
        row = await inbox.get(who.tenant, inbox_id)
        if row is None:
            raise NotFound("INTAKE_NOT_FOUND", "No se encontró la entrada.")
        suffix = {"email": "eml"}.get(row["channel"], "bin")
        return Response(
            await inbox.body(row),
            media_type="application/octet-stream",
            headers={
                "Content-Disposition": f'attachment; filename="{inbox_id[:40]}.{suffix}"',
                "X-Content-Type-Options": "nosniff",
                "Content-Security-Policy": "default-src 'none'; sandbox",
                "Cache-Control": "no-store",
            },
        )

    @router.get("/deliveries", summary="What was sent, newest first")
    async def list_deliveries(
        who: IntakeRead,
        channel: Annotated[Channel | None, Query()] = None,
        state: Annotated[DeliveryState | None, Query()] = None,
        cursor: CursorParam = None,
        limit: LimitParam = 50,
    ) -> Page[DeliveryItem]:
        """Lists outbound messages with their states and errors."""
        query: dict[str, Any] = {
            "channel": {"$in": [channel.value] if channel else [c.value for c in Channel]},
            "state": {"$in": [state.value] if state else [s.value for s in DeliveryState]},
        }
        if cursor:
            query["_id"] = {"$lt": _text(decode_cursor(cursor).get("i"))}
        rows = await deliveries.attempts.find(
            who.tenant, query, sort=[("_id", -1)], limit=limit + 1
        )
        more = encode_cursor({"i": rows[limit - 1]["_id"]}) if len(rows) > limit else None
        return Page(items=[_delivery(row) for row in rows[:limit]], next_cursor=more)

    @router.get("/figures", summary="Counts by channel and state", openapi_extra=CAN_WAIT)
    async def figures(who: IntakeRead) -> Figures:
        """Counts what came in and what went out."""
        by_state = [{"$group": {"_id": {"c": "$channel", "s": "$state"}, "n": {"$sum": 1}}}]
        came = await inbox.rows.aggregate(who.tenant, by_state)
        went = await deliveries.attempts.aggregate(who.tenant, by_state)
        channels = {"$in": [c.value for c in Channel]}
        unreadable = await inbox.rows.count(
            who.tenant, {"channel": channels, "state": "published", "quality": "unreadable"}
        )
        pending = sum(r["n"] for r in came if r["_id"]["s"] in {"received", "waiting"})
        return Figures(
            intake=_counts(came), deliveries=_counts(went), pending=pending, unreadable=unreadable
        )

    return router


def _counts(rows: list[dict[str, Any]]) -> list[Count]:
    counts = [Count(channel=r["_id"]["c"], state=r["_id"]["s"], count=r["n"]) for r in rows]
    return sorted(counts, key=lambda one: (one.channel.value, one.state))


def _after(cursor: str | None) -> dict[str, Any]:
    if not cursor:
        return {}
    position = decode_cursor(cursor)
    try:
        moment = datetime.fromisoformat(_text(position.get("t")))
    except ValueError:
        raise _bad_cursor() from None
    if moment.tzinfo is None:
        raise _bad_cursor()
    return {
        "$or": [
            {"receive_time": {"$lt": moment}},
            {"receive_time": moment, "_id": {"$lt": _text(position.get("i"))}},
        ]
    }


def _next(rows: list[dict[str, Any]], limit: int) -> str | None:
    if len(rows) <= limit:
        return None
    last = rows[limit - 1]
    return encode_cursor({"t": last["receive_time"].isoformat(), "i": last["_id"]})


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise _bad_cursor()
    return value


def _bad_cursor() -> InvalidInput:
    return InvalidInput("CURSOR_INVALID", "La página pedida no existe.")


def _item(row: dict[str, Any]) -> IntakeItem:
    return IntakeItem(
        id=row["_id"],
        channel=row["channel"],
        account_id=row["account_id"],
        provider_id=row["provider_id"],
        state=row["state"],
        reason=row["reason"],
        detail=row.get("detail") or "",
        quality=row.get("quality") or "",
        receive_time=row["receive_time"],
        size_bytes=row["size_bytes"],
        message_id=row["message_id"],
        case_id_if_new=row["case_id_if_new"],
        conflicts_with=row.get("conflicts_with", "") if row["state"] == CONFLICT else "",
        attachments=row.get("attachments") or [],
    )


def _delivery(row: dict[str, Any]) -> DeliveryItem:
    return DeliveryItem(
        message_id=row["_id"],
        channel=row["channel"],
        conversation_id=row["conversation_id"],
        purpose=row["purpose"],
        purpose_id=row["purpose_id"],
        state=row["state"],
        error_code=row["error_code"],
        detail=row.get("detail") or "",
        tries=row["tries"],
        provider_ids=row["provider_ids"],
        history=row["history"],
    )
