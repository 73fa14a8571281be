"""Incidents: one thing that happened in the city, many cases about it, one answer to all of them.

The answer stands: a case that is linked later hears it too. Which answer a case has heard stands in
the case (`incident_answer`), so what is still to be told is a query and survives any crash.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from atiende_cases.domain import lifecycle
from atiende_cases.domain.case import Case
from atiende_cases.domain.change import Change, noted
from atiende_cases.domain.errors import refused
from atiende_cases.domain.events import CaseAnnotated
from atiende_cases.domain.values import Actor
from atiende_city.model import Procedure
from atiende_kit.errors import AtiendeError

MOST_ANSWERS: Final = 50


@dataclass(frozen=True, slots=True)
class Answer:
    """What all people of an incident are told.

    Attributes:
        number: from 1.
        outcome: with which the cases are resolved; empty when they stay open.
    """

    number: int
    text: str
    outcome: str
    actor: Actor
    time: datetime


@dataclass(frozen=True, slots=True)
class Incident:
    """Something that happened in the city.

    Attributes:
        unit_id: whose staff answers for it.
        procedure_code: of most of its cases, or empty.
        area: where, in words.
        close_time: from then on no case is linked to it.
        settled: it is closed and every case has heard its last answer.
    """

    incident_id: str
    tenant: str
    title: str
    area: str
    unit_id: str
    procedure_code: str
    create_time: datetime
    created_by: Actor
    answers: tuple[Answer, ...] = ()
    close_time: datetime | None = None
    settled: bool = False
    version: int = 0

    @property
    def is_open(self) -> bool:
        """Whether cases may be linked to it."""
        return self.close_time is None

    @property
    def standing(self) -> Answer | None:
        """The answer that every case of it is to hear."""
        return self.answers[-1] if self.answers else None


def answered(
    incident: Incident, *, text: str, outcome: str, actor: Actor, at: datetime
) -> Incident:
    """Gives an incident its next answer."""
    _require_open(incident)
    if len(incident.answers) >= MOST_ANSWERS:
        raise refused("INCIDENT_ANSWERS_FULL", "El incidente ya tiene demasiadas respuestas.")
    answer = Answer(len(incident.answers) + 1, text, outcome, actor, at)
    return replace(incident, answers=(*incident.answers, answer))


def closed(incident: Incident, at: datetime) -> Incident:
    """Ends an incident; closing it twice changes nothing."""
    return incident if not incident.is_open else replace(incident, close_time=at)


def linked(case: Case, incident: Incident, *, actor: Actor, at: datetime) -> Change:
    """Links a case; it hears the standing answer next."""
    if case.incident_id == incident.incident_id:
        return Change(case)
    _require_open(incident)
    if case.incident_id:
        raise refused(
            "CASE_HAS_INCIDENT", "El caso ya está vinculado a otro incidente: desvincúlelo primero."
        )
    changed = replace(
        case,
        incident_id=incident.incident_id,
        incident_answer=0,
        update_time=max(case.update_time, at),
    )
    changed = noted(changed, "incident_linked", actor, at, incident.title)
    return Change(changed, (CaseAnnotated("incident_linked", incident.incident_id, actor),))


def unlinked(case: Case, incident: Incident, *, actor: Actor, at: datetime) -> Change:
    """Takes a case out; what it heard stays said."""
    if case.incident_id != incident.incident_id:
        raise refused("CASE_NOT_OF_INCIDENT", "El caso no está vinculado a este incidente.")
    changed = replace(
        case, incident_id="", incident_answer=0, update_time=max(case.update_time, at)
    )
    changed = noted(changed, "incident_unlinked", actor, at, incident.title)
    return Change(changed, (CaseAnnotated("incident_unlinked", incident.incident_id, actor),))


def heard(
    case: Case, procedure: Procedure, incident: Incident, answer: Answer, *, lost: bool
) -> Change:
    """Notes that a case has its incident's answer, and resolves it when the answer says so.

    A case that cannot be resolved with the outcome (another procedure, a transfer that waits) stays
    open, where staff sees it; so does one whose citizen could not be reached (`lost`).
    """
    if case.incident_id != incident.incident_id or case.incident_answer >= answer.number:
        return Change(case)
    marked = replace(case, incident_answer=answer.number)
    if lost:
        return lifecycle.not_delivered(marked, at=answer.time)
    if not answer.outcome or not case.is_active:
        return Change(marked)
    try:
        return lifecycle.resolve(
            marked, procedure, outcome=answer.outcome, actor=answer.actor, at=answer.time
        )
    except AtiendeError as error:
        return Change(
            noted(marked, "incident_not_resolved", answer.actor, answer.time, error.reason)
        )


def _require_open(incident: Incident) -> None:
    if not incident.is_open:
        raise refused("INCIDENT_CLOSED", "El incidente está cerrado.")
