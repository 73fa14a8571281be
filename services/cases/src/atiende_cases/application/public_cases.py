"""Use case: what everybody may know of cases (Open311)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from atiende_cases.application.ports import Cases, PublicQuery, Releases
from atiende_cases.domain.case import Case
from atiende_cases.domain.folio import Folio, FolioError
from atiende_city.release import Release


@dataclass(frozen=True, slots=True)
class PublicCase:
    """A case of a public procedure and the city's words on its state."""

    case: Case
    status_notes: str


class PublicCases:
    """Lists cases of public procedures; others do not exist here."""

    def __init__(self, cases: Cases, releases: Releases) -> None:
        self._cases = cases
        self._releases = releases

    async def named(self, tenant: str, names: Sequence[str]) -> list[PublicCase]:
        """Those with these ids or folios, in that order."""
        release = await self._releases.get(tenant)
        folios = {name: folio for name in names if (folio := _folio(name))}
        by_id = {c.case_id: c for c in await self._cases.get_many(tenant, names)}
        by_folio = {c.folio: c for c in await self._cases.by_folios(tenant, folios.values())}
        found = {
            case.case_id: case
            for name in names
            if (case := by_id.get(name) or by_folio.get(folios.get(name, ""))) and case.public
        }
        return [_shown(case, release) for case in found.values()]

    async def page(self, tenant: str, query: PublicQuery) -> list[PublicCase]:
        """One page, newest first."""
        release = await self._releases.get(tenant)
        return [_shown(case, release) for case in await self._cases.public_page(tenant, query)]


def _folio(name: str) -> str:
    try:
        return str(Folio.parse(name))
    except FolioError:
        return ""


def _shown(case: Case, release: Release) -> PublicCase:
    procedure = release.procedure(case.procedure_code)
    state = procedure.state(case.state) if procedure else None
    return PublicCase(case, str(state.public_text) if state else "")
