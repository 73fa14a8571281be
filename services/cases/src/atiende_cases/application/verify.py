"""Use cases: proofs that a city's records are whole."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from atiende_cases.application.ports import Cases, Folios
from atiende_cases.domain.audit import Break, Checkpoint, first_break

_BATCH = 500


class Audit(Protocol):
    """The chain of audit entries."""

    def entries(self, tenant: str) -> AsyncIterator[Mapping[str, Any]]:
        """All entries in stored order."""
        ...

    async def last_checkpoint(self, tenant: str) -> Checkpoint | None:
        """The head that was kept last."""
        ...


@dataclass(frozen=True, slots=True)
class AuditReport:
    """What came out."""

    entries: int
    broken: Break | None


async def verify_audit(audit: Audit, tenant: str) -> AuditReport:
    """Recomputes the chain of a city and names the first entry that does not hold."""
    entries = [entry async for entry in audit.entries(tenant)]
    checkpoint = await audit.last_checkpoint(tenant)
    points = [] if checkpoint is None else [checkpoint]
    return AuditReport(len(entries), first_break(tenant, entries, points))


@dataclass(frozen=True, slots=True)
class FolioReport:
    """What came out.

    Attributes:
        wrong: what is wrong, in words; empty when nothing is.
        pending: numbers whose case is not there yet (its message is being entered).
    """

    numbers: int
    wrong: tuple[str, ...]
    pending: tuple[str, ...]


async def verify_folios(folios: Folios, cases: Cases, tenant: str) -> FolioReport:
    """Checks that numbers have no gap, none stands twice, and each is its case's."""
    claims = await folios.claims(tenant)
    wrong: list[str] = []
    pending: list[str] = []
    expected: dict[int, int] = {}
    seen: dict[str, int] = {}
    for year, number, case_id in claims:
        after = expected.get(year, 0) + 1
        if number != after:
            wrong.append(f"{year}: after {after - 1} comes {number}")
        expected[year] = number
        if case_id in seen:
            wrong.append(f"{year}/{number}: its case has {seen[case_id]} already")
        seen[case_id] = number
    for start in range(0, len(claims), _BATCH):
        part = claims[start : start + _BATCH]
        found = {c.case_id: c for c in await cases.get_many(tenant, (c for _, _, c in part))}
        for year, number, case_id in part:
            case = found.get(case_id)
            if case is None:
                pending.append(f"{year}/{number}")
            elif f"-{year}-{number:07d}-" not in case.folio:
                wrong.append(f"{year}/{number}: its case says {case.folio}")
    return FolioReport(len(claims), tuple(wrong), tuple(pending))
