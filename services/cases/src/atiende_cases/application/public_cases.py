"""Use case: what everybody may know of cases (Open311)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from atiende_cases.application.ports import Cases, PublicQuery, Releases
from atiende_cases.domain.case import Case
from atiende_cases.domain.folio import Folio, FolioError
from atiende_cases.domain.merging import seen_as
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
        return await self._shown(tenant, list(found.values()), release)

    async def page(self, tenant: str, query: PublicQuery) -> list[PublicCase]:
        """One page, newest first."""
        release = await self._releases.get(tenant)
        return await self._shown(tenant, await self._cases.public_page(tenant, query), release)

    async def _shown(
        self, tenant: str, cases: Sequence[Case], release: Release
    ) -> list[PublicCase]:
        """A duplicate shows the progress of the one matter."""
        return [
            PublicCase(case, status_text(case, release))
            for case in await as_followed(self._cases, tenant, cases)
        ]


def _folio(name: str) -> str:
    try:
        return str(Folio.parse(name))
    except FolioError:
        return ""


async def as_followed(cases: Cases, tenant: str, wanted: Sequence[Case]) -> list[Case]:
    """Cases the way those see them who follow them by their folios."""
    survivors = {one.merged_into for one in wanted} - {""}
    found = {one.case_id: one for one in await cases.get_many(tenant, survivors)}
    return [
        seen_as(one, survivor) if (survivor := found.get(one.merged_into)) else one
        for one in wanted
    ]


def status_text(case: Case, release: Release, language: str = "") -> str:
    """The city's words for the citizen on the state of a case; empty when it has none."""
    procedure = release.procedure(case.procedure_code)
    state = procedure.state(case.state) if procedure else None
    return state.public_text.to(language or release.default_language) if state else ""
