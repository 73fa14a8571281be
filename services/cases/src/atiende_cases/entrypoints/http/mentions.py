"""Routes of the notes that call the caller."""

from __future__ import annotations

from datetime import UTC, datetime

from fastapi import APIRouter

from atiende_cases.application.desk import mentions as use_cases
from atiende_cases.domain.message import Message
from atiende_cases.entrypoints.http.bodies import ReadBody
from atiende_cases.entrypoints.http.deps import BASE, CaseRead, Services, staff
from atiende_cases.entrypoints.http.help_models import CalledView, ReadCount
from atiende_kit.errors import InvalidInput
from atiende_kit.http import CursorParam, LimitParam, Page, decode_cursor, encode_cursor


def mention_routes(services: Services) -> APIRouter:
    """Makes the routes."""
    router = APIRouter(prefix=f"{BASE}/mentions", tags=["mentions"])
    desk = services.desk

    @router.get("", summary="List notes that call me, newest first")
    async def get_mentions(
        who: CaseRead,
        *,
        unread: bool = False,
        cursor: CursorParam = None,
        limit: LimitParam = 50,
    ) -> Page[CalledView]:
        called, last = await use_cases.list_mentions(
            desk,
            staff(who),
            unread=unread,
            before=None if cursor is None else _position(cursor),
            limit=limit,
        )
        return Page(
            items=[CalledView.of(one, who.subject) for one in called],
            next_cursor=None if last is None else _cursor(last),
        )

    @router.post("/read", summary="Note that I have looked at notes that call me")
    async def read_mentions(body: ReadBody, who: CaseRead) -> ReadCount:
        return ReadCount(read=await use_cases.read_mentions(desk, staff(who), body.message_ids))

    return router


def _cursor(last: Message) -> str:
    at = int(last.order_time.timestamp() * 1000)
    return encode_cursor({"at": at, "id": last.message_id})


def _position(cursor: str) -> tuple[datetime, str]:
    given = decode_cursor(cursor)
    at, message_id = given.get("at"), given.get("id")
    wrong = InvalidInput(
        "CURSOR_INVALID", "La página pedida no existe.", fields={"/query/cursor": "no es válido"}
    )
    if not isinstance(at, int) or not isinstance(message_id, str):
        raise wrong
    try:
        return datetime.fromtimestamp(at / 1000, UTC), message_id
    except (OverflowError, OSError, ValueError):
        raise wrong from None
