"""Bodies of requests and answers about incidents."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from atiende_cases.application.desk.incidents import Progress
from atiende_cases.domain.incident import Answer, Incident
from atiende_cases.domain.values import DeliveryState
from atiende_cases.entrypoints.http.bodies import Body, Code, Prose, clean
from atiende_cases.entrypoints.http.models import Shown
from atiende_kit.errors import AtiendeError
from atiende_kit.http import JSON_INTEGER

_Title = Annotated[
    str, StringConstraints(min_length=1, max_length=200, pattern=r"\S"), AfterValidator(clean)
]
_Name = Annotated[str, StringConstraints(pattern=r"^[0-9A-Za-z-]{1,64}$")]


class IncidentBody(Body):
    """Something that happened in the city."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "title": "Apagón en La Merced",
                    "area": "La Merced, calles 8 a 14",
                    "unit_id": "alumbrado",
                    "procedure": "alumbrado-publico",
                }
            ]
        }
    )
    title: _Title
    area: Annotated[str, StringConstraints(max_length=200)] = ""
    unit_id: Code
    procedure: Code | None = None


class AnswerBody(Body):
    """What all people of an incident are told."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"text": "La luz vuelve hoy a las 18:00.", "outcome": None, "after": 0}]
        }
    )
    text: Prose
    outcome: Code | None = Field(
        default=None, description="Resolves the cases with it; they stay open without."
    )
    after: Annotated[int, Field(strict=True, ge=0), JSON_INTEGER] = Field(
        description="Number of the last answer that the caller has seen."
    )


class LinkBody(Body):
    """Cases that are about an incident."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"case_ids": ["SA-2026-0000001-6"]}]})
    case_ids: Annotated[list[_Name], Field(min_length=1, max_length=100)] = Field(
        description="Ids or folios."
    )


class AnswerView(BaseModel):
    """An answer that was given to all."""

    number: int
    text: str
    outcome: str
    actor_name: str
    time: datetime

    @classmethod
    def of(cls, answer: Answer) -> AnswerView:
        """Shows an answer."""
        return cls(
            number=answer.number,
            text=answer.text,
            outcome=answer.outcome,
            actor_name=answer.actor.name,
            time=answer.time,
        )


class IncidentView(BaseModel):
    """An incident in a list."""

    incident_id: str
    title: str
    area: str
    unit_id: str
    unit_name: str
    procedure: str
    procedure_name: str
    open: bool
    create_time: datetime
    close_time: datetime | None
    created_by_name: str
    answers: list[AnswerView] = Field(description="The last one stands.")

    @classmethod
    def of(cls, incident: Incident, shown: Shown) -> IncidentView:
        """Shows an incident."""
        release, language = shown.release, shown.language
        unit = release.units.get(incident.unit_id)
        procedure = release.procedure(incident.procedure_code)
        return cls(
            incident_id=incident.incident_id,
            title=incident.title,
            area=incident.area,
            unit_id=incident.unit_id,
            unit_name=unit.name.to(language) if unit else incident.unit_id,
            procedure=incident.procedure_code,
            procedure_name=procedure.name.to(language) if procedure else "",
            open=incident.is_open,
            create_time=incident.create_time,
            close_time=incident.close_time,
            created_by_name=incident.created_by.name,
            answers=[AnswerView.of(answer) for answer in incident.answers],
        )


class LostView(BaseModel):
    """An answer that did not arrive."""

    case_id: str
    message_id: str
    delivery: DeliveryState | None
    delivery_error: str


class Outcome(BaseModel):
    """A way to resolve the incident's cases."""

    id: str
    name: str


class IncidentDetail(IncidentView):
    """An incident with how far its standing answer has come."""

    cases: int = Field(description="Linked to it, in all units.")
    active: int = Field(description="Of these, still open.")
    waiting: int = Field(description="Of these, still to be told the standing answer.")
    deliveries: dict[str, int] = Field(description="Entries of that answer by delivery state.")
    lost: list[LostView] = Field(description="Answers that did not arrive, as far as seen.")
    outcomes: list[Outcome]

    @classmethod
    def detailed(cls, progress: Progress, shown: Shown) -> IncidentDetail:
        """Shows an incident and its progress."""
        procedure = shown.release.procedure(progress.incident.procedure_code)
        return cls(
            **IncidentView.of(progress.incident, shown).model_dump(),
            cases=progress.cases,
            active=progress.active,
            waiting=progress.waiting,
            deliveries=dict(progress.deliveries),
            lost=[
                LostView(
                    case_id=one.case_id,
                    message_id=one.message_id,
                    delivery=one.delivery,
                    delivery_error=one.delivery_error,
                )
                for one in progress.lost
            ],
            outcomes=[Outcome(id=o.id, name=o.name.to(shown.language)) for o in procedure.outcomes]
            if procedure
            else [],
        )


class IncidentList(BaseModel):
    """Incidents, newest first; at most 100."""

    items: list[IncidentView]


class LinkResult(BaseModel):
    """What became of the wish to link one case."""

    case_id: str
    linked: bool
    reason: str
    detail: str


class LinkResults(BaseModel):
    """One for each case that was named."""

    items: list[LinkResult]

    @classmethod
    def of(cls, results: Mapping[str, AtiendeError | None]) -> LinkResults:
        """Shows results."""
        return cls(
            items=[
                LinkResult(
                    case_id=case_id,
                    linked=error is None,
                    reason=error.reason if error else "",
                    detail=str(error) if error else "",
                )
                for case_id, error in results.items()
            ]
        )
