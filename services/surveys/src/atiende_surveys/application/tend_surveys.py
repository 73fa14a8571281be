"""Lapses and dispositions."""

from __future__ import annotations

from dataclasses import dataclass

from atiende_kit.clock import Clock
from atiende_kit.errors import VersionMismatch
from atiende_surveys.application.ports import Invitations, Write
from atiende_surveys.domain.errors import TaskNotFound
from atiende_surveys.domain.invitation import Disposition, Invitation, lapse, settle

SWEEP_LIMIT = 1000
MAX_ATTEMPTS = 10


@dataclass(frozen=True, slots=True)
class LapseInvitations:
    """Ends invitations that nobody answered in time, so that none waits for ever."""

    invitations: Invitations
    clock: Clock

    async def __call__(self) -> None:
        """One beat; what is answered meanwhile is too late to lapse."""
        due = await self.invitations.lapse_due(self.clock.now(), SWEEP_LIMIT)
        await self.invitations.save([Write(lapse(one)) for one in due])


@dataclass(frozen=True, slots=True)
class SettleTask:
    """Notes what a supervisor did about an answer."""

    invitations: Invitations
    clock: Clock

    async def __call__(
        self, invitation: Invitation, disposition: Disposition, note: str, by: str
    ) -> Invitation:
        """Settles the task of an invitation.

        Raises:
            TaskNotFound: there is none.
            TaskAlreadySettled: somebody settled it otherwise.
        """
        current: Invitation | None = invitation
        for _ in range(MAX_ATTEMPTS):
            if current is None:
                raise TaskNotFound
            settled = settle(current, disposition, note, by, self.clock.now())
            if settled is current or (await self.invitations.save([Write(settled)]))[0]:
                return settled
            current = await self.invitations.get(current.tenant, current.invitation_id)
        raise VersionMismatch("INVITATION_CONTENDED", "La encuesta cambió muchas veces.")
