"""Asking about a resolution, once."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from atiende_kit.clock import Clock
from atiende_kit.ids import derived_id
from atiende_kit.store import Cause
from atiende_surveys.application.ports import Cities, Invitations, Write
from atiende_surveys.domain.instant import instant_of
from atiende_surveys.domain.invitation import CAN_ANSWER, Invitation, hash_of

_TOKEN_BYTES = 24


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolution:
    """A case that was resolved, as its event says."""

    tenant: str
    case_id: str
    resolution_number: int
    folio: str
    citizen_id: str
    conversation_id: str
    procedure_code: str
    unit_id: str
    agent_id: str
    channel: str
    language: str
    cause: Cause | None = None


def invitation_id_of(tenant: str, case_id: str, resolution_number: int) -> str:
    """Returns the id of the one invitation of a resolution."""
    return derived_id(instant_of(case_id), "survey", tenant, case_id, resolution_number)


@dataclass(frozen=True, slots=True)
class IssueInvitations:
    """Reserves invitations; the reservation carries the request to send."""

    invitations: Invitations
    cities: Cities
    clock: Clock

    async def __call__(self, resolutions: Sequence[Resolution]) -> int:
        """Issues invitations for a batch; returns how many are new.

        A resolution that has one already, or whose channel has no way back, is passed over.
        """
        now = self.clock.now()
        writes: list[Write] = []
        for one in resolutions:
            rules = await self.cities.get(one.tenant)
            if not rules.active or one.channel not in CAN_ANSWER:
                continue
            token = f"{one.tenant}.{secrets.token_urlsafe(_TOKEN_BYTES)}"
            invitation = Invitation(
                invitation_id=invitation_id_of(one.tenant, one.case_id, one.resolution_number),
                tenant=one.tenant,
                case_id=one.case_id,
                resolution_number=one.resolution_number,
                folio=one.folio,
                citizen_id=one.citizen_id,
                conversation_id=one.conversation_id,
                procedure_code=one.procedure_code,
                unit_id=one.unit_id,
                agent_id=one.agent_id,
                channel=one.channel,
                language=one.language,
                issue_time=now,
                expire_time=now + timedelta(hours=rules.expire_hours),
                token_hash=hash_of(token),
            )
            # In the fragment: it stands in no log of a server and in no Referer.
            url = f"{rules.portal_url}/encuesta#{token}"
            writes.append(Write(invitation, cause=one.cause, survey_url=url))
        return sum(await self.invitations.reserve(writes))
