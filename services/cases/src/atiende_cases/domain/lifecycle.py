"""Moves of a case. Every function takes a case and gives the changed case and what happened."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from atiende_cases.domain.case import Case
from atiende_cases.domain.change import Change, noted
from atiende_cases.domain.errors import not_allowed, refused
from atiende_cases.domain.events import (
    CaseAssigned,
    CaseReclassified,
    CaseReopened,
    CaseResolved,
    CaseStateChanged,
)
from atiende_cases.domain.opening import is_public
from atiende_cases.domain.search import index_terms
from atiende_cases.domain.values import Actor, ActorKind, Channel, Status
from atiende_city.clocks import clocks_of
from atiende_city.errors import CalendarYearMissing
from atiende_city.model import Procedure, State, Transition, Trigger
from atiende_city.release import Release
from atiende_city.working_time import WorkingTime

_KEPT_EFFECTS: Final = 100


def _state(procedure: Procedure, state_id: str) -> State:
    """The state of an id; a state that a later release dropped counts as the initial one."""
    found = procedure.state(state_id) or procedure.state(procedure.initial)
    return found if found is not None else procedure.states[0]


def _by_rule(
    case: Case, procedure: Procedure, trigger: Trigger, actor: Actor, at: datetime
) -> Change:
    """Makes the move that something outside of the machine causes, if the procedure has one."""
    move = procedure.triggered(case.state, trigger)
    if move is None:
        return Change(case)
    target = _state(procedure, move.target)
    changed = replace(case, state=target.id, status=Status(target.kind))
    changed = noted(changed, "state", actor, at, f"{case.state} → {target.id}")
    return Change(changed, (CaseStateChanged(case.state, actor),))


def heard_inbound(
    case: Case, procedure: Procedure, *, channel: Channel, at: datetime, text: str, asks: bool
) -> Change:
    """Notes that the citizen wrote; `asks` is False for a thank-you."""
    latest = case.last_inbound_time is None or at >= case.last_inbound_time
    heard = replace(
        case,
        channel=channel if latest else case.channel,
        last_inbound_time=at if latest else case.last_inbound_time,
        needs_answer=case.needs_answer or asks,
        update_time=max(case.update_time, at),
        terms=index_terms(text, already=case.terms),
    )
    if not asks or case.status is not Status.WAITING_CITIZEN:
        return Change(heard)
    citizen = Actor(ActorKind.CITIZEN, case.citizen_id)
    return _by_rule(heard, procedure, "citizen_message", citizen, at)


def heard_duplicate(
    case: Case, procedure: Procedure, *, case_id: str, citizen: Actor, at: datetime, asks: bool
) -> Change:
    """Notes that the citizen of a duplicate wrote, which answers what all of them were asked."""
    heard = replace(
        case,
        duplicates=tuple(
            one.heard(asks=asks) if one.case_id == case_id else one for one in case.duplicates
        ),
        update_time=max(case.update_time, at),
    )
    if not asks or case.status is not Status.WAITING_CITIZEN:
        return Change(heard)
    return _by_rule(heard, procedure, "citizen_message", citizen, at)


def answered(case: Case, *, at: datetime, hours: WorkingTime, text: str) -> Case:
    """Notes that staff wrote to the citizen; the first answer's time is set once."""
    changed = replace(
        case,
        duplicates=tuple(one.told(answered=True) for one in case.duplicates),
        needs_answer=False,
        undelivered=False,
        update_time=max(case.update_time, at),
        last_outbound_time=at,
        terms=index_terms(text, already=case.terms),
    )
    if case.first_answer_time is not None:
        return changed
    return replace(
        changed,
        first_answer_time=at,
        first_answer_seconds=max(0, int((at - case.open_time).total_seconds())),
        first_answer_working_seconds=working_seconds(hours, case.open_time, at),
    )


def working_seconds(hours: WorkingTime, start: datetime, end: datetime) -> int:
    """Seconds of the unit's hours between two instants."""
    try:
        return round(hours.minutes_between(start, end) * 60)
    except CalendarYearMissing:
        return max(0, int((end - start).total_seconds()))


def with_effect(case: Case, key: str) -> Case:
    """Notes that an event was applied."""
    return replace(case, effects=(*case.effects, key)[-_KEPT_EFFECTS:])


