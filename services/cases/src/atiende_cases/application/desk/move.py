"""Use cases: claiming, moving, resolving, transferring and correcting a case."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from atiende_cases.application.desk.access import Desk, Staff
from atiende_cases.application.desk.write import reply
from atiende_cases.application.ports import Routing
from atiende_cases.domain import lifecycle, transfer
from atiende_cases.domain.case import Case
from atiende_cases.domain.change import Change, procedure_of
from atiende_cases.domain.errors import not_allowed, not_found, refused
from atiende_cases.domain.merging import require_alone
from atiende_city.model import Procedure
from atiende_city.release import Release
from atiende_kit.errors import Unprocessable


def _procedure(case: Case, release: Release) -> Procedure:
    return procedure_of(release, case.procedure_code)


async def claim(desk: Desk, routing: Routing, staff: Staff, case_id: str) -> Case:
    """Takes a case: routing says who is first, the case shows it at once.

    Raises:
        AtiendeError: routing gave it to somebody else, or does not answer.
    """
    case = await desk.see(staff, case_id)
    if not staff.has_unit(case.unit_id):
        raise not_allowed("CASE_OF_OTHER_UNIT", "El caso es de otra dependencia.")
    require_alone(case)
    if not case.is_active:
        raise refused("CASE_ALREADY_RESOLVED", "El caso ya está resuelto.")
    work_item_id, work_version = await routing.claim(
        staff.tenant, case_id=case.case_id, agent_id=staff.subject
    )

    def decide(case: Case, release: Release) -> Change:
        return lifecycle.assign(
            case,
            _procedure(case, release),
            agent_id=staff.subject,
            name=staff.name,
            work_item_id=work_item_id,
            work_version=work_version,
            at=desk.clock.now(),
        )

    return await desk.change(staff, case.case_id, decide, entitled=desk.see)


async def make_transition(desk: Desk, staff: Staff, case_id: str, *, transition: str) -> Case:
    """Makes a move of the procedure's machine."""

    def decide(case: Case, release: Release) -> Change:
        return lifecycle.transition(
            case,
            _procedure(case, release),
            transition,
            actor=staff.actor,
            roles=staff.roles,
            at=desk.clock.now(),
        )

    return await desk.change(staff, case_id, decide)


async def resolve(
    desk: Desk,
    staff: Staff,
    case_id: str,
    *,
    outcome: str,
    text: str | None = None,
    key: str | None = None,
) -> Case:
    """Answers the matter with an outcome, and the citizen with a text when one is given.

    Raises:
        Unprocessable: the procedure has no such outcome.
    """

    def decide(case: Case, release: Release) -> Change:
        procedure = _procedure(case, release)
        if outcome not in lifecycle.outcome_codes(procedure):
            raise Unprocessable(
                "OUTCOME_UNKNOWN",
                "El trámite no conoce ese resultado.",
                fields={"/outcome": "no es un resultado del trámite"},
            )
        return lifecycle.resolve(
            case, procedure, outcome=outcome, actor=staff.actor, at=desk.clock.now()
        )

    # Judged before anything is sent: a refused resolution must not have told the citizen.
    case = await desk.work_on(staff, case_id)
    decide(case, await desk.releases.get(staff.tenant))
    if text:
        await reply(desk, staff, case.case_id, text=text, key=f"resolve:{key}" if key else None)
    return await desk.change(staff, case.case_id, decide)


async def reopen(desk: Desk, staff: Staff, case_id: str, *, reason: str) -> Case:
    """Takes a resolved case up again."""

    def decide(case: Case, release: Release) -> Change:
        return lifecycle.reopen(
            case,
            _procedure(case, release),
            reason="staff",
            actor=staff.actor,
            at=desk.clock.now(),
            note=reason,
            roles=staff.roles,
        )

    return await desk.change(staff, case_id, decide, entitled=_of_own_unit(desk))


async def reclassify(desk: Desk, staff: Staff, case_id: str, *, procedure: str) -> Case:
    """Corrects the procedure of a case.

    Raises:
        Unprocessable: the city has no such procedure.
    """

    def decide(case: Case, release: Release) -> Change:
        right = release.procedure(procedure)
        if right is None:
            raise Unprocessable(
                "PROCEDURE_UNKNOWN",
                "La ciudad no tiene ese trámite.",
                fields={"/procedure": "no existe"},
            )
        return lifecycle.reclassify(case, right, release, actor=staff.actor, at=desk.clock.now())

    return await desk.change(staff, case_id, decide)


async def request_transfer(
    desk: Desk, staff: Staff, case_id: str, *, unit_id: str, reason: str
) -> Case:
    """Offers a case to another unit.

    Raises:
        Unprocessable: the city has no such unit.
    """

    def decide(case: Case, release: Release) -> Change:
        if unit_id not in release.units:
            raise Unprocessable(
                "UNIT_UNKNOWN",
                "La ciudad no tiene esa dependencia.",
                fields={"/unit_id": "no existe"},
            )
        return transfer.request_transfer(
            case, to_unit_id=unit_id, reason=reason, actor=staff.actor, at=desk.clock.now()
        )

    return await desk.change(staff, case_id, decide)


async def accept_transfer(desk: Desk, staff: Staff, case_id: str) -> Case:
    """Takes a case that another unit offers."""

    def decide(case: Case, _: Release) -> Change:
        _require_receiver(staff, case)
        return transfer.accept_transfer(case, actor=staff.actor, at=desk.clock.now())

    return await desk.change(staff, case_id, decide, entitled=desk.see)


async def return_transfer(desk: Desk, staff: Staff, case_id: str, *, reason: str) -> Case:
    """Gives an offered case back with a reason."""

    def decide(case: Case, _: Release) -> Change:
        _require_receiver(staff, case)
        return transfer.return_transfer(case, reason=reason, actor=staff.actor, at=desk.clock.now())

    return await desk.change(staff, case_id, decide, entitled=desk.see)


def _require_receiver(staff: Staff, case: Case) -> None:
    if case.transfer is None:
        raise refused("NO_TRANSFER_IN_PROGRESS", "El caso no espera ningún traslado.")
    if not staff.has_unit(case.transfer.to_unit_id):
        raise not_allowed("TRANSFER_NOT_YOURS", "El traslado es para otra dependencia.")


def _of_own_unit(desk: Desk) -> Callable[[Staff, str], Awaitable[Case]]:
    """Reads a case whoever has it: for what concerns the unit, not the assignee."""

    async def read(staff: Staff, case_id: str) -> Case:
        case = await desk.see(staff, case_id)
        if not staff.has_unit(case.unit_id):
            raise not_found()
        return case

    return read
