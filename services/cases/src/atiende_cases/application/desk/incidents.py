"""Use cases: incidents, the cases that are linked to them, and the answer to all of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from atiende_cases.application.desk.access import Desk, Staff
from atiende_cases.application.desk.ports import Incidents
from atiende_cases.domain import incident as rules
from atiende_cases.domain.case import Case
from atiende_cases.domain.change import Change
from atiende_cases.domain.errors import not_allowed
from atiende_cases.domain.incident import Incident
from atiende_cases.domain.message import Message
from atiende_cases.domain.outgoing import campaign
from atiende_city.release import Release
from atiende_kit.errors import AtiendeError, NotFound, Unprocessable, VersionMismatch
from atiende_kit.ids import derived_id, new_id
from atiende_kit.store import Outcome, retry_stale

MOST_INCIDENTS: Final = 100
MOST_FAILURES: Final = 200


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the standing answer has come.

    Attributes:
        cases: linked ones.
        waiting: those that have not heard it yet.
        deliveries: entries by what became of them.
        lost: entries that did not arrive, of cases that the person may see.
    """

    incident: Incident
    cases: int
    active: int
    waiting: int
    deliveries: Mapping[str, int]
    lost: tuple[Message, ...] = ()


async def see_incident(incidents: Incidents, staff: Staff, incident_id: str) -> Incident:
    """An incident; whoever works in the city sees it, its cases only as far as they may.

    Raises:
        NotFound: the city has none of that id.
    """
    found = await incidents.get(staff.tenant, incident_id)
    if found is None:
        raise NotFound("INCIDENT_NOT_FOUND", "No existe ese incidente.")
    return found


async def open_incident(
    desk: Desk,
    incidents: Incidents,
    staff: Staff,
    *,
    title: str,
    area: str,
    unit_id: str,
    procedure: str,
    key: str | None,
) -> Incident:
    """Notes that something happened.

    Raises:
        Unprocessable: the city has no such unit or procedure.
        PermissionDenied: the unit is not theirs.
    """
    release = await desk.releases.get(staff.tenant)
    if unit_id not in release.units:
        raise Unprocessable(
            "UNIT_UNKNOWN", "La ciudad no tiene esa dependencia.", fields={"/unit_id": "no existe"}
        )
    if procedure and release.procedure(procedure) is None:
        raise Unprocessable(
            "PROCEDURE_UNKNOWN",
            "La ciudad no tiene ese trámite.",
            fields={"/procedure": "no existe"},
        )
    _require_unit(staff, unit_id)
    at = desk.clock.now()
    incident_id = derived_id(at, staff.tenant, staff.subject, "incident", key) if key else new_id()
    incident = Incident(
        incident_id=incident_id,
        tenant=staff.tenant,
        title=title,
        area=area,
        unit_id=unit_id,
        procedure_code=procedure,
        create_time=at,
        created_by=staff.actor,
    )
    await incidents.write(incident)
    return await see_incident(incidents, staff, incident_id)


async def answer_incident(
    desk: Desk,
    incidents: Incidents,
    staff: Staff,
    incident_id: str,
    *,
    text: str,
    outcome: str,
    after: int,
) -> Incident:
    """Answers all people of an incident at once; they are told one by one from now on.

    Args:
        desk: what is needed.
        incidents: likewise.
        staff: who answers.
        incident_id: of which.
        text: what they are told.
        outcome: with which their cases are resolved; empty when they stay open.
        after: number of the last answer that the person saw: asked twice it is given once.

    Raises:
        Conflict: somebody else has answered meanwhile.
    """

    def decide(incident: Incident) -> Incident:
        if len(incident.answers) == after + 1:
            last = incident.answers[-1]
            if (last.text, last.outcome, last.actor.id) == (text, outcome, staff.subject):
                return incident
        if len(incident.answers) != after:
            raise VersionMismatch(
                "INCIDENT_ANSWERED", "Otra persona ya respondió: mire la respuesta nueva."
            )
        return rules.answered(
            incident, text=text, outcome=outcome, actor=staff.actor, at=desk.clock.now()
        )

    return await _change(incidents, staff, incident_id, decide)


async def close_incident(
    desk: Desk, incidents: Incidents, staff: Staff, incident_id: str
) -> Incident:
    """Ends an incident; its cases keep the link."""
    at = desk.clock.now()
    return await _change(incidents, staff, incident_id, lambda one: rules.closed(one, at))


async def link_cases(
    desk: Desk, incidents: Incidents, staff: Staff, incident_id: str, case_ids: Sequence[str]
) -> dict[str, AtiendeError | None]:
    """Links cases of the person's units; one that cannot be linked does not stop the others.

    Returns:
        By case, why it was not linked; None when it is.
    """
    incident = await see_incident(incidents, staff, incident_id)

    def decide(case: Case, _: Release) -> Change:
        return rules.linked(case, incident, actor=staff.actor, at=desk.clock.now())

    results: dict[str, AtiendeError | None] = {}
    for case_id in dict.fromkeys(case_ids):
        try:
            await desk.change(staff, case_id, decide, entitled=desk.work_within)
        except AtiendeError as error:
            results[case_id] = error
        else:
            results[case_id] = None
    return results


async def unlink_case(
    desk: Desk, incidents: Incidents, staff: Staff, incident_id: str, case_id: str
) -> None:
    """Takes a case out of an incident."""
    incident = await see_incident(incidents, staff, incident_id)

    def decide(case: Case, _: Release) -> Change:
        return rules.unlinked(case, incident, actor=staff.actor, at=desk.clock.now())

    await desk.change(staff, case_id, decide, entitled=desk.work_within)


async def progress_of(desk: Desk, staff: Staff, incident: Incident) -> Progress:
    """How far the standing answer has come."""
    tenant, name = incident.tenant, incident.incident_id
    number = len(incident.answers)
    cases, active, waiting = await desk.cases.count_incident(tenant, name, below=number)
    if not number:
        return Progress(incident, cases, active, 0, {})
    deliveries = await desk.messages.deliveries_of(tenant, campaign(name, number))
    lost = await desk.messages.lost_of(tenant, campaign(name, number), limit=MOST_FAILURES)
    seen = {
        case.case_id
        for case in await desk.cases.get_many(tenant, (one.case_id for one in lost))
        if await desk.in_sight(staff, case)
    }
    shown = tuple(one for one in lost if one.case_id in seen)
    return Progress(incident, cases, active, waiting, deliveries, shown)


async def _change(
    incidents: Incidents, staff: Staff, incident_id: str, decide: Callable[[Incident], Incident]
) -> Incident:
    async def attempt() -> Incident:
        incident = await see_incident(incidents, staff, incident_id)
        _require_unit(staff, incident.unit_id)
        changed = decide(incident)
        if changed != incident and await incidents.write(changed) is not Outcome.DONE:
            raise VersionMismatch("INCIDENT_CHANGED", "El incidente cambió mientras tanto.")
        return await see_incident(incidents, staff, incident_id)

    return await retry_stale(attempt)


def _require_unit(staff: Staff, unit_id: str) -> None:
    if not staff.has_unit(unit_id):
        raise not_allowed("INCIDENT_OF_OTHER_UNIT", "El incidente es de otra dependencia.")
