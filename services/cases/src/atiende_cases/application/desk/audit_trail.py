"""Use case: what the audit chain says of one case, and whether it holds there."""

from __future__ import annotations

from dataclasses import dataclass

from atiende_cases.application.desk.access import Desk, Staff
from atiende_cases.application.ports import AuditTrail, Directory
from atiende_cases.domain.audit import AuditEntry


@dataclass(frozen=True, slots=True)
class Traced:
    """An entry of the chain.

    Attributes:
        actor_name: of a member of staff; empty for others, and for who is not known any more.
        holds: whether its hash is that of its content and it is bound to the entry before.
    """

    entry: AuditEntry
    actor_name: str
    holds: bool


async def audit_of_case(
    desk: Desk,
    audit: AuditTrail,
    directory: Directory,
    staff: Staff,
    case_id: str,
    *,
    after: int,
    limit: int,
) -> tuple[list[Traced], int | None]:
    """The entries about a case, oldest first.

    Returns:
        A page, and after which entry the next one begins when there are more.
    """
    case = await desk.see(staff, case_id)
    found = await audit.of_case(staff.tenant, case.case_id, after=after, limit=limit + 1)
    page = found[:limit]
    people = {e.actor_id for e, _ in page if e.actor_kind == "staff"}
    names = {p.subject: p.name for p in await directory.get_many(staff.tenant, people)}
    traced = [
        Traced(
            entry,
            names.get(entry.actor_id, ""),
            holds=entry.hash == entry.computed_hash() and entry.prev_hash == before,
        )
        for entry, before in page
    ]
    return traced, page[-1][0].seq if len(found) > limit else None
