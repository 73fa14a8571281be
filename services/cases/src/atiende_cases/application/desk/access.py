"""Who may see and do what at the desk.

What may not be seen does not exist: a case of another unit, of another city and none at all give
the same answer.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final

from atiende_cases.application.ports import (
    Cases,
    Citizens,
    Conversations,
    Messages,
    Releases,
    SaveCase,
)
from atiende_cases.domain.case import Case
from atiende_cases.domain.change import Change
from atiende_cases.domain.errors import not_allowed, not_found
from atiende_cases.domain.folio import Folio, FolioError
from atiende_cases.domain.merging import require_alone
from atiende_cases.domain.values import Actor, ActorKind
from atiende_city.release import Release
from atiende_kit.clock import Clock
from atiende_kit.errors import Conflict, VersionMismatch
from atiende_kit.store import Outcome, retry_stale

_OVERRULES: Final = frozenset({"supervisor", "unit_manager", "admin"})


@dataclass(frozen=True, slots=True)
class Staff:
    """A member of staff, from a verified token.

    Attributes:
        units: ids of their units; None for those who see the whole city.
    """

    subject: str
    tenant: str
    name: str
    roles: frozenset[str]
    units: frozenset[str] | None

    @property
    def actor(self) -> Actor:
        """How the records call them."""
        return Actor(ActorKind.STAFF, self.subject, self.name)

    @property
    def scope(self) -> tuple[str, ...] | None:
        """Their units for a filter; None for all."""
        return None if self.units is None else tuple(sorted(self.units))

    def may_see(self, case: Case) -> bool:
        """Whether a case is within their city and units, or offered to them."""
        if case.tenant != self.tenant:
            return False
        return self.units is None or not self.units.isdisjoint(case.visible_units)

    def has_unit(self, unit_id: str) -> bool:
        """Whether they belong to a unit or stand above all of them."""
        return self.units is None or unit_id in self.units


@dataclass(frozen=True, slots=True)
class Desk:
    """What the use cases of the desk share."""

    citizens: Citizens
    conversations: Conversations
    messages: Messages
    cases: Cases
    releases: Releases
    clock: Clock

    async def see(self, staff: Staff, case_id: str) -> Case:
        """A case that the person may see, by id or folio.

        Raises:
            NotFound: there is none, or it is not theirs.
        """
        case = await self.cases.get(staff.tenant, case_id)
        if case is None and "-" in case_id:
            try:
                folio = str(Folio.parse(case_id))
            except FolioError:
                raise not_found() from None
            found = await self.cases.by_folios(staff.tenant, [folio])
            case = found[0] if found else None
        if case is None or not await self.in_sight(staff, case):
            raise not_found()
        return case

    async def in_sight(self, staff: Staff, case: Case) -> bool:
        """Whether the person may see a case, or the one under which it is attended."""
        if staff.may_see(case) or not case.merged_into or case.tenant != staff.tenant:
            return staff.may_see(case)
        survivor = await self.cases.get(staff.tenant, case.merged_into)
        return survivor is not None and staff.may_see(survivor)

    async def work_on(self, staff: Staff, case_id: str) -> Case:
        """A case that the person may work on.

        Raises:
            NotFound: as above.
            PermissionDenied: it is only offered to their unit.
            FailedPrecondition: it is attended under another folio.
            Conflict: another agent has it.
        """
        case = await self.see(staff, case_id)
        require_alone(case)
        if not staff.has_unit(case.unit_id):
            raise not_allowed(
                "CASE_OF_OTHER_UNIT", "El caso es de otra dependencia: primero acéptelo."
            )
        others = case.assignee_id not in {"", staff.subject}
        if others and not staff.roles & _OVERRULES:
            raise Conflict("CASE_ASSIGNED_TO_OTHER", "Otra persona está atendiendo este caso.")
        return case

    async def work_within(self, staff: Staff, case_id: str) -> Case:
        """A case of the person's units, whoever has it: for what concerns the unit.

        Raises:
            NotFound: there is none, or it is not theirs.
            PermissionDenied: it is only offered to their unit.
        """
        case = await self.see(staff, case_id)
        if not staff.has_unit(case.unit_id):
            raise not_allowed(
                "CASE_OF_OTHER_UNIT", "El caso es de otra dependencia: primero acéptelo."
            )
        return case

    async def change(
        self,
        staff: Staff,
        case_id: str,
        decide: Callable[[Case, Release], Change],
        *,
        entitled: Callable[[Staff, str], Awaitable[Case]] | None = None,
    ) -> Case:
        """Reads, decides and writes a case, again when somebody wrote in between.

        Args:
            staff: who wants it.
            case_id: id or folio.
            decide: pure.
            entitled: how the case is read; `work_on` when absent.
        """
        read = entitled or self.work_on

        async def attempt() -> Case:
            case = await read(staff, case_id)
            require_alone(case)
            change = decide(case, await self.releases.get(staff.tenant))
            return await self.save(case, change)

        return await retry_stale(attempt)

    async def save(self, before: Case, change: Change) -> Case:
        """Writes a changed case.

        Raises:
            VersionMismatch: somebody wrote in between.
        """
        if change.case == before and not change.events:
            return before
        [outcome] = await self.cases.write([SaveCase(change.case, change.events)])
        if outcome is not Outcome.DONE:
            raise VersionMismatch("CASE_CHANGED", "El caso cambió mientras tanto.")
        saved = await self.cases.get(before.tenant, before.case_id)
        return change.case if saved is None else saved
