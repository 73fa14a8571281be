"""Bodies of the HTTP API."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from atiende_kit.http import JSON_INTEGER
from atiende_routing.application.oversee_queues import QueueFigures
from atiende_routing.domain.agent import Agent
from atiende_routing.domain.work_item import OfferRecord, WorkItem

Status = Literal["held", "queued", "offered", "assigned", "parked", "completed"]
Kind = Literal["case", "recovery", "transfer"]
SkillId = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,62}$", examples=["electricidad"])]
HEARTBEAT_SECONDS = 30


Count = Annotated[int, Field(ge=0, le=50), JSON_INTEGER]


class Body(BaseModel):
    """Base of request bodies: what is not known is refused."""

    model_config = ConfigDict(extra="forbid", strict=True)


class PresenceBody(Body):
    """What an agent says of themselves."""

    status: Literal["online", "away", "offline"] = Field(examples=["online"])


class AssignBody(Body):
    """Whom a supervisor gives an item to."""

    agent_id: str = Field(pattern=r"^[A-Za-z0-9._:@-]{1,255}$", examples=["ana"])


class SkillsBody(Body):
    """What a supervisor sets for an agent."""

    skills: list[SkillId] = Field(max_length=50, examples=[["electricidad", "alturas"]])
    capacity: Count | None = Field(
        default=None, description="Items at once, at most 50; absent leaves it.", examples=[6]
    )


class AgentView(BaseModel):
    """An agent, as they and their supervisors see them."""

    agent_id: str
    name: str
    status: Literal["online", "away", "offline"]
    available: bool = Field(description="Online, and the desk was heard of lately.")
    status_time: datetime
    seen_time: datetime = Field(description="Last heartbeat, real time.")
    units: list[str]
    skills: list[str]
    languages: list[str]
    supervisor: bool
    capacity: int
    free_slots: int
    work_item_ids: list[str] = Field(description="Items that take a slot now.")
    heartbeat_seconds: int = Field(default=HEARTBEAT_SECONDS, description="Beat this often.")

    @classmethod
    def of(cls, agent: Agent, real_now: datetime) -> AgentView:
        """Renders an agent."""
        return cls(
            agent_id=agent.agent_id,
            name=agent.name,
            status=agent.status.value,
            available=agent.is_available(real_now),
            status_time=agent.status_time,
            seen_time=agent.seen_time,
            units=sorted(agent.units),
            skills=sorted(agent.skills),
            languages=sorted(agent.languages),
            supervisor=agent.supervisor,
            capacity=agent.capacity,
            free_slots=agent.free_slots,
            work_item_ids=sorted(agent.held),
        )


class AgentFigures(AgentView):
    """An agent on a supervisor's board."""

    pending_offers: int = Field(description="Offers that wait for them now.")
    offers_accepted: int = Field(description="In the last 24 hours, as the next two.")
    offers_declined: int
    offers_lapsed: int = Field(description="Offers that they did not answer in time.")


class OfferView(BaseModel):
    """One offer of an item, with why this agent and how it ended."""

    agent_id: str
    offer_time: datetime
    expire_time: datetime
    reasons: list[str] = Field(examples=[["skill:electricidad", "least_loaded", "waited:320s"]])
    outcome: Literal["pending", "accepted", "declined", "lapsed", "withdrawn", "taken"]
    end_time: datetime | None = None

    @classmethod
    def of(cls, record: OfferRecord) -> OfferView:
        """Renders an offer."""
        return cls(
            agent_id=record.agent_id,
            offer_time=record.offer_time,
            expire_time=record.expire_time,
            reasons=list(record.reasons),
            outcome=record.outcome,
            end_time=record.end_time,
        )


