"""Use case: nothing stays in a state for ever without being seen.

- An answer whose fate nobody told for an hour becomes "unknown" and visible on its case.
- An answer that its case was not told of (a crash in between) is told.
- A question whose time is over is closed, so that a later "5" is not taken for its answer.
- A resolved case that may no longer be reopened is closed, if its procedure says so.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from atiende_cases.application.change_cases import ChangeCases, Request
from atiende_cases.application.desk.access import Desk
from atiende_cases.application.desk.merge import settle
from atiende_cases.application.desk.write import tell_case
from atiende_cases.application.record_delivery import RecordDelivery, Report
from atiende_cases.domain import lifecycle
from atiende_cases.domain.case import Case
from atiende_cases.domain.change import Change, procedure_of
from atiende_cases.domain.values import DeliveryState
from atiende_city.release import Release

_BATCH: Final = 200
_UNKNOWN_AFTER: Final = timedelta(hours=1)
_UNTOLD_AFTER: Final = timedelta(seconds=30)


class Sweep:
    """One round over what is overdue, for every city."""

    def __init__(
        self, desk: Desk, record_delivery: RecordDelivery, change_cases: ChangeCases
    ) -> None:
        self._desk = desk
        self._record_delivery = record_delivery
        self._change_cases = change_cases

    async def __call__(self) -> None:
        """Sweeps once."""
        now = self._desk.clock.now()
        for message in await self._desk.messages.unanswering(now - _UNTOLD_AFTER, _BATCH):
            await tell_case(self._desk, message)
        for case in await self._desk.cases.unsettled(now - _UNTOLD_AFTER, _BATCH):
            await settle(self._desk, case)
        await self._unknown_deliveries(now)
        await self._expired_prompts(now)
        await self._lapsed_cases(now)

    async def _unknown_deliveries(self, now: datetime) -> None:
        overdue = await self._desk.messages.undelivered(now - _UNKNOWN_AFTER, _BATCH)
        await self._record_delivery(
            [
                Report(
                    key=message.message_id,
                    tenant=message.tenant,
                    message_id=message.message_id,
                    state=DeliveryState.UNKNOWN,
                    time=now,
                    error_code="NO_DELIVERY_REPORT",
                )
                for message in overdue
            ]
        )

    async def _expired_prompts(self, now: datetime) -> None:
        overdue = await self._desk.conversations.with_expired_prompts(now, _BATCH)
        # Whoever writes in between is right; what is left is found in the next round.
        await self._desk.conversations.write([c.without_expired_prompts(now) for c in overdue])

    async def _lapsed_cases(self, now: datetime) -> None:
        overdue = await self._desk.cases.lapsed(now, _BATCH)
        await self._change_cases(
            [Request(c.case_id, c.tenant, c.case_id, _lapse(now)) for c in overdue]
        )


def _lapse(now: datetime) -> Callable[[Case, Release], Change]:
    def decide(case: Case, release: Release) -> Change:
        return lifecycle.lapse(case, procedure_of(release, case.procedure_code), at=now)

    return decide
