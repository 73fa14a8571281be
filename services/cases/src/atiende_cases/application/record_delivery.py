"""Use case: what became of messages that the city sent."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from atiende_cases.application.change_cases import ChangeCases, Request
from atiende_cases.application.ports import Cases, Conversations, Messages, SaveMessage
from atiende_cases.domain import lifecycle
from atiende_cases.domain.case import Case
from atiende_cases.domain.change import Change
from atiende_cases.domain.message import Message
from atiende_cases.domain.values import LOST, Channel, DeliveryState, Direction
from atiende_city.release import Release
from atiende_kit.errors import NotYetVisible, VersionMismatch
from atiende_kit.store import Outcome, retry_stale
from atiende_kit.tenants import by_tenant, side_by_side


@dataclass(frozen=True, slots=True)
class Report:
    """A report of channels about one outbound message."""

    key: str
    tenant: str
    message_id: str
    state: DeliveryState
    time: datetime
    channel: Channel | None = None
    error_code: str = ""
    provider_message_id: str = ""


class RecordDelivery:
    """Enters reports in the timeline; only forward."""

    def __init__(
        self,
        *,
        messages: Messages,
        conversations: Conversations,
        cases: Cases,
        change_cases: ChangeCases,
    ) -> None:
        self._messages = messages
        self._conversations = conversations
        self._cases = cases
        self._change_cases = change_cases

    async def __call__(self, reports: Sequence[Report]) -> dict[str, Exception]:
        """Enters the reports; an entry that is not there yet is `NotYetVisible`."""
        failed: dict[str, Exception] = {}
        for theirs in await side_by_side(by_tenant(reports), self._record):
            failed |= theirs
        return failed

    async def _record(self, tenant: str, batch: list[Report]) -> dict[str, Exception]:
        found = await self._messages.get_many(tenant, (r.message_id for r in batch))
        before = {message.message_id: message for message in found}
        after = dict(before)
        failed: dict[str, Exception] = {}
        for report in batch:
            message = after.get(report.message_id)
            if message is None:
                failed[report.key] = NotYetVisible("MESSAGE_NOT_FOUND", "El mensaje aún no existe.")
                continue
            after[report.message_id] = message.delivered(
                report.state,
                at=report.time,
                error=report.error_code,
                provider_message_id=report.provider_message_id,
            )
        # First the key under which a reply finds its way, then the visible mark on the case: the
        # state of the entry comes last and says that all of it is done.
        await self._know_keys(tenant, before, batch)
        failed |= await self._mark_lost(tenant, before, after, batch)
        changed = [m for m in after.values() if m != before[m.message_id]]
        return failed | await self._write(changed, batch)

    async def _know_keys(
        self, tenant: str, messages: dict[str, Message], batch: list[Report]
    ) -> None:
        """Notes the providers' keys, under which citizens' replies name what they answer."""
        keys: dict[str, list[tuple[Channel, str]]] = {}
        for report in batch:
            message = messages.get(report.message_id)
            key = report.provider_message_id
            if message is None or message.provider_message_id == key:
                continue  # noted before the entry was
            if report.channel and key:
                keys.setdefault(message.conversation_id, []).append(
                    (report.channel, report.provider_message_id)
                )
        if not keys:
            return

        async def note() -> None:
            changed = []
            for conversation in await self._conversations.get_many(tenant, keys):
                noted = conversation
                for channel, key in keys[conversation.conversation_id]:
                    noted = noted.with_outbound_key(channel, key)
                if noted != conversation:
                    changed.append(noted)
            outcomes = await self._conversations.write(changed)
            if any(outcome is not Outcome.DONE for outcome in outcomes):
                raise VersionMismatch("CONVERSATION_BUSY", "La conversación cambió.")

        await retry_stale(note)

    async def _mark_lost(
        self,
        tenant: str,
        before: dict[str, Message],
        after: dict[str, Message],
        batch: list[Report],
    ) -> dict[str, Exception]:
        attended = await self._attended(tenant, after.values())
        requests: list[Request] = []
        for report in batch:
            message = after.get(report.message_id)
            if message is None or message.direction is not Direction.OUTBOUND:
                continue
            was_lost = before[report.message_id].delivery in LOST
            is_lost = message.delivery in LOST
            if is_lost != was_lost:
                decide = _lost_at(report.time) if is_lost else _arrived
                case_id = attended.get(message.case_id, message.case_id)
                requests.append(Request(report.key, tenant, case_id, decide))
        return await self._change_cases(requests)

    async def _attended(self, tenant: str, messages: Iterable[Message]) -> dict[str, str]:
        """Where staff sees what became of an answer to the citizen of a duplicate."""
        copied = {message.case_id for message in messages if message.copy_of}
        found = await self._cases.get_many(tenant, copied)
        return {case.case_id: case.merged_into for case in found if case.merged_into}

    async def _write(self, changed: list[Message], batch: list[Report]) -> dict[str, Exception]:
        if not changed:
            return {}
        outcomes = await self._messages.write([SaveMessage(message) for message in changed])
        stale = {
            message.message_id
            for message, outcome in zip(changed, outcomes, strict=True)
            if outcome is not Outcome.DONE
        }
        busy = VersionMismatch("MESSAGE_BUSY", "El mensaje cambió; se intentará de nuevo.")
        return {report.key: busy for report in batch if report.message_id in stale}


def _arrived(case: Case, _: Release) -> Change:
    return lifecycle.delivered_after_all(case)


def _lost_at(at: datetime) -> Callable[[Case, Release], Change]:
    return lambda case, _: lifecycle.not_delivered(case, at=at)