class WorkItemView(BaseModel):
    """A work item."""

    work_item_id: str
    case_id: str
    folio: str = Field(examples=["SA-2026-0000123-K"])
    kind: Kind
    status: Status
    unit_id: str = Field(examples=["alumbrado"])
    procedure_code: str = Field(examples=["alumbrado-publico"])
    skills: list[str]
    priority: int = Field(ge=0, le=4, description="0 is most urgent.")
    channel: str = Field(examples=["whatsapp"])
    language: str
    agent_id: str | None
    create_time: datetime
    queue_time: datetime
    available_time: datetime = Field(description="When it may be offered: now or next opening.")
    assign_time: datetime | None
    waited_seconds: int = Field(description="Until an agent had it, or so far.")
    escalation_level: int
    first_answer_due_time: datetime | None
    due_time: datetime | None
    answered: bool = Field(description="Staff has answered the citizen.")
    home_unit_id: str | None = Field(description="Unit that gave it away, while it is asked.")
    offers: list[OfferView]
    version: int

    @classmethod
    def of(cls, item: WorkItem, now: datetime) -> WorkItemView:
        """Renders an item."""
        so_far = max(0, int((now - item.waited_since()).total_seconds()))
        return cls(
            work_item_id=item.item_id,
            case_id=item.case_id,
            folio=item.folio,
            kind=item.kind.value,
            status=item.state.value,
            unit_id=item.unit_id,
            procedure_code=item.procedure_code,
            skills=list(item.skills),
            priority=item.priority,
            channel=item.channel,
            language=item.language,
            agent_id=item.agent_id,
            create_time=item.create_time,
            queue_time=item.queue_time,
            available_time=item.available_time,
            assign_time=item.assign_time,
            waited_seconds=so_far if item.wait_seconds is None else item.wait_seconds,
            escalation_level=item.escalation_level,
            first_answer_due_time=item.first_answer_due_time,
            due_time=item.due_time,
            answered=item.answered,
            home_unit_id=item.home_unit_id,
            offers=[OfferView.of(record) for record in item.offers],
            version=item.version,
        )


class Listing(BaseModel):
    """Base of short lists, which need no pages."""

    model_config = ConfigDict(frozen=True)


class PendingOffer(WorkItemView):
    """An item that is offered to the caller, with what a countdown needs."""

    expire_time: datetime
    seconds_left: int = Field(description="Until it lapses, at `server_time`.", examples=[42])
    reasons: list[str] = Field(
        description="Why it is offered to the caller, in words.",
        examples=[["Tiene la habilidad «Alumbrado público»"]],
    )


class OfferList(Listing):
    """Items offered to the caller, those that lapse first first."""

    server_time: datetime = Field(description="The city's time, for countdowns.")
    items: list[PendingOffer]


class AgentList(Listing):
    """Agents."""

    items: list[AgentFigures]


class QueueView(BaseModel):
    """A unit's queue now, and its waits of the last 24 hours."""

    unit_id: str
    name: str = Field(examples=["Alumbrado Público"])
    open_now: bool
    next_opening: datetime | None
    queued: int
    mailbox: int = Field(description="Held for the next opening.")
    offered: int
    assigned: int
    waiting_citizen: int
    oldest_wait_seconds: int | None
    wait_p50_seconds: int | None
    wait_p90_seconds: int | None
    right_agent_p50_seconds: int | None = Field(
        description="From the opening of the case until its agent had it."
    )
    first_transfer_rate: float | None = Field(description="Share of items that were transferred.")
    expected_wait_seconds: int | None = Field(description="Absent when nobody is there.")
    agents_online: int
    agents_away: int
    agents_offline: int = Field(description="Signed out, or their desk went silent.")
    capacity: int = Field(description="Items that those who are there may have at once.")
    free_slots: int
    occupancy: float | None = Field(
        description="Share of the capacity in use; absent when nobody is there.", examples=[0.75]
    )
    offers_accepted: int = Field(description="In the last 24 hours, as the next two.")
    offers_declined: int
    offers_lapsed: int = Field(description="Offers that nobody answered in time.")
    overdue: int = Field(description="Open work past the time by which its matter is due.")
    first_answer_overdue: int = Field(
        description="Open work without an answer of staff, past the time for it."
    )

    @classmethod
    def of(cls, figures: QueueFigures) -> QueueView:
        """Renders figures."""
        return cls(**{name: getattr(figures, name) for name in cls.model_fields})


class QueueList(Listing):
    """Queues, by unit."""

    items: list[QueueView]
