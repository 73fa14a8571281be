"""What the routes need: who calls, and the use cases."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Path, Query
from starlette.requests import Request

from atiende_kit.auth import Principal
from atiende_kit.http import Limiter, PublicCity, require, visitor
from atiende_routing.application.assign_work import AssignWork
from atiende_routing.application.moments import Clocks
from atiende_routing.application.oversee_queues import OverseeQueues
from atiende_routing.application.ports import Agents, Cities, WorkItems
from atiende_routing.application.sign_presence import SignPresence, StaffMember
from atiende_routing.application.take_turns import TakeTurns
from atiende_routing.domain.errors import WorkItemNotFound
from atiende_routing.domain.work_item import WorkItem

WorkRead = Annotated[
    Principal, Depends(require("agent", "supervisor", "unit_manager", "admin", "auditor"))
]
WorkTake = Annotated[Principal, Depends(require("agent", "supervisor", "unit_manager"))]
WorkRelease = Annotated[Principal, Depends(require("agent", "supervisor", "unit_manager", "admin"))]
Oversee = Annotated[Principal, Depends(require("supervisor", "unit_manager", "admin", "auditor"))]
Manage = Annotated[Principal, Depends(require("supervisor", "unit_manager", "admin"))]
MANAGERS = frozenset({"supervisor", "unit_manager", "admin"})

ItemId = Annotated[UUID, Path(description="Id of the work item.")]
AgentId = Annotated[
    str, Path(pattern=r"^[A-Za-z0-9._:@-]{1,255}$", description="Subject of the agent's token.")
]
UnitParam = Annotated[
    str | None, Query(pattern=r"^[a-z0-9][a-z0-9-]{0,62}$", description="Id of a unit.")
]
Language = Annotated[
    str, Query(pattern="^[a-z]{2}$", description="Language of the texts.", examples=["es"])
]


@dataclass(frozen=True, slots=True)
class Desk:
    """The use cases behind the API."""

    items: WorkItems
    agents: Agents
    cities: Cities
    assign: AssignWork
    presence: SignPresence
    oversee: OverseeQueues
    turns: TakeTurns
    clocks: Clocks

    async def item(self, principal: Principal, item_id: UUID) -> WorkItem:
        """Returns an item that the caller may see.

        Raises:
            WorkItemNotFound: there is none, or it is another unit's.
        """
        item = await self.items.get(principal.tenant, str(item_id))
        if item is None or not may_see(principal, item):
            raise WorkItemNotFound
        return item


@dataclass(frozen=True, slots=True)
class Hall:
    """What pages without a token need besides: which city, and how often one may ask."""

    city: PublicCity
    reads: Limiter
    tickets: Limiter

    def read(self, request: Request) -> str:
        """Returns the city of somebody who looks.

        Raises:
            RateLimited: they look too often.
            NotFound: no city is served under that name.
        """
        self.reads.take(visitor(request))
        return self.city(request)

    def ask(self, request: Request) -> str:
        """Returns the city of somebody who takes a ticket.

        Raises:
            RateLimited: they take too many.
            NotFound: no city is served under that name.
        """
        self.tickets.take(visitor(request))
        return self.city(request)


def may_see(principal: Principal, item: WorkItem) -> bool:
    """Tells whether an item is within the caller's units, or already theirs."""
    pending = item.open_offer
    mine = principal.subject in {item.agent_id, pending.agent_id if pending else None}
    return mine or principal.may_see_unit(item.unit_id)


def visible_units(principal: Principal) -> frozenset[str] | None:
    """Returns the caller's units, None for all."""
    if principal.roles & {"admin", "auditor"}:
        return None
    return principal.units


def member(principal: Principal) -> StaffMember:
    """Returns the caller as an agent."""
    return StaffMember(
        tenant=principal.tenant,
        agent_id=principal.subject,
        name=principal.name,
        units=principal.units,
        # Who is an agent as well gets ordinary work; others are asked when it escalates.
        supervisor="agent" not in principal.roles,
    )
