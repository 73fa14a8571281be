"""The live stream of changes (server-sent events), resumed by `Last-Event-ID`."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator
from typing import Annotated, Any, Final

from fastapi import APIRouter, Header, Request
from fastapi.responses import StreamingResponse

from atiende.cases.v1 import events_pb2
from atiende_cases.entrypoints.http.deps import BASE, CaseRead, Services, staff
from atiende_cases.wire import STATUS
from atiende_kit.auth import Principal
from atiende_kit.bus import Delivery
from atiende_kit.contract import subject_of
from atiende_kit.errors import FailedPrecondition

HEARTBEAT_SECONDS: Final = 15.0
_STATUS: Final = {number: status.value for status, number in STATUS.items()}
_LastEventId = Annotated[
    str | None,
    Header(alias="Last-Event-ID", pattern=r"^[0-9]{1,18}$", description="Last `id` received."),
]


def change_routes(services: Services) -> APIRouter:
    """Makes the route."""
    router = APIRouter(prefix=BASE, tags=["changes"])

    @router.get(
        "/changes",
        summary="Follow the changes of one's units live",
        response_class=StreamingResponse,
        responses={
            200: {
                "content": {"text/event-stream": {"schema": {"type": "string"}}},
                "description": "Server-sent events. `reset` asks to load the list again.",
            }
        },
    )
    async def follow(
        request: Request, who: CaseRead, last_event_id: _LastEventId = None
    ) -> StreamingResponse:
        after = None if last_event_id is None else int(last_event_id)
        return StreamingResponse(
            _stream(services, who, after, request.app.state.draining),
            media_type="text/event-stream",
            headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
        )

    return router


async def _stream(
    services: Services, who: Principal, after: int | None, draining: asyncio.Event
) -> AsyncIterator[str]:
    """Gives events until the token ends, the service drains or the reader goes away."""
    yield "retry: 2000\n: abierto\n\n"
    feed = services.live.follow(who.tenant, after)
    upcoming: asyncio.Task[tuple[int, Delivery[Any]]] | None = None
    try:
        while not draining.is_set() and (who.expires == 0 or time.time() < who.expires):
            if upcoming is None:
                upcoming = asyncio.ensure_future(anext(feed))
            done, _ = await asyncio.wait({upcoming}, timeout=HEARTBEAT_SECONDS)
            if not done:
                yield ": latido\n\n"
                continue
            try:
                sequence, delivery = upcoming.result()
            except FailedPrecondition:
                # What was missed cannot be told any more: the page loads its list again.
                upcoming, after = None, None
                feed = services.live.follow(who.tenant, None)
                yield "event: reset\ndata: {}\n\n"
                continue
            except StopAsyncIteration:
                return
            upcoming = None
            if await _concerns(services, who, delivery):
                yield _event(sequence, delivery)
    finally:
        if upcoming is not None:
            upcoming.cancel()
            await asyncio.gather(upcoming, return_exceptions=True)
        await feed.aclose()


async def _concerns(services: Services, who: Principal, delivery: Delivery[Any]) -> bool:
    """Whether a change is of the caller's units: where the case is, was, or is offered to."""
    person = staff(who)
    message = delivery.message
    units = {message.case.unit_id}
    if isinstance(message, events_pb2.CaseTransferred):
        units |= {message.from_unit_id, message.to_unit_id}
    elif isinstance(message, events_pb2.CaseReclassified):
        release = await services.desk.releases.get(who.tenant)
        before = release.procedure(message.previous_procedure_code)
        units |= {before.unit_id} if before else set()
    return any(person.has_unit(unit) for unit in units)


def _event(sequence: int, delivery: Delivery[Any]) -> str:
    """Writes an event: ids and states, never what somebody wrote."""
    message = delivery.message
    case = message.case
    _, _, aggregate, fact, _ = subject_of(type(message)).split(".")
    data: dict[str, Any] = {
        "type": f"{aggregate}.{fact}",
        "event_id": delivery.event_id,
        "time": delivery.time.isoformat(timespec="milliseconds"),
        "case_id": case.case_id,
        "folio": case.folio,
        "unit_id": case.unit_id,
        "state": case.state,
        "status": _STATUS.get(case.state_kind, ""),
        "assignee_id": case.assignee_id,
        "version": case.version,
    }
    if isinstance(message, events_pb2.ConversationMessageAdded | events_pb2.CaseOpened):
        data["message_id"] = message.message_id
    if isinstance(message, events_pb2.CaseTransferred):
        data |= {"from_unit_id": message.from_unit_id, "to_unit_id": message.to_unit_id}
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    return f"id: {sequence}\nevent: {data['type']}\ndata: {text}\n\n"
