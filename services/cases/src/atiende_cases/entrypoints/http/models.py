"""Bodies of answers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from pydantic import BaseModel, Field

from atiende_cases.application.desk.help_case import titles_of
from atiende_cases.application.desk.list_cases import Row
from atiende_cases.application.desk.timeline import CitizenView, Moment
from atiende_cases.domain.change import procedure_of
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
    """A case in a list; names are in the language asked for."""

    case_id: str
    folio: str
    citizen_id: str
    citizen_name: str
    conversation_id: str
    procedure: str
    procedure_name: str
    unit_id: str
    unit_name: str
    state: str
    state_name: str
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
    merged_into: str = Field(description="Id of the case under which it is attended, or empty.")
    merged: int = Field(description="How many others are attended under it.")
    incident_id: str
    has_attachments: bool
    overdue: bool
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
    def of(cls, row: Row, shown: Shown) -> CaseView:
        """Shows a case."""
        return cls(**_case_values(row, shown))


@dataclass(frozen=True, slots=True)
class Shown:
    """How a case is shown: with which city's names, in which language, at which instant."""

    release: Release
    language: str
    now: datetime


_COMPUTED: Final = frozenset(
    {
        *("citizen_name", "procedure", "procedure_name", "unit_name", "state_name", "merged"),
        *("has_attachments", "overdue", "outcome", "transfer", "place"),
        *("legal_time", "first_answer_due_time", "due_time", "priority", "emergency"),
        "needs_answer",
    }
)


def _case_values(row: Row, shown: Shown) -> dict[str, Any]:
    case, release, language = row.case, shown.release, shown.language
    same = {name: getattr(case, name) for name in CaseView.model_fields if name not in _COMPUTED}
    claim, transfer = case.claim, case.transfer
    procedure = procedure_of(release, case.procedure_code)
    state = procedure.state(case.state)
    unit = release.units.get(case.unit_id)
    return {
        **same,
        "citizen_name": row.citizen_name,
        "procedure": case.procedure_code,
        "procedure_name": procedure.name.to(language),
        "unit_name": unit.name.to(language) if unit else case.unit_id,
        "state_name": state.name.to(language) if state else case.state,
        "merged": row.merged,
        "legal_time": claim.legal_time,
        "first_answer_due_time": claim.first_answer_due_time,
        "due_time": claim.due_time,
        "priority": claim.priority,
        "emergency": claim.emergency,
        "needs_answer": claim.needs_answer,
        "has_attachments": row.has_attachments,
        "overdue": case.is_active and case.next_due_time < shown.now,
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


class FormValue(BaseModel):
    """What the citizen filled in; the title is the form's."""

    name: str
    title: str
    value: str


FormValues = Sequence[tuple[str, str]]


class CaseDetail(CaseView):
    """A case with what can be done to it."""

    transitions: list[Choice]
    outcomes: list[Choice]
    form: list[FormValue]

    @classmethod
    def detailed(
        cls, row: Row, shown: Shown, roles: frozenset[str], form: FormValues
    ) -> CaseDetail:
        """Shows a case to somebody with these roles."""
        case, language = row.case, shown.language
        procedure = procedure_of(shown.release, case.procedure_code)
        titles = titles_of(shown.release, case.procedure_code, (name for name, _ in form))
        moves = [
            Choice(id=move.id, name=move.name.to(language))
            for move in procedure.transitions_from(case.state)
            if move.trigger not in {"resolve", "reopen"} and move.roles & roles
        ]
        return cls(
            **_case_values(row, shown),
            form=[FormValue(name=name, title=titles[name], value=value) for name, value in form],
            transitions=moves,
            outcomes=[Choice(id=o.id, name=o.name.to(language)) for o in procedure.outcomes]
            if case.is_active
            else [],
        )


class AttachmentView(BaseModel):
    """A file of a message; its bytes are at `/attachments/{attachment_id}`."""

    attachment_id: str
    filename: str
    content_type: str
    size_bytes: int


class CopyView(BaseModel):
    """The same answer on its way to the citizen of a duplicate."""

    case_id: str
    message_id: str
    channel: Channel | None
    delivery: DeliveryState | None
    delivery_error: str


class MentionView(BaseModel):
    """A colleague whom a note calls."""

    subject: str
    name: str
    read_time: datetime | None


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
    submitted_by: str = ""
    delivery: DeliveryState | None = None
    delivery_error: str = ""
    late: bool = False
    mentions: list[MentionView] = []
    copies: list[CopyView] = []

    @classmethod
    def of(cls, moment: Moment) -> EntryView:
        """Shows a line."""
        if moment.message is not None:
            return cls.of_message(moment.message, moment.copies)
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
    def of_message(cls, message: Message, copies: Sequence[Message] = ()) -> EntryView:
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
            submitted_by=message.submitted_by,
            delivery=message.delivery,
            delivery_error=message.delivery_error,
            late=inbound and message.is_late,
            mentions=[
                MentionView(subject=m.subject, name=m.name, read_time=m.read_time)
                for m in message.mentions
            ],
            copies=[
                CopyView(
                    case_id=copy.case_id,
                    message_id=copy.message_id,
                    channel=copy.channel,
                    delivery=copy.delivery,
                    delivery_error=copy.delivery_error,
                )
                for copy in copies
            ],
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
    def of(cls, view: CitizenView, rows: Sequence[Row], shown: Shown) -> CitizenDetail:
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
            cases=[CaseView.of(row, shown) for row in rows],
            other_cases=view.other_cases,
            version=citizen.version,
        )
