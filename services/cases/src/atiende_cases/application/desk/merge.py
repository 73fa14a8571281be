"""Use cases: duplicates are attended as one case, and parted again."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from atiende_cases.application.desk.access import Desk, Staff
from atiende_cases.application.ports import CaseQuery
from atiende_cases.domain import merging
from atiende_cases.domain.case import Case, Duplicate
from atiende_cases.domain.errors import refused
from atiende_cases.domain.inbox import Sort, facet, scopes_of
from atiende_cases.domain.likeness import Likeness, most_alike
from atiende_kit.errors import AtiendeError
from atiende_kit.store import retry_stale

MOST_COMPARED: Final = 200


@dataclass(frozen=True, slots=True)
class Family:
    """A case with those that are one matter with it, as far as the person may see.

    Attributes:
        survivor: the case under which it is attended.
        duplicates: those that are attended under it, oldest first.
    """

    case: Case
    survivor: Case | None
    duplicates: tuple[Case, ...]


async def see_family(desk: Desk, staff: Staff, case_id: str) -> Family:
    """What a case is one matter with."""
    case = await desk.see(staff, case_id)
    survivor = await desk.cases.get(staff.tenant, case.merged_into) if case.merged_into else None
    if survivor is not None and not staff.may_see(survivor):
        survivor = None
    duplicates = await desk.cases.merged_into(staff.tenant, [case.case_id])
    return Family(case, survivor, tuple(duplicates))


async def merge(desk: Desk, staff: Staff, case_id: str, *, into: str, reason: str) -> Case:
    """Attends a case under another one from now on.

    Returns:
        The surviving case.

    Raises:
        NotFound: one of them is not there, or not theirs.
        FailedPrecondition: they cannot be joined as they are.
    """
    survivor_id = (await desk.work_within(staff, into)).case_id

    async def attempt() -> Case:
        survivor = await desk.work_within(staff, survivor_id)
        known = await desk.see(staff, case_id)
        if known.merged_into == survivor_id:
            return await settle(desk, survivor)
        duplicate = await desk.work_on(staff, case_id)
        record = merging.record_of(duplicate, reason=reason, actor=staff.actor, at=desk.clock.now())
        survivor = await desk.save(survivor, merging.adopted(survivor, duplicate, record))
        await desk.save(duplicate, merging.merged(duplicate, survivor, record))
        return await settle(desk, survivor, record)

    return await _or_settled(desk, staff, survivor_id, attempt)


async def part(desk: Desk, staff: Staff, case_id: str, *, reason: str) -> Case:
    """Takes a duplicate out again: both are as they were, with what came since.

    Returns:
        The case that was the duplicate.

    Raises:
        NotFound: there is none, or it is not theirs.
        PermissionDenied: another unit has the case under which it is attended.
        FailedPrecondition: the case stands alone.
    """
    case = await desk.see(staff, case_id)
    if not case.merged_into:
        raise refused("CASE_NOT_MERGED", "Este caso no está unido a otro.")
    survivor_id = case.merged_into

    async def attempt() -> Case:
        duplicate = await desk.see(staff, case.case_id)
        survivor = await desk.work_within(staff, survivor_id)
        at = desk.clock.now()
        if duplicate.merged_into == survivor.case_id:
            leaving = merging.released(
                survivor, duplicate.case_id, reason=reason, actor=staff.actor, at=at
            )
            survivor = await desk.save(survivor, leaving)
            alone = merging.parted(duplicate, survivor, reason=reason, actor=staff.actor, at=at)
            await desk.save(duplicate, alone)
        return await settle(desk, survivor)

    await _or_settled(desk, staff, survivor_id, attempt)
    return await desk.cases.get(staff.tenant, case.case_id) or case


async def settle(desk: Desk, survivor: Case, record: Duplicate | None = None) -> Case:
    """Lets the records of a case say what its duplicates' pointers say.

    Args:
        desk: what is needed.
        survivor: the case.
        record: of the duplicate that was just joined; somebody else may have taken it for lost.
    """

    async def attempt() -> Case:
        fresh = await desk.cases.get(survivor.tenant, survivor.case_id) or survivor
        known = fresh if record is None else merging.with_record(fresh, record)
        found = await desk.cases.get_many(known.tenant, (one.case_id for one in known.duplicates))
        pointers = {one.case_id: one.merged_into for one in found}
        return await desk.save(fresh, merging.settled(known, pointers, at=desk.clock.now()))

    return await retry_stale(attempt)


async def _or_settled(
    desk: Desk, staff: Staff, survivor_id: str, attempt: Callable[[], Awaitable[Case]]
) -> Case:
    """Tries again while others write; what was refused in the end leaves no record behind."""
    try:
        return await retry_stale(attempt)
    except AtiendeError:
        survivor = await desk.cases.get(staff.tenant, survivor_id)
        if survivor is not None:
            await settle(desk, survivor)
        raise


async def similar(
    desk: Desk, staff: Staff, case_id: str, *, days: int, limit: int
) -> list[tuple[Case, Likeness]]:
    """Open cases that may be the same matter: of the same procedure, near in place or text.

    The newest `MOST_COMPARED` of the procedure within the days are compared, of the person's units.
    """
    case = await desk.see(staff, case_id)
    since = desk.clock.now() - timedelta(days=days)
    page = await desk.cases.page(
        staff.tenant,
        CaseQuery(
            scopes=scopes_of(staff.units, None),
            facets=(facet("procedure", case.procedure_code),),
            sort=Sort.NEWEST,
            limit=MOST_COMPARED,
        ),
    )
    others = (
        one
        for one in page.cases
        if one.open_time >= since and one.case_id not in {case.case_id, case.merged_into}
    )
    return most_alike(case, others, limit=limit)
