"""Use case: events of others change cases, many at once.

Each request names a case and a pure function of it. The batch is read in one round trip and
written in one bulk; what met somebody else's write is read and decided again.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from atiende_cases.application.ports import Cases, Releases, SaveCase
from atiende_cases.domain.case import Case
from atiende_cases.domain.change import Change
from atiende_cases.domain.events import CaseEvent
from atiende_city.release import Release
from atiende_kit.errors import AtiendeError, NotYetVisible, VersionMismatch
from atiende_kit.store import Outcome
from atiende_kit.store.operations import Cause
from atiende_kit.tenants import by_tenant, side_by_side

_ROUNDS: Final = 8


@dataclass(frozen=True, slots=True)
class Request:
    """One wish.

    Attributes:
        key: names it in the result: the id of the event.
        decide: pure; gives the same for the same case, and no change when it was applied before.
    """

    key: str
    tenant: str
    case_id: str
    decide: Callable[[Case, Release], Change]
    cause: Cause | None = None


class ChangeCases:
    """Applies wishes to cases."""

    def __init__(self, cases: Cases, releases: Releases) -> None:
        self._cases = cases
        self._releases = releases

    async def __call__(self, requests: Sequence[Request]) -> dict[str, Exception]:
        """Applies them in order.

        Returns:
            By key, what made a wish impossible; a case that is not there yet is `NotYetVisible`.
        """
        failed: dict[str, Exception] = {}
        pending = list(requests)
        for attempt in range(_ROUNDS):
            pending = await self._round(pending, failed)
            if not pending:
                return failed
            await asyncio.sleep(random.uniform(0, 0.004 * 2**attempt))  # noqa: S311 - jitter
        busy = VersionMismatch("CASE_BUSY", "El caso cambia demasiado; se intentará de nuevo.")
        return failed | {request.key: busy for request in pending}

    async def _round(
        self, requests: Sequence[Request], failed: dict[str, Exception]
    ) -> list[Request]:
        cases = await self._read(requests)
        before = dict(cases)
        events: dict[str, list[CaseEvent]] = {}
        causes: dict[str, Cause | None] = {}
        for request in requests:
            case = cases.get(request.case_id)
            if case is None or case.tenant != request.tenant:
                failed[request.key] = NotYetVisible("CASE_NOT_FOUND", "El caso aún no existe.")
                continue
            try:
                change = request.decide(case, await self._releases.get(request.tenant))
            except AtiendeError as error:
                failed[request.key] = error
                continue
            cases[request.case_id] = change.case
            events.setdefault(request.case_id, []).extend(change.events)
            causes.setdefault(request.case_id, request.cause)
        saves = [
            SaveCase(case, tuple(events.get(case_id, ())), causes.get(case_id))
            for case_id, case in cases.items()
            if case != before[case_id]
        ]
        outcomes = await self._cases.write(saves)
        lost = {
            save.case.case_id
            for save, outcome in zip(saves, outcomes, strict=True)
            if outcome is not Outcome.DONE
        }
        return [r for r in requests if r.case_id in lost and r.key not in failed]

    async def _read(self, requests: Sequence[Request]) -> dict[str, Case]:
        async def read(tenant: str, theirs: Sequence[Request]) -> Sequence[Case]:
            return await self._cases.get_many(tenant, [request.case_id for request in theirs])

        found = await side_by_side(by_tenant(requests), read)
        return {case.case_id: case for cases in found for case in cases}
