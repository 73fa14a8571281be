"""Transfers between units: offered, then taken or returned with a reason."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from atiende_cases.domain.case import Case, Transfer
from atiende_cases.domain.change import Change, noted
from atiende_cases.domain.errors import refused
from atiende_cases.domain.events import CaseTransferred, TransferStep
from atiende_cases.domain.values import Actor


def request_transfer(
    case: Case, *, to_unit_id: str, reason: str, actor: Actor, at: datetime
) -> Change:
    """Offers the case to another unit, which must take it or return it with a reason."""
    if not case.is_active:
        raise refused("CASE_ALREADY_RESOLVED", "Un caso resuelto no se traslada.")
    if case.transfer is not None:
        raise refused("TRANSFER_IN_PROGRESS", "El caso ya espera que otra dependencia lo reciba.")
    if to_unit_id == case.unit_id:
        raise refused("TRANSFER_TO_SAME_UNIT", "El caso ya está en esa dependencia.")
    transfer = Transfer(case.unit_id, to_unit_id, reason, at, actor)
    event = CaseTransferred(TransferStep.REQUESTED, case.unit_id, to_unit_id, actor)
    changed = noted(
        replace(case, transfer=transfer, update_time=at),
        "transfer_requested",
        actor,
        at,
        f"{case.unit_id} → {to_unit_id}",
        reason,
    )
    return Change(changed, (event,))


def accept_transfer(case: Case, *, actor: Actor, at: datetime) -> Change:
    """The other unit takes the case, with all its history; its clocks run on."""
    transfer = _open_transfer(case)
    changed = replace(
        case,
        unit_id=transfer.to_unit_id,
        transfer=None,
        assignee_id="",
        assignee_name="",
        update_time=at,
    )
    detail = f"{transfer.from_unit_id} → {transfer.to_unit_id}"
    changed = noted(changed, "transfer_accepted", actor, at, detail)
    event = CaseTransferred(
        TransferStep.ACCEPTED, transfer.from_unit_id, transfer.to_unit_id, actor
    )
    return Change(changed, (event,))


def return_transfer(case: Case, *, reason: str, actor: Actor, at: datetime) -> Change:
    """The other unit gives the case back, and says why."""
    transfer = _open_transfer(case)
    event = CaseTransferred(
        TransferStep.RETURNED, transfer.from_unit_id, transfer.to_unit_id, actor
    )
    detail = f"{transfer.to_unit_id} → {transfer.from_unit_id}"
    changed = replace(case, transfer=None, update_time=at)
    return Change(noted(changed, "transfer_returned", actor, at, detail, reason), (event,))


def _open_transfer(case: Case) -> Transfer:
    if case.transfer is None:
        raise refused("NO_TRANSFER_IN_PROGRESS", "El caso no espera ningún traslado.")
    return case.transfer
