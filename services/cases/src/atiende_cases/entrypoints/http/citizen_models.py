"""Bodies of citizens' requests and answers. Nothing of the desk: no note, no surname, no code."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from atiende_cases.application.citizen.cases import Followed
from atiende_cases.domain.case import Case
from atiende_cases.domain.change import procedure_of
from atiende_cases.domain.lifecycle import may_reopen
from atiende_cases.domain.plain_words import Author, Line
from atiende_cases.domain.values import Channel, Direction, Status
from atiende_cases.entrypoints.http.bodies import Body
from atiende_city.citizen_access import Assurance, CitizenSession

Receiving = Literal["receiving"]
RECEIVING: Receiving = "receiving"


class SecretBody(Body):
    """The folio and the tracking secret, as they stand on the receipt."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"reference": "SA-2026-0000123-K", "secret": "K7QM-2XHD-9ZRT"}]
        }
    )
    reference: Annotated[
        str,
        StringConstraints(min_length=4, max_length=64),
        Field(description="Folio or case id; case, spaces and hyphens do not count."),
    ]
    secret: Annotated[str, StringConstraints(min_length=1, max_length=64)]


class SessionView(BaseModel):
    """Who the city takes the visitor for."""

    assurance: Assurance = Field(description="What was proved: one case, an address, an account.")
    case_id: str | None = Field(description="The one case of a `case` session.")
    display_name: str
    expire_time: datetime

    @classmethod
    def of(cls, session: CitizenSession, display_name: str = "") -> SessionView:
        """Shows a session."""
        return cls(
            assurance=session.assurance,
            case_id=session.case_id or None,
            display_name=display_name,
            expire_time=datetime.fromtimestamp(session.expire, UTC),
        )


class ProcedureRef(BaseModel):
    """What the case is about."""

    code: str
    name: str


class UnitRef(BaseModel):
    """Who has the case."""

    unit_id: str
    name: str
    phone: str


class ClockView(BaseModel):
    """The times of a case, with the reason of each in words."""

    effective_time: datetime = Field(description="When the city received it.")
    legal_time: datetime = Field(description="From when the law counts.")
    first_answer_due_time: datetime
    due_time: datetime
    working_days_left: int | None = Field(
        description="Working days after today; null when the clock does not run."
    )
    overdue: bool
    explanation: list[str]


class FileView(BaseModel):
    """A file; its bytes are at `/cases/{case_id}/attachments/{attachment_id}`."""

    attachment_id: str
    filename: str
    content_type: str
    size_bytes: int


class LineView(BaseModel):
    """One line of the timeline: a message, or what happened (`event`)."""

    time: datetime
    direction: Direction | None = Field(description="Absent for what is no message.")
    event: str = Field(description="`resolved`, `reopened`, …; empty for messages.")
    author_kind: Author
    author: str
    text: str
    channel: Channel | None
    attachments: list[FileView]

    @classmethod
    def of(cls, line: Line) -> LineView:
        """Shows a line."""
        return cls(
            time=line.time,
            direction=line.direction,
            event=line.event,
            author_kind=line.author_kind,
            author=line.author,
            text=line.text,
            channel=line.channel,
            attachments=[
                FileView(
                    attachment_id=file.attachment_id,
                    filename=file.filename,
                    content_type=file.content_type,
                    size_bytes=file.size_bytes,
                )
                for file in line.attachments
            ],
        )


class OwnCase(BaseModel):
    """A case in its citizen's list; nearly empty while it is being opened."""

    case_id: str
    folio: str | None = Field(description="Null while the case is being opened.")
    state: str = Field(description="`receiving`, then a state of the procedure.")
    status: Status | Receiving
    status_text: str
    next_step_text: str
    language: str = Field(description="Of the words.")
    procedure: ProcedureRef | None
    unit: UnitRef | None
    assignee: str | None = Field(description="First name of who has it.")
    channel: Channel | None
    subject: str
    open_time: datetime | None
    update_time: datetime | None
    clock: ClockView | None
    wants_answer: bool = Field(description="The city waits for the citizen.")
    can_reopen_until: datetime | None

    @classmethod
    def of(cls, followed: Followed, now: datetime) -> OwnCase:
        """Shows a case of a list."""
        return cls(**_values(followed, now))


class OwnCaseDetail(OwnCase):
    """A case with its timeline, oldest first."""

    question: str = Field(description="What the city asked; empty when it waits for nothing.")
    description: str
    entries: list[LineView]

    @classmethod
    def detailed(cls, followed: Followed, now: datetime) -> OwnCaseDetail:
        """Shows a case."""
        return cls(
            **_values(followed, now),
            question=followed.saying.question,
            description=followed.case.description if followed.case else "",
            entries=[LineView.of(line) for line in followed.lines],
        )


class ReopenBody(Body):
    """What is still wrong."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"reason": "La luz volvió a apagarse anoche."}]}
    )
    reason: Annotated[str, StringConstraints(min_length=1, max_length=2_000, pattern=r"\S")]


def _values(followed: Followed, now: datetime) -> dict[str, Any]:
    case, clock = followed.case, followed.clock
    said = {
        "case_id": followed.case_id,
        "language": followed.language,
        "status_text": followed.saying.status_text,
        "next_step_text": followed.saying.next_step_text,
    }
    if case is None or clock is None:
        nothing = (
            "folio",
            "procedure",
            "unit",
            "assignee",
            "channel",
            "open_time",
            "update_time",
            "clock",
            "can_reopen_until",
        )
        return {
            **said,
            **dict.fromkeys(nothing),
            "state": RECEIVING,
            "status": RECEIVING,
            "subject": "",
            "wants_answer": False,
        }
    return {
        **said,
        "folio": case.folio,
        "state": case.state,
        "status": case.status,
        "procedure": _procedure(followed, case),
        "unit": _unit(followed, case),
        "assignee": followed.assignee or None,
        "channel": case.channel,
        "subject": case.subject,
        "open_time": case.open_time,
        "update_time": case.update_time,
        "clock": ClockView(
            effective_time=clock.effective_time,
            legal_time=clock.legal_time,
            first_answer_due_time=clock.first_answer_due_time,
            due_time=clock.due_time,
            working_days_left=clock.working_days_left,
            overdue=clock.overdue,
            explanation=list(clock.explanation),
        ),
        "wants_answer": case.status is Status.WAITING_CITIZEN,
        "can_reopen_until": _reopen_until(case, now),
    }


def _procedure(followed: Followed, case: Case) -> ProcedureRef:
    procedure = procedure_of(followed.release, case.procedure_code)
    return ProcedureRef(code=case.procedure_code, name=procedure.name.to(followed.language))


def _unit(followed: Followed, case: Case) -> UnitRef:
    unit = followed.release.units.get(case.unit_id)
    if unit is None:
        return UnitRef(unit_id=case.unit_id, name=case.unit_id, phone=followed.release.city.phone)
    return UnitRef(
        unit_id=unit.id,
        name=unit.name.to(followed.language),
        phone=unit.phone or followed.release.city.phone,
    )


def _reopen_until(case: Case, now: datetime) -> datetime | None:
    return case.reopen_until if may_reopen(case, now) else None
