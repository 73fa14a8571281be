"""Taking in what citizens answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from atiende_kit.errors import AtiendeError, VersionMismatch
from atiende_kit.store import Cause
from atiende_kit.tenants import by_tenant, side_by_side
from atiende_surveys.application.ports import Cities, Invitations, Write
from atiende_surveys.domain.answer import parse_answer
from atiende_surveys.domain.errors import InvitationUnknown
from atiende_surveys.domain.invitation import Invitation, answer

MAX_ATTEMPTS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenAnswer:
    """A message that answers an invitation."""

    event_id: str
    tenant: str
    invitation_id: str
    message_id: str
    text: str
    channel: str
    receive_time: datetime
    cause: Cause | None = None


@dataclass(frozen=True, slots=True)
class TakeAnswers:
    """Reads answers into their invitations; the first one counts."""

    invitations: Invitations
    cities: Cities

    async def __call__(self, given: Sequence[GivenAnswer]) -> dict[str, AtiendeError]:
        """Takes in a batch; returns what could not be taken in, by event id."""
        failed: dict[str, AtiendeError] = {}

        async def take(tenant: str, theirs: Sequence[GivenAnswer]) -> None:
            pending = sorted(theirs, key=lambda one: one.receive_time)
            for _ in range(MAX_ATTEMPTS):
                pending = await self._attempt(tenant, pending, failed)
                if not pending:
                    return
            for one in pending:
                failed[one.event_id] = VersionMismatch(
                    "INVITATION_CONTENDED", "La encuesta cambió muchas veces."
                )

        await side_by_side(by_tenant(given), take)
        return failed

    async def _attempt(
        self, tenant: str, given: Sequence[GivenAnswer], failed: dict[str, AtiendeError]
    ) -> list[GivenAnswer]:
        rules = await self.cities.get(tenant)
        before = await self.invitations.get_many(tenant, {one.invitation_id for one in given})
        after: dict[str, Invitation] = dict(before)
        causes: dict[str, Cause | None] = {}
        for one in given:
            known = after.get(one.invitation_id)
            if known is None:
                failed[one.event_id] = InvitationUnknown()
                continue
            after[one.invitation_id] = answer(
                known,
                parse_answer(one.text, rules.lexicon),
                text=one.text,
                message_id=one.message_id,
                channel=one.channel,
                receive_time=one.receive_time,
                recovery_at_most=rules.recovery_at_most,
            )
            causes[one.invitation_id] = one.cause
        changed = [key for key, value in after.items() if value is not before[key]]
        saved = await self.invitations.save(
            [Write(after[k], before[k].response is None, causes[k]) for k in changed]
        )
        lost = {key for key, done in zip(changed, saved, strict=True) if not done}
        return [one for one in given if one.invitation_id in lost]
