"""Routes of `/api/routing/v1`."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Query

from atiende_kit.errors import InvalidInput, VersionMismatch
from atiende_kit.http import CursorParam, LimitParam, Page, decode_cursor, encode_cursor
from atiende_routing.application.assign_work import MAX_ATTEMPTS, owner_of
from atiende_routing.application.ports import ItemFilter, ItemWrite
from atiende_routing.domain.agent import PresenceStatus
from atiende_routing.domain.errors import AgentNotFound, NotTheOwner, OfferLapsed
from atiende_routing.domain.work_item import WorkState, end_offer
from atiende_routing.entrypoints.http.deps import (
    MANAGERS,
    AgentId,
    Desk,
    ItemId,
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
    AgentList,
    AgentView,
    Kind,
    PresenceBody,
    QueueList,
    QueueView,
    SkillsBody,
    Status,
    WorkItemList,
    WorkItemView,
)

BASE = "/api/routing/v1"


def routers(desk: Desk) -> list[APIRouter]:
    """Makes the routers over the use cases."""
    return [_presence(desk), _work(desk), _oversight(desk)]


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

    @router.get("/offers", summary="List the offers that wait for me")
    async def list_offers(who: WorkTake) -> WorkItemList:
        offered = ItemFilter(states=frozenset({WorkState.OFFERED}), agent_id=who.subject, limit=200)
        now = desk.clocks.now()
        mine = [
            item
            for item in await desk.items.find(who.tenant, offered)
            if item.open_offer is not None and item.open_offer.expire_time > now
        ]
        mine.sort(key=lambda item: item.offers[-1].expire_time)
        return WorkItemList(items=[WorkItemView.of(item, now) for item in mine])

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

    return router


def _oversight(desk: Desk) -> APIRouter:
    router = APIRouter(prefix=BASE, tags=["oversight"])

    @router.get("/queues", summary="See queues, waits and mailboxes of my units")
    async def list_queues(who: WorkRead) -> QueueList:
        figures = await desk.oversee.queues(who.tenant, visible_units(who))
        return QueueList(items=[QueueView.of(one) for one in figures])

    @router.get("/agents", summary="See the people of my units and what they have")
    async def list_agents(who: Oversee, unit: UnitParam = None) -> AgentList:
        units = visible_units(who)
        real_now = desk.clocks.real_now()
        shown = [
            AgentView.of(agent, real_now)
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
