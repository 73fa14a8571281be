"""Duplicates: several requests for one matter are attended as one, and can be parted again.

A duplicate points to the case under which it is attended (`merged_into`), and nothing else of it
changes: its entries stay in its own conversation, its state is as it was. The other case keeps a
record of what the duplicate asks of the city, so that no clock is lost. Taking pointer and record
away restores both exactly.

Two documents are not written at once. The record is written first and says in which phase it is,
then the pointer, which decides, and then the record is settled; the sweeper settles what a crash
left. Both writes are compare-and-set, so of merges that meet (A into B while B goes into A or C)
at most one comes through: a case with a record of another cannot get a pointer, and one with a
pointer gets no record.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime

from atiende_cases.domain.case import Case, Duplicate, Phase
from atiende_cases.domain.change import Change, noted
from atiende_cases.domain.errors import refused
from atiende_cases.domain.events import (
    CaseAnnotated,
    CaseEvent,
    CaseReopened,
    CaseResolved,
    CaseStateChanged,
    CaseTransferred,
    RequesterTold,
    TransferStep,
)
from atiende_cases.domain.values import Actor, Status


def require_alone(case: Case) -> None:
    """What is attended under another folio is changed there, or parted first.

    Raises:
        FailedPrecondition: it is attended under another folio.
    """
    if case.merged_into:
        raise refused(
            "CASE_MERGED", "Este caso se atiende junto con otro: trabaje en aquel o sepárelos."
        )


def require_mergeable(duplicate: Case, survivor: Case) -> None:
    """One step deep, both open, neither on its way to another unit.

    Raises:
        FailedPrecondition: they cannot be joined as they are.
    """
    require_alone(duplicate)
    if duplicate.case_id == survivor.case_id:
        raise refused("CASE_IS_THE_SAME", "Un caso no puede unirse consigo mismo.")
    if survivor.merged_into:
        raise refused("SURVIVOR_MERGED", "Ese caso ya se atiende junto con otro: únalo con aquel.")
    if duplicate.duplicates:
        raise refused(
            "CASE_HAS_DUPLICATES",
            "Este caso ya reúne a otros: una el otro caso con este, o sepárelos primero.",
        )
    if not (duplicate.is_active and survivor.is_active):
        raise refused("CASE_ALREADY_RESOLVED", "Solo se unen casos que siguen abiertos.")
    if duplicate.transfer is not None or survivor.transfer is not None:
        raise refused(
            "TRANSFER_IN_PROGRESS", "Uno de los casos espera que otra dependencia lo reciba."
        )


def record_of(duplicate: Case, *, reason: str, actor: Actor, at: datetime) -> Duplicate:
    """What the survivor is to know of a duplicate."""
    return Duplicate(
        case_id=duplicate.case_id,
        folio=duplicate.folio,
        citizen_id=duplicate.citizen_id,
        conversation_id=duplicate.conversation_id,
        claim=duplicate.own_claim,
        phase=Phase.JOINING,
        actor=actor,
        reason=reason,
        time=at,
    )


def adopted(survivor: Case, duplicate: Case, record: Duplicate) -> Change:
    """First write: the survivor takes over what the duplicate asks of the city."""
    require_mergeable(duplicate, survivor)
    update_time = max(survivor.update_time, record.time)
    return Change(replace(_with(survivor, record), update_time=update_time))


def merged(duplicate: Case, survivor: Case, record: Duplicate) -> Change:
    """Second write, which decides: the duplicate points to the survivor."""
    changed = replace(
        duplicate,
        merged_into=survivor.case_id,
        update_time=max(duplicate.update_time, record.time),
    )
    changed = noted(changed, "merged", record.actor, record.time, survivor.folio, record.reason)
    return Change(changed, _moved(changed, "merged", survivor.case_id, record.actor))


def released(survivor: Case, case_id: str, *, reason: str, actor: Actor, at: datetime) -> Change:
    """First write of parting: the record says who takes the duplicate out, and why."""
    record = survivor.duplicate(case_id)
    if record is None:
        return Change(survivor)
    leaving = replace(record, phase=Phase.LEAVING, actor=actor, reason=reason, time=at)
    return Change(replace(_with(survivor, leaving), update_time=max(survivor.update_time, at)))


def parted(duplicate: Case, survivor: Case, *, reason: str, actor: Actor, at: datetime) -> Change:
    """Second write of parting, which decides: the duplicate stands alone as it stood before."""
    changed = replace(duplicate, merged_into="", update_time=max(duplicate.update_time, at))
    changed = noted(changed, "unmerged", actor, at, survivor.folio, reason)
    return Change(changed, _moved(changed, "unmerged", survivor.case_id, actor))


def settled(survivor: Case, pointers: Mapping[str, str], *, at: datetime) -> Change:
    """Last write: the records say what the duplicates' pointers say.

    Args:
        survivor: with records of any phase.
        pointers: of each duplicate that exists, the case it is attended under.
        at: now.
    """
    changed = survivor
    events: list[CaseEvent] = []
    for record in survivor.duplicates:
        holds = pointers.get(record.case_id) == survivor.case_id
        if holds and record.phase is Phase.JOINED:
            continue
        changed = (
            _with(changed, replace(record, phase=Phase.JOINED))
            if holds
            else _without(changed, record.case_id)
        )
        if record.phase is (Phase.LEAVING if holds else Phase.JOINING):
            # The duplicate's write was refused: nothing came of it.
            continue
        kind = "duplicate_added" if holds else "duplicate_removed"
        changed = noted(changed, kind, record.actor, record.time, record.folio, record.reason)
        events += _moved(changed, kind, record.case_id, record.actor)
    if changed == survivor:
        return Change(survivor)
    return Change(replace(changed, update_time=max(changed.update_time, at)), tuple(events))


def with_record(survivor: Case, record: Duplicate) -> Case:
    """A survivor that has the record of a duplicate, whatever became of it meanwhile."""
    return survivor if survivor.duplicate(record.case_id) else _with(survivor, record)


def is_unsettled(case: Case) -> bool:
    """Whether a record waits to be settled."""
    return any(record.phase is not Phase.JOINED for record in case.duplicates)


def _with(case: Case, record: Duplicate) -> Case:
    others = (one for one in case.duplicates if one.case_id != record.case_id)
    ordered = sorted((*others, record), key=lambda one: one.case_id)
    return replace(case, duplicates=tuple(ordered))


def _without(case: Case, case_id: str) -> Case:
    kept = tuple(one for one in case.duplicates if one.case_id != case_id)
    return replace(case, duplicates=kept)


def _moved(case: Case, kind: str, other: str, actor: Actor) -> tuple[CaseEvent, ...]:
    """The note for the record, and the facts for those who work by them.

    A case that waits for its citizen says no new state: they would be asked again.
    """
    annotated = CaseAnnotated(kind, other, actor)
    if case.status is Status.WAITING_CITIZEN and not case.merged_into:
        return (annotated,)
    return (annotated, CaseStateChanged(case.state, actor))


def other_requesters(case: Case) -> list[Duplicate]:
    """One request of each other person: nobody is told one thing twice."""
    by_citizen: dict[str, Duplicate] = {}
    for record in case.duplicates:
        if record.citizen_id != case.citizen_id:
            by_citizen.setdefault(record.citizen_id, record)
    return list(by_citizen.values())


def with_requesters_told(case: Case, events: Iterable[CaseEvent]) -> tuple[CaseEvent, ...]:
    """Events of a case, and for what its citizen is told of, that the other requesters are too."""
    said = tuple(events)
    return (
        *said,
        *(
            RequesterTold(template, record, outcome)
            for event in said
            if (template := _template(case, event))
            for outcome in (event.outcome_code if isinstance(event, CaseResolved) else "",)
            for record in other_requesters(case)
            if record.phase is not Phase.JOINING
        ),
    )


def _template(case: Case, event: CaseEvent) -> str:
    """What notifications tells the citizen of the case at an event; the same is told here."""
    match event:
        case CaseResolved():
            return "case_resolved"
        case CaseReopened():
            return "case_reopened"
        case CaseTransferred(step=TransferStep.ACCEPTED):
            return "case_transferred"
        case CaseStateChanged() if case.status is Status.WAITING_CITIZEN:
            return "case_update"
    return ""


def seen_as(duplicate: Case, survivor: Case) -> Case:
    """A duplicate the way those see it who follow it by its folio: the progress of the one matter.

    What was asked, when and by whom stays its own; the survivor's words stay with the survivor.
    """
    return replace(
        duplicate,
        merged_into="",
        state=survivor.state,
        status=survivor.status,
        procedure_code=survivor.procedure_code,
        unit_id=survivor.unit_id,
        assignee_id=survivor.assignee_id,
        assignee_name=survivor.assignee_name,
        outcome_code=survivor.outcome_code,
        resolution_number=survivor.resolution_number,
        resolve_time=survivor.resolve_time,
        reopen_until=survivor.reopen_until,
        first_answer_time=duplicate.first_answer_time or survivor.first_answer_time,
        update_time=max(duplicate.update_time, survivor.update_time),
        history=tuple(
            sorted((*duplicate.history, *survivor.history), key=lambda entry: entry.time)
        ),
    )
