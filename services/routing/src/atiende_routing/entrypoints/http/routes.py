"""Routes of `/api/routing/v1`."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import Response

from atiende_kit.errors import InvalidInput, VersionMismatch
from atiende_kit.http import (
    NOT_MODIFIED,
    CursorParam,
    LimitParam,
    Page,
    cached,
    decode_cursor,
    encode_cursor,
)
from atiende_routing.application.assign_work import MAX_ATTEMPTS, owner_of
from atiende_routing.application.oversee_queues import RECENT_LIMIT
from atiende_routing.application.ports import ItemFilter, ItemWrite
from atiende_routing.domain.agent import PresenceStatus
from atiende_routing.domain.errors import (
    AgentNotFound,
    AgentOfAnotherUnit,
    NotTheOwner,
    OfferLapsed,
)
from atiende_routing.domain.work_item import WorkState, end_offer
from atiende_routing.entrypoints.http.deps import (
    MANAGERS,
    AgentId,
    Desk,
    Hall,
    ItemId,
    Language,
    Manage,
    Oversee,
    UnitParam,
    WorkRead,
    WorkRelease,
    WorkTake,
    member,
    visible_units,
)
from atiende_routing.entrypoints.http.models import (
    AgentFigures,
    AgentList,
    AgentView,
    AssignBody,
    Kind,
    OfferList,
    PendingOffer,
    PresenceBody,
    QueueList,
    QueueView,
    SkillsBody,
    Status,
    WorkItemView,
)
from atiende_routing.entrypoints.http.public_routes import public_router
from atiende_routing.entrypoints.http.turn_routes import turn_router
from atiende_routing.entrypoints.http.words import reason_in_words

BASE = "/api/routing/v1"


def routers(desk: Desk, hall: Hall) -> list[APIRouter]:
    """Makes the routers over the use cases."""
    return [
        _presence(desk),
        _work(desk),
        _oversight(desk),
        turn_router(desk),
        public_router(desk, hall),
    ]


def _presence(desk: Desk) -> APIRouter:
    router = APIRouter(prefix=BASE, tags=["presence"])

    @router.put("/presence", summary="Sign presence; the same again is a heartbeat")
    async def sign_presence(body: PresenceBody, who: WorkTake) -> AgentView:
        agent = await desk.presence.sign(member(who), PresenceStatus(body.status))
        return AgentView.of(agent, desk.clocks.real_now())

    @router.post("/presence/heartbeat", summary="Tell that the desk is still there")
    async def beat(who: WorkTake) -> AgentView:
        agent = await desk.presence.beat(who.tenant, who.subject)
        return AgentView.of(agent, desk.clocks.real_now())

    @router.get("/presence", summary="See one's own presence and slots")
    async def get_presence(who: WorkTake) -> AgentView:
        return AgentView.of(await desk.presence.present(member(who)), desk.clocks.real_now())

    @router.get(
        "/offers",
        summary="The offers that wait for me; ask often, naming the ETag",
        response_model=OfferList,
        responses=NOT_MODIFIED,
    )
    async def list_offers(request: Request, who: WorkTake, language: Language = "es") -> Response:
        now = desk.clocks.now()
        city = await desk.cities.get(who.tenant)
        mine = [
            (item, item.open_offer)
            for item in await desk.items.offers_to(who.tenant, who.subject)
            if item.open_offer is not None and item.open_offer.expire_time > now
        ]
        offers = OfferList(
            server_time=now,
            items=[
                PendingOffer(
                    **WorkItemView.of(item, now).model_dump(),
                    expire_time=record.expire_time,
                    seconds_left=int((record.expire_time - now).total_seconds()),
                    reasons=[reason_in_words(code, city, language) for code in record.reasons],
                )
                for item, record in mine
            ],
        )
        # Nothing is new while the same versions wait: what only counts down is the page's work.
        version = ",".join(f"{item.item_id}:{item.version}" for item, _ in mine)
        return cached(
            request, offers, cache_control="private, no-cache", version=f"{language};{version}"
        )

    return router


def _work(desk: Desk) -> APIRouter:
    router = APIRouter(prefix=BASE, tags=["work"])

    @router.get("/work-items", summary="List work in the order of the queue")
    async def list_work_items(
        who: WorkRead,
        status: Annotated[list[Status] | None, Query(max_length=6)] = None,
        unit: UnitParam = None,
        kind: Kind | None = None,
        mine: Annotated[bool, Query(description="Only what I have or am offered.")] = False,
        cursor: CursorParam = None,
        limit: LimitParam = 50,
    ) -> Page[WorkItemView]:
        units = visible_units(who)
        if unit is not None:
            units = frozenset({unit}) if units is None else units & {unit}
        found = await desk.items.find(
            who.tenant,
            ItemFilter(
                states=frozenset(WorkState(one) for one in status) if status else None,
                units=None if mine and unit is None else units,
                agent_id=who.subject if mine else None,
                kind=kind,
                after=_position(cursor),
                limit=limit + 1,
            ),
        )
        now = desk.clocks.now()
        page = found[:limit]
        following = None
        if len(found) > limit:
            last = page[-1]
            position = {"t": int(last.rank_time.timestamp() * 1000), "id": last.item_id}
            following = encode_cursor(position)
        return Page(items=[WorkItemView.of(one, now) for one in page], next_cursor=following)

    @router.get("/work-items/{item_id}", summary="See one item with its offers")
    async def get_work_item(item_id: ItemId, who: WorkRead) -> WorkItemView:
        return WorkItemView.of(await desk.item(who, item_id), desk.clocks.now())

    @router.post("/work-items/{item_id}/claim", summary="Take an item that waits")
    async def claim_work_item(item_id: ItemId, who: WorkTake) -> WorkItemView:
        item = await desk.item(who, item_id)
        await desk.presence.ensure(member(who))
        taken = await desk.assign.claim(who.tenant, item.item_id, who.subject)
        return WorkItemView.of(taken, desk.clocks.now())

    @router.post("/work-items/{item_id}/accept", summary="Accept an offer")
    async def accept_work_item(item_id: ItemId, who: WorkTake) -> WorkItemView:
        item = await desk.item(who, item_id)
        taken = await desk.assign.accept(who.tenant, item.item_id, who.subject)
        return WorkItemView.of(taken, desk.clocks.now())

    @router.post("/work-items/{item_id}/decline", summary="Decline an offer; another is asked")
    async def decline_work_item(item_id: ItemId, who: WorkTake) -> WorkItemView:
        for _ in range(MAX_ATTEMPTS):
            item = await desk.item(who, item_id)
            pending = item.open_offer
            if pending is None or pending.agent_id != who.subject:
                raise OfferLapsed
            back, facts = end_offer(item, "declined", desk.clocks.now())
            if (await desk.items.save([ItemWrite(back, facts)]))[0]:
                return WorkItemView.of(back, desk.clocks.now())
        raise VersionMismatch("WORK_CONTENDED", "La tarea cambió muchas veces; intente otra vez.")

    @router.post(
        "/work-items/{item_id}/release",
        summary="Give an item back, or take it from somebody of one's unit",
    )
    async def release_work_item(item_id: ItemId, who: WorkRelease) -> WorkItemView:
        item = await desk.item(who, item_id)
        owner = owner_of(item)
        if owner != who.subject and not who.roles & MANAGERS:
            raise NotTheOwner
        back = await desk.assign.release(who.tenant, item.item_id, owner, "agent")
        return WorkItemView.of(back, desk.clocks.now())

    @router.post(
        "/work-items/{item_id}/assignment",
        summary="Give an item to somebody of its unit, whoever has it now",
    )
    async def assign_work_item(item_id: ItemId, body: AssignBody, who: Manage) -> WorkItemView:
        item = await desk.item(who, item_id)
        agent = await desk.agents.get(who.tenant, body.agent_id)
        units = visible_units(who)
        if agent is None or (units is not None and not agent.units & units):
            raise AgentNotFound
        if item.unit_id not in agent.units:
            raise AgentOfAnotherUnit
        given = await desk.assign.assign(who.tenant, item.item_id, agent.agent_id)
        return WorkItemView.of(given, desk.clocks.now())

    return router


def _oversight(desk: Desk) -> APIRouter:
    router = APIRouter(prefix=BASE, tags=["oversight"])

    @router.get("/queues", summary="See queues, waits, people and breaches of my units")
    async def list_queues(who: WorkRead, language: Language = "es") -> QueueList:
        figures = await desk.oversee.queues(who.tenant, visible_units(who), language)
        return QueueList(items=[QueueView.of(one) for one in figures])

    @router.get("/agents", summary="See the people of my units and what they have")
    async def list_agents(who: Oversee, unit: UnitParam = None) -> AgentList:
        units = visible_units(who)
        real_now = desk.clocks.real_now()
        ended = await desk.oversee.offers_by_agent(who.tenant)
        waiting = await desk.items.find(
            who.tenant, ItemFilter(states=frozenset({WorkState.OFFERED}), limit=RECENT_LIMIT)
        )
        pending = Counter(item.open_offer.agent_id for item in waiting if item.open_offer)
        shown = [
            AgentFigures.model_validate(
                {
                    **AgentView.of(agent, real_now).model_dump(),
                    "pending_offers": pending[agent.agent_id],
                    **{
                        f"offers_{outcome}": ended.get(agent.agent_id, Counter())[outcome]
                        for outcome in ("accepted", "declined", "lapsed")
                    },
                }
            )
            for agent in await desk.agents.of_tenant(who.tenant)
            if (units is None or agent.units & units) and (unit is None or unit in agent.units)
        ]
        return AgentList(items=shown)

    @router.put("/agents/{agent_id}/skills", summary="Set somebody's skills and capacity")
    async def set_skills(agent_id: AgentId, body: SkillsBody, who: Manage) -> AgentView:
        agent = await desk.agents.get(who.tenant, agent_id)
        units = visible_units(who)
        if agent is None or (units is not None and not agent.units & units):
            raise AgentNotFound
        settled = await desk.presence.settle(
            who.tenant, agent_id, skills=body.skills, capacity=body.capacity
        )
        return AgentView.of(settled, desk.clocks.real_now())

    return router


def _position(cursor: str | None) -> tuple[datetime, str] | None:
    if cursor is None:
        return None
    position = decode_cursor(cursor)
    milliseconds, item_id = position.get("t"), position.get("id")
    if type(milliseconds) is not int or not isinstance(item_id, str):
        raise InvalidInput("CURSOR_INVALID", "La página pedida no existe.")
    try:
        return datetime.fromtimestamp(milliseconds / 1000, UTC), item_id
    except (ValueError, OverflowError, OSError):
        raise InvalidInput("CURSOR_INVALID", "La página pedida no existe.") from None
