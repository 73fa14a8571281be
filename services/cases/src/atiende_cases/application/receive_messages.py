"""Use case: citizens' messages become entries, conversations, citizens and cases.

The writes go in an order in which every crash can be continued: the citizen, then the
conversation (which claims the thread and says what its case is opened from), then the folio, then
the case, and the entry last. An entry that exists says that all of it is done; until then deciding
again finds what is there and adds the rest, with the same ids.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, TypeVar

from atiende_cases.application.ports import (
    Cases,
    Citizens,
    Conversations,
    Folios,
    Messages,
    Releases,
    SaveCase,
    SaveCitizen,
    SaveMessage,
)
from atiende_cases.domain.events import CaseEvent
from atiende_cases.domain.inbound import Inbound
from atiende_cases.domain.intake import Entry, Workspace
from atiende_cases.domain.opening import with_folio
from atiende_kit.errors import NotYetVisible, VersionMismatch
from atiende_kit.store import Outcome
from atiende_kit.store.operations import Cause
from atiende_kit.tenants import grouped, side_by_side

_ROUNDS: Final = 8

K = TypeVar("K", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Arrival:
    """A message and the delivery that brought it."""

    inbound: Inbound
    cause: Cause | None = None


class ReceiveMessages:
    """Enters a batch of messages of any number of cities."""

    def __init__(
        self,
        *,
        citizens: Citizens,
        conversations: Conversations,
        messages: Messages,
        cases: Cases,
        folios: Folios,
        releases: Releases,
    ) -> None:
        self._citizens = citizens
        self._conversations = conversations
        self._messages = messages
        self._cases = cases
        self._folios = folios
        self._releases = releases

    async def __call__(self, arrivals: Sequence[Arrival]) -> dict[str, Exception]:
        """Enters the messages.

        Returns:
            By message id, what made an entry impossible for now; empty when all are entered.
        """
        failed: dict[str, Exception] = {}

        async def enter(tenant: str, batch: Sequence[Arrival]) -> None:
            await self._enter(tenant, batch, failed)

        await side_by_side(grouped(arrivals, lambda a: a.inbound.tenant), enter)
        return failed

    async def _enter(
        self, tenant: str, batch: Sequence[Arrival], failed: dict[str, Exception]
    ) -> None:
        pending = sorted(batch, key=lambda a: (a.inbound.receive_time, a.inbound.message_id))
        for attempt in range(_ROUNDS):
            pending = await self._round(tenant, pending, failed)
            if not pending:
                return
            # Two workers that met once would meet again if both came back at once.
            await asyncio.sleep(random.uniform(0, 0.004 * 2**attempt))  # noqa: S311 - jitter
        for arrival in pending:
            failed[arrival.inbound.message_id] = VersionMismatch(
                "CONVERSATION_BUSY", "La conversación cambia demasiado; se intentará de nuevo."
            )

    async def _round(
        self, tenant: str, arrivals: Sequence[Arrival], failed: dict[str, Exception]
    ) -> list[Arrival]:
        """Enters what it can; returns what met somebody else's write."""
        workspace = await self._read(tenant, [arrival.inbound for arrival in arrivals])
        for arrival in arrivals:
            workspace.take(arrival.inbound)
        for message_id in workspace.early:
            failed[message_id] = NotYetVisible("CASE_NOT_FOUND", "El caso aún no existe.")
        causes = {arrival.inbound.message_id: arrival.cause for arrival in arrivals}
        entries = await self._write(workspace, causes)
        entered = {entry.message.message_id for entry in entries}
        lost = {e.message.message_id for e in workspace.entries} - entered
        return [arrival for arrival in arrivals if arrival.inbound.message_id in lost]

    async def _read(self, tenant: str, batch: Sequence[Inbound]) -> Workspace:
        folios = {str(folio) for inbound in batch for folio in inbound.mentions()}
        proved = {inbound.proved_case_id for inbound in batch} - {""}
        people = {inbound.proved_citizen_id for inbound in batch} - {""}
        release, existing, citizens, conversations, mentioned, named = await asyncio.gather(
            self._releases.get(tenant),
            self._messages.existing(tenant, (i.message_id for i in batch)),
            self._citizens.by_keys(tenant, (i.sender_key for i in batch)),
            self._conversations.by_keys(tenant, (k for i in batch for k in i.lookup_keys)),
            self._cases.by_folios(tenant, folios),
            self._cases.get_many(tenant, proved),
        )
        workspace = Workspace(tenant, release, existing=existing)
        known = [*mentioned, *named]
        workspace.know(citizens=citizens, conversations=conversations, cases=known)
        cases, homes, owners = await asyncio.gather(
            self._cases.get_many(
                tenant, _missing(workspace.cases, (c.case_id for c in conversations))
            ),
            self._conversations.get_many(
                tenant, _missing(workspace.conversations, (c.conversation_id for c in known))
            ),
            self._citizens.get_many(
                tenant,
                _missing(
                    workspace.citizens,
                    (
                        *people,
                        *(conversation.citizen_id for conversation in conversations),
                        *(case.citizen_id for case in named),
                    ),
                ),
            ),
        )
        workspace.know(citizens=owners, conversations=homes, cases=cases)
        attended = {case.merged_into for case in workspace.cases.values()} - {""}
        if attended:
            workspace.know(
                cases=await self._cases.get_many(tenant, _missing(workspace.cases, attended))
            )
        return workspace

    async def _write(self, workspace: Workspace, causes: Mapping[str, Cause | None]) -> list[Entry]:
        """Writes phase by phase; what depends on a lost write waits for the next round."""
        entries = workspace.entries
        changed = [workspace.citizens[c] for c in workspace.changed_citizens]
        lost = _lost(
            [c.citizen_id for c in changed],
            await self._citizens.write([SaveCitizen(citizen) for citizen in changed]),
        )
        entries = [e for e in entries if e.citizen_id not in lost]
        wanted = {e.conversation_id for e in entries}
        conversations = [
            workspace.conversations[c] for c in workspace.changed_conversations if c in wanted
        ]
        lost = _lost(
            [c.conversation_id for c in conversations],
            await self._conversations.write(conversations),
        )
        entries = [e for e in entries if e.conversation_id not in lost]
        entries = await self._write_cases(workspace, entries, causes)
        saves = [
            SaveMessage(
                e.message, workspace.cases[e.case_id], e.events, causes[e.message.message_id]
            )
            for e in entries
        ]
        await self._messages.write(saves)
        return entries

    async def _write_cases(
        self, workspace: Workspace, entries: list[Entry], causes: Mapping[str, Cause | None]
    ) -> list[Entry]:
        wanted = {
            case_id: e.message.message_id
            for e in reversed(entries)
            for case_id in (e.message.case_id, e.case_id)
        }
        await self._number(workspace, wanted)
        saves: list[SaveCase] = []
        for case_id in workspace.changed_cases:
            if case_id in wanted:
                events: tuple[CaseEvent, ...] = tuple(workspace.case_events.get(case_id, ()))
                saves.append(SaveCase(workspace.cases[case_id], events, causes[wanted[case_id]]))
        outcomes = await self._cases.write(saves)
        # An insert that finds the case there lost to another worker which opened the same case:
        # it is read again, because the other one may know more of it by now.
        lost = _lost([save.case.case_id for save in saves], outcomes)
        for save in saves:
            # What follows speaks of the case after the change.
            case = save.case
            workspace.cases[case.case_id] = replace(case, version=case.version + 1)
        return [e for e in entries if lost.isdisjoint((e.case_id, e.message.case_id))]

    async def _number(self, workspace: Workspace, wanted: Iterable[str]) -> None:
        city = workspace.release.city
        by_year: dict[int, list[str]] = {}
        for case_id in sorted(wanted, key=lambda c: (workspace.cases[c].open_time, c)):
            case = workspace.cases[case_id]
            if not case.folio:
                year = case.open_time.astimezone(city.timezone).year
                by_year.setdefault(year, []).append(case_id)
        for year, case_ids in by_year.items():
            folios = await self._folios.claim(
                workspace.tenant, prefix=city.folio_prefix, year=year, case_ids=case_ids
            )
            for case_id, folio in folios.items():
                workspace.cases[case_id] = with_folio(workspace.cases[case_id], str(folio))


def _missing(known: Mapping[K, object], wanted: Iterable[K]) -> list[K]:
    return [one for one in dict.fromkeys(wanted) if one not in known]


def _lost(ids: Sequence[str], outcomes: Sequence[Outcome]) -> set[str]:
    return {one for one, outcome in zip(ids, outcomes, strict=True) if outcome is not Outcome.DONE}
