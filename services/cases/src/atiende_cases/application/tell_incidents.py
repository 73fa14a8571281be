"""Use case: the answer of an incident reaches every case of it, each once, whatever crashes.

What is left to tell is a query: cases of the incident that have heard an earlier answer, or none.
The entry's id is derived from incident, answer and case, so a second telling finds the first.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from atiende_cases.application.desk.access import Desk
from atiende_cases.application.desk.ports import Incidents
from atiende_cases.application.desk.write import tell_case
from atiende_cases.application.ports import SaveMessage
from atiende_cases.domain import incident as rules
from atiende_cases.domain.case import Case
from atiende_cases.domain.change import procedure_of
from atiende_cases.domain.incident import Answer, Incident
from atiende_cases.domain.outgoing import (
    NoChannel,
    Outgoing,
    Words,
    campaign,
    choose_point,
    outgoing,
    unsendable,
)
from atiende_cases.domain.values import DeliveryState
from atiende_kit.ids import derived_id
from atiende_kit.store import retry_stale
from atiende_kit.telemetry import get_logger

log = get_logger("atiende_cases.incidents")

_INCIDENTS: Final = 200
_BATCH: Final = 50


class TellIncidents:
    """One round over all incidents that have an answer."""

    def __init__(self, desk: Desk, incidents: Incidents) -> None:
        self._desk = desk
        self._incidents = incidents

    async def __call__(self) -> None:
        """Tells a batch of each; what is left is told in the next round."""
        for incident in await self._incidents.answering(_INCIDENTS):
            answer = incident.standing
            if answer is None:
                continue
            cases = await self._desk.cases.of_incident(
                incident.tenant, incident.incident_id, below=answer.number, limit=_BATCH
            )
            if not cases and not incident.is_open:
                # Whoever wrote in between is right; it is looked at again in the next round.
                await self._incidents.write(replace(incident, settled=True))
            for case in cases:
                try:
                    await self._tell(incident, answer, case)
                except Exception as error:  # noqa: BLE001 - one case must not hold up the others
                    log.warning(
                        "incident not told",
                        case_id=case.case_id,
                        error_type=type(error).__name__,
                    )

    async def _tell(self, incident: Incident, answer: Answer, case: Case) -> None:
        """Answers one case; every step may be repeated, the mark on the case comes last."""
        lost = False
        if case.is_active:
            made = await self._made(incident, answer, case)
            if made is None:
                return
            # A duplicate is the same telling again: its entry stands, and is told once more.
            await self._desk.messages.write([SaveMessage(made.message, case, made.events)])
            await tell_case(self._desk, made.message)
            stored = await self._desk.messages.get(case.tenant, made.message.message_id)
            lost = stored is not None and stored.delivery is DeliveryState.PERMANENT_FAILURE

        async def mark() -> None:
            fresh = await self._desk.cases.get(case.tenant, case.case_id)
            if fresh is None:
                return
            release = await self._desk.releases.get(case.tenant)
            procedure = procedure_of(release, fresh.procedure_code)
            change = rules.heard(fresh, procedure, incident, answer, lost=lost)
            await self._desk.save(fresh, change)

        await retry_stale(mark)

    async def _made(self, incident: Incident, answer: Answer, case: Case) -> Outgoing | None:
        desk = self._desk
        conversation = await desk.conversations.get(case.tenant, case.conversation_id)
        citizen = await desk.citizens.get(case.tenant, case.citizen_id)
        if conversation is None or citizen is None:
            return None
        now = desk.clock.now()
        words = Words(answer.text, "incident")
        name = campaign(incident.incident_id, answer.number)
        message_id = derived_id(answer.time, name, case.case_id)
        try:
            point = choose_point(case, citizen, conversation, None, now)
        except NoChannel as refusal:
            return unsendable(
                case,
                words,
                message_id=message_id,
                actor=answer.actor,
                at=now,
                error=refusal.reason,
                of_campaign=name,
            )
        return outgoing(
            case,
            conversation,
            point,
            words,
            message_id=message_id,
            actor=answer.actor,
            at=now,
            of_campaign=name,
        )
