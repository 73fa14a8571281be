"""Bodies of answers."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pydantic import BaseModel, Field

from atiende_cases.application.desk.timeline import CitizenView, Moment
from atiende_cases.domain.case import Case
from atiende_cases.domain.citizen import Citizen
from atiende_cases.domain.message import Message
from atiende_cases.domain.values import Channel, DeliveryState, Direction, Place, Quality, Status
from atiende_city.release import Release


class PlaceView(BaseModel):
    """Where the matter is."""

    latitude: float | None
    longitude: float | None
    address: str

    @classmethod
    def of(cls, place: Place | None) -> PlaceView | None:
        """Shows a place, if there is one."""
        if place is None:
            return None
        return cls(latitude=place.latitude, longitude=place.longitude, address=place.address)


class TransferView(BaseModel):
    """A transfer that waits for the other unit."""

    from_unit_id: str
    to_unit_id: str
    reason: str
    request_time: datetime


class CaseView(BaseModel):
    """A case in a list."""

    case_id: str
    folio: str
    citizen_id: str
    conversation_id: str
    procedure: str
    unit_id: str
    state: str
    status: Status
    priority: int
    channel: Channel
    opened_channel: Channel | None
    subject: str
    description: str
    assignee_id: str
    assignee_name: str
    needs_answer: bool
    undelivered: bool
    unreadable: bool
    emergency: bool
    out_of_hours: bool
    calendar_missing: bool
    mentions_folio: str
    linked_case_id: str
    open_time: datetime
    legal_time: datetime
    first_answer_due_time: datetime
    first_answer_time: datetime | None
    due_time: datetime
    next_due_time: datetime
    update_time: datetime
    last_inbound_time: datetime | None
    outcome: str
    resolution_number: int
    resolve_time: datetime | None
    reopen_until: datetime | None
    transfer: TransferView | None
    place: PlaceView | None
    version: int

    @classmethod
    def of(cls, case: Case) -> CaseView:
        """Shows a case."""
        return cls(**_case_values(case))


def _case_values(case: Case) -> dict[str, Any]:
    same = {
        name: getattr(case, name)
        for name in CaseView.model_fields
        if name not in {"procedure", "outcome", "transfer", "place"}
    }
    transfer = case.transfer
    return {
        **same,
        "procedure": case.procedure_code,
        "outcome": case.outcome_code,
        "transfer": transfer
        and TransferView(
            from_unit_id=transfer.from_unit_id,
            to_unit_id=transfer.to_unit_id,
            reason=transfer.reason,
            request_time=transfer.request_time,
        ),
        "place": PlaceView.of(case.place),
    }


class Choice(BaseModel):
    """Something that can be chosen: a move, or an outcome."""

    id: str
    name: str


class CaseDetail(CaseView):
    """A case with what can be done to it."""

    procedure_name: str
    unit_name: str
    state_name: str
    transitions: list[Choice]
    outcomes: list[Choice]

    @classmethod
    def detailed(cls, case: Case, release: Release, roles: frozenset[str]) -> CaseDetail:
        """Shows a case to somebody with these roles."""
        procedure = release.procedure(case.procedure_code) or release.default_procedure
        state = procedure.state(case.state)
        moves = [
            Choice(id=move.id, name=str(move.name))
            for move in procedure.transitions_from(case.state)
            if move.trigger not in {"resolve", "reopen"} and move.roles & roles
        ]
        unit = release.units.get(case.unit_id)
        return cls(
            **_case_values(case),
            procedure_name=str(procedure.name),
            unit_name=str(unit.name) if unit else case.unit_id,
            state_name=str(state.name) if state else case.state,
            transitions=moves,
            outcomes=[Choice(id=o.id, name=str(o.name)) for o in procedure.outcomes]
            if case.is_active
            else [],
        )


class AttachmentView(BaseModel):
    """A file of a message; its bytes are at `/attachments/{attachment_id}`."""

    attachment_id: str
    filename: str
    content_type: str
    size_bytes: int


class EntryView(BaseModel):
    """One line of a timeline: a message, a note, or something done (`direction` is absent)."""

    time: datetime
    case_id: str
    kind: str
    message_id: str | None = None
    direction: Direction | None = None
    channel: Channel | None = None
    actor_kind: str
    actor_id: str
    actor_name: str
    text: str
    detail: str = ""
    subject: str = ""
    folded_text: str = ""
    attachments: list[AttachmentView] = []
    place: PlaceView | None = None
    quality: Quality | None = None
    sender_verified: bool | None = None
    mentions_folio: str = ""
    delivery: DeliveryState | None = None
    delivery_error: str = ""
    late: bool = False

    @classmethod
    def of(cls, moment: Moment) -> EntryView:
        """Shows a line."""
        if moment.message is not None:
            return cls.of_message(moment.message)
        done = moment.done
        if done is None:
            raise ValueError("a line without anything")
        return cls(
            time=done.time,
            case_id=moment.case_id,
            kind=done.kind,
            actor_kind=done.actor.kind,
            actor_id=done.actor.id,
            actor_name=done.actor.name,
            text=done.note,
            detail=done.detail,
        )

    @classmethod
    def of_message(cls, message: Message) -> EntryView:
        """Shows a message."""
        inbound = message.direction is Direction.INBOUND
        return cls(
            time=message.order_time,
            case_id=message.case_id,
            kind=message.kind,
            message_id=message.message_id,
            direction=message.direction,
            channel=message.channel,
            actor_kind=message.actor.kind,
            actor_id=message.actor.id,
            actor_name=message.actor.name,
            text=message.text,
            subject=message.subject,
            folded_text=message.folded_text,
            attachments=[
                AttachmentView(
                    attachment_id=a.attachment_id,
                    filename=a.filename,
                    content_type=a.content_type,
                    size_bytes=a.size_bytes,
                )
                for a in message.attachments
            ],
            place=PlaceView.of(message.place),
            quality=message.quality if inbound else None,
            sender_verified=message.sender_verified if inbound else None,
            mentions_folio=message.mentions_folio,
            delivery=message.delivery,
            delivery_error=message.delivery_error,
            late=inbound and message.is_late,
        )


class Timeline(BaseModel):
    """Lines, oldest first; at most the newest 1,000 messages."""

    items: list[EntryView]


class ContactPointView(BaseModel):
    """A way to reach a citizen."""

    channel: Channel
    address: str
    display_name: str
    verified: bool
    source: str
    consent: bool
    last_inbound_time: datetime | None


class CitizenDetail(BaseModel):
    """A citizen with their cases, newest first."""

    citizen_id: str
    display_name: str
    language: str
    preferred_channel: Channel | None
    consents: dict[Channel, bool]
    contact_points: list[ContactPointView]
    cases: list[CaseView]
    other_cases: int = Field(description="Cases of units that the caller may not see.")
    version: int

    @classmethod
    def of(cls, view: CitizenView) -> CitizenDetail:
        """Shows a citizen."""
        citizen: Citizen = view.citizen
        return cls(
            citizen_id=citizen.citizen_id,
            display_name=citizen.display_name,
            language=citizen.language,
            preferred_channel=citizen.preferred_channel,
            consents=dict(citizen.consents),
            contact_points=[
                ContactPointView(
                    channel=p.channel,
                    address=p.address,
                    display_name=p.display_name,
                    verified=p.verified,
                    source=p.source,
                    consent=citizen.consents_to(p),
                    last_inbound_time=p.last_inbound_time,
                )
                for p in citizen.points
            ],
            cases=[CaseView.of(case) for case in view.cases],
            other_cases=view.other_cases,
            version=citizen.version,
        )


class ChannelCount(BaseModel):
    """Messages of one channel in one direction; notes have no channel."""

    channel: str | None
    direction: Direction
    count: int


class Figures(BaseModel):
    """Figures of the caller's units. Percentiles are nearest ranks, in seconds."""

    cases: int
    answered: int
    reopened: int
    procedures: dict[str, int]
    units: dict[str, int]
    states: dict[str, int]
    channels: dict[str, int]
    messages: list[ChannelCount]
    first_answer_seconds_p50: int | None
    first_answer_seconds_p95: int | None
    first_answer_working_seconds_p50: int | None
    first_answer_working_seconds_p95: int | None


class LedgerRow(BaseModel):
    """One inbound message, to be compared with what was sent."""

    message_id: str
    provider_message_id: str
    channel: Channel | None
    account_id: str
    case_id: str
    receive_time: datetime
    quality: Quality