def assign(
    case: Case,
    procedure: Procedure,
    *,
    agent_id: str,
    name: str = "",
    work_item_id: str,
    work_version: int,
    at: datetime,
) -> Change:
    """Gives the case to an agent. An older word of routing than the last one changes nothing.

    Nor does one about a duplicate: it was on its way when the duplicate was joined.
    """
    if _is_old_word(case, work_item_id, work_version) or case.merged_into:
        return Change(case)
    case = with_effect(case, f"work:{work_item_id}:{work_version}")
    same = case.assignee_id == agent_id
    changed = replace(
        case,
        assignee_id=agent_id,
        assignee_name=name or (case.assignee_name if same else ""),
        work_item_id=work_item_id,
        work_version=work_version,
        update_time=max(case.update_time, at),
    )
    if same:
        return Change(changed)
    agent = Actor(ActorKind.STAFF, agent_id, changed.assignee_name)
    moved = _by_rule(noted(changed, "assigned", agent, at), procedure, "claim", agent, at)
    return Change(moved.case, (CaseAssigned(work_item_id), *moved.events))


def _is_old_word(case: Case, work_item_id: str, work_version: int) -> bool:
    """Whether routing has said this before, or something newer of the same item.

    A reopened or transferred case has another item, so a repeated word about an item before it
    must not take the case back.
    """
    if work_item_id == case.work_item_id and work_version <= case.work_version:
        return True
    return case.has_effect(f"work:{work_item_id}:{work_version}")


def release_assignee(
    case: Case, *, agent_id: str, work_item_id: str, work_version: int, reason: str, at: datetime
) -> Change:
    """Takes the case from an agent who gave it back, unless somebody else has it by now."""
    if _is_old_word(case, work_item_id, work_version):
        return Change(case)
    case = with_effect(case, f"work:{work_item_id}:{work_version}")
    if work_item_id != case.work_item_id and case.assignee_id != agent_id:
        return Change(case)
    changed = replace(case, work_item_id=work_item_id, work_version=work_version)
    if case.assignee_id == agent_id:
        agent = Actor(ActorKind.STAFF, agent_id, case.assignee_name)
        changed = replace(changed, assignee_id="", assignee_name="")
        changed = noted(changed, "released", agent, at, reason)
    return Change(changed)


def transition(
    case: Case,
    procedure: Procedure,
    transition_id: str,
    *,
    actor: Actor,
    roles: Iterable[str],
    at: datetime,
) -> Change:
    """Makes a move of the procedure's machine that does not resolve the case."""
    move = _move(case, procedure, transition_id)
    _require_role(move, roles)
    target = _state(procedure, move.target)
    if Status(target.kind) is Status.RESOLVED:
        raise refused("OUTCOME_REQUIRED", "Para resolver el caso indique su resultado.")
    changed = replace(case, state=target.id, status=Status(target.kind), update_time=at)
    changed = noted(changed, "state", actor, at, f"{case.state} → {target.id}")
    return Change(changed, (CaseStateChanged(case.state, actor),))


def _require_role(move: Transition, roles: Iterable[str]) -> None:
    if move.roles and move.roles.isdisjoint(roles):
        raise not_allowed(
            "TRANSITION_NOT_ALLOWED_FOR_ROLE", "Su función no permite este cambio de estado."
        )


def _move(case: Case, procedure: Procedure, transition_id: str) -> Transition:
    move = procedure.transition(case.state, transition_id)
    if move is None or move.trigger == "reopen":
        raise refused(
            "TRANSITION_NOT_POSSIBLE", "El trámite no permite ese cambio desde el estado actual."
        )
    return move


def resolve(
    case: Case, procedure: Procedure, *, outcome: str, actor: Actor, at: datetime
) -> Change:
    """Answers the matter with one of the procedure's outcomes."""
    if not case.is_active:
        raise refused("CASE_ALREADY_RESOLVED", "El caso ya está resuelto.")
    if case.transfer is not None:
        raise refused("TRANSFER_IN_PROGRESS", "El caso espera que otra dependencia lo reciba.")
    if outcome not in outcome_codes(procedure):
        raise refused("OUTCOME_UNKNOWN", "El trámite no conoce ese resultado.")
    target = _resolved_state(case, procedure)
    if target is None:
        raise refused(
            "CASE_NOT_RESOLVABLE_FROM_STATE", "El trámite no permite resolver desde este estado."
        )
    number = case.resolution_number + 1
    changed = replace(
        case,
        state=target.id,
        status=Status.RESOLVED,
        outcome_code=outcome,
        resolution_number=number,
        resolve_time=at,
        reopen_until=at + timedelta(hours=procedure.reopen_hours),
        duplicates=tuple(one.told(answered=False) for one in case.duplicates),
        needs_answer=False,
        update_time=at,
    )
    changed = noted(changed, "resolved", actor, at, outcome)
    return Change(changed, (CaseResolved(outcome, number, actor),))


