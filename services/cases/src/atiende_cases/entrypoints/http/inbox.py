"""Routes of the inbox: the list, the numbers of its tabs, the saved views of a person."""

from __future__ import annotations

from typing import Annotated, Final, Literal

import re2
from fastapi import APIRouter, Query

from atiende_cases.application.desk.list_cases import (
    ANY,
    COUNTED,
    InboxFilter,
    count_cases,
    list_cases,
)
from atiende_cases.domain.inbox import Flag, Sort
from atiende_cases.domain.values import Channel, Status
from atiende_cases.entrypoints.http.deps import (
    BASE,
    CaseRead,
    CodeQuery,
    Language,
    Services,
    staff,
)
from atiende_cases.entrypoints.http.figure_models import Counts
from atiende_cases.entrypoints.http.models import CaseView
from atiende_kit.errors import InvalidInput
from atiende_kit.http import (
    CursorParam,
    LimitParam,
    Page,
    can_wait_with,
    decode_cursor,
    encode_cursor,
)

_AssigneeQuery = Annotated[
    str | None,
    Query(
        pattern=r"^[A-Za-z0-9._:@-]{1,255}$",
        description="`me`, `none`, or the subject of an agent's token.",
    ),
]
_TextQuery = Annotated[
    str | None,
    Query(
        min_length=1,
        max_length=200,
        description="Words in Spanish, or a folio. What is found is newest first.",
    ),
]
_IncidentQuery = Annotated[
    str | None, Query(pattern=r"^[0-9a-z-]{1,64}$", description="Id of an incident, or `any`.")
]
_FlagQuery = Annotated[bool, Query(description="Only those of which it is true.")]
_POSITION: Final = re2.compile(r"^[0-9]{15}[0-9A-Za-z-]{1,64}$")


def inbox_routes(services: Services) -> APIRouter:
    """Makes the routes."""
    router = APIRouter(prefix=f"{BASE}/cases", tags=["inbox"])
    desk = services.desk

    @router.get(
        "",
        summary="List cases",
        description="What is due first stands in front unless another order is asked for. A page "
        "that is narrowed by several filters may be short or empty and still have a `next_cursor`: "
        "follow it until it is absent.",
        openapi_extra=can_wait_with("q"),
    )
    async def list_cases_(
        who: CaseRead,
        language: Language,
        *,
        status: Annotated[Status | None, Query(description="Open ones when absent.")] = None,
        unit: CodeQuery = None,
        assignee: _AssigneeQuery = None,
        channel: Channel | None = None,
        procedure: CodeQuery = None,
        priority: Annotated[int | None, Query(ge=0, le=4)] = None,
        incident: _IncidentQuery = None,
        mentions: Annotated[
            Literal["me"] | None, Query(description="Where a note calls me that I have not read.")
        ] = None,
        transfer: Annotated[
            Literal["in", "out"] | None,
            Query(description="Offered to my units, or by them, and not decided yet."),
        ] = None,
        overdue: _FlagQuery = False,
        needs_answer: _FlagQuery = False,
        undelivered: _FlagQuery = False,
        emergency: _FlagQuery = False,
        mailbox: Annotated[
            bool, Query(description="Came while the office was closed and nobody has answered.")
        ] = False,
        out_of_hours: _FlagQuery = False,
        unreadable: _FlagQuery = False,
        reopened: _FlagQuery = False,
        public: _FlagQuery = False,
        q: _TextQuery = None,
        sort: Annotated[Sort, Query(description="Order; a search is newest first.")] = Sort.DUE,
        cursor: CursorParam = None,
        limit: LimitParam = 50,
    ) -> Page[CaseView]:
        asked = {
            Flag.NEEDS_ANSWER: needs_answer,
            Flag.UNDELIVERED: undelivered,
            Flag.EMERGENCY: emergency,
            Flag.MAILBOX: mailbox,
            Flag.OUT_OF_HOURS: out_of_hours,
            Flag.UNREADABLE: unreadable,
            Flag.REOPENED: reopened,
            Flag.PUBLIC: public,
            Flag.TRANSFER_IN: transfer == "in",
            Flag.TRANSFER_OUT: transfer == "out",
        }
        order = Sort.NEWEST if q is not None else sort
        page = await list_cases(
            desk,
            staff(who),
            InboxFilter(
                status=status,
                unit=unit,
                assignee={"me": who.subject, "none": ""}.get(assignee or "", assignee),
                channel=channel,
                procedure=procedure,
                priority=priority,
                incident=ANY if incident == "any" else incident,
                flags=frozenset(flag for flag, wanted in asked.items() if wanted),
                overdue=overdue,
                mentions_me=mentions is not None,
                text=q,
                sort=order,
                after=None if cursor is None else _position(cursor, order),
                limit=limit,
            ),
        )
        following = page.next_position
        # A city that has published nothing yet has no names to show, and no case either.
        shown = await services.shown(who, language) if page.rows else None
        return Page(
            items=[CaseView.of(row, shown) for row in page.rows] if shown else [],
            next_cursor=following and encode_cursor({"sort": order, "at": following}),
        )

    @router.get("/counts", summary="See the numbers of the inbox's tabs")
    async def get_counts(who: CaseRead, unit: CodeQuery = None) -> Counts:
        # Whoever opens the desk asks for this first.
        await services.met(who)
        counts = await count_cases(desk, staff(who), unit=unit)
        return Counts(counts=dict(counts), counted_to=COUNTED)

    return router


def _position(cursor: str, sort: Sort) -> str:
    given = decode_cursor(cursor)
    position = given.get("at")
    if given.get("sort") != sort or not isinstance(position, str) or not _POSITION.match(position):
        raise InvalidInput(
            "CURSOR_INVALID",
            "La página pedida no existe.",
            fields={"/query/cursor": "no es válido"},
        )
    return position
