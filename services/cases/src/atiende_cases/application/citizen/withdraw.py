"""Use cases: a citizen asks to be forgotten, and the sweeper does it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from atiende_cases.application.citizen.access import CitizenDesk
from atiende_cases.application.citizen.ports import Codes, Withdrawals
from atiende_cases.application.citizen.profile import change_record, own_record
from atiende_cases.application.ports import SaveCase, SaveCitizen, SaveMessage
from atiende_cases.application.public_cases import as_followed
from atiende_cases.domain import withdrawal as rules
from atiende_cases.domain.case import Case
from atiende_cases.domain.citizen import Citizen
from atiende_cases.domain.events import CitizenUpdated
from atiende_city.citizen_access import CitizenSession
from atiende_kit.errors import VersionMismatch
from atiende_kit.store import Outcome

_BATCH: Final = 200
_MOST_CASES: Final = 10_000


@dataclass(frozen=True, slots=True)
class Forgetting:
    """Forgets citizens step by step; every step may be repeated, the person comes last.

    Attributes:
        grace: between blocking and deleting (domain time). Longer than answers of repeated
            requests are kept, which may hold words.
    """

    desk: CitizenDesk
    withdrawals: Withdrawals
    codes: Codes
    grace: timedelta

    async def ask(self, session: CitizenSession) -> tuple[Citizen, list[Case]]:
        """Notes the wish of a person and blocks at once when no case holds it back.

        Returns:
            The person, and the cases that must end first.
        """
        at = self.desk.clock.now()
        citizen = await change_record(self.desk, session, lambda one: rules.asked(one, at))
        waiting = await self._waiting(citizen, at)
        if not waiting:
            citizen = await change_record(self.desk, session, lambda one: rules.blocked(one, at))
        return citizen, waiting

    async def look(self, session: CitizenSession) -> tuple[Citizen, list[Case]]:
        """The person, and the cases that would have to end, or have to end, first."""
        citizen = await own_record(self.desk, session)
        return citizen, await self._waiting(citizen, self.desk.clock.now())

    async def __call__(self) -> None:
        """One round over all who asked."""
        at = self.desk.clock.now()
        for citizen in await self.withdrawals.open(_BATCH):
            withdrawal = citizen.withdrawal
            if withdrawal is None:
                continue
            if withdrawal.block_time is None:
                if not await self._waiting(citizen, at):
                    await self._save(rules.blocked(citizen, at))
            elif withdrawal.block_time + self.grace <= at:
                await self._forget(citizen, at)

    async def _waiting(self, citizen: Citizen, at: datetime) -> list[Case]:
        # Who asked for the same as others waits for the answer to all of them.
        seen = await as_followed(self.desk.cases, citizen.tenant, await self._cases(citizen))
        return [one for one in seen if rules.holds_back(one, at)]

    async def _cases(self, citizen: Citizen) -> list[Case]:
        return await self.desk.own_cases.page(
            citizen.tenant, citizen.citizen_id, before=None, limit=_MOST_CASES
        )

    async def _forget(self, citizen: Citizen, at: datetime) -> None:
        desk, tenant = self.desk, citizen.tenant
        listed = await self._cases(citizen)
        cases = await desk.cases.get_many(tenant, (case.case_id for case in listed))
        by_id = {case.case_id: case for case in cases}
        while messages := await self.withdrawals.messages(tenant, citizen.citizen_id, _BATCH):
            _all_done(
                await desk.messages.write(
                    [
                        SaveMessage(rules.forgotten_message(m), by_id.get(m.case_id, cases[0]))
                        for m in messages
                    ]
                )
            )
        conversations = await desk.conversations.get_many(
            tenant, (case.conversation_id for case in cases)
        )
        _all_done(
            await desk.conversations.write(
                [rules.forgotten_conversation(one) for one in conversations]
            )
        )
        _all_done(await desk.cases.write([SaveCase(rules.forgotten_case(c)) for c in cases]))
        await self.codes.forget(tenant, [point.key for point in citizen.points])
        await self._save(rules.forgotten(citizen, at))

    async def _save(self, citizen: Citizen) -> None:
        _all_done(await self.desk.citizens.write([SaveCitizen(citizen, (CitizenUpdated(),))]))


def _all_done(outcomes: list[Outcome]) -> None:
    if any(outcome is not Outcome.DONE for outcome in outcomes):
        raise VersionMismatch("CITIZEN_BUSY", "Los datos cambiaron; se hará en la próxima vuelta.")