def outcome_codes(procedure: Procedure) -> frozenset[str]:
    """Codes of the outcomes of a procedure."""
    return frozenset(outcome.id for outcome in procedure.outcomes)


def _resolved_state(case: Case, procedure: Procedure) -> State | None:
    move = procedure.triggered(case.state, "resolve")
    if move is not None:
        return _state(procedure, move.target)
    targets = (_state(procedure, t.target) for t in procedure.transitions_from(case.state))
    return next((t for t in targets if Status(t.kind) is Status.RESOLVED), None)


def lapse(case: Case, procedure: Procedure, *, at: datetime) -> Change:
    """Closes a resolved case whose citizen may no longer reopen it, if its procedure says so."""
    if case.status is not Status.RESOLVED or case.reopen_until is None or at <= case.reopen_until:
        return Change(case)
    moved = _by_rule(case, procedure, "close_timer", Actor(ActorKind.SERVICE, "cases"), at)
    return Change(replace(moved.case, update_time=at), moved.events) if moved.events else moved


def may_reopen(case: Case, at: datetime) -> bool:
    """Whether a message of the citizen received then reopens the case."""
    if case.status is not Status.RESOLVED:
        return False
    return case.reopen_until is not None and at <= case.reopen_until


def reopen(
    case: Case,
    procedure: Procedure,
    *,
    reason: str,
    actor: Actor,
    at: datetime,
    note: str = "",
    roles: Iterable[str] | None = None,
) -> Change:
    """Takes a resolved or closed case up again; nobody has it until routing says who.

    Args:
        case: the case.
        procedure: its procedure.
        reason: "citizen_message", "bad_score" or "staff".
        actor: who.
        at: when.
        note: what they say about it.
        roles: of the person who wants it; None when a rule does.
    """
    if case.is_active:
        raise refused("CASE_NOT_RESOLVED", "El caso no está resuelto: no hay nada que reabrir.")
    move = procedure.triggered(case.state, "reopen")
    if move is not None and roles is not None:
        _require_role(move, roles)
    target = _state(procedure, move.target if move is not None else procedure.initial)
    changed = replace(
        case,
        state=target.id,
        status=Status(target.kind),
        assignee_id="",
        assignee_name="",
        reopen_until=None,
        reopen_count=case.reopen_count + 1,
        needs_answer=True,
        update_time=max(case.update_time, at),
    )
    changed = noted(changed, "reopened", actor, at, reason, note)
    return Change(changed, (CaseReopened(reason, actor),))


def reclassify(
    case: Case, procedure: Procedure, release: Release, *, actor: Actor, at: datetime
) -> Change:
    """Corrects the procedure. The clocks are those of the right one, from the time of entry."""
    if not case.is_active:
        raise refused("CASE_ALREADY_RESOLVED", "Un caso resuelto no se reclasifica.")
    if procedure.code == case.procedure_code:
        raise refused("PROCEDURE_UNCHANGED", "El caso ya es de ese trámite.")
    if case.transfer is not None:
        raise refused("TRANSFER_IN_PROGRESS", "El caso espera que otra dependencia lo reciba.")
    clocks = clocks_of(procedure, release, case.open_time)
    initial = _state(procedure, procedure.initial)
    moved = procedure.unit_id != case.unit_id
    changed = replace(
        case,
        procedure_code=procedure.code,
        unit_id=procedure.unit_id,
        state=initial.id,
        status=Status(initial.kind),
        priority=0 if case.emergency else procedure.priority,
        public=is_public(procedure, case.opened_channel),
        legal_time=clocks.legal_time,
        first_answer_due_time=clocks.first_answer_due_time,
        due_time=clocks.due_time,
        calendar_missing=clocks.calendar_missing,
        assignee_id="" if moved else case.assignee_id,
        assignee_name="" if moved else case.assignee_name,
        release_version=release.version,
        unreadable=False,
        update_time=at,
    )
    detail = f"{case.procedure_code} → {procedure.code}"
    changed = noted(changed, "reclassified", actor, at, detail)
    return Change(changed, (CaseReclassified(case.procedure_code, actor),))


def delivered_after_all(case: Case) -> Change:
    """Takes the mark away: what nobody knew of has arrived."""
    return Change(replace(case, undelivered=False))


def not_delivered(case: Case, *, at: datetime) -> Change:
    """Notes that an answer did not arrive, so that somebody sees it and tries another way."""
    if case.undelivered:
        return Change(case)
    changed = replace(
        case, undelivered=True, needs_answer=True, update_time=max(case.update_time, at)
    )
    return Change(noted(changed, "not_delivered", Actor(ActorKind.SERVICE, "channels"), at))
